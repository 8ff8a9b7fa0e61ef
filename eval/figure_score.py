"""How many indicator facts the extraction finds, and how many that it finds are facts.

    python -m eval.figure_score [--reports FOLDER] [--errors dev]

The gold was annotated by hand, in whole stretches of text: within the ranges that
open each gold file every indicator fact is listed, so that what is extracted there
and is not gold is wrong. Facts in odd paragraphs are for development, those in even
ones for test; errors are shown of the first only.

A figure matches a gold fact when

* its number stands at the place of the gold value, and value, unit and bound are
  the same (`Quantity.same`) as those of the gold value read alone;
* aspect, period and kind are equal;
* its indicator, without punctuation, quotes and blanks, holds every word of the gold
  indicator (words are separated by blanks), holds no clause mark, and does not hold
  the indicator of another gold fact of the same quote, unless the gold indicator
  holds that too.

So «新建“四好农村路”» is right for «四好农村路», since the verb adds nothing that misleads;
«城乡居民人均可支配收入» is wrong for «农村居民人均可支配收入»; «电子、材料产业增加值» is wrong for
«电子产业增加值», and so is anything that names both of two coordinated indicators.

Each gold fact takes one figure at most, and each figure one gold fact. Gold marked
optional (a count that only describes, as in «19个国家级开放平台引领…») counts neither way.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vectorstore.figures import Figure, extract
from vectorstore.quantity import Quantity, find_quantities
from vectorstore.reading import builtin_path, read_folder, read_report
from vectorstore.report import Passage, Report, Span

GOLD_FOLDER = Path(__file__).parent / "data"
SPLITS = ("dev", "test")
_CLAUSE_MARK = re.compile(r"[,，;；:：。!！?？]")
_NOT_CONTENT = re.compile(r"[\W_]+")


class GoldError(ValueError):
    """A gold file does not fit its report: a quote or value is not there, or not once."""


@dataclass(frozen=True, slots=True)
class GoldFact:
    """One annotated fact. `quote` stands once in the report, `value` once in the quote."""

    quote: str
    indicator: str
    value: str
    aspect: str
    period: str
    kind: str
    optional: bool = False


@dataclass(frozen=True, slots=True)
class GoldRange:
    """A stretch annotated exhaustively: from the start quote to the end of the end quote."""

    start: str
    end: str


@dataclass(frozen=True, slots=True)
class GoldSet:
    """The gold of one report."""

    report_id: str
    ranges: tuple[GoldRange, ...]
    facts: tuple[GoldFact, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A span in a numbered paragraph."""

    paragraph: int
    span: Span

    @property
    def split(self) -> str:
        """The split that the paragraph belongs to."""
        return SPLITS[(self.paragraph + 1) % 2]


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one report and split: gold facts, figures extracted, figures that match."""

    gold: int
    found: int
    right: int

    @property
    def precision(self) -> float:
        """The share of the extracted figures that match; 1 where none was extracted."""
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        """The share of the gold facts that are matched; 1 where there is none."""
        return self.right / self.gold if self.gold else 1.0

    def __add__(self, other: Tally) -> Tally:
        """Pool two tallies."""
        return Tally(self.gold + other.gold, self.found + other.found, self.right + other.right)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one report: tallies by split, and what went wrong on each."""

    report_id: str
    tallies: dict[str, Tally]
    missed: tuple[tuple[Place, GoldFact], ...]
    wrong: tuple[Figure, ...]


def read_gold(path: Path) -> GoldSet:
    """Read one gold file: a header with the ranges, then one fact a line."""
    header, *rows = (json.loads(line) for line in path.read_text("utf-8").splitlines() if line)
    ranges = tuple(GoldRange(r["start"], r["end"]) for r in header["ranges"])
    facts = []
    for row in rows:
        if row.pop("report") != header["report"]:
            raise GoldError(f"{path.name}: a fact of another report: {row['quote']}")
        facts.append(GoldFact(**row))
    return GoldSet(header["report"], ranges, tuple(facts))


