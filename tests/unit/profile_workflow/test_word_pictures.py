"""Pictures of Word files: which come along, which words beside them are said of them, limits."""

import hashlib
import io

import pytest

from profile_workflow.errors import InvalidInput
from profile_workflow.word import package
from profile_workflow.word.chapters import Chapter, parts_of
from profile_workflow.word.package import Patience
from profile_workflow.word.pictures import Taken
from tests.docx import docx, drawn, p, r, tbl

pytestmark = pytest.mark.unit

ONE = [Chapter("2", "2", ["The city"])]
PORT, MARKET = b"the port", b"the market"
MEDIA = {"rId7": PORT, "rId8": MARKET}
PICTURE = p(raw=drawn("rId7", "Boats"))
CAPTION = "Lgende"


class Taking:
    """Takes whatever is given, and knows some of it already."""

    def __init__(self, known=None, refused=()):
        self.known, self.refused = dict(known or {}), refused
        self.contents = []

    def __call__(self, content):
        self.contents.append(content)
        if content in self.refused:
            raise InvalidInput("It moves.")
        sha256 = hashlib.sha256(content).hexdigest()
        if content in self.known:
            return self.known[content]
        taken = Taken(f"p{len(self.contents)}", sha256)
        self.known[content] = Taken(taken.key, sha256, is_new=False)
        return taken


def read(body, take=None, media=MEDIA, **more):
    (part,) = parts_of(
        docx(body, media=media),
        ONE,
        language="en",
        origin="sfax",
        only="2",
        take=take or Taking(),
        **more,
    )
    return part


def said(part):
    return [(one.key, one.caption, one.alt, one.credit) for one in part.pictures]


def left_out(part):
    return [(one.code, one.detail) for one in part.left_out]


def test_a_picture_comes_along_with_all_that_is_said_of_it():
    body = p("Before") + PICTURE + p("Figure 3. The port in 2024", CAPTION)
    part = read(body + p("Source : Office (2024)") + p("After"))
    assert part.text == "Before\n\n[[image:p1]]\n\nAfter"
    assert said(part) == [("p1", "The port in 2024", "Boats", "Office (2024)")]
    assert (part.pictures[0].sha256, part.pictures[0].is_new) == (
        hashlib.sha256(PORT).hexdigest(),
        True,
    )
    assert left_out(part) == []


@pytest.mark.parametrize(
    ("words", "style", "caption"),
    [
        ("Figure 3. The port", CAPTION, "The port"),
        ("Figure 3 The port", CAPTION, "The port"),
        ("The port", CAPTION, "The port"),
        ("Fig. 2.1 – The port", "", "The port"),
        ("Carte 1 : Le port", "", "Le port"),
        ("الشكل ٣: المرفأ", "", "المرفأ"),
        ("صورة 3 - المرفأ", CAPTION, "المرفأ"),
        ("Abbildung 2: Der Hafen", "", "Der Hafen"),
        ("Figura 4 – El puerto", "", "El puerto"),
    ],
)
def test_what_is_a_caption(words, style, caption):
    below = read(PICTURE + p(words, style))
    assert (below.text, below.pictures[0].caption) == ("[[image:p1]]", caption)


@pytest.mark.parametrize(
    ("words", "style"),
    [
        ("Figure 3 shows the port.", ""),
        ("The port is large.", ""),
        ("Table 3. The port", CAPTION),
        ("Tableau 1 : Le port", CAPTION),
        ("Cuadro 1: El puerto", CAPTION),
        ("The port [@office, p. 4]", CAPTION),
        ("x" * 301, CAPTION),
    ],
)
def test_what_is_none_stays_in_the_text(words, style):
    part = read(PICTURE + p(words, style))
    assert part.pictures[0].caption == ""
    assert words in part.text


def test_a_caption_may_stand_above_but_not_that_of_a_table():
    above = read(p("Figure 1. The port", CAPTION) + PICTURE + p("Text"))
    assert (above.text, above.pictures[0].caption) == ("[[image:p1]]\n\nText", "The port")
    table = tbl(["a", "b"], ["1", "2"])
    between = read(PICTURE + p("Residents", CAPTION) + table)
    assert between.pictures[0].caption == ""
    assert "Table: Residents" in between.text
    behind = read(table + p("Residents", CAPTION) + PICTURE)
    assert behind.pictures[0].caption == ""
    assert "Table: Residents" in behind.text


