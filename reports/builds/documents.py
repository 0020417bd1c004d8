"""The report as files for other programs: for Word, as an e-book, as data."""

from dataclasses import replace

from profile_workflow.models import Profile
from reports.builds.columns import with_all_columns
from reports.builds.pages import job_of
from reports.builds.pictures import with_pictures
from reports.context import Report
from reports.documents.docx import docx_of
from reports.pdf.job import Job, Part


def word_job_of(report: Report) -> Job:
    """Return what a file for Word is made of: the pages of the PDF, with the widths of tables."""
    job = job_of(report)
    parts = tuple(Part(part.title, with_all_columns(part.html)) for part in job.parts)
    return replace(job, front=with_all_columns(job.front), parts=parts)


def word_file_of(report: Report, profile: Profile) -> bytes:
    """Return the report as a file for Word, with the pictures of the profile."""
    return docx_of(with_pictures(word_job_of(report), profile), report.brand.tones)
