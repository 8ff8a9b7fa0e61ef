"""The plots of a run, each an SVG image inside its own address (`data:`)."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from eval.abstention import CurvePoint
from eval.measures import Measure
from eval.predictions import Prediction
from eval.scoring import Scored
from eval.statistics import Estimate

_COLOUR = "#1f5fa8"
# The kinds of some public sets are Chinese. Text stays text, so that the browser's fonts serve;
# those named here are for measuring it, as far as they are installed.
_WANTED = ("DejaVu Sans", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC")
_INSTALLED = {font.name for font in fontManager.ttflist}
_LEGIBLE: Any = {
    "svg.fonttype": "none",
    "font.family": [name for name in _WANTED if name in _INSTALLED],
}


@rc_context(_LEGIBLE)
def headline(scored: Sequence[Scored], measures: Sequence[Measure]) -> str:
    """Plot the mean of every measure, with its interval."""
    found = [(measure.name, measure.estimate(scored)) for measure in reversed(measures)]
    return _bars(found, "mean, 95 % interval")


@rc_context(_LEGIBLE)
def by_kind(scored: Sequence[Scored], measure: Measure) -> str:
    """Plot a measure of every kind, with its interval."""
    kinds = sorted({each.case.kind for each in scored}, reverse=True)
    found = [
        (kind, measure.estimate(each for each in scored if each.case.kind == kind))
        for kind in kinds
    ]
    return _bars(found, f"{measure.name} (mean, 95 % interval)")


def _bars(found: Sequence[tuple[str, Estimate | None]], label: str) -> str:
    """Plot estimates as bars, each named with its n; where there is none, there is no bar."""
    bars = [(f"{name} ({each.n})", each) for name, each in found if each is not None]
    figure = Figure(figsize=(6, 0.8 + 0.3 * len(bars)), layout="constrained")
    axes = figure.subplots()
    means = [each.mean for _, each in bars]
    below = [max(0.0, each.mean - each.low) for _, each in bars]
    above = [max(0.0, each.high - each.mean) for _, each in bars]
    axes.barh([name for name, _ in bars], means, xerr=[below, above], color=_COLOUR, capsize=3)
    axes.set(xlim=(0, 1.02), xlabel=label)
    return _address(figure)


@rc_context(_LEGIBLE)
def error_curve(points: Sequence[CurvePoint]) -> str:
    """Plot the error of the surest answers against their share of all cases."""
    figure = Figure(figsize=(5, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.plot([p.coverage for p in points], [p.error for p in points], color=_COLOUR)
    axes.set(xlim=(0, 1), ylim=(0, None), xlabel="coverage", ylabel="error (not trusted)")
    return _address(figure)


@rc_context(_LEGIBLE)
def latencies(predictions: Sequence[Prediction]) -> str:
    """Plot the share of the answers that were given within a time."""
    figure = Figure(figsize=(5, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.ecdf([p.seconds for p in predictions if p.error is None], color=_COLOUR)
    axes.set(xlim=(0, None), xlabel="seconds", ylabel="share of the answers")
    return _address(figure)


def _address(figure: Figure) -> str:
    image = io.BytesIO()
    figure.savefig(image, format="svg", metadata={"Date": None})
    return f"data:image/svg+xml;base64,{base64.b64encode(image.getvalue()).decode()}"
