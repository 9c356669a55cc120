"""Measurements of nets: which are asked for, what of the program they watch,
and their values in the language.

The formulas stand in `scores`. A measurement of classes needs a cross-entropy loss, one of values a mean
squared or mean absolute loss; each looks at what that loss compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import FALSE, TRUE, Association, Expr, S, is_list, items, make_list, packed, system

from .comparisons import Comparison
from .errors import NetError, nearest
from .lengths import length_name
from .net import Path
from .results import number
from .scores import (
    NUMBER,
    PER_CLASS,
    PLACE,
    SCORES,
    ClassStatistics,
    HitStatistics,
    PlaceStatistics,
    Score,
    ValueStatistics,
    average,
    micro,
)
from .training_net import NET, TrainingNet

AUTOMATIC, NONE = S.Automatic, system("None")
AVERAGES = ("Macro", "Micro", "Weighted")


class Measurement(NamedTuple):
    """One measurement asked for: its name in reports, its record, the parameter, how classes are averaged."""

    key: str
    score: Score
    parameter: Any = None
    averaging: str | None = None
    each_batch: bool = True

    @property
    def scalar(self) -> bool:
        """Whether its value is one number."""
        return self.score.result == NUMBER or (self.score.result == PER_CLASS and self.averaging is not None)

    def value(self, statistics: Any) -> Any:
        """The raw value: a number, an array (K), a matrix or curves."""
        score, extra = self.score, () if self.parameter is None else (self.parameter,)
        if score.result == PER_CLASS and self.averaging == "Micro" and not score.raw:
            return float(score.formula(micro(statistics), *extra)[1])
        found = score.formula(statistics, *extra)
        if score.result == PER_CLASS and self.averaging is not None:
            return average(np.asarray(found, np.float64), self.averaging, statistics.confusion, score)
        return found


# ---- which measurements are asked for


def read_measurements(
    setting: Any, training: TrainingNet, found: list[Comparison], symbol: str
) -> list[Measurement]:
    """The measurements that `setting` names; Automatic: the error rate of a net with a single
    cross-entropy loss.

    What a NetPort names is added to `found`, as one more family. Functions are left to `read_functions`.
    """
    if setting is AUTOMATIC:
        single = len(training.losses) == 1 and len(found) == 1 and found[0].family == "class"
        return [Measurement("ErrorRate", SCORES["ErrorRate"])] if single else []
    if setting is NONE:
        return []
    specs = items(setting) if is_list(setting) else (setting,)
    return [read_measurement(each, training, found, symbol) for each in specs if not _is_function(each)]


def read_functions(setting: Any) -> list[tuple[str, Any]]:
    """Measurements that are functions of the user: (name in reports, function)."""
    if setting is AUTOMATIC or setting is NONE:
        return []
    found: list[tuple[str, Any]] = []
    for spec in filter(_is_function, items(setting) if is_list(setting) else (setting,)):
        named = type(spec) is Association
        key = spec.get("Key") if named else None
        found.append((key or f"Function{len(found) + 1}", spec.get("Measurement") if named else spec))
    return found


def _is_function(spec: Any) -> bool:
    if type(spec) is Association:
        spec = spec.get("Measurement")
    return type(spec) is Expr and spec.head is S.Function


def read_measurement(spec: Any, training: TrainingNet, found: list[Comparison], symbol: str) -> Measurement:
    """One measurement: "name", "name" -> parameter, NetPort[...],
    or <|"Measurement" -> spec, "Key" -> k, ...|>.
    """
    key, averaging = None, None
    if type(spec) is Association:
        unknown = [k for k in spec if k not in ("Measurement", "Key", "ClassAveraging")]
        if unknown:
            raise _bad(symbol, f"has no key {unknown[0]!r}; known are Measurement, Key and ClassAveraging")
        key, averaging = spec.get("Key"), spec.get("ClassAveraging", NONE)
        averaging = None if averaging is NONE else averaging
        if averaging is not None and averaging not in AVERAGES:
            raise _bad(symbol, '"ClassAveraging" must be "Macro", "Micro", "Weighted" or None')
        spec = spec.get("Measurement")
    if type(spec) is Expr and spec.head is S.NetPort:
        return _at_port(spec, key, training, found, symbol)
    name, parameter = spec, None
    if type(spec) is Expr and spec.head is S.Rule and len(spec.args) == 2:
        name, parameter = spec.args
    if type(name) is not str or name not in SCORES:
        hint = (
            nearest(name, list(SCORES))
            if type(name) is str
            else "Known are " + ", ".join(f'"{n}"' for n in SCORES) + "."
        )
        raise NetError(symbol, "measurement", f"There is no measurement {_shown(name)}. {hint}")
    score = SCORES[name]
    if not any(each.family == score.family for each in found):
        kind = (
            "CrossEntropyLossLayer"
            if score.family == "class"
            else "MeanSquaredLossLayer or MeanAbsoluteLossLayer"
        )
        raise NetError(symbol, "measurement", f'The measurement "{name}" needs a net with a {kind} as loss.')
    return Measurement(key or name, _checked(score, parameter, symbol), parameter, averaging)


def _at_port(
    spec: Expr, key: Any, training: TrainingNet, found: list[Comparison], symbol: str
) -> Measurement:
    """NetPort["port"] (an output or an input of the training), NetPort[{part, ..., "port" or "array"}]."""
    steps = items(spec.args[0]) if len(spec.args) == 1 and is_list(spec.args[0]) else spec.args
    *inside, name = steps
    path = (NET, *(str(step) for step in inside))
    try:
        net = training.net.at(path)
    except KeyError:
        raise _bad(symbol, f"at {_port_text(steps)} is not possible: the net has no such layer") from None
    if name in net.outputs:
        place, form = (path, name), "place"
    elif not inside and name in training.net.inputs:
        place, form = ((), name), "place"
    elif name in net.arrays:
        place, form = (path, name), "array"
    else:
        raise _bad(symbol, f"at {_port_text(steps)} is not possible: there is no such output, input or array")
    family = f"place {len(found)}"
    found.append(Comparison(family, form, place, place, ()))
    return Measurement(key or "/".join(str(step) for step in steps), PLACE._replace(family=family))


def _port_text(steps: Sequence[Any]) -> str:
    return "NetPort[{" + ", ".join(map(_shown, steps)) + "}]"


def _checked(score: Score, parameter: Any, symbol: str) -> Score:
    """The record, after a look at the parameter; top-n scores need all probabilities."""
    if parameter is None:
        return score
    if score.parameter == "top" and type(parameter) is int and parameter > 0:
        return score._replace(raw=parameter > 1)
    if score.parameter == "beta" and type(parameter) in (int, float) and parameter > 0:
        return score
    raise _bad(symbol, f'"{score.name}" -> {_shown(parameter)} is not possible')


def _shown(value: Any) -> str:
    return f'"{value}"' if type(value) is str else str(getattr(value, "name", value))


def _bad(symbol: str, text: str) -> NetError:
    return NetError(symbol, "measurement", f"A measurement {text}.")


# ---- measuring


class Meter:
    """Gathers what some measurements need from the outputs of a program, batch by batch.

    `watched` is what the program must hand out besides its losses.
    """

    def __init__(self, measurements: Sequence[Measurement], found: Sequence[Comparison]) -> None:
        self.measurements = tuple(measurements)
        self.families: dict[str, Comparison] = {}
        for each in found:
            if any(m.score.family == each.family for m in measurements):
                self.families.setdefault(each.family, each)
        of_classes = [m.score for m in measurements if m.score.family == "class"]
        self.raw = any(score.raw for score in of_classes)
        self.logs = any(score.logs for score in of_classes)
        self.hits_only = not self.raw and all(score.name in ("ErrorRate", "Accuracy") for score in of_classes)
        self.watched: dict[str, tuple[Path, str]] = {}
        for family, each in self.families.items():
            self.watched[f" output {family}"] = each.output
            if each.form not in ("place", "array"):
                self.watched[f" target {family}"] = each.target
        self.statistics: dict[str, Any] = {}
        self.class_count = 0

    def __bool__(self) -> bool:
        return bool(self.measurements)

    def restart(self) -> None:
        """Forget what was gathered."""
        self.statistics = {}

    def batch(self, outputs: Mapping[str, np.ndarray]) -> dict[str, Any]:
        """Take in the watched outputs of one batch; the raw value of every measurement on it alone."""
        if self.hits_only and list(self.families) == ["class"]:
            return self.hits(outputs)
        taken = {family: self.take(family, each, outputs) for family, each in self.families.items()}
        self.gather(taken)
        return self.raw_values(taken)

    def hits(self, outputs: Mapping[str, np.ndarray]) -> dict[str, Any]:
        """As `batch`, where only right and wrong decisions count: the default measurement of classifiers,
        without detours.
        """
        each = self.families["class"]
        output, target = compared(outputs, "class")
        if each.form == "Index" and output.ndim == 2:
            count, hits = len(output), int(np.count_nonzero(output.argmax(1) == target - 1))
            self.class_count = output.shape[1]
        else:
            probabilities, truth = classes(each.form, output, target)
            count, hits = len(truth), int(np.count_nonzero(probabilities.argmax(1) == truth))
            self.class_count = probabilities.shape[1]
        known = self.statistics.get("class")
        if known is None:
            known = self.statistics["class"] = HitStatistics()
        known.count += count
        known.hits += hits
        share = hits / count
        return {m.key: 1 - share if m.score.name == "ErrorRate" else share for m in self.measurements}

    def add(self, outputs: Mapping[str, np.ndarray]) -> None:
        """Take in the watched outputs of one batch."""
        self.gather({family: self.take(family, each, outputs) for family, each in self.families.items()})

    def gather(self, taken: dict[str, Any]) -> None:
        for family, statistics in taken.items():
            known = self.statistics.get(family)
            if known is None:
                known = self.statistics[family] = self.fresh(family)
            known.merge(statistics)

    def fresh(self, family: str) -> Any:
        if family.startswith("place"):
            return PlaceStatistics()
        if family == "value":
            return ValueStatistics()
        return HitStatistics() if self.hits_only else ClassStatistics(self.class_count, self.raw)

    def take(self, family: str, each: Comparison, outputs: Mapping[str, np.ndarray]) -> Any:
        """The statistics of one batch."""
        if each.form in ("place", "array"):
            place = PlaceStatistics()
            output = present(outputs, f" output {family}")
            (place.add if each.form == "place" else place.set)(output)
            return place
        output, target = compared(outputs, family)
        if family == "value":
            statistics = ValueStatistics()
            statistics.add(output, target)
            return statistics
        probabilities, truth = classes(each.form, output, target)
        self.class_count = probabilities.shape[1]
        statistics = self.fresh(family)
        if self.hits_only:
            statistics.add(probabilities, truth)
        else:
            statistics.add(probabilities, truth, logs=self.logs)
        return statistics

    def raw_values(self, statistics: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The raw value of every measurement by key, of everything gathered unless said otherwise."""
        source = self.statistics if statistics is None else statistics
        return {m.key: m.value(source[m.score.family]) for m in self.measurements}

    def values(self, ev: Any) -> dict[str, Any]:
        """The value of every measurement, as the user gets it, of everything gathered."""
        labels, raw = self.labels(), self.raw_values()
        return {m.key: wl_value(ev, m, raw[m.key], labels) for m in self.measurements}

    def labels(self) -> tuple[Any, ...]:
        """The class labels, 1, 2, ... where the net has none."""
        each = self.families.get("class")
        if each is None:
            return ()
        if each.form == "Binary":
            return (FALSE, TRUE)
        count = self.class_count or len(each.labels)
        return each.labels if len(each.labels) == count else tuple(range(1, count + 1))


