"""Whether what a model wrote may be shown: each sentence by itself, and the answer as a whole.

A sentence must hold against what it cites, by the verifier and by `qa.grounding`, and
speak of what is asked. All of them must tell what the extractive answer tells.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from qa.answer import Citation, Claim
from qa.citation import Draft, parse
from qa.grounding import figures_of, problems, unsaid
from qa.inquiry import Inquiry, context
from qa.question import Form
from qa.verify import Verifier
from vectorstore.quantity import Quantity, find_quantities

# The share of what the extractive answer adds to the question that an answer must say,
# and one that lists.
_TOLD, _LISTED = 0.6, 0.9
_VERIFIER_SAYS = {
    "no citation": "没有标出所依据资料的编号",
    "figure not in the cited text": "所引资料里没有这个数：",
    "year not supported": "所引资料说的不是这一年：",
    "name not in the cited text": "所引资料里没有这个名称：",
    "told as a target, but reached": "资料里是已经完成的，不是",
    "told as reached, but a target": "资料里是目标，不是",
}
# What models put before a line: a number, a dash, the label of the evidence.
_BEFORE_LINE = re.compile(
    r"^\s*(?:\d{1,2}[.、)）]|[-*•·]|#+|(?:资料)?\s*\[?\d{0,2}\]?\s*〔[^〕\n]*〕)\s*", re.MULTILINE
)
_BESIDE = "没有回答所问的内容"


@dataclass(frozen=True, slots=True)
class Judged:
    """A claim of the model with what stands against it; nothing if it holds."""

    claim: Claim
    problems: tuple[str, ...]


class Judge:
    """Judges drafts of one answer; `proven` is the extractive one."""

    def __init__(
        self,
        inquiry: Inquiry,
        evidence: Sequence[Citation],
        proven: Sequence[Claim],
        verifier: Verifier,
    ) -> None:
        self._inquiry = inquiry
        self._evidence = tuple(evidence)
        self._proven = tuple(proven)
        self._verifier = verifier

    def judged(self, text: str) -> list[Judged]:
        """Split a draft into claims, each once, and judge them."""
        claims = parse(Draft(_BEFORE_LINE.sub("", text), self._evidence))
        unique = {f"{claim.text.rstrip('。；;.！!')}。": claim for claim in reversed(claims)}
        return [
            self._judged(replace(claim, text=sentence))
            for sentence, claim in reversed(unique.items())
        ]

    def _judged(self, claim: Claim) -> Judged:
        if not claim.citations:
            claim = self._with_its_only_proof(claim)
        found = self._against(claim)
        if not found:
            claim = self._with_needed_proof(claim)
        if not found and not _answers(self._inquiry, claim, self._proven):
            found = [_BESIDE]
        return Judged(claim, tuple(found))

    def _against(self, claim: Claim) -> list[str]:
        verdict = self._verifier.check(claim)
        if not claim.citations or not verdict.holds:
            return [_in_chinese(problem) for problem in verdict.problems]
        return problems(claim, self._inquiry.library)

    def _with_its_only_proof(self, claim: Claim) -> Claim:
        """Give a claim without a citation the one piece of evidence that supports it, if it is one."""
        cited = [replace(claim, citations=(citation,)) for citation in self._evidence]
        held = [each for each in cited if not self._against(each)]
        return held[0] if len(held) == 1 else claim

    def _with_needed_proof(self, claim: Claim) -> Claim:
        """Take the citations off a claim without which it still holds."""
        for citation in reversed(claim.citations):
            rest = replace(claim, citations=tuple(c for c in claim.citations if c != citation))
            if not self._against(rest):
                claim = rest
        return claim


def tells(claims: Sequence[Claim], proven: Sequence[Claim], inquiry: Inquiry) -> bool:
    """Tell whether claims say what the extractive answer adds to the question.

    That is all its figures, and unless no more was asked for, most of its words that the
    question has not; of a list nearly all.
    """
    said = "".join(claim.text for claim in claims)
    asks_amount = inquiry.question.form is Form.FIGURE
    wanted = [f.quantity for claim in proven for f in figures_of(claim, inquiry.library)]
    if asks_amount and not wanted:
        wanted = _amounts(proven)
    amounts = find_quantities(said)
    if not all(any(quantity.same(q) for q in amounts) for quantity in wanted):
        return False
    if wanted and asks_amount:
        return True
    known = "".join(claim.text for claim in proven)
    added = unsaid(known, inquiry.question.text) or [known]
    least = _LISTED if inquiry.question.form is Form.LIST else _TOLD
    missing = sum(len(run) for part in added for run in unsaid(part, said))
    return missing <= (1 - least) * sum(map(len, added))


def same_fact(claim: Claim, proven: Sequence[Claim]) -> Claim | None:
    """Return the extractive claim that cites a place which a failed claim cites."""
    places = [(c.passage, c.span) for c in claim.citations]
    for each in proven:
        if any(own.overlaps(*place) for own in each.citations for place in places):
            return each
    return None


def _answers(inquiry: Inquiry, claim: Claim, proven: Sequence[Claim]) -> bool:
    """Tell whether a claim speaks of what is asked, as far as the extractive answer does."""
    told, stated = find_quantities(claim.text), _amounts(proven)
    known = [*stated, *find_quantities(inquiry.question.text)]
    if not all(any(q.same(other) for other in known) for q in told):
        return False  # it stands there, and may yet be of another thing or another year
    if stated and inquiry.question.form is Form.FIGURE:
        return bool(told)
    if same_fact(claim, proven) is not None:
        return True
    # Where the question's terms did not lead to its answer, they cannot judge another.
    enough = inquiry.thresholds.enough
    return min(_speaks(inquiry, each) for each in (claim, *proven)) >= enough


def _amounts(claims: Sequence[Claim]) -> list[Quantity]:
    return [quantity for claim in claims for quantity in find_quantities(claim.text)]


def _speaks(inquiry: Inquiry, claim: Claim) -> float:
    above = (context(c.passage, c.span.start) for c in claim.citations)
    return inquiry.matcher.coverage(claim.text, *(c.quote for c in claim.citations), *above)


def _in_chinese(problem: str) -> str:
    kind, _, what = problem.partition(": ")
    return _VERIFIER_SAYS.get(kind, f"{kind}: ") + what
