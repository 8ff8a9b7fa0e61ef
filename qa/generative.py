"""The answer generator on a language model: it writes, and what does not hold is not shown.

The extractive generator answers first. What it abstains from, computes or judges is not
asked of a model, nor what is asked in English: there words cannot be held against the
report's. Else the model reads the evidence and writes a draft, each sentence is checked by the
verifier and by `qa.grounding`, and the failed ones are sent back once with the
reasons. What fails again gives way to the extractive claim for the same fact, or is
dropped. An answer that leaves out what the report says gives way as a whole.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from qa.answer import Citation, Claim, Drafted, Generation
from qa.briefing import ask_for, gather
from qa.condense_llm import MOST_SECONDS, keeps, rewriting
from qa.conversation import Reader, Turn, condense
from qa.front import about_the_report
from qa.grounding import VERDICT
from qa.inquiry import Inquiry
from qa.judging import Judge, Judged, same_fact, tells
from qa.language_model import LanguageModel, Message, Reply, whole
from qa.local_model import ModelError
from qa.prompting import as_data, prompt
from qa.question import is_english
from qa.verify import Verifier

# What a reply that says nothing of the matter amounts to.
_DECLINED = {
    "它认为报告没有提到": re.compile(r"报告(?:中|里)?(?:并?没有|并?未)(?:提及|提到|说明)"),
    "它拒绝回答": re.compile(
        r"抱歉|对不起|(?:无法|不能|不便)(?:回答|提供|协助)|\bsorry\b|\bcan(?:no|')t\b",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Written:
    """Claims that hold, and a note to the reader where the model did not get its way."""

    claims: tuple[Claim, ...]
    note: str = ""


class Writer:
    """Lets a language model write one answer, which may be to several questions in one.

    From the first question to it on, it has the time that the model is given. The evidence of the drafts is numbered on, so
    that a marker means one place in all of the text.
    """

    def __init__(self, model: LanguageModel, verifier: Verifier) -> None:
        self.model = model
        self._deadline: float | None = None
        self._verifier = verifier
        self._numbered = 0
        self._replies: list[Reply] = []

    @property
    def generation(self) -> Generation | None:
        """What the model took so far, if it was asked."""
        if not self._replies:
            return None
        cached = sum(reply.cached for reply in self._replies)
        return Generation(
            self.model.name,
            prompt("answer").version,
            len(self._replies) - cached,
            sum(reply.tokens_in for reply in self._replies),
            sum(reply.tokens_out for reply in self._replies),
            next((r.first_token for r in self._replies if r.first_token), 0.0),
            sum(reply.seconds for reply in self._replies),
            cached,
        )

    def condense(self, asking: str, history: Sequence[Turn], read: Reader) -> str:
        """Return a follow-up as a question that stands alone; see `qa.condense_llm`."""
        by_rules = condense(asking, history, read)
        if by_rules == asking:
            return asking
        try:
            written = whole(self._ask(rewriting(asking, history), MOST_SECONDS)).text
        except ModelError:
            return by_rules
        said = [turn.content for turn in history]
        return written if keeps(written, asking, by_rules, said, read) else by_rules

    def write(self, inquiry: Inquiry, proven: Sequence[Claim]) -> Generator[Drafted, None, Written]:
        """Yield the evidence and the draft as the model writes it; return what of it holds.

        `proven` is the extractive answer, verified: it stands in for whatever fails,
        and for all that is not there in time.
        """
        proven = tuple(proven)
        quoted = about_the_report(inquiry.question, inquiry.library) is not None
        if quoted or inquiry.question.english or any(_is_ours(claim) for claim in proven):
            return Written(proven)
        evidence = gather(inquiry, proven, self.model.room, self._numbered + 1)
        if not _proves(evidence, proven):
            return Written(proven)  # what it cannot read it cannot say
        self._numbered += len(evidence)
        yield evidence
        messages = ask_for(inquiry, evidence)
        try:
            reply = yield from self._ask(messages)
        except ModelError as error:
            return Written(proven, _fallen_back(str(error)))
        judge = Judge(inquiry, evidence, proven, self._verifier)
        judged = judge.judged(reply.text)
        if (why := _declined(reply.text)) and all(each.problems for each in judged):
            return Written(proven, _fallen_back(why))
        if any(each.problems for each in judged):
            again = yield from self._again(messages, reply, judged)
            better = judge.judged(again)
            judged = better if any(not each.problems for each in better) else judged
        return _settled(judged, proven, inquiry)

    def _again(
        self, messages: Sequence[Message], reply: Reply, judged: Sequence[Judged]
    ) -> Generator[str, None, str]:
        """Send the failed sentences back with the reasons; return no text if nothing comes of it."""
        failed = "\n".join(
            f"- {as_data(each.claim.text)} （{'；'.join(each.problems)}）"
            for each in judged
            if each.problems
        )
        repair = prompt("answer").fill("repair", problems=failed)
        sent = [*messages, ("ai", reply.text), ("human", repair)]
        try:
            again = yield from _silently(self._ask(sent))
        except ModelError:
            return ""
        return again.text

    def _ask(
        self, messages: Sequence[Message], seconds: float = math.inf
    ) -> Generator[str, None, Reply]:
        """Ask the model, for some `seconds` at most, and count what it takes, also where it fails.

        Raises:
            ModelError: see `LanguageModel.reply`.
        """
        begun = time.monotonic()
        self._deadline = self._deadline or begun + self.model.timeout
        try:
            reply = yield from self.model.reply(messages, min(self._deadline, begun + seconds))
        except ModelError:
            self._replies.append(Reply("", 0, 0, 0.0, time.monotonic() - begun))
            raise
        self._replies.append(reply)
        return reply


def _proves(evidence: Sequence[Citation], proven: Sequence[Claim]) -> bool:
    """Tell whether evidence has, at least in part, all that proves these claims."""
    cited = [c for claim in proven for c in claim.citations]
    return all(any(e.overlaps(c.passage, c.span) for e in evidence) for c in cited)


def _silently(writing: Generator[str, None, Reply]) -> Generator[str, None, Reply]:
    """Let something be written that is not for the reader, who may still leave."""
    while True:
        try:
            next(writing)
        except StopIteration as end:
            reply: Reply = end.value
            return reply
        yield ""


def _declined(text: str) -> str:
    """Return in what way a reply declines to answer; nothing if it does not."""
    return next((why for why, pattern in _DECLINED.items() if pattern.search(text)), "")


def _is_ours(claim: Claim) -> bool:
    """Tell whether a claim computes or judges, which is not left to a model."""
    return bool(claim.operands or VERDICT.match(claim.text))


def _settled(judged: Sequence[Judged], proven: tuple[Claim, ...], inquiry: Inquiry) -> Written:
    """Return the claims to show, and a note where they are not all the model's own."""
    held = [each.claim for each in judged if not each.problems]
    claims: list[Claim] = []
    for each in judged:
        if not each.problems:
            claims.append(each.claim)
        elif (instead := same_fact(each.claim, proven)) and not tells(
            [*held, *claims], [instead], inquiry
        ):
            claims.append(instead)
    failed = sum(bool(each.problems) for each in judged)
    if not held:
        foreign = judged and all(is_english(each.claim.text) for each in judged)
        why = "它没有用中文回答" if foreign else "它写的内容没有通过核对"
        return Written(proven, _fallen_back(why))
    if not tells(claims, proven, inquiry):
        return Written(proven, _fallen_back("它的回答不完整"))
    note = f"语言模型写的 {failed} 句话没有通过核对，已删去或改用报告原文。" if failed else ""
    return Written(tuple(claims), note)


def _fallen_back(reason: str) -> str:
    return f"语言模型没有给出可用的回答：{reason.rstrip('。.')}。以下回答摘自报告原文。"
