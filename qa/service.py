"""ReportQA: open, ask, stream, search, figures. The one composition root."""

from __future__ import annotations

import hashlib
import re
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from qa.answer import Abstention, Answer, Citation, Drafted, Reason
from qa.citation import renumber
from qa.conversation import Turn, condense
from qa.following import Condenser, standing_alone
from qa.here import in_full
from qa.panel import Panel, Told
from qa.question import is_english, named_in_orders, parts_of, without_asides, without_orders
from qa.refusal_words import RefusalWords
from qa.thresholds import Thresholds
from vectorstore.errors import IndexMissing, QuestionError, ReadingError
from vectorstore.figures import Figure
from vectorstore.reading import SUFFIXES, builtin_path, read_folder, read_reports
from vectorstore.report import Hit, Report

if TYPE_CHECKING:
    from langchain_core.callbacks import BaseCallbackHandler

    from qa.generative import Writer
    from qa.language_model import LanguageModel
    from qa.settings import Settings
    from vectorstore.retriever import Retriever
    from vectorstore.store import PassageStore

MANIFEST = "manifest.json"
Progress = Callable[[int, int], None]
MAX_QUESTION = 2000


# Yields text as it is drafted, before it the evidence that its markers number; returns the answer.
Answering = Generator[Drafted, None, Answer]


class AnswerStream:
    """An answer as it is written: iterate for the text, then read `result`.

    With a language model the text is its draft, and `evidence` what the [n] in it stand
    for, as far as it has come; what was verified is the result alone, which numbers its
    citations anew. While the model only thinks, an empty text comes now and then.
    Closing the stream ends the writing.
    """

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._result: Answer | None = None
        self._evidence: tuple[Citation, ...] = ()

    @property
    def evidence(self) -> tuple[Citation, ...]:
        """What the markers of the text so far number."""
        if self._evidence or self._result is None:
            return self._evidence
        return self._result.citations

    def __iter__(self) -> Iterator[str]:
        drafted = False
        while self._result is None:
            try:
                delta = next(self._answering)
            except StopIteration as end:
                if end.value is None:
                    raise RuntimeError("this stream was closed or failed before") from None
                self._result = end.value
            else:
                if isinstance(delta, str):
                    drafted = drafted or bool(delta)
                    yield delta
                else:
                    self._evidence += delta
        if not drafted:
            yield from (claim.marked for claim in self._result.claims)
            if self._result.abstention is not None:
                yield self._result.text

    @property
    def result(self) -> Answer:
        """The verified answer; waits for it if need be."""
        while self._result is None:
            for _ in self:
                pass
        return self._result

    def close(self) -> None:
        """End the writing, if it still goes on."""
        self._answering.close()


