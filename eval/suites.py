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

BENCHMARK = "benchmark"


@dataclass(frozen=True, slots=True)
class Library:
    """Cases over reports that a folder holds: their version, and the reports that are asked together."""

    name: str
    version: str
    fingerprint: str
    data: Path
    reports: tuple[str, ...]


def _reports_of(year: int, regions: str) -> tuple[str, ...]:
    return tuple(f"{year}年{region}政府工作报告" for region in regions.split())


_NINE = _reports_of(2025, "北京市 上海市 重庆市 广东省 浙江省 四川省 河南省 贵州省 吉林省")
PROVINCES = Library(
    "provinces-2025",
    "provinces-2025.1",
    "34aab4bc9a331bb9168410a5334c0ba72be6ebc27d988c55b0b2913e045a7de0",
    DATA / "provinces_2025",
    (*_NINE, builtin_path().stem),
)
WIDER = Library(
    "library-2026",
    "library-2026.3",
    "11b90b4ee67664a5142a0c63c99fb6a5b3c190fc51ca3d0a19d0d7d68d923407",
    DATA / "library_2026",
    (
        *PROVINCES.reports,
        *_reports_of(
            2026,
            "北京市 天津市 河北省 山西省 内蒙古自治区 吉林省 上海市 江苏省 浙江省 福建省 江西省 山东省 河南省 湖北省 "
            "重庆市 四川省 贵州省 云南省 西藏自治区 陕西省 甘肃省",
        ),
    ),
)
LIBRARIES = {library.name: library for library in (PROVINCES, WIDER)}


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


def over(library: Library, folder: Path, split: str | None = None) -> Suite:
    """Return the cases of a library over the reports in a folder and the built-in one, all together.

    Raises:
        SuiteError: `folder` lacks one of the reports, or it cannot be read.
        CaseError: a report does not say what a case quotes of it.
    """
    found = {r.report.id: r.report for r in read_reports(folder) if r.report} | {
        builtin_path().stem: read_report(builtin_path())
    }
    missing = [report_id for report_id in library.reports if report_id not in found]
    if missing:
        raise SuiteError(
            f"{folder} lacks the reports {', '.join(missing)}; expected files of these names, "
            "with any suffix that can be read."
        )
    reports = tuple(found[report_id] for report_id in library.reports)
    cases = tuple(
        case.model_copy(update={"reports": library.reports})
        for case in load_cases(split, library.data)
    )
    for case in cases:
        resolve(case, reports)
    return Suite(library.name, library.version, cases, reports)
