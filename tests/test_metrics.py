"""Scores with the arithmetic written out, and cases made to fool them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from eval.abstention import CurvePoint, area_under, coverage_error, f1
from eval.evidence import Place, overlap, precision, recall, same_paragraph
from eval.metrics import Gold, amounts, list_recall, occurs, score
from eval.predictions import Prediction, Source, Statement
from eval.short_answer import character_f1, exact_match
from eval.support import dangling, is_supported, support
from vectorstore.outline import build_report

REPORT = build_report(
    "青禾市政府工作报告\n去年，建成公园12座。增速为6.6%。\n今年，计划建成公园15座。",
    report_id="青禾",
    filename="青禾.txt",
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("6%", "增长6%左右"),
        ("6%", "增长６％"),
        ("6%", "增长百分之六"),
        ("2.36万亿元", "总量为23600亿元"),
        ("2.36万亿元", "约2.36 trillion yuan"),
        ("75万人", "about 750,000 people"),
        ("1,200公里", "全长1200千米"),
        ("12", "建成公园12座"),
        ("1.2万", "共12000个"),
        ("12000个", "共1.2万个"),
        ("5%至6%", "增长５％～６％"),
        ("6个百分点", "提高６个百分点"),
        ("2019年12月", "在2019年12月31日"),
        ("1月5日", "1月5日至10日"),
        ("两江新区", "设在两江新区"),
        ("GDP", "the gdp grew"),
    ],
)
def test_an_amount_is_found_in_any_writing(value: str, text: str) -> None:
    assert occurs(value, text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("6%", "增长6.6%"),
        ("6%", "增长16%"),
        ("6%", "提高6个百分点"),
        ("6", "增长6%"),
        ("2.36万亿元", "2.36亿元"),
        ("2.36万亿元", "23601亿元"),
        ("12座", "建成12所"),
        ("12", "2012年"),
        ("3.9万", "13.9万"),
        ("5亿元", "5亿美元"),
        ("1.2万", "共120000个"),
        ("100", "共1,000个"),
        ("5", "建成25座"),
        ("5%", "增长25%"),
        ("5%", "增长5%—6%"),  # a range is neither of its ends
        ("6%", "增长5%—6%"),
        ("6%", "增长5.5%到6%"),
        ("6个百分点", "提高6%"),
        ("1月5日", "11月5日"),
        ("5日", "1月15日"),
        ("2019年1月", "2019年12月"),
        ("十二", "十二五"),
        ("十五", "二十五条"),
        ("", "空"),
    ],
)
def test_a_look_alike_is_not_the_amount(value: str, text: str) -> None:
    assert not occurs(value, text)


# -- verdicts

NINE, TEN = Place("r", 9, 0, 10), Place("r", 10, 0, 10)


@pytest.mark.parametrize(
    ("text", "cited", "right", "strict", "is_cited"),
    [
        ("增长6.3%[9]。", [NINE], True, True, True),
        ("增长6.3%，上年为6%。", [NINE], True, False, True),
        ("增长6.6%。", [NINE], False, False, True),
        ("增长6.3%。", [TEN], True, True, False),
        ("增长6.3%。", [Place("other", 9, 0, 10)], True, True, False),
    ],
)
def test_right_strict_and_cited(
    text: str, cited: list[Place], right: bool, strict: bool, is_cited: bool
) -> None:
    gold = Gold(True, ("6.3%",), forbidden=("6%",), evidence=(frozenset({NINE}),))
    verdict = score(gold, text, False, cited)
    assert (verdict.right, verdict.strict, verdict.cited) == (right, strict, is_cited)
    assert verdict.trusted == (strict and is_cited)


def test_a_citation_marker_is_no_answer() -> None:
    assert not score(Gold(True, ("9",)), "没有数字[9]。", False, []).right
    assert score(Gold(True, ("两江新区",)), "设在两江[1]新区。", False, []).right


def test_an_abstention_is_trusted_only_where_there_is_no_answer() -> None:
    due = score(Gold(False), "报告没有提到6.3%。", True, [])
    false = score(Gold(True, ("6.3%",)), "报告没有提到6.3%。", True, [])
    given = score(Gold(False), "增长6.3%。", False, [])
    assert [s.trusted for s in (due, false, given)] == [True, False, False]
    assert [s.failures for s in (due, false, given)] == [(), ("false abstention",), ("abstention",)]


def test_any_evidence_will_do_unless_all_is_asked() -> None:
    evidence = (frozenset({NINE}), frozenset({TEN}))
    either = Gold(True, ("x",), evidence=evidence)
    both = Gold(True, ("x",), evidence=evidence, all_evidence=True)
    assert score(either, "x", False, [TEN]).cited
    assert not score(both, "x", False, [TEN]).cited
    assert score(both, "x", False, [TEN, NINE]).cited


def test_list_recall_counts_items_and_not_aliases() -> None:
    items = (("两江新区", "两江"), ("高新区",), ("6%",))
    assert list_recall("两江新区即两江，增长6.6%[6]", items) == pytest.approx(1 / 3)
    gold = Gold(True, items=items, minimum=2)
    assert not score(gold, "两江新区即两江", False, []).right
    assert score(gold, "高新区和两江", False, []).right


# -- short answers (CMRC 2018)


@pytest.mark.parametrize(
    ("answer", "reference", "expected"),
    [
        ("中国人民银行", "中国人民银行", 1.0),
        # run 中国 of 2: precision 2/4, recall 2/6 (the six of 中国人民银行)
        ("在中国的", "中国人民银行", 2 * (2 / 4) * (2 / 6) / (2 / 4 + 2 / 6)),
        # a run, not a subsequence: 甲乙 of 甲X乙 has no run longer than 1
        ("甲子乙", "甲乙", 2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2)),
        # 6.3 and % are two tokens; 增长 two more: 2/4, 2/2
        ("增长6.3%", "6.3%", 2 * (2 / 4) * 1 / (2 / 4 + 1)),
        # 6.6 is one token: only % is common
        ("6.6%", "6%", 2 * (1 / 2) * (1 / 2) / (1 / 2 + 1 / 2)),
        ("《 GDP 》", "gdp", 1.0),  # dropped marks and case
        ("……", "……", 1.0),  # the ellipsis is kept: two tokens on each side
        ("", "六", 0.0),
    ],
)
def test_character_f1(answer: str, reference: str, expected: float) -> None:
    assert character_f1(answer, [reference]) == pytest.approx(expected)
    assert character_f1(answer, ["无关", reference]) == pytest.approx(expected)


def test_exact_match_drops_marks_and_keeps_blanks_within() -> None:
    assert exact_match(" “两江新区”。", ["高新区", "两江新区"]) == 1
    assert exact_match("两江 新区", ["两江新区"]) == 0
    assert exact_match("6.6%", ["6%"]) == 0
    assert character_f1("x", []) == exact_match("x", []) == 0


# -- citations


def test_citation_recall_and_precision_at_both_levels() -> None:
    first, second = Place("r", 1, 10, 20), Place("r", 2, 0, 5)
    units = [frozenset({first}), frozenset({second})]
    beside, within, next_to = (Place("r", 1, *s) for s in ((0, 5), (12, 40), (20, 30)))
    stray = Place("r", 7, 0, 5)
    cited = [beside, within, next_to, stray]
    assert recall(units, cited, same_paragraph) == 1 / 2
    assert recall(units, cited, overlap) == 1 / 2
    assert recall(units, [beside, next_to], overlap) == 0  # half-open: 20 is not in [10, 20)
    assert precision(units, cited, overlap) == 1 / 4
    assert precision(units, cited, same_paragraph) == 1 / 2  # paragraphs 1 and 7, each once
    assert precision(units, [], overlap) is None
    with pytest.raises(ValueError, match="at least one"):
        recall([], cited, overlap)


@pytest.mark.parametrize(
    ("claim", "quote", "operands", "verdict"),
    [
        ("增长6.6%", "增速为6.6%", (), True),
        ("增长6%", "增速为6.6%", (), False),
        ("总量2.36万亿元", "达到２３６００亿元", (), True),
        ("总量2.36万亿元", "达到2.36亿元", (), False),
        ("It grew by 6.6 percent", "增速为6.6%", (), True),
        ("多3座", "建成公园12座，计划15座", ("15座", "12座"), True),
        ("多4座", "建成公园12座，计划15座", ("15座", "12座"), False),
        ("多3座", "建成公园12座", ("15座", "12座"), False),  # 15 is not cited
        ("多3座", "建成公园12座，计划15座", (), False),  # not said what it comes from
        ("设在两江新区", "建成公园12座", (), True),  # no amount to check
    ],
)
def test_support(claim: str, quote: str, operands: tuple[str, ...], verdict: bool) -> None:
    assert is_supported(claim, [quote], operands) == verdict
    assert not is_supported(claim, [], operands)


def _source(number: int, paragraph: int, start: int, end: int, quote: str) -> Source:
    return Source(number, "青禾", paragraph, quote, start, end)


def test_support_is_a_share_of_the_claims() -> None:
    good = _source(1, 2, 0, 10, "建成公园12座。")
    claims = (Statement("建成12座", (0,)), Statement("建成13座", (0,)), Statement("建成12座", ()))
    assert support(Prediction("a", citations=(good,), claims=claims)) == pytest.approx(1 / 3)
    assert support(Prediction("a")) is None


def test_dangling_markers_and_quotes_are_counted() -> None:
    text = REPORT.passages[1].text
    good = _source(1, 2, 3, 10, text[3:10])
    reports = {"青禾": REPORT}
    assert dangling(Prediction("a", "建成[1]。", citations=(good,)), reports) == 0
    assert dangling(Prediction("a", "建成[1][2]［3］。", citations=(good,)), reports) == 2
    for bad in (
        _source(1, 2, 4, 11, text[3:10]),
        _source(1, 9, 3, 10, text[3:10]),
        _source(1, 2, 3, 3, ""),
        Source(1, "别处", 2, text[3:10], 3, 10),
    ):
        assert dangling(Prediction("a", "建成[1]。", citations=(bad,)), reports) == 1


# -- abstention


def test_the_error_curve_runs_from_the_surest_answer_to_all_answers() -> None:
    answered = [(0.9, False), (-0.5, True), (0.7, False), (None, True)]
    points = coverage_error(answered, n=5)  # one of five was not answered
    assert points == [
        CurvePoint(1 / 5, 0.0),
        CurvePoint(2 / 5, 0.0),
        CurvePoint(3 / 5, 1 / 3),
        CurvePoint(4 / 5, 2 / 4),
    ]
    # four steps of width 1/5 over a span of 4/5
    assert area_under(points) == pytest.approx((0 + 0 + 1 / 3 + 1 / 2) / 4)


def test_answers_of_one_confidence_are_one_step_whatever_their_order() -> None:
    one = coverage_error([(0.5, True), (0.5, False)], n=2)
    assert one == coverage_error([(0.5, False), (0.5, True)], n=2) == [CurvePoint(1.0, 0.5)]
    assert coverage_error([], n=3) == []
    assert area_under([]) is None


def test_f1_is_the_harmonic_mean() -> None:
    assert f1(0.5, 1.0) == pytest.approx(2 / 3)
    assert f1(0.0, 0.0) == 0


def test_english_scales_are_read_exactly() -> None:
    # 4.46 · 10⁹ = 44.6 · 10⁸ and 1.5 · 10⁶ = 150 · 10⁴, with no amount besides
    assert [a.value for a in amounts("4.46 billion yuan")] == [Decimal("4460000000")]
    assert [a.value for a in amounts("1.5 million people")] == [Decimal("1500000")]
    assert occurs("44.6亿元", "stood at 4.46 billion yuan")
    assert not occurs("44.6亿元", "stood at 4.4 billion yuan")
