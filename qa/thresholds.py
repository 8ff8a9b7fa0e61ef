"""When evidence is enough to answer. Chosen on the development cases: `make calibrate`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Shares in [0, 1] of a question's terms, weighted by how rare their characters are.

    `enough` must be spoken of by a sentence with its headings; `enough_named` by an
    indicator and its clause alone; `enough_in_words` by a clause that answers without
    a number. `missing_at_most` may be passed over. Where no other sentence comes
    nearer than `alone_by`, `enough_alone` suffices. `narrower` is the share of an
    indicator's name that makes it another one than a short word asked for.

    People put things in words that no list foresees. A sentence whose cosine stands out
    from the background by more than `margin_from` is given `by_meaning` for each unit
    above, `by_meaning_most` in all, as if it had so much more of the question's terms.
    What shares no words with the question may answer it if it is nearer to it than to
    questions of all sorts: a clause with the figure asked for by `figure_nearer`, one that
    names something by `name_nearer`, a topic by `topic_nearer`. A question in another
    language than the reports comes less near to anything: for it, `foreign_nearer` suffices.
    """

    enough: float = 0.4
    enough_named: float = 0.25
    enough_in_words: float = 0.8
    missing_at_most: float = 0.6
    enough_alone: float = 0.25
    alone_by: float = 0.4
    narrower: float = 0.6
    by_meaning: float = 10.0
    margin_from: float = 0.018
    by_meaning_most: float = 0.3
    figure_nearer: float = 0.03
    name_nearer: float = 0.045
    topic_nearer: float = 0.034
    foreign_nearer: float = 0.02
