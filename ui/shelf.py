"""What one visitor can ask: the reports that are served, or one that the visitor brought."""

from __future__ import annotations

from dataclasses import dataclass

from qa import ReportQA
from ui.upload import Brought
from vectorstore.report import Report


@dataclass(frozen=True, slots=True)
class Shelf:
    """The served reports and, once it is indexed, the visitor's own, which then is asked."""

    served: ReportQA
    brought: Brought | None = None

    @property
    def asked(self) -> ReportQA:
        """Who answers this visitor."""
        return (self.brought and self.brought.qa) or self.served

    @property
    def reports(self) -> tuple[Report, ...]:
        """Every report that this visitor may read, those asked first."""
        own = () if self.asked is self.served else self.asked.reports
        return (*own, *self.served.reports)

    def report(self, report_id: str) -> Report | None:
        """Return the report with this id, or `None`."""
        return next((report for report in self.reports if report.id == report_id), None)
