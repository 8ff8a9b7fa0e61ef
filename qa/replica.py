"""Replica: answers from an index, in a folder or on a server, that others write meanwhile.

A question is answered from start to end by one edition: a `ReportQA` over one committed
state. A thread looks every few seconds whether a new state is in force and makes it ready
before it takes over, so no question waits for it. While the server is away questions are
refused with the reason, and reports and figures told from memory; it recovers by itself.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.conversation import Turn
from qa.service import Answering, AnswerStream, ReportQA
from vectorstore.errors import IndexMissing, ReportQAError, StoreError
from vectorstore.figures import Figure
from vectorstore.report import Hit, Report
from vectorstore.retriever import Retriever
from vectorstore.store import PassageStore

if TYPE_CHECKING:
    from qa.language_model import LanguageModel
    from qa.refusal_words import RefusalWords

_LOG = logging.getLogger(__name__)
# Seconds between two looks, and how old the last look may be when a question comes.
_EVERY, _FRESH = 2.0, 6.0
# Asked of a new edition before it takes over: dictionaries and counts are made by the first.
_FIRST_QUESTION = "地区生产总值增长多少？"


class Replica(ReportQA):
    """One of many that answer over one index."""

    def __init__(
        self,
        store: PassageStore,
        model: LanguageModel | None = None,
        refusals: RefusalWords | None = None,
    ) -> None:
        self._store = store
        self._trouble: str | None = None
        self._making = threading.Lock()
        super().__init__(Retriever(store.at_rest()), model=model, refusals=refusals)
        self._edition = ReportQA(self._retriever, model=model, refusals=refusals)
        threading.Thread(target=_follow, args=(weakref.ref(self),), daemon=True).start()

    @property
    def trouble(self) -> str | None:
        """Why no question can be answered now, `None` if all is well."""
        return self._trouble

    @property
    def reports(self) -> Sequence[Report]:
        """The reports that can be asked."""
        return self._edition.reports

    @property
    def plain(self) -> ReportQA:
        """The reports of the state in force, answered without a language model."""
        return self._edition.plain

    def check(self) -> None:
        """Compare every file of the index with its checksum, however long that takes."""
        self._edition.check()

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, here: str | None = None
    ) -> AnswerStream:
        """Answer one question from the state that is in force when it is asked."""
        return AnswerStream(self._streamed(question, history, here))

    def _streamed(self, question: str, history: Sequence[Turn], here: str | None) -> Answering:
        edition = self._current()
        try:
            return (yield from edition._answering(question, history, here))
        except StoreError as failed:
            newer = self._newer_than(edition, failed)
        return (yield from newer._answering(question, history, here))

    def search(
        self, query: str, k: int = 10, *, region: str | None = None, year: int | None = None
    ) -> list[Hit]:
        """Return the `k` best paragraphs for a query, best first."""
        edition = self._current()
        try:
            return edition.search(query, k, region=region, year=year)
        except StoreError as failed:
            newer = self._newer_than(edition, failed)
        return newer.search(query, k, region=region, year=year)

    def figures(
        self,
        indicator: str | None = None,
        kind: str | None = None,
        *,
        region: str | None = None,
        year: int | None = None,
    ) -> list[Figure]:
        """Return the indicator facts of all reports, in the order of the text."""
        return self._edition.figures(indicator, kind, region=region, year=year)

    def _current(self) -> ReportQA:
        """Return the edition that answers now.

        Raises:
            StoreError: whether it is still the one in force cannot be told.
        """
        if self._store.age > _FRESH:  # the thread could not look, or the machine slept
            self._store.refresh(within=_FRESH)
            return self._newest()
        check_filled(self._store)
        return self._edition

    def _newer_than(self, edition: ReportQA, failed: StoreError) -> ReportQA:
        """Return the edition that has taken the place of one while it was in use.

        Raises:
            StoreError: none has; `failed` then has another reason.
        """
        self._store.refresh()
        newest = self._newest()
        if newest is edition:
            raise failed
        return newest

    def _newest(self) -> ReportQA:
        """Return the edition of the state that the store has seen last, ready to answer."""
        with self._making:
            store = self._store.at_rest()
            check_filled(store)
            if self._edition._retriever.store.snapshot is not store.snapshot:
                edition = ReportQA(Retriever(store), refusals=self._refusals)
                edition.ask(_FIRST_QUESTION)  # the language model need not hear of it
                edition._model = self._model
                self._edition = edition
                self._retriever = edition._retriever  # what it had would keep an old state's files
            return self._edition

    def _look(self) -> None:
        """Take over a new state, and note whether that can be done."""
        try:
            self._store.refresh()
            self._newest()
            told = None
        except ReportQAError as error:
            told = str(error)
        if told != self._trouble:
            _LOG.warning(told or "索引又可以使用了。")
        self._trouble = told


def check_filled(store: PassageStore) -> None:
    """Refuse an index that holds nothing: no answer can be given from it.

    Raises:
        IndexMissing: it does.
    """
    if not store.reports:
        option = "--chroma" if store.home.shared else "--to"
        raise IndexMissing(
            f"{store.home} 上没有已索引的报告。"
            f"请先运行：report-qa index 报告文件 {option} {store.home}"
        )


def _follow(place: weakref.ref[Replica]) -> None:
    """Look for new states for as long as the replica is in use."""
    pause = threading.Event()
    while not pause.wait(_EVERY):
        replica = place()
        if replica is None:
            return
        replica._look()
        del replica
