"""The answer generator on a language model: it writes, and what does not hold is not shown.

The extractive generator answers first. What it abstains from, computes or judges is not
asked of a model, nor what is asked in English: there words cannot be held against the
report's. Else the model reads the evidence and writes a draft, each sentence is checked by the
verifier and by `qa.grounding`, and the failed ones are sent back once with the
reasons. What fails again gives way to the extractive claim for the same fact, or is
dropped. An answer that leaves out what the report says gives way as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

from qa.answer import Citation, Claim, Generation
from qa.citation import Draft, parse
from qa.facts import candidates
from qa.grounding import VERDICT, figures_of, problems, unsaid
from qa.inquiry import Inquiry, Library, clause_spans, context
from qa.local_model import ModelError
from qa.models import LanguageModel, Message, Reply
from qa.prompting import as_data, prompt
from qa.question import Form
from qa.verify import Verifier
from qa.wording import ORDER
from vectorstore.quantity import find_quantities
from vectorstore.report import Part, Passage, Span

_MOST_EVIDENCE = 8
_MOST_FIGURES = 6
# The share of the extractive answer's words that an answer without figures must say.
_TOLD = 0.5
_PERIODS = {Part.REVIEW: "回顾", Part.PLAN: "计划", Part.NOTES: "名词解释", Part.OPENING: "开头"}
_VERIFIER_SAYS = {
    "no citation": "没有标出所依据资料的编号",
    "figure not in the cited text": "所引资料里没有这个数：",
    "year not supported": "所引资料说的不是这一年：",
    "name not in the cited text": "所引资料里没有这个名称：",
    "told as a target, but reached": "资料里是已经完成的，不是",
    "told as reached, but a target": "资料里是目标，不是",
}
_DECLINED = re.compile(r"报告(?:中|里)?(?:并?没有|并?未)(?:提及|提到|说明)")
# What models put before a line: a number, a dash, the label of the evidence.
_BEFORE_LINE = re.compile(
    r"^\s*(?:\d{1,2}[.、)）]|[-*•·]|#+|(?:资料)?\s*\[?\d{0,2}\]?\s*〔[^〕\n]*〕)\s*", re.MULTILINE
)
_BESIDE = "没有回答所问的内容"


@dataclass(frozen=True, slots=True)
class Written:
    """Claims that hold, a note to the reader where the model did not get its way, and the cost."""

    claims: tuple[Claim, ...]
    note: str
    generation: Generation | None


@dataclass(frozen=True, slots=True)
class _Judged:
    """A claim of the model with what stands against it; nothing if it holds."""

    claim: Claim
    problems: tuple[str, ...]


class Writer:
    """Lets a language model write answers."""

    def __init__(self, model: LanguageModel, library: Library, verifier: Verifier) -> None:
        self.model = model
        self._library = library
        self._verifier = verifier

    def write(
        self, inquiry: Inquiry, proven: Sequence[Claim], deadline: float
    ) -> Generator[str, None, Written]:
        """Yield the draft as the model writes it, and return what of it holds.

        `proven` is the extractive answer, verified: it stands in for whatever fails,
        and for all that is not there by `deadline` (monotonic).
        """
        proven = tuple(proven)
        if inquiry.question.english or any(_is_ours(claim) for claim in proven):
            return Written(proven, "", None)
        evidence = gather(inquiry, proven, self.model.room)
        messages = ask_for(inquiry, evidence)
        try:
            reply = yield from self.model.reply(messages, deadline)
        except ModelError as error:
            return Written(proven, _fallen_back(str(error)), None)
        replies = [reply]
        judged = self._judged(inquiry, reply.text, evidence, proven)
        if _DECLINED.search(reply.text) and all(each.problems for each in judged):
            return Written(proven, _fallen_back("它认为报告没有提到"), self._cost(replies))
        if any(each.problems for each in judged):
            again = self._again(messages, reply, judged, deadline)
            if again is not None:
                replies.append(again)
                better = self._judged(inquiry, again.text, evidence, proven)
                judged = better if any(not each.problems for each in better) else judged
        claims, note = _settled(judged, proven, self._library)
        return Written(claims, note, self._cost(replies))

    def _again(
        self, messages: Sequence[Message], reply: Reply, judged: Sequence[_Judged], deadline: float
    ) -> Reply | None:
        """Send the failed sentences back with the reasons; `None` if nothing comes of it."""
        failed = "\n".join(
            f"- {as_data(each.claim.text)} （{'；'.join(each.problems)}）"
            for each in judged
            if each.problems
        )
        repair = prompt("answer").fill("repair", problems=failed)
        try:
            return self.model.said([*messages, ("ai", reply.text), ("human", repair)], deadline)
        except ModelError:
            return None

    def _judged(
        self, inquiry: Inquiry, text: str, evidence: Sequence[Citation], proven: Sequence[Claim]
    ) -> list[_Judged]:
        """Split a draft into claims, each once, and judge them."""
        claims = parse(Draft(_BEFORE_LINE.sub("", text), tuple(evidence)))
        unique = {f"{claim.text.rstrip('。；;.！!')}。": claim for claim in reversed(claims)}
        return [
            self._judge(inquiry, replace(claim, text=sentence), evidence, proven)
            for sentence, claim in reversed(unique.items())
        ]

    def _judge(
        self,
        inquiry: Inquiry,
        claim: Claim,
        evidence: Sequence[Citation],
        proven: Sequence[Claim],
    ) -> _Judged:
        if not claim.citations:
            claim = self._with_its_only_proof(claim, evidence)
        found = self._against(claim)
        if not found:
            claim = self._with_needed_proof(claim)
        if not found and not _answers(inquiry, claim, proven):
            found = [_BESIDE]
        return _Judged(claim, tuple(found))

    def _against(self, claim: Claim) -> list[str]:
        verdict = self._verifier.check(claim)
        if not claim.citations or not verdict.holds:
            return [_in_chinese(problem) for problem in verdict.problems]
        return problems(claim, self._library)

    def _with_its_only_proof(self, claim: Claim, evidence: Sequence[Citation]) -> Claim:
        """Give a claim without a citation the one piece of evidence that supports it, if it is one."""
        cited = [replace(claim, citations=(citation,)) for citation in evidence]
        held = [each for each in cited if not self._against(each)]
        return held[0] if len(held) == 1 else claim

    def _with_needed_proof(self, claim: Claim) -> Claim:
        """Take the citations off a claim without which it still holds."""
        for citation in reversed(claim.citations):
            rest = replace(claim, citations=tuple(c for c in claim.citations if c != citation))
            if not self._against(rest):
                claim = rest
        return claim

    def _cost(self, replies: Sequence[Reply]) -> Generation:
        return Generation(
            self.model.name,
            prompt("answer").version,
            len(replies),
            sum(reply.tokens_in for reply in replies),
            sum(reply.tokens_out for reply in replies),
            replies[0].first_token,
            sum(reply.seconds for reply in replies),
        )


def gather(inquiry: Inquiry, proven: Sequence[Claim], tokens: int) -> tuple[Citation, ...]:
    """Return numbered evidence of `tokens` at most: what proves the extractive answer, then the best.

    Sentences that give orders to a system are left out: they are no evidence of anything.
    """
    first = [(c.passage, c.span) for claim in proven for c in claim.citations]
    ranked = [(hit.passage, hit.passage.sentences[hit.sentence]) for hit in inquiry.hits]
    chosen: list[Citation] = []
    for passage, span in (*first, *ranked):
        if len(chosen) == _MOST_EVIDENCE or tokens < 20:
            break
        if ORDER.search(span.of(passage.text).lower()) or _overlaps(chosen, passage, span):
            continue
        cut = _cut(passage, span, tokens)
        if cut is not None:
            chosen.append(Citation(len(chosen) + 1, passage, cut))
            tokens -= estimated_tokens(cut.of(passage.text))
    return tuple(chosen)


def estimated_tokens(text: str) -> int:
    """Return a bound on the tokens of a text in any common tokenizer: one a character.

    Latin words take fewer; the models people use here take about 0.6 for a Han character.
    """
    return len(text)


def _overlaps(chosen: Sequence[Citation], passage: Passage, span: Span) -> bool:
    return any(
        c.passage is passage and c.span.start < span.end and span.start < c.span.end for c in chosen
    )


def _cut(passage: Passage, span: Span, tokens: int) -> Span | None:
    """Cut a sentence at a clause border to `tokens`; `None` where not even a clause fits."""
    if estimated_tokens(span.of(passage.text)) <= tokens:
        return span
    ends = [
        clause.end
        for clause in clause_spans(passage, passage.sentence_at(span.start))
        if clause.end > span.start
        and estimated_tokens(passage.text[span.start : clause.end]) <= tokens
    ]
    return Span(span.start, ends[-1]) if ends else None


def ask_for(inquiry: Inquiry, evidence: Sequence[Citation]) -> list[Message]:
    """Return the prompt: the rules, an example, and as data evidence, figures and question."""
    texts = prompt("answer")
    pieces = "\n".join(
        texts.fill(
            "piece",
            number=str(c.number),
            period=_period(inquiry, c.passage),
            heading=as_data(context(c.passage, c.span.start)),
            text=as_data(c.quote),
        )
        for c in evidence
    )
    rows = "\n".join(_rows(inquiry, evidence))
    figures = texts.fill("figures", rows=rows) + "\n" if rows else ""
    example = texts.fill(
        "user",
        evidence=texts.fill("example_evidence"),
        figures="",
        question=texts.fill("example_question"),
    )
    question = as_data(inquiry.question.text)
    return [
        ("system", texts.fill("system")),
        ("human", example),
        ("ai", texts.fill("example_answer")),
        ("human", texts.fill("user", evidence=pieces, figures=figures, question=question)),
    ]


def _period(inquiry: Inquiry, passage: Passage) -> str:
    year = inquiry.library.year(passage)
    return f"{year}年{_PERIODS[passage.part]}" if year else _PERIODS[passage.part]


def _rows(inquiry: Inquiry, evidence: Sequence[Citation]) -> Iterator[str]:
    """Yield the figures found for the question that stand in the evidence, best first."""
    if inquiry.question.form is not Form.FIGURE:
        return
    told = 0
    for candidate in candidates(inquiry):
        figure = candidate.figure
        places = [
            c for c in evidence if c.passage is figure.passage and c.span.contains(figure.span)
        ]
        if candidate.covered < inquiry.thresholds.enough or not places or told == _MOST_FIGURES:
            continue
        told += 1
        kind = "目标" if figure.kind == "target" else "实际"
        name = as_data(figure.indicator + figure.verb)
        yield f"{name}|{figure.period}年{kind}|{as_data(figure.quantity.text)}|[{places[0].number}]"


def _answers(inquiry: Inquiry, claim: Claim, proven: Sequence[Claim]) -> bool:
    """Tell whether a claim speaks of what is asked, as far as the extractive answer does."""
    asked = [q for each in proven for q in find_quantities(each.text)]
    if asked and inquiry.question.form is Form.FIGURE:
        return any(q.same(other) for q in find_quantities(claim.text) for other in asked)
    if _same_fact(claim, proven) is not None:
        return True
    # Where the question's terms did not lead to its answer, they cannot judge another.
    enough = inquiry.thresholds.enough
    return min(_speaks(inquiry, each) for each in (claim, *proven)) >= enough


def _speaks(inquiry: Inquiry, claim: Claim) -> float:
    above = (context(c.passage, c.span.start) for c in claim.citations)
    return inquiry.matcher.coverage(claim.text, *(c.quote for c in claim.citations), *above)


def _is_ours(claim: Claim) -> bool:
    """Tell whether a claim computes or judges, which is not left to a model."""
    return bool(claim.operands or VERDICT.match(claim.text))


def _settled(
    judged: Sequence[_Judged], proven: tuple[Claim, ...], library: Library
) -> tuple[tuple[Claim, ...], str]:
    """Return the claims to show, and a note where they are not all the model's own."""
    held = [each.claim for each in judged if not each.problems]
    claims: list[Claim] = []
    for each in judged:
        if not each.problems:
            claims.append(each.claim)
        elif (instead := _same_fact(each.claim, proven)) and not _tells(
            [*held, *claims], [instead], library
        ):
            claims.append(instead)
    failed = sum(bool(each.problems) for each in judged)
    if not held:
        return proven, _fallen_back("它写的内容没有通过核对")
    if not _tells(claims, proven, library):
        return proven, _fallen_back("它的回答不完整")
    note = f"语言模型写的 {failed} 句话没有通过核对，已删去或改用报告原文。" if failed else ""
    return tuple(claims), note


def _same_fact(claim: Claim, proven: Sequence[Claim]) -> Claim | None:
    """Return the extractive claim that cites a place which a failed claim cites."""
    places = [(c.passage, c.span) for c in claim.citations]
    for each in proven:
        if any(_overlaps(each.citations, passage, span) for passage, span in places):
            return each
    return None


def _tells(claims: Sequence[Claim], proven: Sequence[Claim], library: Library) -> bool:
    """Tell whether claims say what the extractive answer does: its figures, or most of its words."""
    said = "".join(claim.text for claim in claims)
    known = "".join(claim.text for claim in proven)
    if wanted := [figure for claim in proven for figure in figures_of(claim, library)]:
        amounts = find_quantities(said)
        return all(any(figure.quantity.same(q) for q in amounts) for figure in wanted)
    return sum(map(len, unsaid(known, said))) <= (1 - _TOLD) * len(known)


def _in_chinese(problem: str) -> str:
    kind, _, what = problem.partition(": ")
    return _VERIFIER_SAYS.get(kind, f"{kind}: ") + what


def _fallen_back(reason: str) -> str:
    return f"语言模型没有给出可用的回答：{reason.rstrip('。')}。以下回答摘自报告原文。"
