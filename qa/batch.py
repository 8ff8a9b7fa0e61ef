"""A file of questions -> a file of answers, one JSON object a line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from qa.answer import Answer
from qa.conversation import Turn
from qa.service import ReportQA
from qa.table import Cell, Table
from vectorstore.errors import BatchError, QuestionError


class _Message(BaseModel):
    role: Literal["user", "assistant"]
    content: str


class _Line(BaseModel):
    id: str
    question: str
    history: list[_Message] = []


def record(answer: Answer) -> dict[str, Any]:
    """Return an answer as the JSON object that the batch form and `ask --json` print.

    Where a language model was asked, `note` and `generation` tell what came of it and
    what it took; without one the object is the same as ever.
    """
    written = (
        {"note": answer.note, "generation": asdict(answer.generation)} if answer.generation else {}
    )
    return {
        "text": answer.text,
        "abstained": answer.abstention is not None,
        "reason": answer.abstention.reason.value if answer.abstention else None,
        "citations": [
            {
                "number": c.number,
                "report": c.passage.report_id,
                "paragraph": c.passage.number,
                "section": " › ".join(c.passage.section_at(c.span.start)),
                "quote": c.quote,
                "start": c.span.start,
                "end": c.span.end,
            }
            for c in answer.citations
        ],
        "seconds": answer.seconds,
        "table": _tabled(answer.table) if answer.table else None,
        **written,
    }


def _tabled(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": list(table.columns),
        "note": table.note,
        "rows": [
            {
                "label": row.label,
                "region": row.region,
                "year": row.year,
                "report": row.report,
                "cells": [_cell(cell) for cell in row.cells],
            }
            for row in table.rows
        ],
    }


def _cell(cell: Cell) -> dict[str, Any]:
    """Return a cell: its value exact, as a decimal in words, beside the text of the report."""
    quantity = cell.quantity
    return {
        "text": cell.text,
        "value": str(quantity.value) if quantity else None,
        "upper": str(quantity.upper) if quantity and quantity.upper is not None else None,
        "unit": quantity.unit if quantity else None,
        "bound": quantity.bound.value if quantity and quantity.bound else None,
        "citation": cell.citation.number if cell.citation else None,
        "missing": cell.missing or None,
    }


def run_batch(
    qa: ReportQA, source: Path, output: Path, on_error: Callable[[BatchError], None]
) -> int:
    """Answer every line of `source` into `output`; return how many were answered.

    A malformed line is handed to `on_error`, named by its number, and left out; the
    others are still answered. The output appears only when it is complete.

    Raises:
        BatchError: the files cannot be read or written.
    """
    partial = output.with_name(output.name + ".partial")
    answered = 0
    try:
        with source.open(encoding="utf-8") as lines, partial.open("w", encoding="utf-8") as out:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    out.write(_answered(qa, number, line) + "\n")
                    answered += 1
                except BatchError as error:
                    on_error(error)
        os.replace(partial, output)
    except (OSError, UnicodeDecodeError) as error:
        raise BatchError(
            f"批量问答的文件读写失败：{error}。输入应为 UTF-8 的 JSONL 文件，输出所在文件夹应可写。"
        ) from error
    return answered


def _answered(qa: ReportQA, number: int, line: str) -> str:
    try:
        asked = _Line.model_validate_json(line)
        turns = [Turn(m.role, m.content) for m in asked.history]
        answer = qa.ask(asked.question, turns)
    except ValidationError as error:
        found = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3])
        raise BatchError(
            f"第 {number} 行不合格式：{found}。"
            '每行应为 {"id": "…", "question": "…", "history": […]}。'
        ) from error
    except QuestionError as error:
        raise BatchError(f"第 {number} 行：{error}") from error
    return json.dumps({"id": asked.id, **record(answer)}, ensure_ascii=False)