def test_two_pictures_keep_their_captions_apart():
    second = p(raw=drawn("rId8", "Stalls"))
    body = PICTURE + p("Figure 1. Port", CAPTION) + second + p("Figure 2. Market", CAPTION)
    assert said(read(body)) == [("p1", "Port", "Boats", ""), ("p2", "Market", "Stalls", "")]
    body = p("Figure 1. Port", CAPTION) + PICTURE + p("Figure 2. Market", CAPTION) + second
    assert said(read(body)) == [("p1", "Port", "Boats", ""), ("p2", "Market", "Stalls", "")]


def test_what_the_profile_says_of_a_picture_is_not_replaced_and_not_doubled():
    known = {PORT: Taken("harbour", "0" * 64, False, "The port", "Office")}
    same = read(PICTURE + p("Figure 1. The port", CAPTION) + p("Source: Office"), Taking(known))
    assert (same.text, same.pictures[0].is_new) == ("[[image:harbour]]", False)
    other = read(PICTURE + p("Figure 1. The quay", CAPTION), Taking(known))
    assert other.text == "[[image:harbour]]\n\nFigure 1. The quay"
    assert said(other) == [("harbour", "The port", "", "Office")]


def test_the_same_picture_twice_is_one():
    take = Taking()
    first, second = p("Figure 1. Port", CAPTION), p("Figure 2. Ship")
    part = read(PICTURE + first + p("x") + PICTURE + second, take)
    assert part.text == "[[image:p1]]\n\nx\n\n[[image:p1]]\n\nFigure 2. Ship"
    assert said(part) == [("p1", "Port", "Boats", "")]


def test_a_picture_stands_behind_the_words_among_which_it_stood():
    part = read(p(raw=r("a ") + drawn("rId7", "Boats") + r("b")))
    assert part.text == "a b\n\n[[image:p1]]"
    item = read(p("one", list_id=1) + p(raw=r("two") + drawn("rId7"), list_id=1))
    assert item.text == "- one\n- two\n\n[[image:p1]]"
    heading = read(p("Head", "Titre2") + p(style="Titre3", raw=r("Sub") + drawn("rId7")))
    assert heading.text.endswith("Sub\n\n[[image:p1]]")


def test_a_frame_keeps_its_picture_and_a_table_has_its_pictures_below():
    framed = read(tbl([PICTURE + p("Figure 1. Port", CAPTION)]))
    assert framed.text == ":::box\n[[image:p1]]\n:::"
    assert framed.pictures[0].caption == "Port"
    table = read(tbl(["a", "b"], [p("1") + PICTURE, p(raw=drawn("rId8"))]) + p("Figure 1. Both"))
    assert table.text == "| a | b |\n| --- | --- |\n| 1 |  |\n\n[[image:p1]]\n\n[[image:p2]]"
    assert [one.caption for one in table.pictures] == ["", "Both"]
    only = read(tbl([PICTURE, p(raw=drawn("rId8"))], [p(), p()]))
    assert only.text == "[[image:p1]]\n\n[[image:p2]]"


def test_pictures_of_older_programs_and_of_text_boxes_come_along():
    old = '<w:r><w:pict><v:shape alt="A map"><v:imagedata r:id="rId7"/></v:shape></w:pict></w:r>'
    assert said(read(p(raw=old))) == [("p1", "", "A map", "")]
    both = (
        f"<w:r><mc:AlternateContent><mc:Choice>{drawn('rId7', 'Boats')}</mc:Choice>"
        f"<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent></w:r>"
    )
    take = Taking()
    assert read(p(raw=both), take).text == "[[image:p1]]"
    assert take.contents == [PORT]
    box = f"<w:txbxContent>{PICTURE}{p('Figure 1: The port')}</w:txbxContent>"
    twice = f"<mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback>"
    part = read(p(raw=r("x") + f"<w:r><mc:AlternateContent>{twice}</mc:AlternateContent></w:r>"))
    assert (part.text, left_out(part)) == ("x\n\n[[image:p1]]", [])
    assert said(part) == [("p1", "The port", "Boats", "")]


