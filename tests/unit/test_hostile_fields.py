"""Every field that holds words gets hostile ones in the browser test, or has a reason why not."""

import itertools

import pytest
from django.apps import apps

from tests.hostile import (
    HOSTILE,
    MARK,
    NOT_WRITTEN,
    OURS,
    WRITTEN,
    WRITTEN_JSON,
    fields_of_words,
    hostile_json,
)

pytestmark = pytest.mark.unit


def fields():
    return [
        (model.__name__, field.name)
        for model in apps.get_models()
        if model._meta.app_label in OURS
        for field in fields_of_words(model)
    ]


def excused():
    return set().union(*NOT_WRITTEN.values())


def unnamed(found):
    named = WRITTEN | WRITTEN_JSON | excused()
    return {f"{model}.{name}" for model, name in found if not {name, f"{model}.{name}"} & named}


def test_every_field_of_words_is_hostile_or_has_a_reason():
    assert unnamed(fields()) == set()


def test_a_new_field_is_noticed():
    assert unnamed([*fields(), ("Section", "motto")]) == {"Section.motto"}


def test_no_name_is_left_over():
    names = {name for _model, name in fields()} | {f"{model}.{name}" for model, name in fields()}
    assert (WRITTEN | WRITTEN_JSON | excused()) - names == set()


def test_words_in_lists_and_objects_are_found():
    turn = itertools.count()
    made = hostile_json({"p1": {"caption": "A", "sha256": "0", "width": 3}, "none": {}}, turn)
    assert MARK in made["p1"]["caption"]
    assert (made["p1"]["sha256"], made["p1"]["width"], made["none"]) == ("0", 3, {})
    assert hostile_json(["One", "Two"], turn) == list(HOSTILE[1:3])
    assert hostile_json({"left_out": []}, turn) == {"left_out": []}
    assert hostile_json([{"key": "1-A", "title": "T"}], turn)[0]["key"] == "1-A"
    assert hostile_json([1, 2], turn) == [1, 2]
