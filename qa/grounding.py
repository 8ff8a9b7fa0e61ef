"""Whether a claim that a model wrote says what it cites.

The verifier asks whether each number, year and name of a claim stands in the cited
text. A model can still put a true number to the wrong indicator, turn a rise into a
fall, drop a «not», or say in plain words what nobody wrote. Its claims are therefore
read as the report is read, and compared figure by figure and word by word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from qa.answer import Claim
from qa.fitting import LEVELS
from qa.inquiry import Library
from qa.lexicon import lexicon
from qa.question import is_english
from vectorstore.figures import Figure, of_passage
from vectorstore.report import Part, Passage, Span

# So much of the words of a claim must stand in what it cites,
WORDS = 0.75
# and so many characters in a row may not be missing: they would be a thing of their own.
MISSING_RUN = 4
# How like two names of one indicator are at least.
ALIKE = 0.3
_ASKING = re.compile(r"如何|怎样|怎么|多少|多久|多大|哪些|哪个|什么|吗|[?？]")
_LATIN = re.compile(r"[A-Za-z]{2,}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
# What frames a statement and says nothing: «根据报告,…», «2019年,重庆市…».
_FRAME = re.compile(
    r"(?:根据|按照|依据|从)?(?:政府工作|该|本)?(?:报告|资料)(?:中|里)?(?:的)?(?:数据|内容)?(?:显示|指出|提出|提到|表示|明确|称|可知)?"
    r"|其中|同时|此外|另外|以及|并且|分别|主要|包括|目标|计划|预期|实际|完成|实现|达到|去年|今年|全年|(?:19|20)\d\d年?"
)
_LIGHT = frozenset("的了在是为和与及并将也都由有等至到对于其该这个年月日上中,，。、；：")
_NEGATED = re.compile(r"(?:不再|不得|不能|不准|不|未|没有|没|无|严禁|禁止|杜绝|防止|避免|取消)(..)")
_NEGATION = re.compile(r"不|未(?!来)|没有?|无|非(?!常|公|遗|洲)|禁止|严禁|取消")
# Comparisons and results of arithmetic are not read off a report but made.
_COMPARED = re.compile(
    r"相差|之差|合计|总和|翻[一两]?番|是.{0,12}倍|更[高低多少大小快慢]|最[高低多少大小]"
)
# «是的,…»: whether something is so is for the rules to say.
VERDICT = re.compile(r"(?:是|是的|不是|对|不对|没错|正确|错误|报告所述不同)[，,：:。]")
_RISE, _FALL = re.compile(r"增|涨|升|提高|扩"), re.compile(r"减|降|跌|下调|压|缩")


def problems(claim: Claim, library: Library) -> list[str]:
    """Return what stands against a claim with citations, each in a few Chinese words."""
    if is_english(claim.text):
        return ["没有用中文"]
    if VERDICT.match(claim.text):
        return ["不要判断是非，只说报告的内容"]
    quotes = "\n".join(citation.quote for citation in claim.citations)
    return [
        *_words(claim, quotes, library),
        *_negations(claim.text, quotes),
        *_figures(claim, library),
    ]


def unsaid(text: str, *sources: str) -> list[str]:
    """Return the runs of Han characters of `text` that stand in no source, longest first.

    A character is said where it and a neighbour stand side by side in a source.
    """
    source = "\n".join(sources)
    runs, run = [], ""
    for piece in re.split(r"[^\u4e00-\u9fff]+", _FRAME.sub(" ", text)):
        said = [a + b in source for a, b in pairwise(piece)]
        for index, char in enumerate(piece):
            known = (index > 0 and said[index - 1]) or (index < len(said) and said[index])
            if known or char in _LIGHT or (len(piece) == 1 and char in source):
                runs.append(run)
                run = ""
            else:
                run += char
        runs.append(run)
        run = ""
    return sorted(filter(None, runs), key=len, reverse=True)


def likeness(one: str, other: str) -> float:
    """Return Dice's coefficient over the pairs of characters of two names, in [0, 1].

    See https://en.wikipedia.org/wiki/Dice-Sørensen_coefficient.
    """
    a, b = (Counter(x + y for x, y in pairwise(name)) for name in (one, other))
    whole = a.total() + b.total()
    return 2 * (a & b).total() / whole if whole else float(one == other)


def _words(claim: Claim, quotes: str, library: Library) -> Iterator[str]:
    headings = "".join(
        "".join(c.passage.section) + library.report(c.passage).title for c in claim.citations
    )
    places = "".join(str(library.report(c.passage).region or "") for c in claim.citations)
    known = f"{quotes}\n{headings}\n{places}市\n{places}省\n{_other_names(quotes + headings)}"
    missing = unsaid(claim.text, known)
    content = len(_HAN.findall(_FRAME.sub("", claim.text)))
    if missing and (
        len(missing[0]) >= MISSING_RUN or sum(map(len, missing)) > (1 - WORDS) * content
    ):
        yield f"所引资料没有说“{missing[0]}”"
    foreign = [word for word in _LATIN.findall(claim.text) if word.lower() not in known.lower()]
    if foreign:
        yield f"所引资料没有说“{foreign[0]}”"
    asking = _ASKING.search(claim.text)
    if asking and asking[0] not in quotes:
        yield "这是在重复问题"
    compared = _COMPARED.search(claim.text)
    if compared and not claim.operands and compared[0] not in quotes:
        yield f"所引资料没有说“{compared[0]}”"


def _other_names(text: str) -> str:
    """Return the other names that the lexicon has for what a text names."""
    words = lexicon()
    return "\n".join(
        other for name in set(words.known.findall(text)) for other in words.others(name)
    )


def _negations(text: str, quotes: str) -> Iterator[str]:
    for found in _NEGATION.finditer(text):
        if text[found.start() : found.end() + 2] not in quotes:
            yield "所引资料没有这样否定"
    affirmed = _NEGATED.sub("", quotes)
    for found in _NEGATED.finditer(quotes):
        denied = found[1]
        if denied in text and denied not in affirmed and not _NEGATED.search(text):
            yield f"所引资料说的是“{found[0]}”"


def _figures(claim: Claim, library: Library) -> Iterator[str]:
    """Find numbers put to another indicator, direction or period than they are of."""
    cited = [
        figure
        for citation in claim.citations
        for figure in library.figures(citation.passage)
        if citation.span.start <= figure.span.start < citation.span.end
    ]
    for said in figures_of(claim, library):
        sources = [figure for figure in cited if figure.quantity.same(said.quantity)]
        if sources and not any(_says(source, said, claim.text) for source in sources):
            yield f"{said.quantity.text}是“{sources[0].indicator}”的数，句子把它说成了别的"
            continue
        own = max((likeness(s.indicator, said.indicator) for s in sources), default=1.0)
        rivals = [f for f in cited if not f.quantity.same(said.quantity)]
        if any(likeness(rival.indicator, said.indicator) > own for rival in rivals):
            yield f"{said.quantity.text}不是“{said.indicator}”的数"


def figures_of(claim: Claim, library: Library) -> list[Figure]:
    """Read the figures of a claim as if it stood where its first citation does."""
    first = claim.citations[0].passage
    part = Part.REVIEW if first.part is Part.OPENING else first.part
    text = claim.text
    passage = Passage(first.report_id, first.number, (), part, text, (Span(0, len(text)),))
    return list(of_passage(library.report(first), passage))


def _says(source: Figure, said: Figure, text: str) -> bool:
    """Tell whether a figure of the report is what a claim says: indicator, direction, period."""
    if not _directed(source, said):
        return False
    if source.period != said.period and said.period in text:
        return False
    # Where a claim tells two figures of one indicator, the second may not name it again.
    before = text[: said.span.start]
    return (
        likeness(source.indicator, said.indicator) >= ALIKE
        or source.indicator in before
        or said.indicator in source.clause.of(source.passage.text)
        or not unsaid(source.indicator, before)
    )


def _directed(source: Figure, said: Figure) -> bool:
    """Tell whether both figures are levels, both rises or both falls."""
    if {source.aspect, said.aspect} <= LEVELS:
        return not (
            (_RISE.match(source.verb) and _FALL.match(said.verb))
            or (_FALL.match(source.verb) and _RISE.match(said.verb))
        )
    return source.aspect is said.aspect
