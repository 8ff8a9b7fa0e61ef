"""The manifest: which report versions are live, and with which model they were embedded.

It is the one file that says what the index holds; replacing it puts a new state in force.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import asdict, dataclass

from vectorstore.embedding import Embedder
from vectorstore.errors import ForeignIndex, ModelMismatch, StoreError
from vectorstore.seal import Sealed

FORMAT = "report-qa index"
FORMAT_VERSION = 2
# The first format knew one place for vectors, of this name.
_FIRST_VECTORS = "chroma"


@dataclass(frozen=True, slots=True)
class Version:
    """One report version: the report's id and the hash of its content."""

    id: str
    hash: str

    @property
    def key(self) -> str:
        """The name of this version among the vectors."""
        return f"{self.id}@{self.hash}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """One committed state: the model, the live versions, where their vectors are.

    `lexical` is the generation of the terms, `vectors` the name of the place of the
    vectors: a rebuilt index has a new one, so that the old state lasts until it is whole.
    `files` are those of this state alone, as they must be found.
    """

    model: str
    dimension: int
    versions: tuple[Version, ...]
    lexical: str | None
    vectors: str
    files: tuple[Sealed, ...] = ()

    @property
    def line(self) -> str:
        """What the places of all states have in common that a version's vectors are the same in."""
        return self.vectors.split(".", 1)[0]

    @classmethod
    def empty(cls, embedder: Embedder) -> Manifest:
        """Return the manifest of an index that holds nothing yet, with a new place for vectors."""
        vectors = f"chroma-{secrets.token_hex(4)}"
        return cls(embedder.name, embedder.dimension, (), None, vectors)

    def check_model(self, embedder: Embedder, place: str, mend: str) -> None:
        """Refuse an embedder whose vectors cannot be compared with those of the index.

        Raises:
            ModelMismatch: the index was built with another embedding model.
        """
        if (self.model, self.dimension) != (embedder.name, embedder.dimension):
            raise ModelMismatch(
                f"{place} 里的索引是用向量模型 {self.model!r}（{self.dimension} 维）建立的，"
                f"现在选用的是 {embedder.name!r}（{embedder.dimension} 维）。"
                f"请改用 {self.model!r}；或者{mend}"
            )


def generation_of(versions: tuple[Version, ...]) -> str:
    """Name a generation of live versions: a rebuilt index has another one of the same."""
    name = hashlib.sha256("\n".join(v.key for v in versions).encode()).hexdigest()[:16]
    return f"{name}-{secrets.token_hex(2)}"


def dump(manifest: Manifest) -> str:
    """Write a manifest as JSON."""
    content = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "model": manifest.model,
        "dimension": manifest.dimension,
        "reports": [{"id": v.id, "hash": v.hash} for v in manifest.versions],
        "lexical": manifest.lexical,
        "vectors": manifest.vectors,
        "files": [asdict(file) for file in manifest.files],
    }
    return json.dumps(content, ensure_ascii=False, indent=2)


def parse(text: str, source: str, place: str, mend: str) -> Manifest:
    """Read a manifest; `source` and `place` name it and its index in errors.

    Raises:
        ForeignIndex: it is none, or one of another format version.
        StoreError: it is damaged.
    """
    try:
        content = json.loads(text)
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ForeignIndex(
                f"{source} 不是索引的清单，这个文件夹另有用处。请指定一个空的或新的文件夹。"
            )
        if content.get("version") not in (1, FORMAT_VERSION):
            raise ForeignIndex(
                f"{place} 里的索引格式是第 {content.get('version')} 版，"
                f"本程序使用第 {FORMAT_VERSION} 版。{mend}"
            )
        return Manifest(
            model=str(content["model"]),
            dimension=int(content["dimension"]),
            versions=tuple(Version(r["id"], r["hash"]) for r in content["reports"]),
            lexical=content["lexical"],
            vectors=str(content["vectors"] if content["version"] > 1 else _FIRST_VECTORS),
            # Indexes were not sealed at first.
            files=tuple(Sealed(**file) for file in content.get("files", ())),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{source} 已损坏：{error}。{mend}") from error
