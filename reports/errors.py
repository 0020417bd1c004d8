"""Why a PDF could not be made, in words for the person who asked for it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from profile_workflow.errors import DomainError
from profile_workflow.languages import own_name

#: Exit status of the PDF process for a problem that a person can solve.
EXIT_PROBLEM = 3


class BuildFailed(DomainError):
    """The document could not be made.

    Attributes:
        code: ``missing_glyph``, ``too_long``, ``too_big``, ``too_deep``, ``no_summary``,
            ``no_practices``, ``no_comments``, ``damaged_picture``, ``pictures_change``,
            ``no_painting``, ``killed``, ``seal_unusable``, ``authority_down`` or ``crashed``.
        at: Title of the chapter that was being laid out, if that is known.
        longest: Title of the longest chapter, if that is known.
        detail: What the sentence tells besides.
    """

    status = 422

    def __init__(self, code: str, *, at: str = "", longest: str = "", **detail: str) -> None:
        """Put the code into words.

        Args:
            code: What went wrong.
            at: Title of the chapter that was being laid out, if that is known.
            longest: Title of the longest chapter, which is named where the other is not known.
            detail: What the sentence tells besides.
        """
        super().__init__(in_words(code, detail, at=at, longest=longest))
        self.code, self.at, self.longest, self.detail = code, at, longest, detail


class NotAllCanBeMade(DomainError):
    """Of files in several languages some cannot be made, so none was asked for.

    Attributes:
        refused: Language → why there can be no file in it.
    """

    status = 422

    def __init__(self, refused: Mapping[str, BuildFailed]) -> None:
        self.refused = refused
        super().__init__(" ".join(self.lines))

    @property
    def lines(self) -> list[str]:
        """A sentence for each language that is to blame."""
        words = _(
            "%(language)s: %(reason)s No file is being made, not in the other languages either."
        )
        return [
            words % {"language": own_name(language), "reason": problem}
            for language, problem in self.refused.items()
        ]


def told(trouble: Mapping[str, Any]) -> str:
    """Return what is kept of a failure (``Build.trouble``) as a sentence in a reader's language."""
    chapters = {"at": trouble["chapter"], "longest": trouble.get("longest", "")}
    return in_words(trouble["code"], trouble["facts"], **chapters)


def in_words(code: str, detail: Mapping[str, str], *, at: str = "", longest: str = "") -> str:
    """Return why a PDF could not be made, and at which chapter it was; as ``BuildFailed``."""
    words = sentence(code, detail)
    if at:
        where = _("It was at “%(chapter)s”.") % {"chapter": at}
    elif longest:
        where = _("The longest chapter is “%(chapter)s”.") % {"chapter": longest}
    else:
        return words
    return f"{words} {where}"


def sentence(code: str, detail: Mapping[str, str]) -> str:
    """Return the sentence for a code of the PDF process, in the reader's language."""
    sentences = {
        "missing_glyph": _(
            "The character “%(character)s” (%(code_point)s) in “%(where)s” "
            "is in none of the fonts of the report. Replace it there and build again."
        ),
        "too_long": _(
            "The report was not finished within %(seconds)s seconds and was stopped. "
            "Look for a very large table and split it."
        ),
        "too_big": _(
            "The report needs more memory than is allowed and was stopped. "
            "Look for a very large table and split it."
        ),
        "too_deep": _("Too many lists, quotations or boxes stand within one another."),
        "no_summary": _("There is no executive summary in this profile."),
        "no_practices": _(
            "No practice is described in this text. Put each into a box of its own, of the kind "
            "“practice”; then every box becomes a sheet."
        ),
        "damaged_picture": _(
            "The file of a picture, %(name)s, is missing or damaged on the server. Upload the "
            "picture again, or tell whoever runs this site."
        ),
        "pictures_change": _(
            "While the file was being made, pictures were replaced again and again. Try again "
            "when nobody changes them."
        ),
        "no_painting": _(
            "Charts and covers cannot be painted on this machine. Install the Debian package "
            "libfribidi0."
        ),
        "no_comments": _("There is no comment that could be printed."),
        "killed": _(
            "The making was stopped from outside, by an administrator or because the machine had "
            "no memory left. The text is not to blame; try again."
        ),
        "seal_unusable": _(
            "The file was made, but could not be sealed, and was not kept. %(reason)s "
            "When an administrator has mended that, ask for the file again."
        ),
        "authority_down": _(
            "The file was made, but %(host)s, which confirms when it is sealed, did not answer; so "
            "it was not kept. It is tried again by itself (%(reason)s)."
        ),
    }
    fallback = _("The report could not be made: %(reason)s.")
    return sentences.get(code, fallback) % ({"reason": code} | dict(detail))


def engine_warning(code: str) -> str:
    """Return the sentence for a shortcoming of the machine that did not stop the build."""
    sentences = {
        "no_harfbuzz_subset": _(
            "The library harfbuzz-subset is missing: PDF files are made slowly and differ at "
            "each build. Install the Debian package libharfbuzz-subset0."
        ),
    }
    return sentences.get(code, code)
