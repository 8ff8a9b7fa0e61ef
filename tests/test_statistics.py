"""Intervals and tests against arithmetic that can be done by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.statistics import (
    estimate,
    holm,
    mcnemar,
    paired_difference,
    percentile,
    randomisation,
)


def test_the_interval_of_a_share_is_about_two_standard_errors_wide() -> None:
    found = estimate([1.0] * 60 + [0.0] * 40)
    assert found is not None
    assert (found.mean, found.n) == (0.6, 100)
    # sqrt(0.6 * 0.4 / 100) = 0.049; 0.6 - 1.96 * 0.049 = 0.504, 0.6 + 1.96 * 0.049 = 0.696
    assert found.low == pytest.approx(0.504, abs=0.011)
    assert found.high == pytest.approx(0.696, abs=0.011)


def test_an_interval_is_the_same_each_time_and_narrows_with_n() -> None:
    small, large = estimate([0.0, 1.0] * 10), estimate([0.0, 1.0] * 200)
    assert small is not None
    assert large is not None
    assert small == estimate([0.0, 1.0] * 10)
    assert large.high - large.low < (small.high - small.low) / 3


def test_nothing_has_no_estimate_and_one_value_no_width() -> None:
    assert estimate([]) is None
    assert str(estimate([1.0])) == "100.0% [100.0, 100.0]"


def test_questions_of_one_document_count_as_one_draw() -> None:
    # Ten documents of ten questions each, all right or all wrong: 10 independent values.
    values = [float(document % 2) for document in range(10) for _ in range(10)]
    documents = [document for document in range(10) for _ in range(10)]
    clustered, alone = estimate(values, documents), estimate(values)
    ten = estimate([float(document % 2) for document in range(10)])
    assert clustered is not None
    assert alone is not None
    assert ten is not None
    assert (clustered.mean, clustered.n) == (0.5, 100)
    assert (clustered.low, clustered.high) == (ten.low, ten.high)
    assert clustered.high - clustered.low > 2.5 * (alone.high - alone.low)  # sqrt(10) = 3.2
    assert estimate(values, range(100)) == alone  # each its own: no clusters at all


def test_clusters_of_different_sizes_weigh_by_their_questions() -> None:
    found = estimate([1.0, 1.0, 1.0, 0.0], ["a", "a", "a", "b"])
    assert found is not None
    assert found.mean == 0.75
    # the samples are aa, ab, ba, bb: 6/6, 3/4, 3/4, 0/2
    assert (found.low, found.high) == (0.0, 1.0)


def test_the_randomisation_test_counts_the_signs_that_reach_as_far() -> None:
    # five differences of one sign: 2 of 2^5 choices of signs reach as far, p = 0.0625
    assert randomisation([0.0] * 5, [1.0] * 5) == pytest.approx(0.0625, abs=0.01)
    # 3 and -1: the sums are ±4, ±2; all four of them reach 2
    assert randomisation([0.0, 1.0], [3.0, 0.0]) == pytest.approx(1.0)
    # one document, one sign: nothing can be learned from it
    assert randomisation([0.0] * 5, [1.0] * 5, ["a"] * 5) == 1.0
    assert randomisation([0.5, 0.2], [0.5, 0.2]) == 1.0
    with pytest.raises(ValueError, match="argument 2"):
        randomisation([0.0], [1.0, 1.0])


def test_holm_multiplies_the_smallest_by_their_number_and_never_falls() -> None:
    # sorted 0.01, 0.03, 0.04: times 3, 2, 1 is 0.03, 0.06, 0.04, which may not fall below 0.06
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    assert holm([]) == []


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_an_interval_stays_within_the_values(values: list[float]) -> None:
    found = estimate(values)
    assert found is not None
    assert min(values) - 1e-9 <= found.low <= found.high <= max(values) + 1e-9


@pytest.mark.parametrize(
    ("gains", "losses", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),  # 2 * (1/2)
        (0, 5, 0.0625),  # 2 * 1/32
        (6, 0, 0.03125),  # 2 * 1/64
        (1, 7, 0.0703125),  # 2 * (1 + 8) / 256
        (5, 5, 1.0),  # twice the middle is more than one
        (2, 10, 0.03857421875),  # 2 * (1 + 12 + 66) / 4096
    ],
)
def test_mcnemar_is_twice_the_smaller_binomial_tail(gains: int, losses: int, p: float) -> None:
    assert mcnemar(gains, losses) == p
    assert mcnemar(losses, gains) == p


def test_a_paired_difference_sees_what_two_separate_intervals_do_not() -> None:
    before = [i / 100 for i in range(100)]
    after = [value + 0.01 for value in before]
    found = paired_difference(before, after)
    assert found is not None
    assert found.mean == pytest.approx(0.01)
    assert found.low > 0.0099  # every case gained 0.01: no doubt is left
    with pytest.raises(ValueError, match="argument 2"):
        paired_difference(before, after[:-1])


def test_percentiles_are_interpolated() -> None:
    # positions 0, 1, 2, 3: half lies at 1.5, 95 % at 2.85
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.95) == pytest.approx(3.85)
