"""A second look at the nearest sentences, for what a report says in quite other words.

Everyday words that no lexicon has («快垮的房子» for «农村危房») leave nothing in common to
measure. Where only that stands between a question and its answer, the clauses of the
nearest sentences are embedded one by one: a clause has one thing to say, and comes
nearer to a question about just that than its whole sentence does. The nearest one
answers if it holds what is asked for, passes over no place, person or qualifier in the
question, and is clearly nearer to it than to questions of all sorts.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa.facts import fits, in_period
from qa.inquiry import Inquiry, clause_spans, context
from qa.points import EDGE, Point
from qa.question import Form
from vectorstore.figures import Figure
from vectorstore.quantity import find_quantities
from vectorstore.report import Passage, Span

# So many sentences are looked at; shorter clauses name nothing.
_SENTENCES = 5
_SHORTEST = 4
_OWN_WORDS = 0.55
# Forms whose answer has no shape to be checked.
_NAMING = (Form.ENTITY, Form.LIST)


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause, and how much nearer it is to the question than to questions of all sorts."""

    passage: Passage
    sentence: int
    span: Span
    nearer: float

    @property
    def text(self) -> str:
        """The clause without the punctuation around it."""
        return trimmed(self.passage, self.span)


def trimmed(passage: Passage, span: Span) -> str:
    """Return a piece of a paragraph without the punctuation around it."""
    return span.of(passage.text).strip(EDGE)


def told_otherwise(inquiry: Inquiry) -> Figure | Point | None:
    """Return what the nearest clause tells, if it is what the question asks for."""
    counts = bool(inquiry.question.units) or inquiry.question.form is Form.FIGURE
    if not counts and inquiry.question.form not in _NAMING:
        return None
    nearest = nearest_clause(inquiry)
    if nearest is None or not _may_answer(inquiry, nearest, counts=counts):
        return None
    if counts:
        near = nearest.nearer >= inquiry.thresholds.figure_nearer
        return _figure_in(inquiry, nearest) if near else None
    return _point(nearest) if nearest.nearer >= inquiry.thresholds.name_nearer else None


def nearest_clause(inquiry: Inquiry) -> Clause | None:
    """Return the clause of the first sentences found that is most clearly near the question."""
    places = [
        (hit.passage, hit.sentence, span)
        for hit in inquiry.hits[:_SENTENCES]
        for span in clause_spans(hit.passage, hit.sentence)
        if len(trimmed(hit.passage, span)) >= _SHORTEST
    ]
    if not places:
        return None
    nearer = inquiry.distinctness([trimmed(passage, span) for passage, _, span in places])
    best = max(range(len(places)), key=lambda i: nearer[i])
    return Clause(*places[best], nearer[best])


def _may_answer(inquiry: Inquiry, clause: Clause, *, counts: bool) -> bool:
    above = context(clause.passage, clause.span.start)
    if inquiry.matcher.coverage(clause.text, above) > _OWN_WORDS:
        return False  # what has the words of the question was judged by them already
    if inquiry.matcher.neglects(clause.text, above, names_only=counts):
        return False
    if inquiry.matcher.lacks_full_name(clause.text, above):
        return False  # nobody says it so formally and means something else
    part = inquiry.question.part
    if inquiry.question.years:
        return inquiry.speaks_of_period(clause.passage)
    return part is None or clause.passage.part is part


def _figure_in(inquiry: Inquiry, clause: Clause) -> Figure | Point | None:
    """Return the figure of a clause in the unit asked for, or the clause that counts in it."""
    question = inquiry.question
    inside = [f for f in inquiry.library.figures(clause.passage) if clause.span.contains(f.span)]
    for figure in inside:
        if fits(question, figure, just_that=False) and in_period(inquiry, figure):
            return figure
    counted = find_quantities(clause.text)
    if not inside and any(q.unit in question.units for q in counted):
        return _point(clause)
    return None


def _point(clause: Clause) -> Point:
    return Point(clause.passage, clause.span, clause.sentence, 1.0, 1.0, 1.0)
