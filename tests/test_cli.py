"""The command line as a user meets it: real processes, real exit statuses."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture
def run(data_dir: Path, qa: object):
    def run(*arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "qa.cli", *arguments],
            capture_output=True,
            text=True,
            env={**os.environ, "REPORT_QA_DATA_DIR": str(data_dir), "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def test_ask_json_is_one_object_with_the_fields_of_the_contract(run) -> None:
    answer = json.loads(run("ask", "2019年GDP增长多少?", "--json").stdout)
    assert set(answer) == {"text", "abstained", "reason", "citations", "table", "seconds"}
    citation = answer["citations"][0]
    assert set(citation) == {"number", "report", "paragraph", "section", "quote", "start", "end"}
    assert citation["report"] == "2020年重庆市政府工作报告"
    assert "6.3%" in answer["text"]


def test_a_malformed_batch_line_is_named_and_the_others_are_answered(run, tmp_path: Path) -> None:
    source, output = tmp_path / "questions.jsonl", tmp_path / "answers.jsonl"
    first = {"id": "a", "question": "2019年GDP增长多少?"}
    last = {"id": "c", "question": "火星上有多少人?", "history": []}
    source.write_text(f"{json.dumps(first)}\n{{broken\n{json.dumps(last)}\n", encoding="utf-8")
    done = run("ask", "--batch", str(source), "--output", str(output), status=1)
    assert "第 2 行" in done.stderr
    answers = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [a["id"] for a in answers] == ["a", "c"]
    assert answers[0]["reason"] is None
    assert answers[1]["abstained"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", "问" * 2001), "2000"),
        (("ask", "GDP?", "--reports", "nowhere"), "找不到"),
        (("ask", "--batch", "missing.jsonl", "--output", "x.jsonl"), "missing.jsonl"),
        (("index", "missing.txt"), "missing.txt"),
    ],
)
def test_errors_are_one_clear_message(run, arguments: tuple[str, ...], message: str) -> None:
    assert message in run(*arguments, status=1).stderr


def test_figures_as_csv(run) -> None:
    rows = run("figures", "--indicator", "地区生产总值", "--format", "csv").stdout.splitlines()
    assert rows[0].startswith("report,paragraph,period,kind,indicator")
    assert any("6.3%" in row for row in rows[1:])


def test_index_own_reports_and_ask_them(run, tmp_path: Path) -> None:
    report = tmp_path / "2031年青禾市政府工作报告.txt"
    report.write_text(
        "青禾市政府工作报告\n一、2030年工作回顾\n去年，建成公园12座，地区生产总值增长5.5%。\n",
        "utf-8",
    )
    run("index", str(report), "--to", str(tmp_path / "index"))
    done = run("ask", "2030年建成多少座公园?", "--reports", str(tmp_path / "index"))
    assert "12座" in done.stdout


def test_doctor_finds_all_well(run) -> None:
    assert "一切正常" in run("doctor").stdout


def test_doctor_names_a_damaged_file_of_an_index(run, tmp_path: Path) -> None:
    report = tmp_path / "青禾.txt"
    report.write_text("青禾市政府工作报告\n一、2030年工作回顾\n建成公园12座。\n", "utf-8")
    run("index", str(report), "--to", str(tmp_path / "index"))
    assert "一切正常" in run("doctor", "--reports", str(tmp_path / "index")).stdout
    (weights,) = (tmp_path / "index").glob("lexical/*/weights.npy")
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x7f")
    told = run("doctor", "--reports", str(tmp_path / "index"), status=1).stdout
    assert f"{weights} 已损坏" in told
    assert "--rebuild" in told
