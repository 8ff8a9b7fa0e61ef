"""Figures found in several reports -> the claims that tell and compare them, and their table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from qa import compute
from qa.across import Found
from qa.answer import Citation, Claim
from qa.english import english_amount, english_value
from qa.facts import Candidate
from qa.places import english_name
from qa.scope import Scope
from qa.statement import sentence_span, statement
from qa.table import Cell, Row, Table
from qa.wanted import Order, Wanted
from vectorstore.figures import Aspect, Figure, Kind
from vectorstore.quantity import Bound, Quantity

Told = tuple[list[Claim], Table]
Holds = Callable[[Claim], bool]

# So many rows are told in whole statements; more of them under one lead.
_IN_FULL = 4
_OPEN = (Bound.AT_LEAST, Bound.AT_MOST, Bound.MORE_THAN, Bound.LESS_THAN)


def tabulated(found: Sequence[Found], wanted: Wanted, scope: Scope, holds: Holds) -> Told | None:
    """Tell the figures of several reports, or nothing where none has one."""
    told = _Telling(wanted, scope, holds)
    rows = told.in_order(found)
    if not any(each.figure for each in rows):
        return None
    return told.claims(rows), told.table(rows)


class _Telling:
    """How one question has its figures told."""

    def __init__(self, wanted: Wanted, scope: Scope, holds: Holds) -> None:
        self.wanted, self.scope, self.holds = wanted, scope, holds
        self.english = scope.english
        self._falls = False

    def in_order(self, found: Sequence[Found]) -> list[Found]:
        """Put the rows in the order asked for, those without a figure last."""
        good = [each for each in found if each.figure]
        self._falls = all(_aspect(each) is Aspect.DECLINE for each in good)
        if not self.scope.over_years and (self.wanted.order or self.scope.wide):
            rising = self.wanted.order is not None and self.wanted.order.rising
            good.sort(key=self._signed, reverse=not rising)
        return [*good, *(each for each in found if not each.figure)]

    def claims(self, rows: Sequence[Found]) -> list[Claim]:
        """Return the claims that answer, each proven by its own report."""
        good = [each for each in rows if each.figure]
        lacking = [each for each in rows if not each.figure]
        if self.wanted.condition is not None:
            said = self._meeting(good)
        elif self.scope.wide and self.wanted.order in (Order.HIGHEST, Order.LOWEST):
            said = self._leading(good)
        elif len(good) > _IN_FULL:
            said = self._under_a_lead(good[: self.wanted.first], "")
        else:
            said = [self._row(each, self._in_full(each)) for each in good]
        said += self._conclusion(good)
        said = [claim for claim in said if self.holds(claim)]
        return self._with_lacking(said, lacking)

    def _signed(self, found: Found) -> Decimal:
        """Return what a row is ordered by: a fall is negative growth, unless all rows fall."""
        falls = _aspect(found) is Aspect.DECLINE and not self._falls
        return -_quantity(found).value if falls else _quantity(found).value

    def label(self, found: Found) -> str:
        """Return how a row is called in the language of the question."""
        ask = found.ask
        if not self.english:
            return ask.label
        region = english_name(ask.region)
        if not self.scope.over_years:
            return region
        return f"{ask.year}" if len(self.scope.named) == 1 else f"{region} {ask.year}"

    def _row(self, found: Found, text: str) -> Claim:
        assert found.figure is not None
        return Claim(f"{text}{'.' if self.english else '；'}", (_citation(found.figure),))

    def _in_full(self, found: Found) -> str:
        assert found.figure is not None
        assert found.inquiry is not None
        figure, label = found.figure.figure, self.label(found)
        said = statement(found.inquiry, figure)
        if self.scope.over_years and figure.period.endswith(f"-{found.ask.year}"):
            # what the years led to is told of their last
            said = said.removeprefix(f"{figure.period}年")
        if self.english:
            return said if self.scope.over_years else f"{label}: {said}"
        region = found.ask.region
        if said.startswith(label) or (
            self.scope.over_years and said.startswith(f"{found.ask.year}年")
        ):
            return said if len(self.scope.named) == 1 else f"{region}{said}"
        if said.startswith(region) or label.endswith(("目标", "实际")):
            return said if said.startswith(region) else f"{label}：{said}"
        return f"{label}{said}"

    def _under_a_lead(self, rows: Sequence[Found], words: str) -> list[Claim]:
        """Name period and indicator once, then each region with its figure."""
        figures = [each.figure.figure for each in rows if each.figure]
        lead = f"{words}{self._lead(figures)}"
        said = [self._row(each, f"{self.label(each)}{self._value(each)}") for each in rows]
        headed = [replace(said[0], text=f"{lead}{said[0].text}")] if said else []
        return [*(headed if headed and self.holds(headed[0]) else said[:1]), *said[1:]]

    def _lead(self, figures: Sequence[Figure]) -> str:
        one = min(figures, key=lambda f: len(f.indicator))
        if self.english:
            return ""
        verb = one.verb if one.aspect in (Aspect.GROWTH, Aspect.DECLINE) else ""
        if len({figure.period for figure in figures}) > 1:
            return f"{one.indicator}{verb}："
        return f"{one.period}年{'目标，' if one.kind is Kind.TARGET else ''}{one.indicator}{verb}："

    def _value(self, found: Found) -> str:
        quantity = _quantity(found)
        if self.english:
            return f": {english_value(quantity)}"
        return quantity.text

    def _leading(self, good: Sequence[Found]) -> list[Claim]:
        """Tell the first row, and those that tie with it."""
        ties = [each for each in good if self._signed(each) == self._signed(good[0])]
        if self.wanted.first:
            return self._under_a_lead(good[: self.wanted.first], "")
        word = self._superlative()
        if len(ties) > 1:
            labels = [self.label(each) for each in ties]
            lead = f"{', '.join(labels)} are level, {word}: " if self.english else f"并列{word}："
            return self._under_a_lead(ties, lead)
        first = good[0]
        lead = f"{self.label(first)} is {word}: " if self.english else f"{word}的是"
        said = self._in_full(first)
        return [self._row(first, f"{lead}{said.removeprefix(f'{self.label(first)}: ')}")]

    def _superlative(self) -> str:
        if not self.english:
            return self.wanted.superlative
        return "lowest" if self.wanted.order and self.wanted.order.rising else "highest"

    def _meeting(self, good: Sequence[Found]) -> list[Claim]:
        """Tell the rows that keep the limit, and those of which that cannot be said."""
        limit = self.wanted.condition
        assert limit is not None
        kept = [each for each in good if meets(_quantity(each), limit) is True]
        unsure = [each for each in good if meets(_quantity(each), limit) is None]
        if kept:
            said = self._under_a_lead(kept, "These do. " if self.english else "符合的有：")
        else:
            best = good[-1] if limit.bound in (Bound.LESS_THAN, Bound.AT_MOST) else good[0]
            lead = "None does; nearest comes: " if self.english else "没有符合的；最接近的是："
            said = [self._row(best, f"{lead}{self._in_full(best)}")]
            unsure = [each for each in unsure if each is not best]
        for each in unsure:
            why = (
                "the stated bound lies at the limit" if self.english else "界限恰在所问之数，未计入"
            )
            text = f"{self.label(each)}{self._value(each)}（{why}）"
            said.append(self._row(each, text))
        return said

    def _conclusion(self, good: Sequence[Found]) -> list[Claim]:
        """Say what follows from the figures: which is the highest, how far apart, the sum."""
        wanted = self.wanted
        if len(good) < 2 or wanted.condition is not None:
            return []
        quantities = [_quantity(each) for each in good]
        unit = compute.common_unit(quantities)
        mixed = len({_aspect(each) is Aspect.DECLINE for each in good}) > 1
        words = []
        if wanted.order in (Order.HIGHEST, Order.LOWEST) and not self.scope.wide:
            words.append(self._winner(good))
        if wanted.total and unit is not None and not mixed:
            total = sum((q.value for q in quantities), Decimal(0))
            words.append(f"{'the sum is ' if self.english else '合计'}{self._amount(total, unit)}")
        if wanted.gap and unit is not None and not mixed:
            words.append(self._apart(good, unit))
        if wanted.ratio and unit is not None and not mixed:
            words.append(self._times(good))
        if not words:
            return []
        bounded = any(q.bound or q.upper for q in quantities)
        how = "（按报告所列数字计算）" if bounded and not self.english else ""
        text = f"{'; '.join(words) if self.english else '，'.join(words)}{how}"
        return [
            Claim(
                f"{text[0].upper()}{text[1:]}." if self.english else f"{text}。",
                tuple(dict.fromkeys(_citation(each.figure) for each in good if each.figure)),
                tuple(q.text for q in quantities),
            )
        ]

    def _winner(self, good: Sequence[Found]) -> str:
        rising = self.wanted.order is not None and self.wanted.order.rising
        top = (min if rising else max)(good, key=self._signed)
        ties = [self.label(each) for each in good if self._signed(each) == self._signed(top)]
        if self.english:
            is_ = "is" if len(ties) == 1 else "are level,"
            return f"{', '.join(ties)} {is_} {self._superlative()}"
        return f"{'、'.join(ties)}{'并列' if len(ties) > 1 else ''}{self._superlative()}"

    def _apart(self, good: Sequence[Found], unit: str) -> str:
        if self.scope.over_years:
            in_time = sorted(good, key=lambda each: each.ask.year or 0)
            first, last = in_time[0], in_time[-1]
        else:
            first, last = min(good, key=self._signed), max(good, key=self._signed)
        change = _quantity(last).value - _quantity(first).value
        gap = self._amount(abs(change), compute.difference_unit(unit))
        if self.english:
            word = "more" if change >= 0 else "less"
            return f"{self.label(last)} is {gap} {word} than {self.label(first)}"
        word = ("高" if change >= 0 else "低") if unit == "%" else ("多" if change >= 0 else "少")
        return f"{self.label(last)}比{self.label(first)}{word}{gap}"

    def _times(self, good: Sequence[Found]) -> str:
        low, top = min(good, key=self._signed), max(good, key=self._signed)
        if not _quantity(low).value:
            return self._winner(good)
        times = compute.written(compute.ratio(_quantity(top), _quantity(low)), "倍")
        if self.english:
            return f"{self.label(top)} has {times.removesuffix('倍')} times as much as {self.label(low)}"
        return f"{self.label(top)}是{self.label(low)}的{times}"

    def _amount(self, value: Decimal, unit: str) -> str:
        return english_amount(value, unit) if self.english else compute.written(value, unit)

    def _with_lacking(self, said: list[Claim], lacking: Sequence[Found]) -> list[Claim]:
        """Say with the last claim which rows have no figure, and end the whole."""
        if not said:
            return said
        why: dict[str, list[str]] = {}
        for each in lacking:
            why.setdefault(self._missing(each), []).append(self.label(each))
        last = said[-1].text.rstrip("；。.")
        if self.english:
            note = "; ".join(f"{', '.join(labels)}: {reason}" for reason, labels in why.items())
            text = f"{last} ({note})." if note else f"{last}."
        else:
            note = "；".join(f"{'、'.join(labels)}：{reason}" for reason, labels in why.items())
            text = f"{last}（{note}）。" if note else f"{last}。"
        return [*said[:-1], replace(said[-1], text=text)]

    def _missing(self, found: Found) -> str:
        if found.ask.report is None or found.ask.looks_back:
            return "no report" if self.english else "没有报告"
        return "not given in the report" if self.english else "报告未给出"

    def table(self, rows: Sequence[Found]) -> Table:
        """Return the table: one row a region or year, its figure with its citation."""
        good = [each.figure.figure for each in rows if each.figure]
        title = self._lead(good).strip("：") or good[0].indicator
        columns = ("figure",) if self.english else ("数值",)
        bounded = any(q.bound or q.upper for q in map(_quantity, [r for r in rows if r.figure]))
        note = ""
        if bounded and (self.wanted.order or self.wanted.condition or self.wanted.gap):
            note = (
                "Compared by the number stated; of a range, its lower end."
                if self.english
                else "按所列数字比较：“左右”“以上”等不计，区间按下限。"
            )
        return Table(title, columns, tuple(map(self._table_row, rows)), note)

    def _table_row(self, found: Found) -> Row:
        ask = found.ask
        if found.figure is not None:
            quantity = _quantity(found)
            cell = Cell(quantity.text, quantity, _citation(found.figure))
        else:
            near = found.nearest
            close = near is not None and near.named >= 0.8 and found.inquiry is not None
            missing = self._missing(found)
            if close and near is not None and found.inquiry is not None:
                missing += f"{'; closest: ' if self.english else '；最接近的是：'}{statement(found.inquiry, near.figure)}"
            cell = Cell("", None, _citation(near) if close and near else None, missing)
        report = ask.report.id if ask.report else None
        return Row(self.label(found), ask.region, ask.year, report, (cell,))


def _quantity(found: Found) -> Quantity:
    assert found.figure is not None
    return found.figure.figure.quantity


def _aspect(found: Found) -> Aspect | None:
    return found.figure.figure.aspect if found.figure else None


def _citation(candidate: Candidate) -> Citation:
    figure = candidate.figure
    return Citation(1, figure.passage, sentence_span(figure))


def meets(stated: Quantity, limit: Quantity) -> bool | None:
    """Tell whether a stated amount keeps a limit; `None` where its own bound leaves that open.

    «5.5%左右» is taken as 5.5 %, «5%—6%» as from 5 to 6 %. «5.5%以上» is not known to be
    above 5.5 %, nor «5%—6%» to be above 5.5 %.
    """
    if stated.measure != limit.measure:
        return False
    low, high = stated.value, stated.upper or stated.value
    if limit.bound in (None, Bound.ABOUT):
        return low == high == limit.value and stated.bound not in _OPEN
    above = limit.bound in (Bound.MORE_THAN, Bound.AT_LEAST)
    inclusive = limit.bound in (Bound.AT_LEAST, Bound.AT_MOST)
    near, far = (low, high) if above else (-high, -low)
    line = limit.value if above else -limit.value
    beyond = Bound.MORE_THAN if above else Bound.LESS_THAN
    opened = (Bound.AT_LEAST, Bound.MORE_THAN) if above else (Bound.AT_MOST, Bound.LESS_THAN)
    if near > line or (near == line and (inclusive or stated.bound is beyond)):
        return True if stated.bound not in _opposite(above=above) else None
    if far > line or (far == line and stated.bound in opened):
        return None
    return False


def _opposite(*, above: bool) -> tuple[Bound, Bound]:
    return (Bound.AT_MOST, Bound.LESS_THAN) if above else (Bound.AT_LEAST, Bound.MORE_THAN)
