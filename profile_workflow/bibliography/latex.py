"""The TeX that stands in BibTeX: turned into letters, and letters made safe for it."""

import re
import unicodedata

#: Accent → the sign that Unicode puts after the letter.
_ACCENTS = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "d": "\u0323",
    "c": "\u0327",
    "k": "\u0328",
    "b": "\u0331",
}
_LETTERS = {
    "ss": "ß",
    "o": "ø",
    "O": "Ø",
    "l": "ł",
    "L": "Ł",
    "ae": "æ",
    "AE": "Æ",
    "oe": "œ",
    "OE": "Œ",
    "aa": "å",
    "AA": "Å",
    "i": "i",
    "j": "j",
    "dh": "ð",
    "th": "þ",
    "textasciitilde": "~",
    "textbackslash": "\\",
    "textasciicircum": "^",
    "textendash": "–",
    "textemdash": "—",
    "textquoteright": "’",
    "textquoteleft": "\u2018",
    "ldots": "…",
    "dots": "…",
    "newline": "\n",
}
_NEWLINE = "\\newline{}"
#: A backslash with what belongs to it. Every repetition is bounded, so that reading is linear.
_COMMAND = re.compile(
    r"""
    \\(?P<accent>[`'^~=."])[ ]?(?:\{[ ]?\\?(?P<in1>[^\W\d_])[ ]?\}|\\?(?P<out1>[^\W\d_]))
    | \\(?P<named>[uvHcdbkr])(?:[ ]?\{[ ]?\\?(?P<in2>[^\W\d_])[ ]?\}|[ ]\\?(?P<out2>[^\W\d_]))
    | \\(?P<word>[A-Za-z]{1,40})(?:\{\}|[ ])?
    | \\(?P<sign>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_DASHES = re.compile("-{2,3}")
#: Signs of the private area that stand for braces while the real ones are taken away.
_OPEN, _CLOSE = "\ue000", "\ue001"


def decoded(text: str) -> str:
    """Return what TeX would print, roughly: accents as letters, braces and commands gone."""
    text = text.replace(_OPEN, "").replace(_CLOSE, "")
    parts = []
    done = 0
    for match in _COMMAND.finditer(text):
        parts += [_typeset(text[done : match.start()]), _meant(match)]
        done = match.end()
    parts.append(_typeset(text[done:]))
    return "".join(parts).replace(_OPEN, "{").replace(_CLOSE, "}")


def _typeset(text: str) -> str:
    """Return text without commands as TeX sets it."""
    text = _DASHES.sub(lambda dashes: "–" if len(dashes[0]) == 2 else "—", text)
    text = text.replace("``", "“").replace("''", "”").replace("~", " ")
    return text.replace("{", "").replace("}", "")


def _meant(match: "re.Match[str]") -> str:
    accent = match["accent"] or match["named"]
    if accent:
        letter = match["in1"] or match["out1"] or match["in2"] or match["out2"]
        return unicodedata.normalize("NFC", letter + _ACCENTS[accent])
    if match["word"]:
        # A command that is not known goes, what it was to set stays.
        return _LETTERS.get(match["word"], "")
    return {"{": _OPEN, "}": _CLOSE, "\n": " ", "\\": " "}.get(match["sign"], match["sign"])


def verbatim(text: str) -> str:
    """Return an address or a DOI as it stands, without the braces and backslashes around it."""
    bare = text.strip().removeprefix("\\url").strip()
    if bare.startswith("{") and bare.endswith("}") and not bare.endswith("\\}"):
        bare = bare[1:-1]
    return re.sub(r"\\([&%$#_{}~^\\])", r"\1", bare)


def as_it_stands(text: str) -> str:
    """Return an address or a DOI so that ``verbatim`` gives it back: only braces matter."""
    return re.sub(r"([{}\\])", r"\\\1", text)


_MADE_SAFE = str.maketrans(
    {
        **{sign: f"\\{sign}" for sign in "&%$#_{}"},
        "~": "\\textasciitilde{}",
        "^": "\\textasciicircum{}",
        "\\": "\\textbackslash{}",
        "\n": _NEWLINE,
    }
)
_LIGATURES = re.compile(r"([-`'])(?=\1)")


def encoded(text: str) -> str:
    """Return a text so that ``decoded`` gives it back and TeX prints it."""
    return _LIGATURES.sub(r"\1{}", text.translate(_MADE_SAFE))
