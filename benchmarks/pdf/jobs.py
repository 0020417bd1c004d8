"""What is printed: invented reports of any length, and the full-length demonstration profile."""

import base64
from dataclasses import replace
from datetime import date, timedelta

from django.utils import timezone, translation

from profile_workflow.services.reference import load_network, load_template
from reports.builds.pages import job_of
from reports.context import assemble, report_of, synthetic_material, synthetic_picture
from reports.pdf.job import Job, Picture
from workflows.demo import sfax
from workflows.demo.library import fixture
from workflows.demo.people import Cast, create_people
from workflows.demo.story import Story

_BEGINS = timedelta(weeks=46)


def invented(pages: int) -> Job:
    """Return a report of about so many pages, front matter and all."""
    sha256, picture = synthetic_picture()
    carried = Picture(sha256, "image/png", base64.b64encode(picture).decode())
    return replace(job_of(assemble(synthetic_material(pages=pages))), pictures=(carried,))


def demonstration() -> Job:
    """Return the full-length profile of the demonstration, told to the end in an empty database."""
    with translation.override("en"):
        programme = load_network(fixture("network.json"), valid_from=date(2015, 1, 1))
        template = load_template(fixture("template_mc2cm.json"))
        cast = Cast(programme.cities.get(slug="sfax"), template, create_people(programme))
        story = Story(cast, begins=timezone.now() - _BEGINS)
        sfax.tell(story)
        return job_of(report_of(story.profile, as_public=True))
