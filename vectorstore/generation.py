"""Generation: what is derived from a set of live reports to find their sentences by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vectorstore.catalogue import Catalogue
from vectorstore.errors import StoreError
from vectorstore.lexical import LexicalIndex
from vectorstore.manifest import Version
from vectorstore.report import Report
from vectorstore.snapshot import contextualised


@dataclass(frozen=True)
class Generation:
    """The catalogue of the live reports and the terms of their sentences, row by row."""

    catalogue: Catalogue
    lexical: LexicalIndex

    @classmethod
    def of(cls, reports: Sequence[Report]) -> Generation:
        """Derive it from the reports alone."""
        return cls(Catalogue.of(reports), LexicalIndex.build(_texts(reports)))

    def continued(self, sources: Sequence[int | Report]) -> Generation:
        """Return the generation of other live reports, some of which are in this one.

        Each of `sources` is the position of a report here, or a report that is not. The
        result is that of `of`, at the cost of what is new.
        """
        fresh = [source for source in sources if isinstance(source, Report)]
        both = self.catalogue.followed_by(Catalogue.of(fresh))
        new_positions = iter(range(len(self.catalogue.cards), len(both.cards)))
        order = [
            next(new_positions) if isinstance(source, Report) else source for source in sources
        ]
        rows = both.rows_of(order)
        places = both.places_in(rows)[: len(self.catalogue)]
        lexical = LexicalIndex.continued(self.lexical, places, _texts(fresh))
        return Generation(both.arranged(order), lexical)

    def save(self, folder: Path) -> None:
        """Write it into `folder`, which is made if missing."""
        self.lexical.save(folder)
        self.catalogue.save(folder)

    def is_of(self, versions: Sequence[Version]) -> bool:
        """Tell whether it is of the reports of these versions, in this order."""
        return [card.id for card in self.catalogue.cards] == [version.id for version in versions]

    @staticmethod
    def is_older(folder: Path) -> bool:
        """Tell whether a folder holds the terms as bm25s kept them, without a catalogue."""
        return (folder / "vocab.index.json").exists()

    @classmethod
    def load(cls, folder: Path) -> Generation:
        """Open a saved generation; its arrays are mapped, not read.

        Raises:
            StoreError: a file is missing or damaged.
        """
        catalogue, lexical = Catalogue.load(folder), LexicalIndex.load(folder)
        if len(catalogue) != len(lexical):
            raise StoreError(
                f"词索引 {folder} 里有 {len(lexical)} 个句子，目录里有 {len(catalogue)} 个。"
                "请用 report-qa index --rebuild 重建索引。"
            )
        return cls(catalogue, lexical)


def _texts(reports: Sequence[Report]) -> Iterator[str]:
    for report in reports:
        for passage, _, text in report.sentences():
            yield contextualised(passage, text)
