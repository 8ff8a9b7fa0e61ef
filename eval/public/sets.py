"""The public sets by name, each opened as a suite."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from eval.cases import Case, Evidence
from eval.public.dragonball import dragonball
from eval.public.nomiracl import nomiracl
from eval.public.reading_comprehension import cmrc2018, drcd
from eval.suites import Suite
from vectorstore.reading import read_report
from vectorstore.report import Report

SETS: dict[str, Callable[[Path], tuple[list[Case], dict[str, str]]]] = {
    "cmrc2018": cmrc2018,
    "drcd": drcd,
    "nomiracl": nomiracl,
    "dragonball": dragonball,
}


def open_public(name: str, folder: Path, limit: int | None = None) -> Suite:
    """Return a public set as a suite, or a sample of `limit` of its cases, the same each time.

    Its version is a hash of all that it asks and of what is asked.

    Raises:
        PublicSetError: the files are not there, or not of the form expected.
    """
    cases, documents = SETS[name](folder)
    version = f"{name}@{_hash(cases, documents)}"
    chosen = sample(cases, limit)
    needed = {id_ for case in chosen for id_ in case.index}
    reports = _as_reports(name, {id_: documents[id_] for id_ in documents if id_ in needed})
    return Suite(name, version, tuple(_renamed(case, name) for case in chosen), reports)


def sample(cases: list[Case], limit: int | None) -> list[Case]:
    """Return `limit` of the cases in their order, chosen by a hash of their ids."""
    drawn = sorted(cases, key=lambda case: hashlib.sha256(case.id.encode()).digest())[:limit]
    ids = {case.id for case in drawn}
    return [case for case in cases if case.id in ids]


def _hash(cases: list[Case], documents: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for case in cases:
        digest.update(case.model_dump_json(exclude={"reports"}).encode())
    digest.update(json.dumps(documents, ensure_ascii=False, sort_keys=True).encode())
    return digest.hexdigest()[:12]


def _report_id(name: str, document: str) -> str:
    """Return the id of a document's report: a name that a file can have."""
    return f"{name}-{re.sub(r'[^0-9A-Za-z_-]', '-', document)}"


def _renamed(case: Case, name: str) -> Case:
    """Return the case with the ids of reports in place of those of documents."""
    return case.model_copy(
        update={
            "reports": tuple(_report_id(name, id_) for id_ in case.reports),
            "evidence": tuple(
                Evidence(report=_report_id(name, each.report), quote=each.quote)
                for each in case.evidence
            ),
        }
    )


def _as_reports(name: str, documents: Mapping[str, str]) -> tuple[Report, ...]:
    """Read every document as the file of a report."""
    with TemporaryDirectory() as folder:
        read = []
        for id_, text in documents.items():
            path = Path(folder, f"{_report_id(name, id_)}.txt")
            path.write_text(text, "utf-8")
            read.append(read_report(path))
    return tuple(read)
