"""A profile that says hostile things everywhere, and how its publication is asked for."""

from django.test import Client
from django.urls import reverse

from profile_workflow.bibliography import exchange
from profile_workflow.models import DataItem, DataTable, Draft
from profile_workflow.states import ProfileState, Role
from reports.models import Publication
from tests import factories

HOSTILE = "</script><img src=x onerror=alert(1)>"
SECRET = "A sentence that nobody has approved."
FOR_US = "Ask unwritten-person before citing."


def written(made):
    """A profile in production: figures, a chart, a picture, a source, notes and references."""
    profile = factories.make_profile(made, title=f"Migration\x0b in Sfax {HOSTILE}")
    profile.keywords = ["housing", "schools & <b>work</b>"]
    profile.save(update_fields=["keywords", "state"])
    profile = factories.bring_to(profile, ProfileState.DRAFTING)
    one, two = factories.section(profile, "1"), factories.section(profile, "2")
    item = factories.give_figure(one)
    DataItem.objects.filter(pk=item.pk).update(state="reconciled", label=f"Residents {HOSTILE}")
    DataTable.objects.update(title=f"Population {HOSTILE}", note=HOSTILE)
    source = item.source
    source.title = source.publisher = HOSTILE
    source.note = FOR_US
    source.save()
    picture = factories.give_picture(profile, caption=HOSTILE, alt=HOSTILE, credit=HOSTILE)
    table = item.table.key
    factories.write(
        one,
        f"### Where they live\n\nHousing is scarce [@{source.key}, p. 4].^[A note on rents.] See "
        f"[#section:2] and [#table:{table}].\n\n[[figure:{table}]]\n\n[[table:{table}]]\n\n"
        f"[[image:{picture.key}]]\n\n{HOSTILE}\n",
    )
    factories.write(
        two,
        f"Back to [#figure:{table}]. Crèches open early.\n\n### Schools\n\nA.\n\n### Rents\n\nB.",
    )
    Draft.objects.filter(section=two).update(searched="Unprinted: in the cellar of the archive.")
    expert = factories.holder(profile, Role.LOCAL_EXPERT)
    for section in (one, two):
        factories.move(section, "submit", expert)
    return factories.bring_to(profile, ProfileState.PRODUCTION), table


def make_sfax():
    made = factories.make_programme(sections=3)
    city = made.cities[0]
    city.name, city.name_ar, city.country = "Sfax", "صفاقس", "TN"
    city.latitude, city.longitude = 34.74, 10.76
    city.save()
    return made


def get(name, *arguments, client=None, status=200, **headers):
    response = (client or Client()).get(reverse(name, args=arguments), headers=headers)
    assert response.status_code == status, (name, arguments, response.status_code)
    return response


def text(response):
    return response.content.decode()


def addresses_of(profile, version="1.0"):
    """Every address under which something of a version is given out."""
    publication = Publication.objects.get(profile=profile, version=version)
    names = [*publication.files.values_list("path", flat=True)]
    names.append(f"{profile.slug}-{version}-{profile.language}.pdf")
    parts = ["section-1", "section-2", "bibliography", "record"]
    return [
        reverse("published", args=[profile.slug]),
        reverse("published_version", args=[profile.slug, version]),
        *(reverse("published_part", args=[profile.slug, version, part]) for part in parts),
        *(reverse("published_file", args=[profile.slug, version, name]) for name in names),
        *(
            reverse("published_citation", args=[profile.slug, version, ending])
            for ending in exchange.FORMATS
        ),
    ]


def sent(profile, name):
    return get("published_file", profile.slug, "1.0", name).getvalue()


def sent_of(profile, version, name):
    return get("published_file", profile.slug, version, name).getvalue()