def present(outputs: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """A watched output; of padded sequences (N, L, ...) all elements that are no padding, as (M, ...)."""
    output, lengths = outputs[name], outputs.get(length_name(name))
    if lengths is None:
        return output
    return output[np.arange(output.shape[1]) < lengths[:, None]]


def compared(outputs: Mapping[str, np.ndarray], family: str) -> tuple[np.ndarray, np.ndarray]:
    """What the loss of a family compares: output and target, as `present` gives them."""
    names = [f" output {family}", f" target {family}"]
    output, target = (present(outputs, name) for name in names)
    padded = [length_name(name) in outputs for name in names]
    if padded[0] != padded[1]:  # one of the two holds sequences that needed no padding
        output, target = (
            x if each else x.reshape(-1, *x.shape[2:])
            for x, each in zip((output, target), padded, strict=True)
        )
    return output, target


def classes(form: str, output: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (M, K) and true classes (M) from 0, of what a cross-entropy loss compares.

    "Index": output (..., K), target (...) from 1; "Probabilities": both (..., K), the largest target counts;
    "Binary": both (...), two classes, the second being True.
    """
    if form == "Binary":
        p = output.reshape(-1)
        return np.stack([1 - p, p], 1), (target.reshape(-1) >= 0.5).astype(np.int64)
    probabilities = output.reshape(-1, output.shape[-1])
    if form == "Probabilities":
        return probabilities, target.reshape(probabilities.shape).argmax(1)
    return probabilities, target.reshape(-1) - 1


# ---- values of the language


def wl_value(ev: Any, measurement: Measurement, value: Any, labels: Sequence[Any]) -> Any:
    """A raw value as the user gets it: numbers, <|class -> number, ...|>, a matrix, curves or a picture."""
    name = measurement.score.name
    if measurement.scalar or name == "NetPort":
        return number(value)
    if name == "ConfusionMatrix":
        return packed(value)
    if name == "ConfusionMatrixPlot":
        return confusion_plot(ev, value, labels)
    if name == "ROCCurve":
        return Association.of((label, packed(curve)) for label, curve in zip(labels, value, strict=True))
    if name == "ROCCurvePlot":
        return roc_plot(ev, value, labels)
    return Association.of((label, number(x)) for label, x in zip(labels, value.tolist(), strict=True))


def reported(measurement: Measurement, value: Any) -> float | None:
    """The number that a progress report shows: classes are averaged plainly; None for matrices and curves."""
    if measurement.scalar:
        return float(value)
    if measurement.score.result == PER_CLASS or measurement.score.name == "NetPort":
        known = np.asarray(value, np.float64)
        known = known[~np.isnan(known)]
        return float(known.mean()) if len(known) else float("nan")
    return None


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
