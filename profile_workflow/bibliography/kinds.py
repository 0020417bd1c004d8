"""What each format calls the kinds of sources."""

from collections.abc import Mapping
from dataclasses import dataclass

from profile_workflow.states import SourceKind


@dataclass(frozen=True, slots=True)
class Named:
    """The name of a kind in each format; ``subtype`` tells apart two with one BibTeX type."""

    csl: str
    ris: str
    bibtex: str
    subtype: str = ""


#: Kind → its name in each format; all differ, so that none is lost on the way out and back.
NAMES: Mapping[SourceKind, Named] = {
    SourceKind.REPORT: Named("report", "RPRT", "report"),
    SourceKind.ARTICLE: Named("article-journal", "JOUR", "article"),
    SourceKind.WEB: Named("webpage", "ELEC", "online"),
    SourceKind.LAW: Named("legislation", "STAT", "legislation"),
    SourceKind.STATISTICS: Named("dataset", "DATA", "dataset"),
    SourceKind.EVENT: Named("paper-conference", "CPAPER", "inproceedings"),
    SourceKind.BOOK: Named("book", "BOOK", "book"),
    SourceKind.CHAPTER: Named("chapter", "CHAP", "incollection"),
    SourceKind.PRESS: Named("article-newspaper", "NEWS", "article", "newspaper"),
    SourceKind.INTERVIEW: Named("interview", "PCOMM", "misc", "interview"),
    SourceKind.THESIS: Named("thesis", "THES", "thesis"),
}

#: Other names that programs use → the kind that comes nearest.
_ALSO: Mapping[str, SourceKind] = {
    "techreport": SourceKind.REPORT,
    "manual": SourceKind.REPORT,
    "article-magazine": SourceKind.PRESS,
    "magazine": SourceKind.PRESS,
    "mgzn": SourceKind.PRESS,
    "ejou": SourceKind.ARTICLE,
    "abst": SourceKind.ARTICLE,
    "post-weblog": SourceKind.WEB,
    "post": SourceKind.WEB,
    "electronic": SourceKind.WEB,
    "www": SourceKind.WEB,
    "blog": SourceKind.WEB,
    "web": SourceKind.WEB,
    "bill": SourceKind.LAW,
    "treaty": SourceKind.LAW,
    "regulation": SourceKind.LAW,
    "legal_case": SourceKind.LAW,
    "jurisdiction": SourceKind.LAW,
    "legal": SourceKind.LAW,
    "law": SourceKind.LAW,
    "case": SourceKind.LAW,
    "aggr": SourceKind.STATISTICS,
    "dbase": SourceKind.STATISTICS,
    "conference": SourceKind.EVENT,
    "proceedings": SourceKind.EVENT,
    "conf": SourceKind.EVENT,
    "event": SourceKind.EVENT,
    "speech": SourceKind.EVENT,
    "presentation": SourceKind.EVENT,
    "mvbook": SourceKind.BOOK,
    "collection": SourceKind.BOOK,
    "booklet": SourceKind.BOOK,
    "ebook": SourceKind.BOOK,
    "edbook": SourceKind.BOOK,
    "inbook": SourceKind.CHAPTER,
    "incollection": SourceKind.CHAPTER,
    "echap": SourceKind.CHAPTER,
    "phdthesis": SourceKind.THESIS,
    "mastersthesis": SourceKind.THESIS,
    "personal_communication": SourceKind.INTERVIEW,
}


def kind_named(name: str, subtype: str = "") -> SourceKind:
    """Return the kind that a format calls by this name; a report if it is not known."""
    plain = name.strip().lower()
    for kind, named in NAMES.items():
        if plain in {named.csl, named.ris.lower()}:
            return kind
        if plain == named.bibtex and subtype.strip().lower() == named.subtype:
            return kind
    return _ALSO.get(plain, _of_bibtex(plain))


def _of_bibtex(name: str) -> SourceKind:
    found = (kind for kind, named in NAMES.items() if named.bibtex == name and name != "misc")
    return next(found, SourceKind.REPORT)
