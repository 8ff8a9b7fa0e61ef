"""Which reports there are: by region, and by the year that one reviews or plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.question import is_english
from vectorstore.report import Report


def in_edition(text: str, year: int) -> str:
    """Put a question to the report of a year by name."""
    return f"In the {year} report, {text}" if is_english(text) else f"{year}年报告中，{text}"


@dataclass(frozen=True)
class Editions:
    """The reports that can be asked, by region and year."""

    reports: tuple[Report, ...]

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """The regions that there are reports of, in the order of the reports."""
        return tuple(dict.fromkeys(report.region for report in self.reports if report.region))

    @cached_property
    def unplaced(self) -> tuple[Report, ...]:
        """The reports that name no region of their own."""
        return tuple(report for report in self.reports if not report.region)

    def named(self, name: str) -> Report | None:
        """Return the report of this id, or the newest of the region of this name."""
        by_id = [report for report in self.reports if report.id == name]
        return next(iter(by_id or self.of(name)), None)

    def of(self, region: str) -> tuple[Report, ...]:
        """Return the reports of one region, newest first."""
        return self._by_region.get(region, ())

    @cached_property
    def _by_region(self) -> dict[str, tuple[Report, ...]]:
        found: dict[str, list[Report]] = {}
        for report in sorted(self.reports, key=lambda report: report.year or 0, reverse=True):
            if report.region:
                found.setdefault(report.region, []).append(report)
        return {region: tuple(reports) for region, reports in found.items()}

    def edition(self, region: str, year: int) -> Report | None:
        """Return the report that a region gave in `year`."""
        return next((report for report in self.of(region) if report.year == year), None)

    def on(self, region: str, year: int, *, aimed: bool) -> Report | None:
        """Return the report of a region that speaks of `year`: its review, or its plan if `aimed`.

        The other of the two serves where the one is not there.
        """
        review, plan = self.edition(region, year + 1), self.edition(region, year)
        return plan or review if aimed else review or plan

    def nearest(self, region: str, year: int) -> tuple[Report, ...]:
        """Return the reports of one region, those given about `year` first."""
        return tuple(sorted(self.of(region), key=lambda report: abs((report.year or 0) - year)))

    def chosen(self, region: str | None, year: int | None) -> tuple[Report, ...]:
        """Return the reports of a region (all: `None`) that review or plan a year (any: `None`)."""
        return tuple(
            report
            for report in self.reports
            if region in (None, report.region)
            and (year is None or report.year is None or year in (report.year, report.year - 1))
        )

    def told(self, *, english: bool, regions: Sequence[str] = ()) -> str:
        """Say shortly which reports there are (of `regions`): «重庆（2020、2025年）、四川（2025年）»."""
        there: dict[tuple[int, ...], list[str]] = {}
        for region in regions or self.regions:
            years = tuple(sorted(report.year for report in self.of(region) if report.year))
            there.setdefault(years, []).append(region)
        if english:
            from qa.places import english_name

            return "; ".join(
                f"{', '.join(map(english_name, named))} ({', '.join(map(str, years))})"
                for years, named in there.items()
            )
        return "；".join(
            f"{'、'.join(named)}（{'、'.join(map(str, years))}年）" if years else "、".join(named)
            for years, named in there.items()
        )
