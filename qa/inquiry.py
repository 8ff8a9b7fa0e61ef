"""What the answer forms work on: the question, its evidence, and what the reports hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from qa import wording
from qa.english_names import english_names
from qa.lexicon import lexicon
from qa.matching import Matcher, Weights
from qa.pinyin import Pinyin
from qa.places import short_names
from qa.question import Question
from qa.refusal_words import RefusalWords
from qa.spelling import Spelling
from qa.thresholds import Thresholds
from vectorstore.figures import Figure, clauses, of_passage
from vectorstore.report import Hit, Passage, Report, Span

# «哪“四化”?»: a count of things under a name of the asker's own.
_COINED = re.compile(
    r"[一二两三四五六七八九十].|(?:[一二两三四五六七八九十][^一二两三四五六七八九十]{1,3}){2,}"
)
_LONG_NAME = 3
_QUOTED = re.compile(r"[“\"「『]([^“”\"」』]{2,20})[”\"」』]")


class Library:
    """The reports in use, with their figures and character weights, each read once."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.reports = tuple(reports)
        self._by_id = {report.id: report for report in reports}
        self._figures: dict[tuple[str, int], tuple[Figure, ...]] = {}

    @cached_property
    def weights(self) -> Weights:
        """How much each character says."""
        return Weights(self.reports)

    @cached_property
    def spelling(self) -> Spelling:
        """What is typed by its sound, put right."""
        return Spelling(self.reports)

    @cached_property
    def pinyin(self) -> Pinyin:
        """What reads a question that is typed in pinyin."""
        return Pinyin(self.reports)

    @cached_property
    def regions(self) -> frozenset[str]:
        """The regions that the reports are of."""
        return frozenset(report.region for report in self.reports if report.region)

    @cached_property
    def romanised_regions(self) -> frozenset[str]:
        """The regions as they are written in English."""
        return self.spelling.romanised(self.regions)

    @cached_property
    def text(self) -> str:
        """The text of all reports in half width and without quotes, to look words up in."""
        whole = "\n".join(p.text for report in self.reports for p in report.passages)
        return wording.QUOTES.sub("", unicodedata.normalize("NFKC", whole).lower())

    def writes(self, words: str) -> bool:
        """Tell whether a report writes these words, letter by letter."""
        return wording.QUOTES.sub("", words) in self.text

    def report(self, passage: Passage) -> Report:
        """Return the report that a passage belongs to."""
        return self._by_id[passage.report_id]

    def figures(self, passage: Passage) -> tuple[Figure, ...]:
        """Return the indicator facts of one paragraph."""
        key = (passage.report_id, passage.number)
        if key not in self._figures:
            self._figures[key] = tuple(of_passage(self.report(passage), passage))
        return self._figures[key]

    def year(self, passage: Passage) -> int | None:
        """Return the year that a paragraph speaks of."""
        return self.report(passage).year_of(passage.part)


@dataclass(frozen=True)
class Inquiry:
    """One question with its ranked sentences, best first."""

    question: Question
    matcher: Matcher
    hits: tuple[Hit, ...]
    library: Library
    thresholds: Thresholds = field(default_factory=Thresholds)
    refusals: RefusalWords = field(default_factory=partial(RefusalWords.open, None))
    # Returns how much nearer each text is to the question than to questions of all sorts.
    distinctness: Callable[[Sequence[str]], Sequence[float]] = lambda texts: [0.0] * len(texts)

    @property
    def passages(self) -> list[Passage]:
        """The paragraphs of the hits, best first, each once."""
        return list(
            {(h.passage.report_id, h.passage.number): h.passage for h in self.hits}.values()
        )

    @cached_property
    def rank(self) -> dict[tuple[str, int, int], int]:
        """The rank of each hit sentence, from 0."""
        return {
            (h.passage.report_id, h.passage.number, h.sentence): place
            for place, h in enumerate(self.hits)
        }

    @cached_property
    def _margins(self) -> dict[tuple[str, int, int], float]:
        return {(h.passage.report_id, h.passage.number, h.sentence): h.margin for h in self.hits}

    def standing_out(self, passage: Passage, sentence: int) -> float:
        """Return what a sentence that stands out by meaning is given for words of its own.

        It is a share of the question's terms, like those of the thresholds.
        """
        margin = self._margins.get((passage.report_id, passage.number, sentence), 0.0)
        given = self.thresholds.by_meaning * (margin - self.thresholds.margin_from)
        return max(0.0, min(given, self.thresholds.by_meaning_most))

    def speaks_of_period(self, passage: Passage) -> bool:
        """Tell whether a paragraph speaks of a year asked for, by its part or in words."""
        years = self.question.years
        spoken = self.library.year(passage)
        return spoken in years or any(str(year) in passage.text for year in years)

    def foreign_place(self) -> str | None:
        """Return a place that the question names and no report speaks of.

        One within a longer known name is none: «chengdu-chongqing economic circle».
        """
        words, asked = lexicon(), self.question.plain
        named = english_names().known if self.question.english else words.known
        longer = [m.span() for m in named.finditer(asked)]
        for match in words.places.finditer(asked):
            start, end = match.span()
            within = any(a <= start and end <= b and b - a > end - start for a, b in longer)
            place = english_names().chinese(match[0]) if match[0].isascii() else None
            name = place or match[0]
            if not within and name not in self.library.text and not self._in_short(name):
                return match[0]
        return None

    def _in_short(self, place: str) -> bool:
        """Tell whether a report names a place beside its own region in short: «渝沪», «成渝»."""
        own = "".join(map(short_names, self.library.regions))
        theirs = short_names(place)
        beside = rf"[{own}][{theirs}]|[{theirs}][{own}]"
        return bool(own and re.search(beside, self.library.text))

    def names_another(self, *texts: str) -> bool:
        """Tell whether texts name a thing like one that is asked for and that a report names in full.

        Asked for «商业价值信用贷款», which is written elsewhere, «知识价值信用贷款» is another;
        «新增城镇就业» is «城镇新增就业».
        """
        return any(
            self.library.writes(term.text) and not set(term.text) <= set("".join(texts))
            for term in self.matcher.told_in_part(*texts)
        )

    def unknown_name(self) -> str | None:
        """Return a name that the question quotes and no report writes."""
        for name in _QUOTED.findall(self.question.plain):
            if name.lower() in self.library.text or _COINED.fullmatch(name):
                continue
            if any(other.lower() in self.library.text for other in lexicon().others(name)):
                continue
            if name.isascii() and name in self.question.text:
                continue  # «"empty shells"» is English for something, no name
            loosely = ".{0,2}".join(map(re.escape, name.lower()))  # «免陪护» for «免陪照护服务»
            if len(name) < _LONG_NAME or not re.search(loosely, self.library.text):
                return str(name)
        return None

    def nearness(self, passage: Passage, sentence: int) -> float:
        """Return how high retrieval ranks a sentence, from 1 for the first towards 0."""
        place = self.rank.get((passage.report_id, passage.number, sentence))
        return 0.0 if place is None else 1.0 / (1.0 + place / 5)


def context(passage: Passage, offset: int) -> str:
    """Return the headings above a place in a paragraph, as one text."""
    return " ".join(passage.section_at(offset)[-2:])


def clause_spans(passage: Passage, sentence: int) -> tuple[Span, ...]:
    """Return the clauses of one sentence of a paragraph."""
    return clauses(passage.text, passage.sentences[sentence])