def score(gold: GoldSet, report: Report) -> Outcome:
    """Score the extraction on one report against its gold."""
    places = [(_place(report, fact), fact) for fact in gold.facts]
    ranges = [_stretch(report, stretch) for stretch in gold.ranges]
    optional = [place for place, fact in places if fact.optional]
    required = [(place, fact) for place, fact in places if not fact.optional]
    figures = [
        figure
        for figure in extract(report)
        if any(_within(figure, stretch) for stretch in ranges)
        and not any(_stands_at(figure, place) for place in optional)
    ]
    matched = _matched(required, figures)
    missed = tuple(pair for i, pair in enumerate(required) if i not in matched)
    hits = set(matched.values())
    wrong = tuple(figure for j, figure in enumerate(figures) if j not in hits)
    tallies = {
        split: Tally(
            gold=sum(place.split == split for place, _ in required),
            found=sum(_place_of(figure).split == split for figure in figures),
            right=sum(required[i][0].split == split for i in matched),
        )
        for split in SPLITS
    }
    return Outcome(gold.report_id, tallies, missed, wrong)


def _matched(places: Sequence[tuple[Place, GoldFact]], figures: Sequence[Figure]) -> dict[int, int]:
    """Pair facts with figures, each once: the index of a fact to that of its figure."""
    pairs: dict[int, int] = {}
    for i, (place, fact) in enumerate(places):
        siblings = [other.indicator for _, other in places if other.quote == fact.quote]
        for j, figure in enumerate(figures):
            if j not in pairs.values() and _is_match(place, fact, figure, siblings):
                pairs[i] = j
                break
    return pairs


def _is_match(place: Place, fact: GoldFact, figure: Figure, siblings: Iterable[str]) -> bool:
    amount = amount_of(fact.value)
    return (
        _stands_at(figure, place)
        and amount is not None
        and figure.quantity.same(amount)
        and (figure.aspect, figure.period, figure.kind) == (fact.aspect, fact.period, fact.kind)
        and names(figure.indicator, fact.indicator, siblings)
    )


def _stands_at(figure: Figure, place: Place) -> bool:
    return figure.passage.number == place.paragraph and place.span.contains(figure.quantity.core)


def amount_of(value: str) -> Quantity | None:
    """Return the quantity that a gold value is as a whole, or `None`."""
    found = find_quantities(value)
    if len(found) == 1 and found[0].span == Span(0, len(value)):
        return found[0]
    return None


def names(indicator: str, gold: str, others: Iterable[str] = ()) -> bool:
    """Tell whether an extracted indicator names the gold one, and none of the others."""
    if _CLAUSE_MARK.search(indicator):
        return False
    extracted, wanted = _content(indicator), _content(gold)
    if extracted == wanted:
        return True
    return _holds(extracted, gold) and not any(
        _holds(extracted, other) and not _holds(wanted, other) for other in others
    )


def _holds(content: str, indicator: str) -> bool:
    return all(_content(word) in content for word in indicator.split())


def _content(text: str) -> str:
    return _NOT_CONTENT.sub("", unicodedata.normalize("NFKC", text)).casefold()


def _within(figure: Figure, stretch: tuple[Place, Place]) -> bool:
    first, last = stretch
    start = (first.paragraph, first.span.start)
    end = (last.paragraph, last.span.end)
    return start <= (figure.passage.number, figure.span.start) < end


def _place_of(figure: Figure) -> Place:
    return Place(figure.passage.number, figure.span)


def _stretch(report: Report, stretch: GoldRange) -> tuple[Place, Place]:
    return _locate(report, stretch.start)[1], _locate(report, stretch.end)[1]


def _place(report: Report, fact: GoldFact) -> Place:
    """Return where the value of a fact stands."""
    passage, quote = _locate(report, fact.quote)
    pattern = rf"(?<![\d.]){re.escape(fact.value)}"
    found = [m.start() for m in re.finditer(pattern, quote.span.of(passage.text))]
    if len(found) != 1:
        raise GoldError(f"«{fact.value}» stands {len(found)} times in «{fact.quote}», not once")
    start = quote.span.start + found[0]
    return Place(passage.number, Span(start, start + len(fact.value)))


