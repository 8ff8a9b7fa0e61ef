"""What is said where there is no answer, by reason and language; an operator can change it."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from qa.answer import Reason
from qa.packaged import packaged
from vectorstore.errors import ReportQAError

_Words = dict[Reason, Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]]


class WordingError(ReportQAError):
    """The file with the words of refusals cannot be read, or holds anything else."""


class RefusalWords(BaseModel):
    """The first sentence of a refusal; what comes closest is said after it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chinese: _Words = {}
    english: _Words = {}

    @classmethod
    def open(cls, path: Path | None) -> Self:
        """Return the words of the file at `path`, and ours for what it leaves out.

        Raises:
            WordingError: see there.
        """
        ours = cls.model_validate(_ours())
        if path is None:
            return ours
        try:
            own = cls.model_validate(tomllib.loads(path.read_text("utf-8")))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise WordingError(f"读不了拒答用语文件 {path}：{error}") from error
        except ValidationError as error:
            found = "; ".join(".".join(map(str, e["loc"])) for e in error.errors()[:3])
            raise WordingError(
                f"{path} 里有不认识的内容：{found}。应当是 [chinese] 和 [english] 两节，"
                f"每节可有：{'、'.join(Reason)}，值是文字。"
            ) from error
        return cls(chinese=ours.chinese | own.chinese, english=ours.english | own.english)

    def of(self, reason: Reason, *, english: bool) -> str:
        """Return what is said for a reason."""
        return (self.english if english else self.chinese)[reason]


@cache
def _ours() -> dict[str, dict[str, str]]:
    return packaged("refusals.toml")
