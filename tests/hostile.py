"""Hostile text, and the fields in which people write: each gets some, or has a reason why not."""

import itertools

from django.apps import apps
from django.core.management import call_command
from django.db import connection, models

from profile_workflow.models import triggers

#: Stands in each of them, so that it can be seen whether a page shows one at all.
MARK = "zxq"
SHORT = (
    f"<b id={MARK}>",
    f"'\"><b id={MARK}>",
)
HOSTILE = (
    f"<script>window.hit='{MARK}'</script>",
    f"<img src=x id={MARK} onerror=window.hit=1>",
    f'"><svg id={MARK} onload=window.hit=1>',
    f"' id={MARK} autofocus onfocus=window.hit=1 x='",
    f"</textarea><script>window.hit='{MARK}'</script>",
    f"</title></style><img id={MARK} src=https://evil.example/a.png>",
    f"<iframe id={MARK} srcdoc='<script>parent.hit=1</script>'></iframe>",
    f"<base href=https://evil.example/ id={MARK}>",
    f"<form id={MARK} action=https://evil.example/><button>Sign in</button></form>",
    f"<meta id={MARK} http-equiv=refresh content='0;url=https://evil.example/'>",
    f"<style id={MARK}>@import 'https://evil.example/a.css';</style>",
    f"<link id={MARK} rel=stylesheet href=https://evil.example/a.css>",
    f"<svg></p><style><a id='</style><img id={MARK} src=1 onerror=window.hit=1>'>",
    f"<math><mtext><table><mglyph><style><img id={MARK} src=1 onerror=window.hit=1>",
    f"<a id={MARK} href='javascript:window.hit=1'>here</a>",
    f"[{MARK}](javascript:window.hit=1)",
    f"[{MARK}](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    f"[{MARK}](vbscript:window.hit=1) <javascript:window.hit=1>",
    f"![{MARK}](https://evil.example/a.png)",
    f'![{MARK}](x"onerror="window.hit=1)',
    f"[{MARK}]: javascript:window.hit=1\n\n[{MARK}]",
    f'[@"><img id={MARK} src=x onerror=window.hit=1>]',
    f'[[table:"><img id={MARK} src=x onerror=window.hit=1>]]',
    f"{{{{ {MARK} }}}}{{% debug %}}<!--{MARK}--><![CDATA[{MARK}",
    f"\u202e{MARK}\u202c<b\x0bid={MARK} onclick=window.hit=1>",
)
#: Addresses that a page makes a link of.
ADDRESS = f"javascript:window.hit='{MARK}'"
#: Fields whose words people write, in whatever model.
WRITTEN = {
    "agreed", "alt", "answer", "authors", "budget", "caption", "container", "credit", "doi",
    "erratum", "field",
    "file_name", "first_step", "found", "full_name", "function", "hint", "hint_ar",
    "hint_fr", "holder", "indicator", "interest", "label", "last_error", "licence", "long", "name",
    "name_ar", "name_fr", "note", "number", "origin", "outcome", "page", "pages", "period",
    "problem", "publisher", "query", "quote", "quote_after", "quote_before", "rationale", "reason",
    "remark", "replacement", "response", "responsible", "searched", "short", "signatory",
    "statement", "subject", "term", "sent_text", "suggested_email", "suggested_name", "text",
    "guidance", "guidance_ar", "guidance_fr", "time_frame", "title", "title_ar", "title_de",
    "title_es", "title_fr", "title_it", "title_pt", "unit", "url", "venue", "volume", "withdrawal",
    "year",
}  # fmt: skip
#: The same of fields that hold lists or objects.
WRITTEN_JSON = {
    "activities", "answers", "data_tables", "documents", "guiding_questions",
    "guiding_questions_ar", "guiding_questions_fr", "keywords", "outcomes", "parts", "partners",
    "phases", "pictures", "said", "scale", "scale_ar", "scale_fr", "trouble",
}  # fmt: skip
#: Those of them that are lists of words: where they are empty they get some.
_OBJECTS = {"data_tables", "documents", "parts", "phases", "pictures", "said", "trouble"}
_LISTS = WRITTEN_JSON - _OBJECTS
#: What objects in such fields call the words in them.
_WORDS = {
    "alt", "caption", "chapter", "credit", "detail", "heading", "licence", "page", "text", "title",
    "title_ar", "title_fr", "where",
}  # fmt: skip
#: Why fields of text are left as they are → model and name, or a name in whatever model. Those
#: with choices hold none but these, whatever a form is sent.
NOT_WRITTEN = {
    "made by the software": {
        *("digest", "hash", "previous_hash", "reason_hash", "revision_hash", "sha256"),
        *("pdf_sha256", "logo_sha256", "text_digest", "material_digest", "quote_block", "rule"),
        *("document", "move"),
        *(
            "from_state",
            "to_state",
            "question",
            "place",
            "version",
            "lengths",
            "content",
            "payload",
        ),
        *("leased_by", "flow_class", "flow_task", "flow_task_type", "token", "salt"),
        *("owner_permission_obj_pk", "OutboxJob.key", "FailedSignIn.key", "Tally.key"),
        *("WordReading.outcome", "confirmed", "path", "content_type", "frozen", "scope", "seal"),
    },
    "a name in addresses or in the text, checked by its form and by the database": {
        *("code", "slug", "key"),
    },
    "a colour, checked by its form": {"colour", "accent"},
    "chosen from a list that the form checks": {
        *("language", "languages", "country", "time_zone", "working_week", "muted_mails"),
        *("sdg_targets", "recommendation_areas", "stage_days", "SigningAnswer.sections"),
        "ranked",
    },
    "read by the door: nobody could sign in": {"email", "password"},
}
OURS = {"profile_workflow", "workflows", "reports"}


