"""Ranking of sentences and paragraphs, on the built-in report and on two small ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qa import ReportQA
from qa.background import Background, background
from vectorstore.embedding import Embedder
from vectorstore.outline import build_report
from vectorstore.report import Hit, Part
from vectorstore.retriever import Retriever
from vectorstore.store import PassageStore

_SMALL = """白石县政府工作报告
一、2030年工作回顾
城镇新增就业2万人。粮食产量达到20万吨。
二、2031年工作安排
城镇新增就业3万人以上。
"""
_BUILTIN, _OWN = "2020年重庆市政府工作报告", "2031年白石县"


@pytest.fixture(scope="module")
def retriever(
    tmp_path_factory: pytest.TempPathFactory, qa: ReportQA, data_dir: Path, embedder: Embedder
) -> Iterator[Retriever]:
    """Both reports, over a copy of the index that `qa` has made of the built-in one."""
    folder = tmp_path_factory.mktemp("retriever") / "index"
    store = PassageStore.open(shutil.copytree(data_dir / "index", folder), embedder)
    assert [report.id for report in store.reports] == [_BUILTIN]
    store.add([build_report(_SMALL, report_id=_OWN, filename=f"{_OWN}.txt")])
    yield Retriever(store)
    store.close()


def _assert_ranked(hits: list[Hit]) -> None:
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(one.score >= other.score for one, other in pairwise(hits))


@pytest.mark.parametrize(
    "query", ["GDP增长多少?", "政务服务 一网通办", "how many jobs?", "zzz", "？"]
)
def test_a_search_gives_ten_paragraphs_ranked(retriever: Retriever, query: str) -> None:
    hits = retriever.search(query)
    assert len(hits) == 10
    assert len({(hit.passage.report_id, hit.passage.number) for hit in hits}) == 10
    _assert_ranked(hits)


@pytest.mark.parametrize("k", [1, 25, 60, 1000])
def test_as_many_as_asked_for_or_all_there_are(retriever: Retriever, k: int) -> None:
    paragraphs = sum(len(report.passages) for report in retriever.store.reports)
    sentences = len(retriever.store.snapshot.rows)
    assert len(retriever.search("就业", k)) == min(k, paragraphs)
    found = retriever.rank("就业", k)
    assert len(found) == min(k, sentences)
    _assert_ranked(found)


@pytest.mark.parametrize(
    ("query", "quote"),
    [
        ("2019年城镇新增就业多少人?", "75万人"),
        ("轨道交通运营里程", "329公里"),
        ("How many 5G base stations were opened?", "5G基站"),
        ("乡村的厕所情况", "厕所"),
    ],
)
def test_the_sentence_that_answers_is_among_the_first(
    retriever: Retriever, query: str, quote: str
) -> None:
    assert any(quote in hit.quote for hit in retriever.rank(query, 5))


def test_a_hit_shows_the_best_sentence_of_its_paragraph(retriever: Retriever) -> None:
    (best,) = retriever.search("城镇新增就业75万人", 1, reports=[_BUILTIN])
    assert best.quote.startswith("着力稳就业")
    assert best.passage.text.startswith("(一)扎实做好“六稳”工作")
    (sentence,) = retriever.rank("城镇新增就业75万人", 1, reports=[_BUILTIN])
    assert (best.passage, best.quote) == (sentence.passage, sentence.quote)


@pytest.mark.parametrize(
    ("part", "first"), [(Part.REVIEW, "75万人"), (Part.PLAN, "60万人以上")]
)  # fmt: skip
def test_a_part_is_preferred_without_excluding_the_others(
    retriever: Retriever, part: Part, first: str
) -> None:
    ranked = retriever.rank("城镇新增就业多少人?", 40, part=part, reports=[_BUILTIN])
    assert first in ranked[0].quote
    assert {hit.passage.part for hit in ranked} >= {Part.REVIEW, Part.PLAN}
    places = {
        figure: next(hit.rank for hit in ranked if figure in hit.quote)
        for figure in ("75万人", "60万人以上")
    }
    assert places[first] == min(places.values())


def test_the_year_in_the_query_prefers_its_part(retriever: Retriever) -> None:
    """The section's title is indexed with each sentence: «2019年工作回顾 …»."""
    for query, part in (("2019年", Part.REVIEW), ("2020年", Part.PLAN)):
        found = retriever.rank(f"{query}新增就业", 1, reports=[_BUILTIN])
        assert found[0].passage.part is part


