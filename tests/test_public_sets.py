"""The adapters of the public sets, on tiny invented files of the same form."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from eval.asking import open_suite, score_stored
from eval.cases import Case
from eval.predictions import Prediction, Run, Source
from eval.provenance import provenance_of
from eval.public.measures import completeness, figures_in, measures_for, numeric_match
from eval.public.rows import PublicSetError
from eval.public.sets import open_public, sample
from eval.run import run_cases
from eval.scoring import Scored
from eval.suites import Suite, SuiteError
from eval.systems import systems_for
from eval.text_report import render
from qa.settings import Settings
from vectorstore.embedding import Embedder

KITES = "青禾风筝节始于1987年，由木匠林四郎发起。\n首届有12支队伍参加，会场在河滩。"
LAMPS = "白石灯会每年正月举行，展出灯笼300盏。"


def _write(folder: Path, name: str, *rows: dict[str, object]) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (folder / name).write_text("\n".join(lines) + "\n", "utf-8")


def _cmrc(folder: Path) -> Path:
    _write(
        folder, "cmrc2018_trial.jsonl",
        {"id": "K_0", "context_id": "K", "context": KITES, "question": "风筝节由谁发起?",
         "answers": ["木匠林四郎", "林四郎"], "n_answers_in_context": 1},
        {"id": "K_1", "context_id": "K", "context": KITES, "question": "首届有多少支队伍参加?",
         "answers": ["12支"]},
        {"id": "L/0", "context_id": "L/#1", "context": LAMPS, "question": "展出灯笼多少盏?",
         "answers": ["300盏"]},
    )  # fmt: skip
    return folder


def _ask(suite: Suite, embedder: Embedder, folder: Path) -> list[Scored]:
    """Ask our own system a suite, as the command does; return the scores."""
    settings = Settings(data_dir=folder, model="")
    provenance = provenance_of("extractive", "public", suite, settings)
    system_for = systems_for("extractive", suite.reports, embedder, folder / "index")
    made = run_cases(suite.cases, system_for, embedder, provenance, folder / "run.jsonl")
    assert f"{suite.name}@" in render(provenance, score_stored(made, suite))
    return score_stored(made, suite)


def _values(scored: list[Scored], suite: str) -> dict[str, tuple[float, int]]:
    found = {measure.name: measure.estimate(scored) for measure in measures_for(suite).all}
    return {name: (each.mean, each.n) for name, each in found.items() if each is not None}


def _made(suite: Suite, *predictions: Prediction) -> list[Scored]:
    """Score predictions that nobody made."""
    provenance = provenance_of("extractive", "public", suite, Settings(model=""))
    return score_stored(Run(provenance, predictions), suite)


def test_a_context_is_a_report_and_its_questions_are_one_cluster(
    tmp_path: Path, embedder: Embedder
) -> None:
    suite = open_public("cmrc2018", _cmrc(tmp_path))
    assert [report.id for report in suite.reports] == ["cmrc2018-K", "cmrc2018-L--1"]
    assert [report.source for report in suite.reports] == [KITES, LAMPS]
    assert [case.index for case in suite.cases] == [
        ("cmrc2018-K",), ("cmrc2018-K",), ("cmrc2018-L--1",),
    ]  # fmt: skip
    assert [case.cluster for case in suite.cases] == ["K", "K", "L/#1"]
    _, teams, lamps = _ask(suite, embedder, tmp_path)
    assert "12支" in teams.prediction.text
    assert "300盏" in lamps.prediction.text
    assert lamps.prediction.citations[0].report == "cmrc2018-L--1"
    assert numeric_match(lamps) == 1


def test_a_refusal_scores_zero_in_em_and_f1(tmp_path: Path) -> None:
    suite = open_public("cmrc2018", _cmrc(tmp_path))
    found = _values(
        _made(
            suite,
            Prediction("K_0", "林四郎[1]。"),  # the second reference
            Prediction("K_1", "没有提到12支。", abstained=True),
            Prediction("L/0", "有300盏"),  # 有 300 盏 against 300 盏: 2 * 2 / (3 + 2)
        ),
        "cmrc2018",
    )
    assert found["exact match"] == (pytest.approx(1 / 3), 3)
    assert found["character F1"] == (pytest.approx((1 + 0 + 4 / 5) / 3), 3)
    assert found["numeric match"] == (1 / 2, 2)  # the first reference has no figures
    assert found["false abstentions"] == (pytest.approx(1 / 3), 3)


def test_drcd_has_two_parts_in_traditional_characters(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "drcd").mkdir()
    for part, year in (("dev", 1987), ("test", 1990)):
        text = f"風箏節始於{year}年，由林四郎發起。"
        _write(tmp_path / "drcd", f"drcd_{part}.contexts.jsonl",
               {"context_id": f"{part}-1", "title": "風箏", "context": text})  # fmt: skip
        _write(tmp_path / "drcd", f"drcd_{part}.questions.jsonl",
               {"id": f"{part}-1-1", "context_id": f"{part}-1", "question": "風箏節始於哪一年?",
                "answers": [f"{year}年", f"{year}年"], "answer_starts": [5, 5]})  # fmt: skip
    suite = open_public("drcd", tmp_path)
    assert [case.kind for case in suite.cases] == ["dev", "test"]
    assert [case.answers for case in suite.cases] == [("1987年",), ("1990年",)]
    dev, test = _ask(suite, embedder, tmp_path)
    assert [hit.report for hit in dev.prediction.hits] == ["drcd-dev-1"]
    assert [hit.report for hit in test.prediction.hits] == ["drcd-test-1"]
    assert dev.prediction.error is None


def _nomiracl(folder: Path) -> Path:
    passages = [{"docid": "7#0", "title": "风筝节", "text": KITES},
                {"docid": "8#0", "title": "灯会", "text": LAMPS}]  # fmt: skip
    _write(
        folder, "nomiracl_zh_half.jsonl",
        {"id": "1#0", "answerable": True, "question": "白石灯会展出灯笼多少盏?",
         "passages": passages, "baseline_outputs": {}},
        {"id": "2#0", "answerable": False, "question": "赤岭的水库哪年建成?", "passages": passages},
    )  # fmt: skip
    return folder


def test_nomiracl_counts_who_answers_and_who_refuses(tmp_path: Path, embedder: Embedder) -> None:
    suite = open_public("nomiracl", _nomiracl(tmp_path))
    assert suite.cases[0].index == ("nomiracl-7-0", "nomiracl-8-0")
    assert suite.reports[1].source == f"灯会\n{LAMPS}"
    found = _values(_ask(suite, embedder, tmp_path), "nomiracl")
    assert found["hallucination rate"] == (0.0, 1)
    assert found["error rate"] == (0.0, 1)
    assert found["due"] == (1.0, 2)
    wrong = _made(suite, Prediction("1#0", "不知道", abstained=True), Prediction("2#0", "1987年"))
    assert _values(wrong, "nomiracl")["hallucination rate"] == (1.0, 1)
    assert _values(wrong, "nomiracl")["error rate"] == (1.0, 1)
    crashed = _made(suite, Prediction("1#0", error="x"), Prediction("2#0", error="x"))
    assert _values(crashed, "nomiracl")["due"] == (0.0, 2)
    assert _values(crashed, "nomiracl")["error rate"] == (1.0, 1)


FIRST = "青禾公司成立于2001年。\n2017年2月，公司以1.2亿元收购草莓公司。此后公司发展平稳。"
SECOND = "白石公司成立于2003年。\n2018年1月，公司以5000万元收购苹果公司。"


def _span(text: str, doc_id: int, quote: str) -> dict[str, int]:
    start = text.index(quote)
    return {"doc_id": doc_id, "start": start, "end": start + len(quote)}


def _dragonball(folder: Path) -> Path:
    _write(
        folder, "docs_zh.jsonl", {"doc_id": 0, "content": FIRST}, {"doc_id": 1, "content": SECOND}
    )
    bought = "2017年2月，公司以1.2亿元收购草莓公司。"
    apple = "2018年1月，公司以5000万元收购苹果公司。"
    _write(
        folder, "queries_zh_half.jsonl",
        {"id": 5, "type": "对比", "question": "青禾公司和白石公司收购各花了多少钱?", "doc_ids": [0, 1],
         "answer": "1.2亿元和5000万元。",
         "keypoints": ["1. 青禾公司2017年2月花了1.2亿元。", "2. 白石公司花了5000万元。",
                       "3. 青禾公司花得更多。"],
         "references": [bought, apple, "这一句没有"],
         "reference_spans": [_span(FIRST, 0, bought), _span(SECOND, 1, apple), None],
         "unanswerable": False},
        {"id": 6, "type": "无解", "question": "青禾公司何时收购了赤岭公司?", "doc_ids": [0],
         "answer": "无法回答", "keypoints": ["无法回答"], "references": [], "reference_spans": [],
         "unanswerable": True},
    )  # fmt: skip
    return folder


def test_dragonball_asks_all_documents_together(tmp_path: Path, embedder: Embedder) -> None:
    suite = open_public("dragonball", _dragonball(tmp_path))
    compared, nothing = suite.cases
    assert compared.index == nothing.index == ("dragonball-0", "dragonball-1")
    assert [e.report for e in compared.evidence] == ["dragonball-0", "dragonball-1"]
    assert nothing.keypoints == ()
    scored = _ask(suite, embedder, tmp_path)
    # Which of the documents are searched is the system's affair; here, that they are there.
    assert {hit.report for hit in scored[0].prediction.hits} <= set(compared.index)
    assert scored[0].prediction.hits
    assert [each.prediction.error for each in scored] == [None, None]


def _hit(rank: int, report: str, paragraph: int) -> Source:
    return Source(rank, report, paragraph, "x", 0, 1)


def test_references_are_counted_as_sentences_and_as_characters(tmp_path: Path) -> None:
    suite = open_public("dragonball", _dragonball(tmp_path))
    hits = (_hit(1, "dragonball-0", 1), _hit(2, "dragonball-0", 2))
    answer = "青禾公司2017年2月花了1.2亿元，白石公司花了6000万元。"
    found = _values(
        _made(suite, Prediction("5", answer, hits=hits), Prediction("6", abstained=True)),
        "dragonball",
    )
    assert found["sentence recall@5"] == (1 / 2, 1)
    assert found["AllEvidence@5"] == (0.0, 1)
    # 24 characters of the reference, by 12 of the first paragraph and 32 of the second
    first, second = (len(line) for line in FIRST.splitlines())
    assert found["EIR@5"] == (
        pytest.approx(len("2017年2月，公司以1.2亿元收购草莓公司。") / (first + second)),
        1,
    )
    # two of the three keypoints have figures, and one of these is stated whole
    assert found["completeness"] == (1 / 2, 1)
    assert found["abstained on unanswerable"] == (1.0, 1)


def test_the_figures_of_a_keypoint_are_its_amounts_and_dates() -> None:
    assert figures_in("2. 公司于2017年2月花了1.2亿元，增长6%。") == ("1.2亿元", "6%", "2017年2月")
    assert figures_in("3. 青禾公司花得更多。") == ()


def _keypoints(*keypoints: str) -> Case:
    return Case(id="a", kind="k", question="?", answers=("x",), keypoints=keypoints)


@pytest.mark.parametrize(
    ("answer", "share"),
    [("花了1.2亿元", 1.0), ("花了12000万元", 1.0), ("花了11.2亿元", 0.0), ("花了1.2亿美元", 0.0)],
)
def test_a_keypoint_is_stated_only_with_the_same_amount(
    tmp_path: Path, answer: str, share: float
) -> None:
    suite = open_public("dragonball", _dragonball(tmp_path))
    case = _keypoints("花了1.2亿元").model_copy(update={"reports": suite.cases[0].reports})
    (scored,) = _made(replace(suite, cases=(case,)), Prediction("a", answer))
    assert completeness(scored) == share


def test_the_command_asks_a_public_set_and_scores_it_again_from_its_folder(tmp_path: Path) -> None:
    _cmrc(tmp_path)

    def eval_(*arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "qa.cli", "eval", *arguments],
            capture_output=True, text=True, cwd=tmp_path, check=False,
            env={**os.environ, "REPORT_QA_DATA_DIR": str(tmp_path / "data")},
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    told = eval_("public", "--data", ".", "--set", "cmrc2018", "--output", "run.jsonl")
    assert "3 asked" in told
    assert "character F1" in told
    assert "trusted" not in told
    assert eval_("score", "run.jsonl", "--data", ".") in told
    eval_("report", "run.jsonl", "--data", ".")
    assert "numeric match" in (tmp_path / "run.html").read_text("utf-8")
    compared = eval_("compare", "run.jsonl", "run.jsonl", "--data", ".")
    assert "losses in character F1 (0): none" in compared
    assert "name its folder" in eval_("score", "run.jsonl", status=1)
    assert "dragonball" in eval_("public", "--data", ".", "--set", "squad", status=2)
    assert "2025年北京市" in eval_("run", "--reports", ".", status=1)


def test_a_missing_or_malformed_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PublicSetError, match=r"neither in .* nor in"):
        open_public("nomiracl", tmp_path)
    _cmrc(tmp_path)
    path = tmp_path / "cmrc2018_trial.jsonl"
    path.write_text(path.read_text("utf-8") + '{"id": "K_9"}\n', "utf-8")
    with pytest.raises(PublicSetError, match=r"cmrc2018_trial.jsonl, line 4"):
        open_public("cmrc2018", tmp_path)
    with pytest.raises(SuiteError, match="name its folder"):
        open_suite("cmrc2018")
    with pytest.raises(SuiteError, match="cmrc2018"):
        open_suite("squad", tmp_path)


def test_a_sample_is_the_same_each_time_and_a_version_tells_the_files(tmp_path: Path) -> None:
    cases = [_keypoints().model_copy(update={"id": f"case-{n}"}) for n in range(50)]
    chosen = sample(cases, 10)
    assert len(chosen) == 10
    assert chosen == [case for case in cases if case in chosen]
    assert {c.id for c in sample(cases[::-1], 10)} == {c.id for c in chosen}
    assert sample(cases, None) == cases
    before = open_public("cmrc2018", _cmrc(tmp_path))
    assert open_public("cmrc2018", tmp_path, limit=1).version == before.version
    path = tmp_path / "cmrc2018_trial.jsonl"
    path.write_text(path.read_text("utf-8").replace("300盏", "301盏"), "utf-8")
    assert open_public("cmrc2018", tmp_path).version != before.version
