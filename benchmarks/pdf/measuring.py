"""Prints each report in turn, by the product, Chromium and WeasyPrint alone; compares the bills."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks.options import Sizes
from benchmarks.pdf import jobs
from benchmarks.pdf.printing import (
    Bill,
    has_chromium,
    print_by_chromium,
    print_by_product,
    print_by_stock,
)
from benchmarks.pdf.warm import measure_warm
from benchmarks.results import Result
from reports.pdf.job import Job

_DEMONSTRATION = "demonstration"
_MEMORY = "≤ 600"
_GROWTH = "ratio ≤ 1.1"
#: The length for which there are targets of time and size.
_USUAL_PAGES = 75
_SECONDS = "≤ 10"
_TIMES_CHROMIUM = "ratio ≤ 5"
_SIZE = "ratio ≤ 0.6"


@dataclass(slots=True)
class Bills:
    """All bills of one report."""

    product: list[Bill] = field(default_factory=list)
    chromium: list[Bill] = field(default_factory=list)
    stock: list[Bill] = field(default_factory=list)


def measure(_database: str, sizes: Sizes) -> list[Result]:
    """Return speed, memory, growth, and each beside Chromium and stock WeasyPrint."""
    reports = {f"{pages} pages": jobs.invented(pages) for pages in sizes.pages}
    reports[_DEMONSTRATION] = jobs.demonstration()
    if not has_chromium():
        print("    the comparison with Chromium is skipped, because there is none here.")
    bills = _print_all(reports, sizes.repetitions)
    results = [result for name in reports for result in _of_one(name, bills[name])]
    warm = measure_warm(reports, _DEMONSTRATION, sizes.repetitions)
    return [*results, *_growth(bills, sizes.pages), *warm]


def _print_all(reports: Mapping[str, Job], repetitions: int) -> dict[str, Bills]:
    bills = {name: Bills() for name in reports}
    for _repetition in range(repetitions):
        for name, job in reports.items():
            bills[name].product.append(print_by_product(job))
            bills[name].stock.append(print_by_stock(job))
            if has_chromium():
                bills[name].chromium.append(print_by_chromium(job))
    return bills


def _of_one(name: str, bills: Bills) -> Iterator[Result]:
    pages, cpu = bills.product[0].pages, _cpu(bills.product)
    named = f"PDF, {name} ({pages} printed)"
    is_usual = name == f"{_USUAL_PAGES} pages"
    yield Result(f"{named}: a CPU second, with the start of a process", pages / cpu, "pages")
    yield Result(f"{named}: a second", pages / _wall(bills.product), "pages")
    memory = max(bill.memory for bill in bills.product)
    yield Result(f"{named}: peak memory", memory, "MB", target=_MEMORY)
    yield Result(f"{named}: CPU", cpu, "s", target=_SECONDS if is_usual else "")
    yield from _beside_stock(named, bills)
    if bills.chromium:
        yield from _beside_chromium(named, bills, is_usual=is_usual)


def _beside_chromium(named: str, bills: Bills, *, is_usual: bool) -> Iterator[Result]:
    beside = f"{named}, beside Chromium"
    target = _TIMES_CHROMIUM if is_usual else ""
    yield Result(f"{beside}: CPU", _cpu(bills.product), "s", _cpu(bills.chromium))
    yield Result(f"{beside}: time", _wall(bills.product), "s", _wall(bills.chromium), target)
    own, other = bills.product[0].size / 1000, bills.chromium[0].size / 1000
    yield Result(f"{beside}: size", own, "kB", other, _SIZE if is_usual else "")


def _beside_stock(named: str, bills: Bills) -> Iterator[Result]:
    beside = f"{named}, beside stock WeasyPrint ({bills.stock[0].pages} printed)"
    yield Result(f"{beside}: CPU", _cpu(bills.product), "s", _cpu(bills.stock))
    memory = [max(bill.memory for bill in some) for some in (bills.product, bills.stock)]
    yield Result(f"{beside}: peak memory", memory[0], "MB", memory[1])
    own, other = bills.product[0].size / 1000, bills.stock[0].size / 1000
    yield Result(f"{beside}: size", own, "kB", other)


def _cpu(bills: Sequence[Bill]) -> float:
    return median(bill.cpu for bill in bills)


def _wall(bills: Sequence[Bill]) -> float:
    return median(bill.wall for bill in bills)


def _growth(bills: Mapping[str, Bills], lengths: Sequence[int]) -> Iterator[Result]:
    """Compare what a page costs in the longest report and in each shorter one."""
    a_page = {
        length: 1000 * _cpu(found.product) / found.product[0].pages
        for length in lengths
        for found in [bills[f"{length} pages"]]
    }
    longest = max(lengths)
    for length in lengths:
        if length != longest:
            name = f"PDF: CPU of a page, {longest} pages beside {length}"
            yield Result(name, a_page[longest], "ms", a_page[length], _GROWTH)
