"""Why a PDF could not be made, in words for the person who asked for it."""

from django.utils.translation import gettext as _

from profile_workflow.errors import DomainError

#: Exit status of the PDF process for a problem that a person can solve.
EXIT_PROBLEM = 3


class BuildFailed(DomainError):
    """The document could not be made.

    Attributes:
        code: ``missing_glyph``, ``too_long``, ``too_big``, ``too_deep``, ``no_summary``,
            ``no_practices``, ``busy``, ``killed``, ``seal_unusable``, ``authority_down`` or
            ``crashed``.
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
        words = sentence(code, detail)
        if at:
            where = _("It was at “%(chapter)s”.") % {"chapter": at}
            words = f"{words} {where}"
        elif longest:
            where = _("The longest chapter is “%(chapter)s”.") % {"chapter": longest}
            words = f"{words} {where}"
        super().__init__(words)
        self.code = code


def sentence(code: str, detail: dict[str, str]) -> str:
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
        "busy": _("Another such file is being made just now. Try again in a moment."),
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
    return sentences.get(code, fallback) % ({"reason": code} | detail)


def engine_warning(code: str) -> str:
    """Return the sentence for a shortcoming of the machine that did not stop the build."""
    sentences = {
        "no_harfbuzz_subset": _(
            "The library harfbuzz-subset is missing: PDF files are made slowly and differ at "
            "each build. Install the Debian package libharfbuzz-subset0."
        ),
    }
    return sentences.get(code, code)
