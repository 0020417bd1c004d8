"""Invented material of any length, for measurements and for trying out the layout."""

from decimal import Decimal

from profile_workflow.bibliography.record import Reference
from profile_workflow.charts.land.network import Place
from reports.context.brand import Brand, Named
from reports.context.plain import FigureRow, Material, SectionText, TableOfFigures

#: Printed pages that one invented subsection fills, about.
_SUBSECTIONS_A_PAGE = 1.6
_SUBSECTIONS_A_CHAPTER = 12

_ENGLISH = (
    "Registers and surveys describe different populations, and neither was made for the city.",
    "Families who arrive settle first where the rents are low and the bus is frequent.",
    "The municipality keeps no count of its own and relies on what the State publishes.",
    "Associations close the gap with interpreters, school bags and patience.",
    "Officials described the cooperation as good in practice and absent on paper.",
    "Nothing in the documents read shows how many of those concerned are women.",
    "Each service applies its own list of papers, which few applicants can complete at once.",
    "The figures below are orders of magnitude and should be quoted with their year.",
)
_ARABIC = (
    "تصف السجلات والمسوح فئات سكانية مختلفة، ولم يُعدّ أي منها من أجل المدينة.",
    "تستقر الأسر الوافدة أولاً حيث الإيجارات منخفضة والحافلات كثيرة.",
    "لا تحتفظ البلدية بإحصاء خاص بها وتعتمد على ما تنشره الدولة.",
    "تسد الجمعيات الفجوة بالمترجمين والحقائب المدرسية والصبر.",
    "وصف المسؤولون التعاون (MC2CM) بأنه جيد في الممارسة وغائب على الورق منذ 2019.",
    "لا شيء في الوثائق المقروءة يبيّن عدد النساء بين المعنيين.",
    "تطبق كل مصلحة قائمة أوراق خاصة بها يصعب استكمالها دفعة واحدة.",
    "الأرقام أدناه تقديرات تقريبية وينبغي ذكرها مع سنتها.",
)


#: An invented network on the shores of a real sea.
_BRAND = Brand(
    named=(Named("donor", "Example fund"), Named("lead", "Example institute")),
    here=Place("Example", 10.76, 34.74),
    network=(Place("North", 4.84, 45.76), Place("West", -9.14, 38.72), Place("East", 35.5, 33.9)),
)


def synthetic_material(*, pages: int, language: str = "en") -> Material:
    """Return material for a report of about ``pages`` pages.

    Args:
        pages: Pages of the body aimed at; the front matter comes on top.
        language: ``ar`` for Arabic text, English text otherwise.
    """
    count = max(2, round(pages * _SUBSECTIONS_A_PAGE))
    chapters = [
        range(start, min(start + _SUBSECTIONS_A_CHAPTER, count))
        for start in range(0, count, _SUBSECTIONS_A_CHAPTER)
    ]
    sections = tuple(
        _section(number, subsections, language) for number, subsections in enumerate(chapters, 1)
    )
    return Material(
        slug="synthetic",
        language=language,
        title="ملف الهجرة للمدينة: مدينة المثال" if language == "ar" else "City Profile: Example",
        programme="Example programme",
        city="Example",
        edition="2026",
        year="2026",
        version="1.0",
        moment="2026-01-15T10:00:00+00:00",
        frozen_on="15 January 2026",
        validated_on="",
        is_public=True,
        sections=sections,
        tables=tuple(_table(section.key) for section in sections),
        sources=tuple(_source(number) for number in range(1, 41)),
        acronyms=tuple((f"AB{letter}", "Long form") for letter in "CDEFGHJ"),
        blocks=(("rights", "All rights reserved."),),
        verify_at="https://example.org/verify/",
        brand=_BRAND,
    )


def _section(number: int, subsections: range, language: str) -> SectionText:
    parts = [_subsection(number, index, language) for index in subsections]
    parts.insert(1, f"[[table:{number}-A]]\n\n[[figure:{number}-A]]")
    return SectionText(
        key=str(number),
        number=str(number),
        title=_sentence(number, language).split("،")[0].rstrip(".")[:60],
        text="\n\n".join(parts),
        authors=("A. Author",),
        revision="1",
        sha256=f"{number:064x}",
    )


def _sentence(index: int, language: str) -> str:
    sentences = _ARABIC if language == "ar" else _ENGLISH
    return sentences[index % len(sentences)]


def _subsection(chapter: int, index: int, language: str) -> str:
    words = [_sentence(index * 7 + step * 3, language) for step in range(8)]
    key = index % 40 + 1
    note = f"^[{_sentence(index, language)}]" if index % 3 == 0 else ""
    box = f"\n\n:::box {words[1][:30]}\n{words[2]}\n:::" if index % 5 == 0 else ""
    heading = words[0].rstrip(".")[:50]
    return (
        f"### {heading}\n\n{' '.join(words)} [@source-{key}, p. {chapter}]{note}\n\n"
        f"{' '.join(reversed(words))}\n\n- {words[3]}\n- {words[4]}{box}"
    )


def _table(section: str) -> TableOfFigures:
    rows = tuple(
        FigureRow(
            label=f"Row {index} of the table",
            value=Decimal(1000 * (index % 7) + 37),
            unit="persons",
            year=2024,
            territory="Municipality",
            definition="Residents",
            source=f"source-{index}",
            page="3",
        )
        for index in range(1, 13)
    )
    return TableOfFigures(
        f"{section}-A", section, f"Invented figures of chapter {section}", rows=rows
    )


def _source(number: int) -> Reference:
    return Reference(
        f"source-{number}",
        authors=f"Author {number}",
        year="2024",
        title=f"Title {number}",
        publisher="Publisher",
    )
