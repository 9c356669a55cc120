"""Pictures of measurements: the confusion matrix, ROC curves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import TRUE, Expr, S, make_list, packed, system

NONE = system("None")


def confusion_plot(ev: Any, confusion: np.ndarray, labels: Sequence[Any]) -> Any:
    """The confusion matrix as a picture: true classes down, predicted classes across,
    the counts in the cells.
    """
    count = len(confusion)
    most = max(int(confusion.max()), 1)
    drawn: list[Any] = []
    for i, j in np.ndindex(confusion.shape):
        share = float(confusion[i, j]) / most
        low, high = packed(np.array([j, count - i - 1])), packed(np.array([j + 1, count - i]))
        drawn += [Expr(S.RGBColor, (1 - 0.8 * share, 1 - 0.55 * share, 1 - 0.3 * share))]
        drawn += [Expr(S.Rectangle, (low, high)), Expr(S.GrayLevel, (1 if share > 0.5 else 0,))]
        drawn += [Expr(S.Text, (int(confusion[i, j]), make_list((j + 0.5, count - i - 0.5))))]
    across = make_list(make_list((i + 0.5, _tick(ev, label))) for i, label in enumerate(labels))
    down = make_list(make_list((count - i - 0.5, _tick(ev, label))) for i, label in enumerate(labels))
    ticks = make_list((make_list((down, NONE)), make_list((across, NONE))))
    options = [
        Expr(S.Rule, (S.Frame, TRUE)),
        Expr(S.Rule, (S.FrameLabel, make_list(("predicted class", "actual class")))),
        Expr(S.Rule, (S.FrameTicks, ticks)),
        Expr(S.Rule, (S.AspectRatio, 1)),
    ]
    return ev.evaluate(Expr(S.Graphics, (make_list(drawn), *options)))


def _tick(ev: Any, label: Any) -> Any:
    return label if type(label) in (str, int) else ev.text(label, "OutputForm")


def roc_plot(ev: Any, curves: Sequence[np.ndarray], labels: Sequence[Any]) -> Any:
    """The ROC curves of all classes as a picture."""
    options = [
        Expr(S.Rule, (S.PlotLegends, make_list(_tick(ev, label) for label in labels))),
        Expr(S.Rule, (S.Frame, TRUE)),
        Expr(S.Rule, (S.FrameLabel, make_list(("false positive rate", "true positive rate")))),
    ]
    return ev.evaluate(Expr(S.ListLinePlot, (make_list(map(packed, curves)), *options)))
