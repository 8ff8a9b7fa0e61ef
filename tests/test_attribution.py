"""Where a case is lost: one answer for each step, made by hand."""

from __future__ import annotations

import pytest

from eval.attribution import Loss, losses, lost_at
from eval.cases import Case, Evidence
from eval.predictions import Prediction, Source, Statement
from eval.scoring import Scored, score_cases
from vectorstore.outline import build_report

REPORT = build_report(
    "青禾市政府工作报告\n去年，建成公园12座。\n今年，计划建成公园15座。",
    report_id="青禾",
    filename="青禾.txt",
)
CASE = Case(
    id="a", kind="figure", question="?", answers=("12座",),
    evidence=(Evidence(report="青禾", quote="公园12座"),),
)  # fmt: skip
NOTHING = Case(id="b", kind="unanswerable", question="?", answerable=False)


def _source(paragraph: int, rank: int = 1) -> Source:
    text = REPORT.passages[paragraph - 1].text
    return Source(rank, "青禾", paragraph, text, 0, len(text))


def _made(text: str, cited: int, rank: int, **more: object) -> Prediction:
    fields = {"citations": (_source(cited),), "hits": (_source(2, rank),),
              "claims": (Statement(text, (0,)),), **more}  # fmt: skip
    return Prediction("a", text, **fields)


def _scored(case: Case, prediction: Prediction) -> Scored:
    return score_cases([case], [prediction], [REPORT])[0]


@pytest.mark.parametrize(
    ("prediction", "loss"),
    [
        (_made("建成12座[1]。", 2, 1), None),
        (_made("建成12座[1]。", 2, 10), None),  # found late, but answered from it
        (Prediction("a", error="ValueError"), Loss.CRASHED),
        (_made("建成15座[1]。", 3, 1, hits=(_source(3),)), Loss.NOT_RETRIEVED),
        (_made("没有。", 3, 1, abstained=True, hits=()), Loss.NOT_RETRIEVED),
        (_made("建成15座[1]。", 3, 6), Loss.RANKED_OUT),
        (_made("没有。", 3, 5, abstained=True), Loss.REFUSED),
        (_made("建成15座[1]。", 3, 5), Loss.UNREAD),
        (_made("建成12座[1]。", 3, 1), Loss.UNREAD),  # right, and nothing proves it
        (_made("建成13座[1]。", 2, 1), Loss.UNSUPPORTED),
        (_made("建成公园[1]。", 2, 1), Loss.MISREAD),
    ],
)
def test_the_first_step_that_failed_is_named(prediction: Prediction, loss: Loss | None) -> None:
    assert lost_at(_scored(CASE, prediction)) == loss


def test_an_answer_where_there_is_none_is_a_loss_of_its_own() -> None:
    assert lost_at(_scored(NOTHING, Prediction("b", "12座[1]。", citations=(_source(2),)))) == (
        Loss.UNDUE_ANSWER
    )
    assert lost_at(_scored(NOTHING, Prediction("b", "没有。", abstained=True))) is None


def test_losses_are_counted_in_the_order_of_the_steps() -> None:
    made = [
        _scored(CASE, _made("建成13座[1]。", 2, 1)),
        _scored(CASE, Prediction("a", error="x")),
        _scored(CASE, _made("建成12座[1]。", 2, 1)),
        _scored(CASE, _made("建成13座[1]。", 2, 1)),
    ]
    assert losses(made) == [(Loss.CRASHED, 1), (Loss.UNSUPPORTED, 2)]