def test_reports_restrict_the_search(retriever: Retriever) -> None:
    for reports, there in (([_OWN], {_OWN}), ([_BUILTIN], {_BUILTIN}), ([], set())):
        for find in (retriever.search, retriever.rank):
            hits = find("城镇新增就业", 10, reports=reports)
            assert {hit.passage.report_id for hit in hits} == there
    both = retriever.search("城镇新增就业", 10)
    assert {hit.passage.report_id for hit in both} == {_OWN, _BUILTIN}


def test_further_words_help_the_lexical_side(retriever: Retriever) -> None:
    plain = retriever.rank("能力", 50, reports=[_OWN])
    helped = retriever.rank("能力", 50, reports=[_OWN], words="粮食产量")
    assert "粮食" in helped[0].quote
    (before,) = [hit.score for hit in plain if "粮食" in hit.quote]
    assert helped[0].score > before


@pytest.mark.parametrize("query", ["", "  \n"])
def test_an_empty_query_finds_nothing(retriever: Retriever, query: str) -> None:
    assert retriever.search(query) == []
    assert retriever.rank(query) == []


def test_an_empty_store_finds_nothing(tmp_path: Path, embedder: Embedder) -> None:
    assert Retriever(PassageStore.open(tmp_path, embedder)).search("就业") == []


def test_what_is_near_to_any_question_is_told_from_what_is_near_to_this_one(
    qa: ReportQA,
) -> None:
    others = Background(
        (
            "电影票房是多少亿元?",
            "图书馆有多少座?",
            "谁拿了马拉松冠军?",
            "房价涨了百分之几?",
            "彩票卖了多少?",
        )
    )
    texts = ["改造农村危房3.9万户", "全年增长6.3%、达到2.36万亿元"]
    retriever = Retriever(qa._retriever.store)
    housing, economy = retriever.distinctness("快垮的屋子修好了多少户?", texts, others=others)
    assert housing > economy
    assert housing > 0.0
    assert retriever.distinctness("什么?", [], others=others) == []


class _Told:
    """The embedder, and what it was given."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self._embedder = embedder
        self.queries: list[list[str]] = []
        self.passages: list[list[str]] = []

    def embed_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.queries.append(list(texts))
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.passages.append(list(texts))
        return self._embedder.embed_passages(texts)


@pytest.mark.parametrize("english", [False, True])
def test_the_package_has_the_vectors_of_its_background(
    embedder: Embedder, *, english: bool
) -> None:
    """Where it fails after the questions were changed: `make background`."""
    known, told = background(english=english), _Told(embedder)
    vectors = known.vectors(told)
    assert not told.queries
    np.testing.assert_allclose(vectors, embedder.embed_queries(known.questions), atol=1e-5)
    told.name = "another model"
    assert known.vectors(told).shape == vectors.shape
    assert told.queries == [list(known.questions)]


def test_pieces_of_sentences_are_embedded_once_and_together(
    tmp_path: Path, embedder: Embedder
) -> None:
    told, others = _Told(embedder), Background(("图书馆有多少座?", "房价涨了百分之几?"))
    retriever = Retriever(PassageStore.open(tmp_path, told))
    housing, roads = "改造农村危房3.9万户", "新建公路2万公里"
    both = retriever.distinctness("危房改造了多少户?", [housing, roads, housing], others=others)
    assert both[0] == both[2] > both[1]
    retriever.distinctness("公路有多长?", ["公路通车里程", roads], others=others)
    assert told.passages == [[housing, roads], ["公路通车里程"]]
    alone = Retriever(PassageStore.open(tmp_path / "alone", embedder))
    assert alone.distinctness("危房改造了多少户?", [roads], others=others) == pytest.approx(
        [both[1]], abs=1e-6
    )


def test_what_no_clause_can_answer_is_not_looked_at_closely(
    tmp_path: Path, qa: ReportQA, data_dir: Path, embedder: Embedder
) -> None:
    told = _Told(embedder)
    store = PassageStore.open(shutil.copytree(data_dir / "index", tmp_path / "index"), told)
    asked = ReportQA(Retriever(store))
    assert (
        asked.ask("汽车产业增加值增长多少?").abstention
        == qa.ask("汽车产业增加值增长多少?").abstention
    )
    assert not told.passages
    assert asked.ask("旅游一年总共挣了多少亿元?").abstention is not None
    assert told.passages  # a clause counts in 亿元
    store.close()
