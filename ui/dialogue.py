"""The steps of a conversation: what each leaves to see, to keep, and in the question box.

A step is the markup of the chat; `ui.chat.page` tells how it says what to keep.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from qa import ReportQA
from qa.service import MAX_QUESTION, AnswerStream
from ui import chat
from ui.feedback import FeedbackLog
from ui.limits import Limits, TurnedAway
from ui.notebook import Conversation, Exchange, Vote, record, sources
from ui.suggest import follow_ups
from ui.texts import Texts
from vectorstore.errors import QuestionError, ReportQAError

_LOG = logging.getLogger(__name__)


class Dialogue:
    """Conducts the conversations of all visitors, and keeps nothing of any.

    Without `feedback` neither votes nor unanswered questions are written down.
    """

    def __init__(self, texts: Texts, limits: Limits, feedback: FeedbackLog | None) -> None:
        self._texts = texts
        self._limits = limits
        self._feedback = feedback

    def show(self, conversation: Conversation) -> str:
        """Return a conversation as it was kept."""
        return chat.page(conversation, self._texts)

    def ask(
        self,
        qa: ReportQA,
        question: str,
        conversation: Conversation,
        visitor: str,
        here: str | None = None,
    ) -> Iterator[str]:
        """Show the answer as it grows, then verified and with what can be asked next.

        `here` is the report that the visitor has chosen, if there is one. A question that is not answered goes back into the box, with the reason above it.
        """
        if not question.strip():
            yield self.show(conversation)
            return
        try:
            if len(question) > MAX_QUESTION:
                raise QuestionError(self._texts.too_long.format(len(question), MAX_QUESTION))
            with self._limits.place(visitor):
                yield from self._answer(qa, question, conversation, here)
        except Exception as error:  # a visitor must not be left before an endless draft
            yield chat.page(conversation, self._texts, error=self._told(error), box=question)

    def _answer(
        self, qa: ReportQA, question: str, conversation: Conversation, here: str | None
    ) -> Iterator[str]:
        earlier = conversation.exchanges
        draft = Exchange(question=question)
        yield self._drafted(conversation.holding(*earlier, draft))
        with closing(qa.stream(question, conversation.turns, here=here)) as stream:
            for delta in stream:
                draft = _further(draft, delta, stream)
                yield self._drafted(conversation.holding(*earlier, draft))
            answer = stream.result
        known = frozenset(past.question for past in (*earlier, draft))
        suggestions = tuple(follow_ups(qa, answer, known))
        exchange = record(answer).model_copy(update={"suggestions": suggestions})
        if self._feedback and exchange.reason:
            self._feedback.unanswered(exchange)
        kept = conversation.holding(*earlier, exchange)
        yield chat.page(kept, self._texts, state=chat.State.FRESH, keep=True)

    def act(
        self, qa: ReportQA, wanted: dict[str, Any], conversation: Conversation, visitor: str
    ) -> Iterator[str]:
        """Do what a button in the chat says; what cannot be done changes nothing."""
        exchanges = conversation.exchanges
        index = _index(wanted.get("index"))
        # What is shown may be another than those that are asked: the visitor has brought one.
        here = next((r.id for r in qa.reports if r.id == wanted.get("here")), None)
        match wanted.get("do"):
            case "ask":
                question = str(wanted.get("question", ""))
                yield from self.ask(qa, question, conversation, visitor, here)
            case "retry" if exchanges:
                earlier = conversation.holding(*exchanges[:-1])
                yield from self.ask(qa, exchanges[-1].question, earlier, visitor, here)
            case "edit" if exchanges:
                earlier = conversation.holding(*exchanges[:-1])
                yield self._kept(earlier, box=exchanges[-1].question)
            case "delete":
                kept = (e for place, e in enumerate(exchanges) if place != index)
                yield self._kept(conversation.holding(*kept))
            case "vote" if 0 <= index < len(exchanges):
                yield self._kept(self._voted(conversation, index, wanted))
            case _:
                yield self.show(conversation)

    def _voted(self, conversation: Conversation, index: int, said: dict[str, Any]) -> Conversation:
        exchanges = list(conversation.exchanges)
        vote: Vote = "up" if said.get("vote") == "up" else "down"
        if self._feedback:
            complaint, comment = said.get("complaint") or "", said.get("comment") or ""
            self._feedback.vote(exchanges[index], vote, str(complaint), str(comment))
        exchanges[index] = exchanges[index].model_copy(update={"vote": vote})
        return conversation.holding(*exchanges)

    def _kept(self, conversation: Conversation, box: str | None = None) -> str:
        return chat.page(conversation, self._texts, keep=True, box=box)

    def _drafted(self, conversation: Conversation) -> str:
        return chat.page(conversation, self._texts, state=chat.State.DRAFT)

    def _told(self, error: Exception) -> str:
        if isinstance(error, TurnedAway):
            return self._texts.turned_away[error.cause]
        if isinstance(error, ReportQAError):
            return str(error)
        _LOG.error("a question was not answered", exc_info=error)
        return self._texts.broken


def _further(draft: Exchange, delta: str, stream: AnswerStream) -> Exchange:
    """Return a draft with more text, its markers linked to what they stand for so far."""
    text = draft.text + delta
    return draft.model_copy(update={"text": text, "sources": sources(stream.evidence, text)})


def _index(value: Any) -> int:
    return int(value) if str(value).isdecimal() else -1
