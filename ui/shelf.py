"""What one visitor can ask: the reports that are served, or one that the visitor brought."""

from __future__ import annotations

from dataclasses import dataclass

from qa import ReportQA
from vectorstore.report import Report


@dataclass(frozen=True, slots=True)
class Shelf:
    """The served reports and, if there is one, the visitor's own, which then is asked."""

    served: ReportQA
    own: ReportQA | None = None

    @property
    def asked(self) -> ReportQA:
        """Who answers this visitor."""
        return self.own or self.served

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report that this visitor may read, those asked first."""
        own = self.own.reports if self.own else ()
        return (*own, *self.served.reports)

    def report(self, report_id: str) -> Report | None:
        """Return the report with this id, or `None`."""
        return next((report for report in self.reports if report.id == report_id), None)
