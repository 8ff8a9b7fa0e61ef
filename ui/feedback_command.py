"""The verb `report-qa feedback export`."""

from __future__ import annotations

import csv
import json
import re
import sys
from dataclasses import asdict, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ui.feedback import Entry, FeedbackLog, default_path
from ui.markup import plain

_MARKER = re.compile(r"\[\d+\]")

app = typer.Typer(help="访问者的评价和未能回答的问题。", no_args_is_help=True)


class Form(StrEnum):
    """How entries are written."""

    CSV = "csv"
    JSONL = "jsonl"
    CASES = "cases"


@app.callback()
def feedback() -> None:
    """访问者的评价和未能回答的问题。"""


@app.command()
def export(
    form: Annotated[Form, typer.Option("--format", help="输出格式。")] = Form.CSV,
    file: Annotated[
        Path | None, typer.Option(help="记录文件；默认是数据文件夹里的 feedback.sqlite3。")
    ] = None,
) -> None:
    """输出记录；jsonl 可以直接作为 ask --batch 的输入，cases 是评测用例（只含有人判断过的）。"""
    entries = FeedbackLog(file or default_path()).entries()
    if form is Form.CASES:
        _print_cases(list(entries))
        return
    if form is Form.JSONL:
        for entry in entries:
            record = {
                **asdict(entry),
                "id": str(entry.id),
                "citations": json.loads(entry.citations),
            }
            print(json.dumps(record, ensure_ascii=False))
        return
    writer = csv.writer(sys.stdout)
    writer.writerow(field.name for field in fields(Entry))
    writer.writerows([plain(str(value)) for value in asdict(entry).values()] for entry in entries)


def _print_cases(entries: list[Entry]) -> None:
    """Print what visitors judged as cases of the benchmark, the last judgement of each question."""
    judged = {entry.question: case for entry in entries if (case := _case(entry))}
    for case in judged.values():
        print(json.dumps(case, ensure_ascii=False))
    left = len({entry.question for entry in entries} - judged.keys())
    if left:
        print(f"另有 {left} 个问题没有人判断过怎样答才对，未列入。", file=sys.stderr)


def _case(entry: Entry) -> dict[str, object] | None:
    """Return a case, where the judgement says what is right: a praised answer, or none to give."""
    case: dict[str, object] = {
        "id": f"feedback-{entry.id}",
        "kind": "feedback",
        "question": entry.question,
    }
    if entry.kind == "up" and not entry.reason:
        evidence = [{"report": report, "quote": quote} for report, _, quote in _cited(entry)]
        answer = _MARKER.sub("", entry.answer).rstrip("。. ")
        return {**case, "answers": [answer], "evidence": evidence} if evidence else None
    if entry.kind == "up" or entry.complaint == "should_refuse":
        return {**case, "answerable": False, "near_miss": entry.comment}
    return None


def _cited(entry: Entry) -> list[tuple[str, int, str]]:
    return [(report, paragraph, quote) for report, paragraph, quote in json.loads(entry.citations)]
