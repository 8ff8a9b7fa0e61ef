"""What is not looked at when there is much: the results are the same as if it were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eval.cases import load_cases
from eval.drawn import DrawnEmbedder
from eval.synthetic import Invented, invent, places
from vectorstore import records
from vectorstore.generation import Generation
from vectorstore.lexical import LexicalIndex, tokens
from vectorstore.reading import builtin_path, read_report, read_reports
from vectorstore.report import Part, Passage, Report
from vectorstore.retriever import Retriever
from vectorstore.shelf import OPEN, Shelf
from vectorstore.store import PassageStore

_WORDS = ("就业", "增长", "城镇就业", "5g", "6.3%", "粮食产量", "的", "的的", "gdp增长")
texts = st.lists(st.lists(st.sampled_from(_WORDS), max_size=8).map("，".join), max_size=40)
# A busy machine is no failure.
at_leisure = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# The first of the invented cities is one of the fictional reports' as well.
_PLACES = [*places(7)][1:]
queries = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map("".join)


@pytest.fixture(scope="module")
def invented() -> list[Invented]:
    return [invent(region, year) for region, year in _PLACES]


@pytest.fixture(scope="module")
def store(
    tmp_path_factory: pytest.TempPathFactory, invented: list[Invented]
) -> Iterator[PassageStore]:
    """The built-in report, the fictional ones of the benchmark, and six invented ones."""
    store = PassageStore.open(tmp_path_factory.mktemp("growth"), DrawnEmbedder())
    fictional = [r.report for r in read_reports(Path("eval/data/reports")) if r.report]
    assert len(fictional) == 4
    store.add([read_report(builtin_path()), *fictional, *(each.report for each in invented)])
    yield store
    store.close()


# -- terms


@at_leisure
@given(texts, queries)
def test_the_scores_are_those_of_bm25s(texts: list[str], query: str) -> None:
    corpus = [tokens(text) for text in texts]
    if not any(corpus):
        return
    reference = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    reference.index(corpus, show_progress=False)
    known = reference.get_tokens_ids(tokens(query))
    expected = reference.get_scores_from_ids(known) if known else np.zeros(len(texts))
    np.testing.assert_allclose(LexicalIndex.build(texts).scores(query), expected, rtol=1e-4)


@at_leisure
@given(texts, queries, st.integers(1, 6), st.booleans())
def test_the_best_are_those_of_the_exhaustive_scores(
    texts: list[str], query: str, k: int, odd_alone: bool
) -> None:
    index = LexicalIndex.build(texts)
    among = np.arange(len(texts)) % 2 == 1 if odd_alone else None
    scores = index.scores(query)
    allowed = scores > 0 if among is None else (scores > 0) & among
    expected = [row for row in np.argsort(-scores, kind="stable") if allowed[row]][:k]
    rows, found = index.best(query, k, among)
    assert rows.tolist() == expected
    assert found.tolist() == scores[expected].tolist()


@at_leisure
@given(texts, texts, st.randoms())
def test_an_index_continued_is_the_one_built_anew(old: list[str], new: list[str], chance) -> None:  # type: ignore[no-untyped-def]
    kept = [row for row in range(len(old)) if chance.random() < 0.7]
    whole = [("old", row) for row in kept] + [("new", row) for row in range(len(new))]
    places_of_new = sorted(chance.sample(range(len(whole)), len(new)))
    free = [place for place in range(len(whole)) if place not in places_of_new]
    at = dict(zip(places_of_new, new, strict=True)) | {
        place: old[row] for place, row in zip(free, kept, strict=True)
    }
    places = np.full(len(old), -1, dtype=np.int64)
    places[kept] = free
    continued = LexicalIndex.continued(LexicalIndex.build(old), places, new)
    anew = LexicalIndex.build([at[place] for place in range(len(whole))])
    for query in _WORDS:
        assert continued.scores(query).tolist() == anew.scores(query).tolist()


def test_rows_with_a_text_hold_all_its_terms() -> None:
    index = LexicalIndex.build(["城镇就业增长", "城镇增长", "就业", "城镇新就业"])
    assert index.rows_with("城镇就业").tolist() == [0]
    assert index.rows_with("城镇").tolist() == [0, 1, 3]
    assert index.rows_with("农村").tolist() == index.rows_with("").tolist() == []


# -- generations


def test_a_generation_continued_is_the_one_derived_anew(invented: list[Invented]) -> None:
    one, two, three, four = (each.report for each in invented[:4])
    before = Generation.of([one, two, three])
    sources: list[int | Report] = [2, four, 0]
    continued, anew = before.continued(sources), Generation.of([three, four, one])
    assert continued.catalogue.cards == anew.catalogue.cards
    for name in ("starts", "paragraphs", "sentences", "parts"):
        found, expected = (getattr(g.catalogue, name) for g in (continued, anew))
        np.testing.assert_array_equal(found, expected)
    query = invented[0].known[0].question
    np.testing.assert_array_equal(continued.lexical.scores(query), anew.lexical.scores(query))


def test_every_row_is_found_by_its_name(store: PassageStore) -> None:
    state = store.snapshot
    for position in range(len(state.reports)):
        rows = state.rows_named(state.row_ids(position))
        assert rows == list(range(*state.catalogue.span(position)))
    first, *_, last = state.versions
    ids = [f"{last}:9999:0", f"{first}:1:0", f"{first}:1:99", "没有@这份:1:0", f"{last}:1:0"]
    assert state.rows_named(ids) == [
        None,
        0,
        None,
        None,
        state.catalogue.span(len(state.versions) - 1)[0],
    ]


# -- the retriever


class Exact(PassageStore):
    """A store whose dense search compares with every row: the graph is not what is asked of here."""

    def dense(self, query_vector, k, *, reports=None, snapshot=None):  # type: ignore[no-untyped-def]
        every = [card.id for card in self.reports.cards]
        return super().dense(query_vector, k, reports=reports or every, snapshot=snapshot)


def test_pruned_search_finds_what_exhaustive_search_finds(
    store: PassageStore, invented: list[Invented]
) -> None:
    exact = Exact(store.home, store.embedder, store.snapshot.manifest)
    pruned, exhaustive = Retriever(exact, few=0), Retriever(exact, few=10**9)
    asked = [case.question for case in load_cases("dev") if not case.history][::12]
    asked += [each.known[place].question for place, each in enumerate(invented)]
    reports = [None, [store.reports.cards[0].id], [card.id for card in store.reports.cards[3:]]]
    for number, query in enumerate(asked):
        for part, within in product((None, [*Part][number % 4]), reports):
            expected = exhaustive.rank(query, 60, part=part, reports=within, words="增长")
            assert pruned.rank(query, 60, part=part, reports=within, words="增长") == expected
            assert len(expected) == 60
            found = pruned.search(query, part=part, reports=within)
            assert found == exhaustive.search(query, part=part, reports=within)
            assert len(found) == 10


def test_search_in_one_report_is_exact(store: PassageStore, invented: list[Invented]) -> None:
    report = invented[2].report
    (position,) = store.snapshot.positions([report.id])
    start, end = store.snapshot.catalogue.span(position)
    texts = list(range(start, end))
    vector = store.embedder.embed_queries([invented[2].known[0].question])[0]
    found = store.dense(vector, len(texts), reports=[report.id])
    assert sorted(row for row, _ in found) == texts
    cosines = [cosine for _, cosine in found]
    assert cosines == sorted(cosines, reverse=True)
    everywhere = dict(store.dense(vector, len(store.snapshot.rows)))
    np.testing.assert_allclose(cosines, [everywhere[row] for row, _ in found], atol=1e-5)


def test_search_in_many_reports_finds_what_comparing_with_each_row_does(
    store: PassageStore, invented: list[Invented]
) -> None:
    reports = [card.id for card in store.reports.cards[3:]]
    vector = store.embedder.embed_queries([invented[1].known[3].question])[0]
    expected = store.dense(vector, 50, reports=reports)
    store.few = 0
    try:
        found = store.dense(vector, 50, reports=reports)
        alone = store.dense(vector, 50, reports=reports[:1])  # too few to be among the nearest
    finally:
        store.few = 20_000
    assert [row for row, _ in found] == [row for row, _ in sorted(found, key=lambda f: -f[1])]
    assert len({row for row, _ in found} & {row for row, _ in expected}) >= 48
    own = range(*store.snapshot.catalogue.span(3))
    assert len(alone) == 50
    assert all(row in own for row, _ in alone)


def test_rows_are_compared_wherever_they_are(store: PassageStore) -> None:
    state = store.snapshot
    vector = store.embedder.embed_queries(["粮食总产量是多少?"])[0]
    rows = np.array([state.catalogue.span(place)[0] + place for place in (0, 3, 3, 7)])
    rows[2] += 5
    matrices = [store.exact.of(state, place) for place in range(len(state.versions))]
    expected = (np.concatenate(matrices) @ vector)[rows]
    # Another process would find no report open, some files missing, and some damaged.
    other = PassageStore.open(store.home, store.embedder)
    for number, path in enumerate(Path(store.home.cache).glob("exact/*/*.npy")):
        if number % 3 == 0:
            path.unlink()
        elif number % 3 == 1:
            path.write_bytes(bytes(path.stat().st_size))
    found = other.vectors_at(rows, snapshot=state) @ vector
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert len(other.vectors_at(rows[:0], snapshot=state)) == 0


class Astray(PassageStore):
    """A store whose dense search ends at the rows farthest from the question."""

    def dense(self, query_vector, k, *, reports=None, snapshot=None):  # type: ignore[no-untyped-def]
        return super().dense(query_vector, len(self.snapshot.rows))[-k:]


def test_what_dense_search_misses_is_found_by_its_words(
    store: PassageStore, invented: list[Invented]
) -> None:
    astray = Astray(store.home, store.embedder, store.snapshot.manifest)
    exhaustive = Retriever(store, few=10**9)
    for each in invented:
        query = each.known[2].question
        expected = exhaustive.rank(query, 10)
        found = Retriever(astray, few=0).rank(query, 10)
        assert len({h.quote for h in found} & {h.quote for h in expected}) >= 9
        # Without its cosine the sentence that answers would be none of the nearest.
        assert found[0].quote == expected[0].quote
        assert found[0].score == pytest.approx(1.0)
        assert found[0].margin > 0


class Lost(PassageStore):
    """A store whose dense search goes astray as often as it is told to."""

    def dense(self, query_vector, k, *, reports=None, snapshot=None):  # type: ignore[no-untyped-def]
        self.asked += 1
        found = super().dense(query_vector, len(self.snapshot.rows))
        return found[-k:] if self.asked <= self.astray else found[:k]


@pytest.mark.parametrize("astray", [0, 1])
def test_the_graph_is_asked_again_where_it_missed_what_words_found(
    store: PassageStore, invented: list[Invented], astray: int
) -> None:
    lost = Lost(store.home, store.embedder, store.snapshot.manifest)
    lost.astray = astray
    query = invented[0].known[2].question
    lost.asked = 0
    found = Retriever(lost, few=0).rank(query, 10)
    assert lost.asked == 1 + astray
    assert [h.quote for h in found] == [h.quote for h in Retriever(store).rank(query, 10)]


# -- reports of a large library


def test_a_paragraph_is_read_alone_as_it_is_with_its_report(invented: list[Invented]) -> None:
    report = invented[0].report
    tricky = replace(report.passages[3], text='"number": 5, {"headings": \\"number\\": 5, ')
    changed = replace(report, passages=(*report.passages[:3], tricky, *report.passages[4:]))
    for each in (report, changed, read_report(builtin_path())):
        text, key = records.dump(each), records.content_hash(each)
        numbers = [passage.number for passage in each.passages]
        alone = records.load_passages(text.encode(), key, [*numbers, 10**6])
        assert alone == [*records.load(text, key).passages, None]
    with pytest.raises(ValueError, match="校验和"):
        records.load_passages(text.encode().replace("重庆".encode(), "上海".encode()), key, [1])


def test_few_paragraphs_are_read_without_opening_their_report(invented: list[Invented]) -> None:
    report = invented[0].report
    cards = [replace(report.card, id=f"{place}") for place in range(OPEN + 1)]
    glances: list[tuple[int, list[int]]] = []

    def glance(position: int, numbers: Sequence[int]) -> list[Passage | None]:
        glances.append((position, list(numbers)))
        return [report.passage(number) for number in numbers]

    shelf = Shelf(cards, lambda positions: [report for _ in positions], {}, glance)
    assert shelf.passages(4, [2, 9]) == {2: report.passage(2), 9: report.passage(9)}
    assert (glances, shelf.opened) == ([(4, [2, 9])], {})
    many = list(range(1, 20))
    assert list(shelf.passages(5, many)) == many
    assert list(shelf.opened) == [5]
    assert list(shelf.passages(5, [3])) == [3]
    assert len(glances) == 1  # what is open is not read again


def test_what_a_report_writes_is_known_without_reading_it(store: PassageStore) -> None:
    retriever = Retriever(store)
    for words in ("一般公共预算收入", "城镇新增就业", "大数据智能化", "2019年工作回顾"):
        assert retriever.writes(words)
    for words in ("火星移民计划", "就业农村新增城镇共和国", "zebra", ""):
        assert not retriever.writes(words)


def test_of_many_reports_only_the_text_looked_at_is_read(invented: list[Invented]) -> None:
    report = invented[0].report
    cards = [replace(report.card, id=f"{place}") for place in range(OPEN + 1)]
    read: list[int] = []

    def reading(positions: Sequence[int]) -> list[Report]:
        read.extend(positions)
        return [replace(report, id=f"{position}") for position in positions]

    shelf = Shelf(cards, reading, {})
    assert [each.id for each in shelf] == [card.id for card in cards]
    assert [each.card for each in shelf] == cards
    assert read == []
    assert shelf[3].passages == shelf[3].passages == report.passages
    assert (shelf[3].source, shelf[3].passage(2)) == (report.source, report.passage(2))
    assert read == [3]
    for position in range(OPEN):
        assert shelf[position].gaps == report.gaps
    assert len(read) == OPEN  # the third was at hand
    assert shelf[OPEN].gaps == shelf[0].gaps  # the first had to make room
    assert read[-2:] == [OPEN, 0]


def test_few_reports_are_all_read_at_once(invented: list[Invented]) -> None:
    reports = [each.report for each in invented]
    calls: list[list[int]] = []

    def reading(positions: Sequence[int]) -> list[Report]:
        calls.append(list(positions))
        return [reports[position] for position in positions]

    shelf = Shelf([report.card for report in reports], reading, {0: reports[0]})
    assert shelf == reports
    assert calls == [[1, 2, 3, 4, 5]]


# -- invented reports


def test_an_invented_report_is_read_and_its_amounts_stand_in_it(invented: list[Invented]) -> None:
    for each, (region, year) in zip(invented, _PLACES, strict=True):
        assert (each.report.region, each.report.year) == (region, year)
        assert each == invent(region, year)
        for known in each.known:
            assert known.amount in each.report.source
    assert len({each.report.source for each in invented}) == 6