def test_what_holds_no_picture_is_named_for_what_it_is():
    linked = '<a:blip r:link="rId9"/>'
    part = read(
        p(raw=r("x") + drawn(alt="Growth", inside='<c:chart r:id="rId7"/>'))
        + p(raw=drawn(alt="Steps"))
        + p(raw=drawn(alt="Far away", inside=linked))
        + p(raw=drawn("rId99", "Gone"))
        + p(raw='<w:r><w:object><v:shape><v:imagedata r:id="rId7"/></v:shape></w:object></w:r>')
    )
    assert left_out(part) == [
        ("chart", "Growth"),
        ("drawing", "Steps"),
        ("picture", "Far away"),
        ("picture", "Gone"),
        ("object", "1"),
    ]
    assert (part.text, part.pictures) == ("x", [])


def test_a_note_holds_no_picture():
    note = f'<w:footnote w:id="2">{p(raw=r("see") + drawn("rId7", "Boats"))}</w:footnote>'
    body = p(raw=r("x") + '<w:r><w:footnoteReference w:id="2"/></w:r>')
    (part,) = parts_of(
        docx(body, media=MEDIA, footnotes=note),
        ONE,
        language="en",
        origin="sfax",
        only="2",
        take=Taking(),
    )
    assert (part.text, left_out(part)) == ("x^[see]", [("picture", "Boats")])


def test_a_refused_picture_is_named_with_the_reason_and_the_others_come():
    part = read(PICTURE + p(raw=drawn("rId8", "Stalls")), Taking(refused=[PORT]))
    assert part.text == "[[image:p2]]"
    assert left_out(part) == [("picture_refused", "Boats – It moves.")]


def test_without_a_taker_pictures_are_left_out():
    (part,) = parts_of(docx(p("x") + PICTURE, media=MEDIA), ONE, language="en", origin="")
    assert (part.text, left_out(part)) == ("x", [("picture", "Boats")])


def test_a_large_picture_is_cut_off_and_not_unpacked_whole(monkeypatch):
    monkeypatch.setattr(package, "MOST_IN_PICTURE", 5)
    take = Taking()
    read(PICTURE, take)
    assert take.contents == [PORT[:5]]


def test_damaged_bytes_and_strange_places_are_no_picture(monkeypatch):
    links = (
        '<Relationship Id="rId5" Type="x/image" Target="../../../etc/passwd"/>'
        '<Relationship Id="rId6" Type="x/image" Target="https://x.org/a" TargetMode="External"/>'
        '<Relationship Id="rId4" Type="x/styles" Target="styles.xml"/>'
    )
    body = "".join(p(raw=drawn(f"rId{one}", "Far")) for one in (4, 5, 6)) + p("x")
    take = Taking()
    (part,) = parts_of(docx(body, links=links), ONE, language="en", origin="", take=take)
    assert take.contents == []
    assert left_out(part) == [("picture", "Far")] * 3
    data = docx(PICTURE + p("x"), media={"rId7": PORT * 50}).getvalue()
    at = data.index(b"word/media/rId7.bin") + len(b"word/media/rId7.bin")
    broken = data[:at] + b"\xff\xff\xff" + data[at + 3 :]
    (part,) = parts_of(io.BytesIO(broken), ONE, language="en", origin="", take=take)
    assert left_out(part) == [("picture", "Boats")]


def test_taking_has_a_time_of_its_own():
    now = [0.0]

    def slowly(content):
        now[0] += 100
        return Taken("p1", "0" * 64)

    part = read(PICTURE + p("x"), slowly, patience=Patience(lambda: now[0]))
    assert part.text == "[[image:p1]]\n\nx"
    with pytest.raises(InvalidInput, match="takes too long"):
        read(p("x" * 3), Taking(), patience=Patience(iter(range(0, 10_000, 9)).__next__))