def hostile_for(field, turn):
    """Return what is put into a field: all of it where there is room, else one after the other."""
    if field.name == "url":
        return ADDRESS
    if field.max_length is None:
        return "\n\n".join(HOSTILE)
    fitting = [one for one in HOSTILE + SHORT if len(one) <= field.max_length] or [MARK]
    return fitting[turn % len(fitting)][: field.max_length]


def hostile_json(value, turn):
    """Return a value whose words are hostile, in the same shape."""
    if isinstance(value, dict):
        words = {key: HOSTILE[next(turn) % len(HOSTILE)] for key in _WORDS & value.keys()}
        return {key: words.get(key) or hostile_json(one, turn) for key, one in value.items()}
    if isinstance(value, list):
        are_words = all(isinstance(one, str) for one in value)
        found = [HOSTILE[next(turn) % len(HOSTILE)] for _one in value]
        return found if are_words else [hostile_json(one, turn) for one in value]
    return value


def fields_of_words(model):
    """Return the fields of a model that can hold any text."""
    kinds = (models.CharField, models.TextField, models.JSONField)
    fields = model._meta.concrete_fields
    return [one for one in fields if isinstance(one, kinds) and not one.choices]


def poison():
    """Put hostile text into every field, past all checks; return how many fields got some."""
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
    poisoned, turn = 0, itertools.count()
    for model in apps.get_models():
        if model._meta.app_label not in OURS or not model._default_manager.exists():
            continue
        given = {
            one.name: hostile_for(one, next(turn))
            for one in fields_of_words(model)
            if one.name in WRITTEN and not isinstance(one, models.JSONField)
        }
        if given:
            model._default_manager.update(**given)
        lists = [one.name for one in fields_of_words(model) if one.name in WRITTEN_JSON]
        for row in model._default_manager.only("pk", *lists) if lists else ():
            now = {name: getattr(row, name) for name in lists}
            now |= {name: ["one"] for name in _LISTS & now.keys() if not now[name]}
            said = {name: hostile_json(value, turn) for name, value in now.items()}
            model._default_manager.filter(pk=row.pk).update(**said)
        poisoned += len(given) + len(lists)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    triggers.install(connection)
    call_command("rebuild_search", verbosity=0)
    return poisoned