class ReportQA:
    """Answers questions over the reports of one index."""

    def __init__(
        self,
        retriever: Retriever,
        thresholds: Thresholds | None = None,
        model: LanguageModel | None = None,
        refusals: RefusalWords | None = None,
    ) -> None:
        self._retriever = retriever
        self._model = model
        self._thresholds = thresholds or Thresholds()
        self._refusals = refusals or RefusalWords.open(None)
        self._seated: Panel | None = None

    @classmethod
    def open(
        cls,
        path: str | Path | None = None,
        *,
        settings: Settings | None = None,
        progress: Progress | None = None,
        callbacks: Sequence[BaseCallbackHandler] = (),
        following: bool = False,
    ) -> ReportQA:
        """Open the built-in report, or the report file, folder of reports or index at `path`.

        What is not indexed yet is indexed first; `progress(done, total)` follows it. Without
        a path, and with a Chroma server in the settings, its index is opened.
        `callbacks` are LangChain's: they are told of each call of the language model.
        `following`, what other processes index meanwhile can be asked within seconds; over a
        server that is always so.

        Raises:
            ReportQAError: the path, the index or the model cannot be used.
        """
        from qa.settings import Settings
        from vectorstore.embedding import open_embedder
        from vectorstore.retriever import Retriever
        from vectorstore.store import PassageStore

        settings = settings or Settings()
        embedder = open_embedder(settings.embedding_model)
        model, refusals = _model_of(settings, callbacks), RefusalWords.open(settings.refusals)
        if path is None and settings.chroma:
            from vectorstore.shared import SharedIndex

            home = SharedIndex(settings.server, settings.shared_dir)
            return _replica(PassageStore.open(home, embedder), model, refusals)
        folder, sources = locate(path, settings.data_dir)
        store = PassageStore.open(folder, embedder)
        if sources:
            _bring_up_to_date(store, sources, progress)
        elif not store.reports:
            raise IndexMissing(
                f"{folder} 里没有已索引的报告。请先运行:report-qa index 报告文件或文件夹"
            )
        if following:
            return _replica(store, model, refusals)
        return cls(Retriever(store), model=model, refusals=refusals)

    @property
    def trouble(self) -> str | None:
        """Why no question can be answered now, `None` if all is well."""
        return None

    def check(self) -> None:
        """Compare every file of the index with its checksum, however long that takes.

        Raises:
            StoreError: one is damaged.
        """
        self._retriever.store.check()

    @property
    def _panel(self) -> Panel:
        """The reports as they are now."""
        reports = self.reports
        if self._seated is None or self._seated.source is not reports:
            self._seated = Panel(reports, self._retriever, self._thresholds, self._refusals)
        return self._seated

    @property
    def reports(self) -> Sequence[Report]:
        """The reports that can be asked."""
        return self._retriever.store.reports

    @property
    def plain(self) -> ReportQA:
        """The same reports, answered without a language model."""
        return self if self._model is None else self._without_model

    @cached_property
    def _without_model(self) -> ReportQA:
        return ReportQA(self._retriever, self._thresholds, refusals=self._refusals)

    def ask(
        self, question: str, history: Sequence[Turn] = (), *, here: str | None = None
    ) -> Answer:
        """Answer one question, taking what is left out from the history.

        `here` is the id of a report, or a region: what «我市», «全省» or «our city» mean.

        Raises:
            QuestionError: the question is longer than 2000 characters, or there is no such report.
        """
        return self.stream(question, history, here=here).result

    def _answering(self, question: str, history: Sequence[Turn], here: str | None) -> Answering:
        begun = time.perf_counter()
        if len(question) > MAX_QUESTION:
            raise QuestionError(
                f"问题有 {len(question)} 个字符，最多可以有 {MAX_QUESTION} 个。请缩短后再问。"
            )
        if not re.search(r"\w", question):
            answer = Answer(question, abstention=self._refusal(Reason.EMPTY, question))
        else:
            answer = yield from self._answer(question, history, self._before(here))
        return replace(answer, seconds=time.perf_counter() - begun)

    def _before(self, here: str | None) -> Report | None:
        """Return the report that the asker has before him.

        Raises:
            QuestionError: it is not here.
        """
        editions = self._panel.scoper.editions
        found = editions.named(here) if here else None
        if here and found is None:
            told = editions.told(english=False) or "、".join(r.id for r in editions.reports)
            raise QuestionError(f"没有「{here}」的报告。现有：{told}。")
        return found

    def _answer(self, question: str, history: Sequence[Turn], here: Report | None) -> Answering:
        editions = self._panel.scoper.editions
        asking = self._asked_in(question)
        asking = in_full(asking, here, editions)
        history = [replace(turn, content=in_full(turn.content, here, editions)) for turn in history]
        if not re.search(r"\w", asking):
            return Answer(question, abstention=self._refusal(Reason.OFF_TOPIC, question))
        writer = self._writer()
        compared = self._panel.scoper.scope(asking).each
        first, *others = [asking] if compared else parts_of(asking)
        answer = yield from self._answer_one(question, first, history, writer)
        turns = [*history, Turn("user", first)]
        for other in others:
            further = yield from self._answer_one(question, other, turns, writer)
            answer = _together(answer, further, first, other)
        return replace(answer, generation=writer.generation) if writer else answer

    def _asked_in(self, question: str) -> str:
        """Return what is asked in a text that may order, explain and be typed in pinyin as well."""
        desk, asking = self._panel.whole, without_asides(without_orders(question))
        ordered = desk.topic(named_in_orders(question))
        if ordered and re.search(r"\w", asking) and not desk.topic(asking):
            asking = f"{ordered},{asking}"
        return desk.from_pinyin(asking)

    def _answer_one(
        self, question: str, asking: str, history: Sequence[Turn], writer: Writer | None
    ) -> Answering:
        """Answer `asking`, which is `question` or one of several questions in it."""
        told = self._told(question, asking, history)
        if writer and history and not told.answer.claims:
            again = self._told(question, asking, history, writer.condense)
            told = again if again.answer.claims else told
        if writer is None or told.inquiry is None or not told.answer.claims:
            return told.answer
        written = yield from writer.write(told.inquiry, told.answer.claims)
        return replace(told.answer, claims=renumber(written.claims), note=written.note)

    def _told(
        self, question: str, asking: str, history: Sequence[Turn], condenser: Condenser = condense
    ) -> Told:
        """Return what the reports tell of `asking`, made to stand alone."""
        standalone = standing_alone(asking, history, self._panel, condenser)
        return self._panel.answered(question, self._panel.scoper.scope(standalone))

    def _refusal(self, reason: Reason, question: str) -> Abstention:
        """Return an abstention that names nothing near."""
        return Abstention(reason, self._refusals.of(reason, english=is_english(question)))

    def _writer(self) -> Writer | None:
        """Return what lets the language model write this one answer, if there is a model."""
        if self._model is None:
            return None
        from qa.generative import Writer

        return Writer(self._model, self._panel.verifier)

    def stream(
        self, question: str, history: Sequence[Turn] = (), *, here: str | None = None
    ) -> AnswerStream:
        """Answer one question as a stream of text; `result` is the answer itself."""
        return AnswerStream(self._answering(question, history, here))

    def search(
        self, query: str, k: int = 10, *, region: str | None = None, year: int | None = None
    ) -> list[Hit]:
        """Return the `k` best paragraphs for a query, best first.

        Years in the query prefer the part of a report that speaks of them; known
        names are sought under their other names as well. Of several reports only those
        are searched that `region` and `year`, or the query itself, name: those that
        review the year or plan it.
        """
        panel = self._panel
        scope = panel.scoper.scope(query)
        reports = panel.scoper.editions.chosen(region, year)
        if region is None and year is None and (scope.named or not scope.open_to):
            reports = scope.reports
        if not reports:
            return []
        desk = panel.desk(reports[0]) if len(reports) == 1 else panel.whole
        asked = desk.read(scope.text)
        chosen = None if len(reports) == len(panel.reports) else tuple(r.id for r in reports)
        return self._retriever.search(
            scope.text, k, part=asked.part, words=asked.words, reports=chosen
        )

    def figures(
        self,
        indicator: str | None = None,
        kind: str | None = None,
        *,
        region: str | None = None,
        year: int | None = None,
    ) -> list[Figure]:
        """Return the indicator facts of all reports, in the order of the text.

        `indicator` keeps those whose name holds it; `kind` is `actual` or `target`;
        `region` those of its reports, `year` those of that period.
        """
        panel = self._panel
        return [
            figure
            for report in panel.scoper.editions.chosen(region, None)
            for passage in report.passages
            for figure in panel.desk(report).library.figures(passage)
            if (indicator is None or indicator in figure.indicator)
            and (kind is None or figure.kind == kind)
            and (year is None or str(year) in figure.period)
        ]


