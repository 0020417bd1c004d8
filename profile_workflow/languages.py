"""What languages call themselves, so that their speakers find them; how they list things."""

from collections.abc import Iterable

from django.utils.translation import get_language_info, pgettext


def own_name(code: str) -> str:
    """Return what a language calls itself, or its code where nothing is known of it."""
    try:
        name: str = get_language_info(code)["name_local"]
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


def choices(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Return languages, given by their codes, as the choices of a field."""
    return [(code, own_name(code)) for code in codes]


def listed(things: Iterable[object]) -> str:
    """Join things to one line of a message, e.g. "A; B", with the mark of the reader's language."""
    return pgettext("between things of a list", "; ").join(map(str, things))
