"""The command line: `report-qa ask | chat | search | index | export | figures | doctor | …`.

Verbs of the packages above this one (`serve`, `eval`) join through the entry-point
group `report_qa.commands`.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from qa import library_cli
from qa.terminal import Chroma, Here, Reports, open_qa, show_progress
from vectorstore.errors import BatchError, ReportQAError

if TYPE_CHECKING:
    from qa.answer import Answer
    from qa.service import ReportQA
    from qa.table import Table
    from vectorstore.figures import Figure

app = typer.Typer(
    name="report-qa", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="政府工作报告问答：每句话都有出处。Questions over Chinese government work reports.",
)  # fmt: skip


Region = Annotated[str | None, typer.Option("--region", help="地区，如 四川；默认为所有地区。")]
Year = Annotated[int | None, typer.Option("--year", help="所说的年份，如 2024。")]


class Format(StrEnum):
    """How a table is printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class Wanted(StrEnum):
    """Which figures are wanted."""

    ACTUAL = "actual"
    TARGET = "target"


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="问题。")] = None,
    reports: Reports = None,
    chroma: Chroma = None,
    here: Here = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出一个 JSON 对象。")] = False,
    batch: Annotated[
        Path | None, typer.Option("--batch", help="一行一个问题的 JSONL 文件。")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", help="批量答案的 JSONL 文件。")] = None,
) -> None:
    """回答一个问题，或一个文件里的所有问题。"""
    if batch is not None:
        if output is None or question is not None:
            raise BatchError("批量问答需要 --batch 和 --output，不能再带问题。")
        _batch(open_qa(reports, chroma), batch, output)
        return
    if question is None:
        raise typer.BadParameter("请给出一个问题，或用 --batch 给出一个文件。")
    answer = open_qa(reports, chroma).ask(question, here=here)
    if as_json:
        from qa.batch import record

        print(json.dumps(record(answer), ensure_ascii=False))
    else:
        _show(answer)


def _batch(qa: ReportQA, source: Path, output: Path) -> None:
    from qa.batch import run_batch

    failed: list[BatchError] = []
    answered = run_batch(qa, source, output, failed.append)
    print(f"已回答 {answered} 个问题 → {output}", file=sys.stderr)
    if failed:
        raise BatchError("\n".join(str(error) for error in failed))


def _show(answer: Answer) -> None:
    print(answer.text)
    if answer.note:
        print(f"  （{answer.note}）")
    if answer.table is not None:
        _show_table(answer.table)
    for citation in answer.citations:
        print(f"  [{citation.number}] {citation.passage.label}：{citation.quote}")


def _show_table(table: Table) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid(title=Text(table.title), box=box.SIMPLE)
    for column in ("", *table.columns):
        grid.add_column(Text(column))
    for row in table.rows:
        cells = [
            f"{cell.text or cell.missing}{f' [{cell.citation.number}]' if cell.citation else ''}"
            for cell in row.cells
        ]
        grid.add_row(Text(row.label), *map(Text, cells))
    Console().print(grid)
    if table.note:
        print(f"  {table.note}")


@app.command()
def chat(reports: Reports = None, chroma: Chroma = None, here: Here = None) -> None:
    """在终端里连续提问；空行或 Ctrl-D 结束。"""
    from qa.conversation import Turn

    qa = open_qa(reports, chroma)
    history: list[Turn] = []
    while True:
        try:
            question = input("问：").strip()
        except (EOFError, KeyboardInterrupt):
            break
        if not question:
            break
        answer = qa.ask(question, history, here=here)
        _show(answer)
        history += [Turn("user", question), Turn("assistant", answer.text)]


@app.command()
def search(
    query: str,
    reports: Reports = None,
    chroma: Chroma = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="段落数。")] = 10,
    region: Region = None,
    year: Year = None,
) -> None:
    """查找与词语最相近的段落。"""
    for hit in open_qa(reports, chroma).search(query, k, region=region, year=year):
        print(f"{hit.rank:>2}  {hit.passage.label}  {hit.quote}")


