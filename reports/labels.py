"""The words that the report itself prints, in the language of the profile; a file a language."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "fr", "es", "it", "de", "pt", "ar")
_WORDS = Path(__file__).with_name("words")


@dataclass(frozen=True, slots=True)
class Labels:
    """One word or phrase for each place; ``%(…)s`` are filled in where they are printed."""

    kind: str
    edition: str
    version: str
    contents: str
    list_of_tables: str
    list_of_figures: str
    list_of_boxes: str
    acronyms: str
    about: str
    suggested_citation: str
    section_authors: str
    chapter: str
    chapters: str
    numbered_section: str
    digest: str
    data_year: str
    frozen_on: str
    validated_on: str
    table: str
    figure: str
    source: str
    sources: str
    note: str
    datum: str
    value: str
    women: str
    men: str
    year: str
    territory: str
    definition: str
    definitions: str
    not_available: str
    nothing_found: str
    searched: str
    figures_of_chart: str
    download_figures: str
    download_chart: str
    no_text: str
    no_figures: str
    challenges: str
    challenge: str
    field: str
    competence: str
    data_requests: str
    asked_for: str
    asked_of: str
    asked_on: str
    as_of: str
    answered: str
    no_answer: str
    priorities: str
    priority: str
    rank: str
    label: str
    responsible: str
    partners: str
    time_frame: str
    budget: str
    first_step: str
    activities: str
    outcomes: str
    sdg_targets: str
    recommendation_areas: str
    answers: str
    action_sheet: str
    bibliography: str
    page: str
    validation_record: str
    validation_intro: str
    review_rounds: str
    round: str
    opened: str
    closed: str
    outcome: str
    decisions: str
    decision: str
    decided_on: str
    role: str
    section: str
    revision: str
    revisions: str
    submitted_on: str
    validation: str
    asked: str
    quorum: str
    attribution: str
    tacit_rule: str
    answered_by: str
    answer: str
    number_of_people: str
    reservations: str
    objections: str
    response: str
    from_workshop: str
    workshops: str
    workshops_intro: str
    participants: str
    confirmed: str
    documents_used: str
    said_in_the_room: str
    agreed_remarks: str
    counts_only: str
    open_round: str
    verify: str
    verify_intro: str
    verify_code: str
    approvals: str
    approvals_intro: str
    no_approvals: str
    approved_by: str
    stage: str
    approved_text: str
    whole_text: str
    all_but: str
    void: str
    answered_of: str
    quorum_reached: str
    quorum_missed: str
    tacit_told: str
    watermark: str
    colon: str
    comma: str
    semicolon: str
    map: str
    map_alone: str
    implemented_by: str
    partnered_by: str
    funded_by: str
    annex: str
    summary: str
    practice_sheet: str
    from_chapter: str
    profile_file: str
    record_file: str
    lines: str
    accessible: str
    seal: str
    erratum: str
    changed_since: str
    changed_text: str
    changed_tables: str
    changed_entries: str
    passages: str
    new_text: str
    many_passages: str
    added: str
    removed: str
    before: str
    now: str
    more_figures: str
    changed_fields: str
    unchanged_sections: str
    not_compared: str
    heading: str
    text: str
    rationale: str
    chart: str


@cache
def _read(code: str) -> Labels:
    return Labels(**json.loads((_WORDS / f"{code}.json").read_text(encoding="utf-8")))


def labels(language: str) -> Labels:
    """Return the words for a language (``ar-TN`` is Arabic), English where there are none."""
    code = language[:2]
    return _read(code if code in LANGUAGES else "en")


def direction(language: str) -> str:
    """Return ``rtl`` for Arabic, ``ltr`` otherwise."""
    return "rtl" if language[:2] == "ar" else "ltr"
