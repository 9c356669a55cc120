"""Measuring nets: what of a program is watched, statistics gathered batch by batch, values in the language.

Which measurements there may be stands in `measurements`, their formulas in `scores`. A measurement of classes
needs a cross-entropy loss, one of values a mean squared or mean absolute loss; each looks at what that loss
compares.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wlnet.expr import FALSE, TRUE, Association, packed

from .comparisons import Comparison
from .lengths import length_name
from .measurement_pictures import confusion_plot, roc_plot
from .measurements import Measurement
from .net import Path
from .results import number
from .scores import PER_CLASS, ClassStatistics, HitStatistics, PlaceStatistics, ValueStatistics

# Families whose measurements are of all examples of a round together, unless an aggregator says otherwise.
EXACT = ("class", "value")
# What a program hands out for the measurements of classes; the lengths are there where sequences are padded.
CLASS_OUTPUT, CLASS_TARGET = " output class", " target class"
CLASS_LENGTHS = frozenset(map(length_name, (CLASS_OUTPUT, CLASS_TARGET)))


# ---- measuring


class Meter:
    """Gathers what some measurements need from the outputs of a program, batch by batch.

    `watched` is what the program must hand out besides its losses.
    """

    def __init__(self, measurements: Sequence[Measurement], found: Sequence[Comparison]) -> None:
        self.measurements = tuple(measurements)
        self.of_batches = tuple(m for m in measurements if m.each_batch)
        self.listed = tuple(m for m in measurements if m.aggregator is not None and m.score.family in EXACT)
        self.families: dict[str, Comparison] = {}
        for each in found:
            if any(m.score.family == each.family for m in measurements):
                self.families.setdefault(each.family, each)
        of_classes = [m.score for m in measurements if m.score.family == "class"]
        self.raw = any(score.raw for score in of_classes)
        self.logs = any(score.logs for score in of_classes)
        self.hits_only = not self.raw and all(score.name in ("ErrorRate", "Accuracy") for score in of_classes)
        self.plain = self.hits_only and list(self.families) == ["class"] and not self.listed
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
        if self.plain:
            return self.hits(outputs)
        taken = {family: self.take(family, each, outputs) for family, each in self.families.items()}
        self.gather(taken)
        for m in self.listed:
            self.statistics.setdefault(f"batches {m.key}", []).append(float(m.value(taken[m.score.family])))
        return {m.key: self.raw_value(m, taken) for m in self.of_batches}

    def hits(self, outputs: Mapping[str, np.ndarray]) -> dict[str, Any]:
        """As `batch`, where only right and wrong decisions count: the default measurement of classifiers,
        without detours.
        """
        each = self.families["class"]
        if CLASS_LENGTHS.isdisjoint(outputs):
            output, target = outputs[CLASS_OUTPUT], outputs[CLASS_TARGET]
        else:
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
        return {m.key: 1 - share if m.score.name == "ErrorRate" else share for m in self.of_batches}

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
            return PlaceStatistics(self.families[family].labels[0])
        if family == "value":
            return ValueStatistics()
        return HitStatistics() if self.hits_only else ClassStatistics(self.class_count, self.raw)

    def take(self, family: str, each: Comparison, outputs: Mapping[str, np.ndarray]) -> Any:
        """The statistics of one batch."""
        if each.form in ("place", "array"):
            place = self.fresh(family)
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
        return {m.key: self.raw_value(m, source) for m in self.measurements}

    def raw_value(self, m: Measurement, source: Mapping[str, Any]) -> Any:
        """The raw value of one measurement: by its aggregator where it has one."""
        listed = source.get(f"batches {m.key}")
        if m.aggregator is None or (listed is None and m.score.family in EXACT):
            return m.value(source[m.score.family])
        return m.aggregator(m.value(source[m.score.family]) if listed is None else listed)

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
