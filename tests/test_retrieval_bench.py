"""The retrieval bench: arithmetic on known rankings, and the real retrievers on a small report."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from eval.cases import Case, Evidence
from eval.chunks import CHUNK_SIZE, ChunkIndex
from eval.retrieval import as_run, ir_value, of_units
from eval.retrieval_bench import Pair, measure, pairs_of, rankers_of
from vectorstore.embedding import Embedder, open_embedder
from vectorstore.outline import build_report
from vectorstore.report import Report

LINES = [
    "青禾市政府工作报告",
    "一、2030年工作回顾",
    "去年，建成公园12座，地区生产总值增长5.5%。",
    "新增城镇就业3.2万人，发放稳岗补贴8000万元。" * 30,
    "二、2031年工作安排",
    "开工建设轨道交通2号线，新建中小学6所。" * 30,
]


@pytest.fixture(scope="module")
def report() -> Report:
    return build_report("\n".join(LINES), report_id="青禾", filename="青禾.txt")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return open_embedder()


def test_a_rank_stands_for_the_units_it_is_first_to_hold() -> None:
    units = (frozenset({3}), frozenset({7, 8}))
    ranking = [{1}, {8}, {7}, {2, 3}]
    names = of_units(ranking, units)
    assert names == ("miss 1", "unit 1", "miss 3", "unit 0")
    scores = list(as_run(names).values())
    assert scores == sorted(set(scores), reverse=True)


def test_one_ranking_has_the_values_worked_out_by_hand() -> None:
    relevant, ranking = ("unit 0", "unit 1"), ("miss 1", "unit 1", "miss 3", "unit 0")
    assert ir_value("RR@10", relevant, ranking) == 1 / 2
    # gains at ranks 2 and 4, by log2 of the rank and one; the best is at ranks 1 and 2
    found, ideal = 1 / math.log2(3) + 1 / math.log2(5), 1 + 1 / math.log2(3)
    assert ir_value("nDCG@10", relevant, ranking) == pytest.approx(found / ideal)
    assert ir_value("nDCG@10", relevant, ()) == 0


def test_measures_have_the_values_worked_out_by_hand() -> None:
    one = Pair("a", "first", (frozenset({3}),))
    two = Pair("b", "second", (frozenset({3}), frozenset({4})))
    rankings = {"first": [{9}, {3}], "second": [{4}, {9}, {3}]}
    found = measure([one, two], lambda q: [frozenset(numbers) for numbers in rankings[q]])
    means = {name: estimate.mean for name, estimate in found.items()}
    assert means["recall@1"] == (0 + 1 / 2) / 2
    assert means["recall@5"] == 1
    assert means["MRR@10"] == (1 / 2 + 1) / 2
    ideal = 1 + 1 / math.log2(3)
    ndcg = (1 / math.log2(3) + (1 + 1 / math.log2(4)) / ideal) / 2
    assert means["nDCG@10"] == pytest.approx(ndcg)
    assert {estimate.n for estimate in found.values()} == {2}


def test_a_question_without_results_counts_as_zero() -> None:
    pairs = [Pair("a", "first", (frozenset({3}),)), Pair("b", "second", (frozenset({3}),))]
    found = measure(pairs, lambda q: [frozenset({3})] if q == "first" else [])
    assert {estimate.mean for estimate in found.values()} == {0.5}


def test_only_answerable_questions_that_stand_alone_are_pairs(report: Report) -> None:
    park, jobs = (Evidence(report="青禾", quote=quote) for quote in ("公园12座", "就业3.2万人"))
    case = Case(id="a", kind="figure", question="?", answers=("12座",), evidence=(park, jobs))
    both = case.model_copy(update={"id": "b", "evidence_mode": "all"})
    followup = case.model_copy(update={"id": "c", "history": ({"role": "user", "content": "?"},)})
    refused = case.model_copy(update={"id": "d", "answerable": False})
    elsewhere = case.model_copy(update={"id": "e", "evidence": (Evidence(report="x", quote="y"),)})
    pairs = pairs_of([case, both, followup, refused, elsewhere], report)
    assert [(pair.id, pair.units) for pair in pairs] == [
        ("a", (frozenset({3, 4}),)),
        ("b", (frozenset({3}), frozenset({4}))),
    ]


def test_chunks_know_the_paragraphs_that_they_overlap(report: Report, embedder: Embedder) -> None:
    chunks = ChunkIndex([report], embedder).search("公园", k=20)
    assert all(len(chunk.text) <= CHUNK_SIZE for chunk in chunks)
    for chunk in chunks:
        for piece in chunk.pieces:
            assert piece.span.of(piece.passage.text) in chunk.text
        assert sum(p.span.end - p.span.start for p in chunk.pieces) == len(
            chunk.text.replace("\n", "")
        )
    covered = {piece.passage.number for chunk in chunks for piece in chunk.pieces}
    assert covered == {1, 2, 3, 4, 5, 6}


def test_every_retriever_finds_a_plain_fact(
    report: Report, embedder: Embedder, tmp_path: Path
) -> None:
    rankers = rankers_of(report, embedder, tmp_path / "index")
    assert len(rankers) == 5
    for name, ranker in rankers.items():
        assert 3 in ranker("去年建成多少座公园?")[0], name
    assert rankers["BM25"]("xyz") == []
