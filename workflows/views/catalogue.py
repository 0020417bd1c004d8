"""The catalogue of published profiles, for everybody: list, map, search, and what is new."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed as DjangoFeed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from profile_workflow.bibliography.record import one_line
from profile_workflow.charts.land import mediterranean
from profile_workflow.forms.catalogue import CatalogueForm
from profile_workflow.forms.filters import PageForm
from reports import catalogue
from reports.models import Publication


@require_safe
def cities(request: HttpRequest) -> HttpResponse:
    """Show what is published, or where in it the words stand that are searched for."""
    shelf = catalogue.shelf()
    offered = catalogue.choices_of(shelf)
    form = CatalogueForm(
        request.GET,
        countries=offered.countries,
        years=offered.years,
        languages=offered.languages,
        topics=offered.keywords,
    )
    asked = form.wanted()
    wanted = catalogue.Wanted(
        words=asked.get("q", ""),
        country=asked.get("country", ""),
        year=asked.get("year"),
        language=asked.get("language", ""),
        keyword=asked.get("topic", ""),
    )
    found = catalogue.catalogue(shelf, wanted, page=PageForm(request.GET).number)
    shown = {
        "form": form,
        "found": found,
        "is_filtered": wanted != catalogue.Wanted(),
        "outline": mediterranean.outline(),
        "size": (mediterranean.WIDTH, mediterranean.HEIGHT),
        "dots": [_placed(one) for one in found.dots if _is_on_map(one)],
    }
    return render(request, "workflows/published/cities.html", shown)


def _is_on_map(dot: catalogue.Dot) -> bool:
    return mediterranean.is_shown(dot.latitude, dot.longitude)


def _placed(dot: catalogue.Dot) -> dict[str, Any]:
    x, y = mediterranean.place(dot.latitude, dot.longitude)
    # Words on the right side of the picture stand before their dot, so that they stay within it.
    is_right = x > mediterranean.WIDTH * 3 / 4
    return {
        "city": dot.city,
        "is_published": dot.is_published,
        "x": x,
        "y": y,
        "anchor": "end" if is_right else "start",
    }


class Feed(DjangoFeed):  # type: ignore[type-arg]
    """The versions that were published last, as Atom, in the language of the reader."""

    feed_type = Atom1Feed
    title = gettext_lazy("City Migration Profiles: what has been published")
    link = reverse_lazy("cities")
    subtitle = gettext_lazy("New editions and corrections of published profiles.")

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer; the feed may be kept for some minutes."""
        response = super().__call__(request, *args, **kwargs)
        response["Cache-Control"] = "public, max-age=600"
        return response

    def get_object(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> None:
        """Say that there is one feed alone."""

    def feed_url(self, _obj: Any) -> str:
        """Return the address of the feed itself."""
        return f"{settings.SITE_URL}{reverse('cities_feed')}"

    def items(self) -> Sequence[Publication]:
        """Return the newest versions."""
        return catalogue.feed()

    def item_title(self, item: Any) -> str:
        """Return city, edition and version."""
        profile = item.profile
        city = one_line(profile.city.name_in(get_language() or "en"))
        words = _("%(city)s, edition %(year)s, version %(version)s")
        return words % {"city": city, "year": profile.edition, "version": item.version}

    def item_description(self, item: Publication) -> str:
        """Return the title of the profile, without signs that XML does not take."""
        return one_line(item.profile.title)

    def item_link(self, item: Publication) -> str:
        """Return the address of the version."""
        path = reverse("published_version", args=[item.profile.slug, item.version])
        return f"{settings.SITE_URL}{path}"

    def item_pubdate(self, item: Publication) -> Any:
        """Return when it was published."""
        return item.published_at

    def item_updateddate(self, item: Publication) -> Any:
        """Return the same: what is published does not change."""
        return item.published_at


feed = require_safe(Feed())
