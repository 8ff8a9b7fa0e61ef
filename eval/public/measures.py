"""The measures of the public sets, as their authors define them.

CMRC 2018 and DRCD: EM and F1 over all questions, a refusal scores 0. NoMIRACL (Thakur et
al. 2024, https://aclanthology.org/2024.findings-emnlp.730): hallucination and error rate.
DragonBall (RAGEval, Zhu et al. 2024, https://arxiv.org/abs/2408.01262): recall and
economy of the references in what search returns. Its keypoints are judged by a language
model there; here only those that state figures are counted, as stated or not.
"""

from __future__ import annotations

import re

from eval.evidence import same_paragraph
from eval.measures import (
    DETAIL,
    HEADLINE,
    MEASURES,
    Measure,
    MeasureSet,
    answerable,
    in_hits,
    ranked,
    with_evidence,
)
from eval.metrics import amounts, occurs, without_markers
from eval.scoring import Scored

_DATE = re.compile(r"\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?")
_NUMBERING = re.compile(r"^\s*\d{1,2}[.、]\s*")
_DEPTH = 5


def figures_in(text: str) -> tuple[str, ...]:
    """Return the amounts and dates that a text states."""
    bare = _NUMBERING.sub("", text)
    return (*(amount.text for amount in amounts(bare)), *_DATE.findall(bare))


def _bare(scored: Scored) -> str:
    return "" if scored.score.abstained else without_markers(scored.prediction.text)


def numeric_match(scored: Scored) -> float | None:
    """Tell whether the answer states every figure of a reference; `None` where none has any."""
    wanted = [figures for each in scored.gold.answers if (figures := figures_in(each))]
    if not wanted:
        return None
    bare = _bare(scored)
    return float(any(all(occurs(figure, bare) for figure in figures) for figures in wanted))


def completeness(scored: Scored) -> float | None:
    """Return the share of the keypoints with figures whose every figure the answer states."""
    wanted = [figures for each in scored.case.keypoints if (figures := figures_in(each))]
    if not wanted:
        return None
    bare = _bare(scored)
    return sum(all(occurs(f, bare) for f in figures) for figures in wanted) / len(wanted)


def _matched(scored: Scored) -> list[int]:
    """Return the lengths of the references that stand in the first paragraphs found."""
    hits = [hit.place for hit in scored.prediction.hits if hit.number <= _DEPTH]
    return [
        max(place.end - place.start for place in unit)
        for unit in scored.gold.units
        if any(same_paragraph(place, hit) for place in unit for hit in hits)
    ]


def _sentence_recall(scored: Scored) -> float:
    return len(_matched(scored)) / len(scored.gold.units)


def _economy(scored: Scored) -> float:
    """Return the characters of references found, by those of all paragraphs found."""
    found = {
        hit.place.address: length
        for hit, length in zip(scored.prediction.hits, scored.hit_lengths, strict=True)
        if hit.number <= _DEPTH
    }
    total = sum(found.values())
    return min(1.0, sum(_matched(scored)) / total) if total else 0.0


def _named(name: str, about: str = "") -> Measure:
    """Return a measure of the benchmark; under its own name, or with another explanation."""
    found = next(measure for measure in HEADLINE + DETAIL if measure.name == name)
    return Measure(name, about or found.about, found.of, found.verdict, found.lower_is_better)


_EM, _F1 = _named("exact match"), _named("character F1")
_COMPREHENSION = MeasureSet(
    (_EM, _F1, _named("false abstentions"),
     Measure("numeric match", "states every figure of a reference that has figures", numeric_match)),
    (_named("support"), _named("dangling citations")),
    _F1,
)  # fmt: skip
_DUE = Measure(
    "due", "answers the answerable, refuses the others",
    lambda s: float(s.score.abstained != s.gold.answerable and s.prediction.error is None),
)  # fmt: skip
_NOMIRACL = MeasureSet(
    (Measure("hallucination rate", "unanswerable, and answered: FP / (FP + TN)",
             lambda s: None if s.gold.answerable else float(not s.score.abstained),
             lower_is_better=True),
     Measure("error rate", "answerable, and refused: FN / (FN + TP)",
             answerable(lambda s: float(s.score.abstained or s.prediction.error is not None)),
             lower_is_better=True),
     _DUE),
    (_named("support"), _named("dangling citations")),
    _DUE,
)  # fmt: skip
_RECALL = Measure(
    f"sentence recall@{_DEPTH}", f"references in the first {_DEPTH} paragraphs found",
    with_evidence(_sentence_recall), verdict=False,
)  # fmt: skip
_DRAGONBALL = MeasureSet(
    (Measure("nDCG@10", "references in the paragraphs found, less the lower they rank",
             ranked("nDCG@10"), verdict=False),
     _RECALL,
     Measure(f"EIR@{_DEPTH}", "characters of the references found by all characters found",
             with_evidence(_economy), verdict=False),
     Measure("AllEvidence@5", "every reference is in the first 5", in_hits(5)),
     Measure("AllEvidence@10", "every reference is in the first 10", in_hits(10)),
     Measure("completeness", "keypoints with figures, all of which the answer states",
             completeness, verdict=False),
     _named("abstained on unanswerable"), _named("false abstentions")),
    (_named("paragraph precision"), _named("paragraph recall"), _named("sentence precision"),
     _named("sentence recall"), _named("support"), _named("dangling citations")),
    _RECALL,
)  # fmt: skip
_OF_SETS = {
    "cmrc2018": _COMPREHENSION, "drcd": _COMPREHENSION,
    "nomiracl": _NOMIRACL, "dragonball": _DRAGONBALL,
}  # fmt: skip


def measures_for(suite: str) -> MeasureSet:
    """Return the measures of a suite: those of a public set, else those of the benchmark."""
    return _OF_SETS.get(suite, MEASURES)
