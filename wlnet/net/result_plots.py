"""Pictures of a training: the course of its loss, of every measurement, of custom properties."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import TRUE, Association, Expr, S, make_list, packed, truth

if TYPE_CHECKING:
    from .results import Run

Curve = Sequence[tuple[float, float]]


def plot(
    ev: Any, curves: Sequence[Curve], names: Sequence[str], x: str, y: str, scale: str = "Linear"
) -> Any:
    """Curves as a picture; a single point as a point. `scale` of the values: "Linear" or "Log"."""
    shown = [
        [p for p in curve if math.isfinite(p[1]) and (scale == "Linear" or p[1] > 0)] for curve in curves
    ]
    points = [packed(np.array(curve, np.float64)) for curve in shown if curve]
    joined = truth(any(len(curve) > 1 for curve in shown))
    labels = make_list((x, y))
    rules: list[tuple[Any, Any]] = [
        (S.PlotRange, S.All),
        (S.Frame, TRUE),
        (S.FrameLabel, labels),
        (S.Joined, joined),
    ]
    if len(points) > 1:
        rules.append((S.PlotLegends, make_list(n for n, curve in zip(names, shown, strict=True) if curve)))
    head = S.ListLogPlot if scale == "Log" else S.ListPlot
    return ev.evaluate(Expr(head, (make_list(points), *(Expr(S.Rule, rule) for rule in rules))))


def loss_plot(ev: Any, run: Run) -> Any:
    """The mean training loss, and the validation loss where there is one,
    against rounds (batches for one round).
    """
    by_round = run.rounds > 1
    scale = run.batches_per_round if by_round else 1
    places = run.positions if by_round else range(1, run.batches + 1)
    losses = run.round_losses if by_round else run.batch_losses
    curves = [[(p / scale, y) for p, y in zip(places, losses, strict=True)]]
    names = ["training"]
    if run.validation_losses:
        validated = zip(run.validation_positions, run.validation_losses, strict=True)
        curves.append([(p / scale, y) for p, y in validated])
        names.append("validation")
    return plot(ev, curves, names, "round" if by_round else "batch", "loss")


def final_plots(ev: Any, run: Run) -> Association:
    """A picture for the loss, for each of its terms, and for each measurement: its course where it is a
    number, or a number for each class; its last value where that is a picture.
    """
    found: list[tuple[str, Any]] = [("Loss", loss_plot(ev, run))]
    for name, column in run.round_values.items():
        picture = measurement_plot(ev, run, name, column)
        if picture is not None:
            found.append((name, picture))
    return Association.of(found)


def measurement_plot(ev: Any, run: Run, name: str, column: Sequence[Any]) -> Any:
    """The picture of one measurement; None where there is none."""
    last = column[-1] if column else None
    if type(last) is Expr and last.head in (S.Graphics, S.Legended):
        return last
    curves, names = courses(run.positions, column, "training")
    if name in run.validation_values:
        further, more = courses(run.validation_positions, run.validation_values[name], "validation")
        curves, names = curves + further, names + more
    if not curves:
        return None
    return plot(ev, curves, names, "batch", name, run.scales.get(name, "Linear"))


def courses(places: Sequence[int], column: Sequence[Any], name: str) -> tuple[list[Curve], list[str]]:
    """The curves of a column of numbers, or of associations from classes to numbers, and their names."""
    if column and all(isinstance(x, float | int) for x in column):
        return [list(zip(places, map(float, column), strict=True))], [name]
    if not column or not all(type(x) is Association for x in column):
        return [], []
    curves, names = [], []
    for key in column[0]:
        values = [x.get(key) for x in column]
        known = [(p, float(y)) for p, y in zip(places, values, strict=True) if isinstance(y, float | int)]
        curves.append(known)
        names.append(f"{getattr(key, 'name', key)} ({name})")
    return curves, names