def _locate(report: Report, quote: str) -> tuple[Passage, Place]:
    found = [
        (passage, Place(passage.number, Span(match.start(), match.end())))
        for passage in report.passages
        for match in re.finditer(re.escape(quote), passage.text)
    ]
    if len(found) != 1:
        raise GoldError(f"«{quote}» stands {len(found)} times in {report.id}, not once")
    return found[0]


def wilson(part: int, whole: int) -> tuple[float, float]:
    """Return the 95 % Wilson score interval of a share; (0, 1) where `whole` is 0."""
    if whole == 0:
        return 0.0, 1.0
    z = 1.96
    share = part / whole
    middle = (share + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(share * (1 - share) / whole + z * z / (4 * whole**2)) / (1 + z * z / whole)
    return max(0.0, middle - half), min(1.0, middle + half)


def table(outcomes: Sequence[Outcome], not_given: Sequence[str]) -> str:
    """Return the scores as lines of text; a report without its file is «not given»."""
    head = (
        f"{'split':5} {'gold':>5} {'found':>5} {'right':>5}  {'precision':20} {'recall':20} report"
    )
    lines = [head]
    for outcome in outcomes:
        lines += [
            _line(split, tally, outcome.report_id) for split, tally in outcome.tallies.items()
        ]
    for split in SPLITS:
        pooled = sum((o.tallies[split] for o in outcomes), Tally(0, 0, 0))
        lines.append(_line(split, pooled, f"all {len(outcomes)} scored"))
    lines += [f"{'not given: counted in no line above':65}{report_id}" for report_id in not_given]
    return "\n".join(lines)


def _line(split: str, tally: Tally, name: str) -> str:
    precision = _share(tally.right, tally.found, tally.precision)
    recall = _share(tally.right, tally.gold, tally.recall)
    counts = f"{split:5} {tally.gold:5} {tally.found:5} {tally.right:5}"
    return f"{counts}  {precision:20} {recall:20} {name}"


def _share(part: int, whole: int, share: float) -> str:
    low, high = wilson(part, whole)
    return f"{share:6.1%} [{low:.1%}, {high:.1%}]"


def errors(outcome: Outcome, split: str) -> str:
    """Return what was missed and what is wrong on one split, one a line."""
    lines = [
        f"  missed {place.paragraph:3} {fact.indicator} = {fact.value} {fact.aspect} {fact.period}"
        for place, fact in outcome.missed
        if place.split == split
    ]
    lines += [
        f"  wrong  {f.passage.number:3} {f.indicator} = {f.quantity.text} {f.aspect} {f.period}"
        f" «{f.clause.of(f.passage.text)}»"
        for f in outcome.wrong
        if _place_of(f).split == split
    ]
    return "\n".join([outcome.report_id, *lines])


def run(folder: Path | None, gold_folder: Path = GOLD_FOLDER) -> tuple[list[Outcome], list[str]]:
    """Score every gold file whose report is at hand; return the ids of the others too."""
    paths = {builtin_path().stem: builtin_path()}
    for path in read_folder(folder) if folder is not None else []:
        paths.setdefault(path.stem, path)
    outcomes, not_given = [], []
    for path in sorted(gold_folder.glob("figures_*.jsonl")):
        gold = read_gold(path)
        if gold.report_id in paths:
            outcomes.append(score(gold, read_report(paths[gold.report_id])))
        else:
            not_given.append(gold.report_id)
    return outcomes, not_given


def main(arguments: Sequence[str] | None = None) -> None:
    """Print precision and recall by report and split."""
    parser = argparse.ArgumentParser(prog="python -m eval.figure_score", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--reports", type=Path, help="folder that holds the 2025 reports")
    parser.add_argument("--errors", choices=SPLITS, help="list what went wrong on this split")
    options = parser.parse_args(arguments)
    outcomes, not_given = run(options.reports)
    print(table(outcomes, not_given))
    if options.errors:
        print("\n".join(errors(outcome, options.errors) for outcome in outcomes))


if __name__ == "__main__":
    main()
