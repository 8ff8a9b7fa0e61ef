"""The rows of a public set, as its files have them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from vectorstore.errors import ReportQAError


class PublicSetError(ReportQAError):
    """A public set whose files are not there, or are not of the form expected."""


class Row(BaseModel):
    """One row; what the adapter does not need is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)


AnyRow = TypeVar("AnyRow", bound=Row)


def rows(path: Path, kind: type[AnyRow]) -> Iterator[AnyRow]:
    """Yield the rows of a JSONL file.

    Raises:
        PublicSetError: a row is not of this kind; the message names its line.
    """
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                yield kind.model_validate_json(line)
            except ValidationError as error:
                raise PublicSetError(f"{path.name}, line {number}: {error}") from error


def located(folder: Path, set_name: str, *names: str) -> list[Path]:
    """Return the files of a set, which lie in `folder` or in a folder of the set's name in it.

    Raises:
        PublicSetError: one of them is in neither.
    """
    found = []
    for name in names:
        places = [folder / name, folder / set_name / name]
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            raise PublicSetError(
                f"The set {set_name} needs the file {name}; it is neither in {folder} "
                f"nor in {folder / set_name}. The README says where the sets come from."
            )
        found.append(path)
    return found
