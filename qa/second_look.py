"""A second look at the nearest sentences, for what a report says in quite other words.

Everyday words that no lexicon has («快垮的房子» for «农村危房») leave nothing in common to
measure. Where only that stands between a question and its answer, the clauses of the
nearest sentences are embedded each by itself: a clause has one thing to say, and comes
nearer to a question about just that than its whole sentence does. The nearest one
answers if it holds what is asked for, passes over no place, person or qualifier in the
question, and is clearly nearer to it than to questions of all sorts.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa.fitting import fits, in_period
from qa.inquiry import Inquiry, clause_spans, context
from qa.points import EDGE, Point
from qa.question import Form
from qa.shape import tells_what_is_asked
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
    """One clause of a sentence."""

    passage: Passage
    sentence: int
    span: Span

    @property
    def text(self) -> str:
        """The clause without the punctuation around it."""
        return trimmed(self.passage, self.span)


def trimmed(passage: Passage, span: Span) -> str:
    """Return a piece of a paragraph without the punctuation around it."""
    return span.of(passage.text).strip(EDGE)


def told_otherwise(inquiry: Inquiry) -> Figure | Point | None:
    """Return what the nearest clause tells, if it is what the question asks for.

    Embedding all clauses takes longer than the rest of an answer. Most often none of them
    could answer, or none that could is near enough: then it does not matter which is nearest.
    """
    counts = bool(inquiry.question.units) or inquiry.question.form is Form.FIGURE
    if not counts and inquiry.question.form not in _NAMING:
        return None
    clauses = _clauses(inquiry)
    told = [_told(inquiry, clause, counts=counts) for clause in clauses]
    able = [clause.text for clause, found in zip(clauses, told, strict=True) if found is not None]
    least = _nearer(inquiry, counts=counts)
    if not able or max(inquiry.distinctness(able)) < least:
        return None
    nearer = inquiry.distinctness([clause.text for clause in clauses])
    best = max(range(len(clauses)), key=lambda place: nearer[place])
    return told[best] if nearer[best] >= least else None


def _nearer(inquiry: Inquiry, *, counts: bool) -> float:
    """Return how much nearer to the question than to others a clause must be to answer."""
    if inquiry.question.english:
        return inquiry.thresholds.foreign_nearer
    return inquiry.thresholds.figure_nearer if counts else inquiry.thresholds.name_nearer


def _clauses(inquiry: Inquiry) -> list[Clause]:
    """Return the clauses of the first sentences found."""
    found = (
        Clause(hit.passage, hit.sentence, span)
        for hit in inquiry.hits[:_SENTENCES]
        for span in clause_spans(hit.passage, hit.sentence)
    )
    return [clause for clause in found if len(clause.text) >= _SHORTEST]


def _told(inquiry: Inquiry, clause: Clause, *, counts: bool) -> Figure | Point | None:
    """Return what a clause tells of what is asked for, if it may answer."""
    if not _may_answer(inquiry, clause, counts=counts):
        return None
    found = _figure_in(inquiry, clause) if counts else _point(clause)
    shapeless = isinstance(found, Point) and not tells_what_is_asked(inquiry, [found])
    return None if shapeless else found


def _may_answer(inquiry: Inquiry, clause: Clause, *, counts: bool) -> bool:
    above = context(clause.passage, clause.span.start)
    if inquiry.matcher.coverage(clause.text, above) > _OWN_WORDS:
        return False  # what has the words of the question was judged by them already
    # what is only a translation of the word asked may be another one
    if inquiry.matcher.neglects(clause.text, above, names_only=counts or inquiry.question.english):
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
