"""Asking for pages as somebody, for tests of what they show and refuse."""

from http import HTTPStatus

from django.test import Client
from django.urls import reverse


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def address(name: str, profile, *args) -> str:
    return reverse(name, args=[profile.slug, *args])


def page(client: Client, name: str, *args, **query) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == HTTPStatus.OK
    return response.content.decode()
