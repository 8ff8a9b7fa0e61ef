"""What can be run: a named set of cases with the reports that they ask.

The benchmark ships with all that it asks. The provinces' reports do not: they are read
from a folder that is given, like the public sets (`eval.public`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eval.cases import DATA, VERSION, Case, benchmark_reports, load_cases, resolve
from vectorstore.errors import ReportQAError
from vectorstore.reading import builtin_path, read_report, read_reports
from vectorstore.report import Report

BENCHMARK, PROVINCES = "benchmark", "provinces-2025"
PROVINCES_VERSION = "provinces-2025.1"
PROVINCES_FINGERPRINT = "34aab4bc9a331bb9168410a5334c0ba72be6ebc27d988c55b0b2913e045a7de0"
PROVINCES_DATA = DATA / "provinces_2025"
_REGIONS = (
    "北京市",
    "上海市",
    "重庆市",
    "广东省",
    "浙江省",
    "四川省",
    "河南省",
    "贵州省",
    "吉林省",
)
PROVINCES_REPORTS = (*(f"2025年{region}政府工作报告" for region in _REGIONS), builtin_path().stem)


class SuiteError(ReportQAError):
    """A suite that is not known, or lacks what it asks."""


@dataclass(frozen=True, slots=True)
class Suite:
    """A set of cases of one version, with the reports that they ask."""

    name: str
    version: str
    cases: tuple[Case, ...]
    reports: tuple[Report, ...]


def benchmark(split: str | None = None) -> Suite:
    """Return the benchmark that ships with the package, or a split of it."""
    return Suite(BENCHMARK, VERSION, load_cases(split), benchmark_reports())


def provinces(folder: Path, split: str | None = None) -> Suite:
    """Return the cases over nine reports of 2025 and the built-in one, all asked together.

    Raises:
        SuiteError: `folder` lacks one of the reports, or it cannot be read.
        CaseError: a report does not say what a case quotes of it.
    """
    found = {r.report.id: r.report for r in read_reports(folder) if r.report} | {
        builtin_path().stem: read_report(builtin_path())
    }
    missing = [report_id for report_id in PROVINCES_REPORTS if report_id not in found]
    if missing:
        raise SuiteError(
            f"{folder} lacks the reports {', '.join(missing)}; expected files of these names, "
            "with any suffix that can be read."
        )
    reports = tuple(found[report_id] for report_id in PROVINCES_REPORTS)
    cases = tuple(
        case.model_copy(update={"reports": PROVINCES_REPORTS})
        for case in load_cases(split, PROVINCES_DATA)
    )
    for case in cases:
        resolve(case, reports)
    return Suite(PROVINCES, PROVINCES_VERSION, cases, reports)
