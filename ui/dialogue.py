"""The steps of a conversation: what each leaves to see, to keep, and in the question box."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from typing import Any, NamedTuple

from qa import ReportQA
from qa.service import MAX_QUESTION
from ui import chat
from ui.feedback import FeedbackLog
from ui.limits import Limits, TurnedAway
from ui.notebook import Exchange, Notebook, Vote, record
from ui.suggest import follow_ups
from ui.texts import Texts
from vectorstore.errors import ReportQAError

_LOG = logging.getLogger(__name__)


class Step(NamedTuple):
    """What changes on the page; `None` leaves a part as it is."""

    shown: str
    kept: Notebook | None = None
    question: str | None = None


class Dialogue:
    """Conducts the conversations of all visitors, and keeps nothing of any.

    Without `feedback` neither votes nor unanswered questions are written down.
    """

    def __init__(self, texts: Texts, limits: Limits, feedback: FeedbackLog | None) -> None:
        self._texts = texts
        self._limits = limits
        self._feedback = feedback

    def redraw(self, notebook: Notebook) -> str:
        """Return the open conversation as it was kept."""
        return chat.conversation(notebook, self._texts)

    def ask(self, qa: ReportQA, question: str, notebook: Notebook, visitor: str) -> Iterator[Step]:
        """Show the answer as it grows, then verified and with what can be asked next.

        Nothing asked changes nothing: a second click on the emptied box is not a question.
        """
        if not question.strip():
            return
        if len(question) > MAX_QUESTION:
            told = self._texts.too_long.format(len(question), MAX_QUESTION)
            yield Step(chat.conversation(notebook, self._texts, error=told), question=question)
            return
        try:
            with self._limits.place(visitor):
                yield from self._answer(qa, question, notebook)
        except TurnedAway as error:
            told = self._texts.turned_away[error.cause]
            yield Step(chat.conversation(notebook, self._texts, error=told), question=question)
        except Exception as error:  # a visitor must not be left before an endless draft
            yield Step(self._failed(error, notebook), question=question)

    def _answer(self, qa: ReportQA, question: str, notebook: Notebook) -> Iterator[Step]:
        earlier = notebook.exchanges
        draft = Exchange(question=question)
        yield self._drafted(notebook.holding(*earlier, draft), question="")
        with closing(qa.stream(question, notebook.turns)) as stream:
            for delta in stream:
                draft = draft.model_copy(update={"text": draft.text + delta})
                yield self._drafted(notebook.holding(*earlier, draft))
            answer = stream.result
        known = frozenset(past.question for past in (*earlier, draft))
        suggestions = tuple(follow_ups(qa, answer, known))
        exchange = record(answer).model_copy(update={"suggestions": suggestions})
        if self._feedback and exchange.reason:
            self._feedback.unanswered(exchange)
        kept = notebook.holding(*earlier, exchange)
        yield Step(chat.conversation(kept, self._texts, state=chat.State.FRESH), kept)

    def act(
        self, qa: ReportQA, wanted: dict[str, Any], notebook: Notebook, visitor: str
    ) -> Iterator[Step]:
        """Do what a button in the chat says; what cannot be done changes nothing."""
        exchanges = notebook.exchanges
        index = _index(wanted.get("index"))
        match wanted.get("do"):
            case "ask":
                yield from self.ask(qa, str(wanted.get("question", "")), notebook, visitor)
            case "retry" if exchanges:
                earlier = notebook.holding(*exchanges[:-1])
                yield from self.ask(qa, exchanges[-1].question, earlier, visitor)
            case "edit" if exchanges:
                earlier = notebook.holding(*exchanges[:-1])
                yield self._settled(earlier, exchanges[-1].question)
            case "delete":
                kept = (e for place, e in enumerate(exchanges) if place != index)
                yield self._settled(notebook.holding(*kept))
            case "vote" if 0 <= index < len(exchanges):
                yield self._settled(self._voted(notebook, index, wanted))
            case "new":
                yield self._settled(notebook.begun())
            case "switch":
                yield self._settled(notebook.opened(index))
            case "forget":
                yield self._settled(notebook.forgotten())

    def _voted(self, notebook: Notebook, index: int, said: dict[str, Any]) -> Notebook:
        exchanges = list(notebook.exchanges)
        vote: Vote = "up" if said.get("vote") == "up" else "down"
        if self._feedback:
            complaint, comment = said.get("complaint") or "", said.get("comment") or ""
            self._feedback.vote(exchanges[index], vote, str(complaint), str(comment))
        exchanges[index] = exchanges[index].model_copy(update={"vote": vote})
        return notebook.holding(*exchanges)

    def _settled(self, notebook: Notebook, question: str | None = None) -> Step:
        return Step(self.redraw(notebook), notebook, question)

    def _drafted(self, notebook: Notebook, question: str | None = None) -> Step:
        draft = chat.conversation(notebook, self._texts, state=chat.State.DRAFT)
        return Step(draft, question=question)

    def _failed(self, error: Exception, notebook: Notebook) -> str:
        told = str(error)
        if not isinstance(error, ReportQAError):
            _LOG.error("a question was not answered", exc_info=error)
            told = self._texts.broken
        return chat.conversation(notebook, self._texts, error=told)


def _index(value: Any) -> int:
    return int(value) if str(value).isdecimal() else -1