@app.command()
def figures(
    reports: Reports = None,
    chroma: Chroma = None,
    indicator: Annotated[str | None, typer.Option(help="指标名称中的词。")] = None,
    kind: Annotated[Wanted | None, typer.Option(help="实际值或目标值。")] = None,
    form: Annotated[Format, typer.Option("--format", help="输出格式。")] = Format.TABLE,
    region: Region = None,
    year: Year = None,
) -> None:
    """列出报告中的指标数据。"""
    found = open_qa(reports, chroma).figures(
        indicator, kind.value if kind else None, region=region, year=year
    )
    rows = [_row(figure) for figure in found]
    if form is Format.JSON:
        print(
            json.dumps([dict(zip(_COLUMNS, row, strict=True)) for row in rows], ensure_ascii=False)
        )
    elif form is Format.CSV:
        writer = csv.writer(sys.stdout)
        writer.writerows([_COLUMNS, *rows])
    else:
        _table(rows)


_COLUMNS = ("report", "paragraph", "period", "kind", "indicator", "aspect", "value", "unit", "text")


def _row(figure: Figure) -> tuple[str, ...]:
    quantity, passage = figure.quantity, figure.passage
    return (
        passage.report_id, str(passage.number), figure.period, figure.kind.value, figure.indicator,
        figure.aspect.value, str(quantity.value), quantity.unit, quantity.text,
    )  # fmt: skip


def _table(rows: Sequence[tuple[str, ...]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("段", "年份", "类别", "指标", "数值", box=box.SIMPLE)
    for row in rows:
        table.add_row(row[1], row[2], row[3], Text(row[4]), Text(row[8]))
    Console().print(table)


@app.command()
def doctor(reports: Reports = None, chroma: Chroma = None) -> None:
    """检查安装、模型和索引，并说明如何修复。"""
    from qa.doctor import examine
    from qa.settings import Settings

    settings = Settings()
    if chroma is not None:
        settings = settings.model_copy(update={"chroma": chroma})
    ill = 0
    for finding in examine(settings, reports):
        print(f"{'✓' if finding.well else '✗'} {finding.name}：{finding.text}")
        ill += not finding.well
    print("一切正常。" if not ill else f"有 {ill} 处需要处理，见上面标 ✗ 的各行。")
    raise typer.Exit(1 if ill else 0)


app.command()(library_cli.index)
app.command()(library_cli.export)
app.command("import")(library_cli.import_)

model = typer.Typer(no_args_is_help=True, help="本机语言模型。")
app.add_typer(model, name="model")


@model.callback()
def _model() -> None:
    """本机语言模型。"""


@model.command()
def fetch(
    name: Annotated[
        Literal["local", "local-1.5b"],
        typer.Argument(help="local（0.5B，约 490 MB）或 local-1.5b（约 1.1 GB，更好，慢三倍）。"),
    ] = "local",
) -> None:
    """取得一个小模型，放进数据文件夹，供 REPORT_QA_MODEL 使用。"""
    from qa import local_model
    from qa.settings import Settings

    chosen = local_model.LOCAL[name]
    path = local_model.fetch(Settings().data_dir, partial(show_progress, what="模型"), chosen)
    print(f"模型在 {path}\n使用：REPORT_QA_MODEL={name} report-qa ask …")


def _join_verbs() -> None:
    """Mount the verbs of other packages: a function is a command, a Typer a group."""
    for point in entry_points(group="report_qa.commands"):
        verb: typer.Typer | Callable[..., object] = point.load()
        if isinstance(verb, typer.Typer):
            app.add_typer(verb, name=point.name)
        else:
            app.command(point.name)(verb)


def main() -> None:
    """Run the command line; an error of a user's making is one message and status 1."""
    _join_verbs()
    try:
        app()
    except ReportQAError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
