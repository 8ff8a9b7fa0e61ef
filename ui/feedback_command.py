"""The verb `report-qa feedback export`."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ui.feedback import Entry, FeedbackLog, default_path
from ui.markup import plain

app = typer.Typer(help="访问者的评价和未能回答的问题。", no_args_is_help=True)


class Form(StrEnum):
    """How entries are written."""

    CSV = "csv"
    JSONL = "jsonl"


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
    """输出所有记录；jsonl 可以直接作为 ask --batch 的输入。"""
    entries = FeedbackLog(file or default_path()).entries()
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