def _replica(store: PassageStore, model: LanguageModel | None, refusals: RefusalWords) -> ReportQA:
    """Answer from what is in force in the index at any time.

    Raises:
        IndexMissing: it holds no report.
    """
    from qa.replica import Replica, check_filled

    check_filled(store)
    return Replica(store, model, refusals)


def _model_of(settings: Settings, callbacks: Sequence[BaseCallbackHandler]) -> LanguageModel | None:
    if not settings.model:
        return None  # and nothing of language models is imported
    from qa.models import open_model

    return open_model(settings, callbacks)


def _together(one: Answer, further: Answer, asked: str, other: str) -> Answer:
    """Return the answers to two questions in one; the note tells which of them is refused."""
    if not one.claims and not further.claims:
        return one
    refused = [
        f"「{part}」：{each.text}"
        for part, each in ((asked, one), (other, further))
        if each.abstention is not None
    ]
    said = {claim.text for claim in one.claims}
    operands = {claim.operands for claim in one.claims if len(claim.operands) > 1}
    news = (c for c in further.claims if c.text not in said and c.operands not in operands)
    return replace(
        further,
        claims=renumber((*one.claims, *news)),
        hits=one.hits or further.hits,
        abstention=None,
        note=" ".join(filter(None, (one.note, further.note, *refused))),
    )


def _bring_up_to_date(
    store: PassageStore, sources: Sequence[Path], progress: Progress | None
) -> None:
    """Make the store hold just the reports of these files.

    A file that cannot be read is told by a warning, and what was indexed of it before
    stays; where none can be read, the first reason is raised.
    """
    readings = list(read_reports(*sources))
    reports = [reading.report for reading in readings if reading.report]
    unread = {reading.source: reading.error for reading in readings if reading.error}
    if unread and not reports:
        raise next(iter(unread.values()))
    for source, error in unread.items():
        warnings.warn(f"{source}：{error}", stacklevel=3)
    store.add(reports, progress)
    kept = {report.id for report in reports} | {Path(source).stem for source in unread}
    for gone in {report.id for report in store.reports} - kept:
        store.remove(gone)


def locate(path: str | Path | None, data_dir: Path) -> tuple[Path, list[Path]]:
    """Return the index folder for `path` and the report files that it must hold.

    Without a path that is the built-in report. A file or a folder of reports has an
    index of its own under `data_dir`; a folder that is an index holds its reports.

    Raises:
        ReadingError: there is nothing at `path`, or no report in it.
    """
    if path is None:
        return data_dir / "index", [builtin_path()]
    place = Path(path).expanduser()
    if (place / MANIFEST).is_file():
        return place, []
    if not place.exists():
        raise ReadingError(
            f"找不到 {place}。这里应当是一份报告、一个装有报告的文件夹,或一个索引文件夹。"
        )
    sources = read_folder(place) if place.is_dir() else [place]
    if not sources:
        raise ReadingError(
            f"文件夹 {place} 里没有可以读取的报告。请放入{'、'.join(SUFFIXES)} 文件。"
        )
    key = hashlib.sha256(str(place.resolve()).encode()).hexdigest()[:12]
    return data_dir / "reports" / f"{place.stem}-{key}", sources
