"""A report that a visitor brings: read, shown as it was understood, indexed for this visit."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from qa import ReportQA
from qa.settings import Settings
from ui.markup import tag
from ui.reader import headings
from ui.texts import Texts
from vectorstore.errors import ReadingError
from vectorstore.figures import extract
from vectorstore.reading import SUFFIXES, read_report
from vectorstore.report import Report

# An archive holds several reports; here it is one.
UPLOADED = tuple(suffix for suffix in SUFFIXES if suffix != ".zip")
MOST_MEGABYTES = 5


@dataclass(frozen=True, slots=True)
class Uploads:
    """Whether visitors may bring reports, and the folder where those they ask are kept.

    Nothing that the server runs reads that folder: the operator looks at what is
    there, and indexes what others shall be able to ask.
    """

    taken: bool = True
    kept: Path | None = None


class Brought:
    """One visitor's report in a folder of its own, which goes with it."""

    def __init__(self, file: Path, texts: Texts) -> None:
        """Read the uploaded file and delete the upload.

        Raises:
            ReadingError: it is too large, of another kind, or no report.
        """
        self._folder = TemporaryDirectory(prefix="report-qa-")
        self._path = Path(self._folder.name) / file.name
        try:
            _check(file, texts)
            shutil.copyfile(file, self._path)
        finally:
            file.unlink(missing_ok=True)
        self.report = read_report(self._path)
        if not any(passage.section for passage in self.report.passages):
            raise ReadingError(texts.no_sections.format(file.name))
        self.qa: ReportQA | None = None

    def index(self) -> None:
        """Index the report, so that it can be asked."""
        settings = Settings(data_dir=Path(self._folder.name) / "data")
        self.qa = ReportQA.open(self._path, settings=settings)

    def keep(self, folder: Path) -> None:
        """Copy the file under `folder`, into a folder named by what is in it."""
        digest = hashlib.sha256(self._path.read_bytes()).hexdigest()[:16]
        place = folder / digest
        place.mkdir(parents=True, exist_ok=True)
        unfinished = place / ".unfinished"
        shutil.copyfile(self._path, unfinished)
        unfinished.replace(place / self._path.name)

    def close(self) -> None:
        """Delete the report and its index."""
        self.qa = None
        self._folder.cleanup()


def _check(file: Path, texts: Texts) -> None:
    if file.suffix.lower() not in UPLOADED:
        raise ReadingError(texts.not_text.format(" ".join(UPLOADED)))
    megabytes = file.stat().st_size / 1e6
    if megabytes > MOST_MEGABYTES:
        raise ReadingError(texts.too_large.format(megabytes, MOST_MEGABYTES))


def understood(report: Report, texts: Texts) -> str:
    """Return what was understood of a report, to look at before it is indexed."""
    facts: Sequence[tuple[str, str]] = (
        (texts.report, report.title),
        (texts.region, report.region or texts.unknown),
        (texts.year, str(report.year or texts.unknown)),
        (texts.paragraphs, str(len(report.passages))),
        (texts.figures, str(len(extract(report)))),
    )
    listed = "".join(tag("dt", escape(name)) + tag("dd", escape(said)) for name, said in facts)
    outline = "".join(
        tag("li", escape(heading), class_=f"rq-level-{level}")
        for level, heading, _ in headings(report)
    )
    return tag(
        "section",
        tag("h2", escape(texts.understood))
        + tag("dl", listed)
        + tag("h3", escape(texts.outline))
        + tag("ol", outline),
        class_="rq-understood",
        tabindex=0,  # it scrolls
        aria_label=texts.understood,
    )
