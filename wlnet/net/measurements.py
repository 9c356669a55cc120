"""Which measurements are asked for: TrainingProgressMeasurements and the third argument of NetMeasurements.

    "name", "name" -> parameter, NetPort["port"], NetPort[{layer, ..., "port" or "array"}], a function, or
    <|"Measurement" -> any of these, "Key" -> k, "ClassAveraging" -> a, "Aggregator" -> f, "Interval" -> i,
    "PlotType" -> p|>
The formulas stand in `scores`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import Association, Expr, S, Symbol, is_list, items, packed, system

from .comparisons import Comparison
from .errors import NetError, nearest
from .scores import AGGREGATES, NUMBER, PER_CLASS, PLACE, SCORES, Score, average, micro
from .training_net import NET, TrainingNet, unique

AUTOMATIC, NONE = S.Automatic, system("None")
AVERAGES = ("Macro", "Micro", "Weighted")
KEYS = ("Measurement", "Key", "Aggregator", "ClassAveraging", "Interval", "PlotType")
INTERVALS = ("Batch", "Round")
PLOT_TYPES = ("Linear", "Log")
# What evaluates a function of the user: f, its argument -> the value.
Call = Callable[[Any, Any], Any]


class Measurement(NamedTuple):
    """One measurement asked for.

    key         its name in reports
    score       its record
    parameter   of "Accuracy" -> n, "FScore" -> beta
    averaging   how the values of classes become one: "Macro", "Micro", "Weighted", None
    each_batch  whether it is measured on every batch, not only on rounds and validation sets
    aggregator  makes one value of a round out of those of its batches; None: it is measured on all examples
                of the round together
    plot        "Linear" or "Log": the scale of its picture
    """

    key: str
    score: Score
    parameter: Any = None
    averaging: str | None = None
    each_batch: bool = True
    aggregator: Callable[[list[Any]], Any] | None = None
    plot: str = "Linear"

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


class Details(NamedTuple):
    """What an association says of a measurement besides what it is."""

    key: str | None = None
    averaging: str | None = None
    each_batch: bool | None = None
    aggregator: Any = None
    plot: str = "Linear"


def read_measurements(
    setting: Any, training: TrainingNet, found: list[Comparison], symbol: str, call: Call
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
    made = [read_measurement(each, training, found, symbol, call) for each in specs if not _is_function(each)]
    return distinct(made)


def distinct(measurements: Sequence[Measurement]) -> list[Measurement]:
    """With keys that differ: those with parameters show them, and what is the same then gets a number."""
    keys = [m.key for m in measurements]
    shown = [
        f"{m.key} -> {m.parameter}" if m.parameter is not None and keys.count(m.key) > 1 else m.key
        for m in measurements
    ]
    return [m._replace(key=key) for m, key in zip(measurements, unique(shown), strict=True)]


# ---- functions


class Custom(NamedTuple):
    """A measurement that is a function of the user, called with what a progress function gets."""

    key: str
    function: Any
    each_batch: bool


def read_functions(setting: Any) -> list[Custom]:
    """Measurements that are functions of the user."""
    if setting is AUTOMATIC or setting is NONE:
        return []
    found: list[Custom] = []
    for spec in filter(_is_function, items(setting) if is_list(setting) else (setting,)):
        details = read_details(spec, "NetTrain") if type(spec) is Association else Details()
        function = spec.get("Measurement") if type(spec) is Association else spec
        key = details.key or f"Function{len(found) + 1}"
        found.append(Custom(key, function, details.each_batch is True))
    return found


def _is_function(spec: Any) -> bool:
    if type(spec) is Association:
        spec = spec.get("Measurement")
    return type(spec) is Expr and spec.head is S.Function


# ---- one measurement


def read_measurement(
    spec: Any, training: TrainingNet, found: list[Comparison], symbol: str, call: Call
) -> Measurement:
    """One measurement; NetError for what is none, or does not suit the losses of the training."""
    details = Details()
    if type(spec) is Association:
        details, spec = read_details(spec, symbol), spec.get("Measurement")
    if type(spec) is Expr and spec.head is S.NetPort:
        made = _at_port(spec, details, training, found, symbol)
        how = aggregate_of(details.aggregator, symbol)
        return made._replace(aggregator=_rows(how, call) if callable(how) or type(how) is not str else None)
    name, parameter = spec, None
    if type(spec) is Expr and spec.head is S.Rule and len(spec.args) == 2:
        name, parameter = spec.args
    if type(name) is not str or name not in SCORES:
        known = "Known are " + ", ".join(f'"{n}"' for n in SCORES) + "."
        hint = nearest(name, list(SCORES)) if type(name) is str else known
        raise NetError(symbol, "measurement", f"There is no measurement {_shown(name)}. {hint}")
    score = SCORES[name]
    if not any(each.family == score.family for each in found):
        values = "MeanSquaredLossLayer or MeanAbsoluteLossLayer"
        kind = "CrossEntropyLossLayer" if score.family == "class" else values
        raise NetError(symbol, "measurement", f'The measurement "{name}" needs a net with a {kind} as loss.')
    if details.averaging is not None and score.result != PER_CLASS:
        raise _bad(symbol, f'"{name}" has no values of single classes that "ClassAveraging" could average')
    made = Measurement(details.key or name, _checked(score, parameter, symbol), parameter, details.averaging)
    made = made._replace(each_batch=details.each_batch is not False, plot=details.plot)
    if details.aggregator is None:
        return made
    if not made.scalar:
        raise _bad(symbol, f'"{name}" is no number that "Aggregator" could take')
    return made._replace(aggregator=over_batches(details.aggregator, call, symbol))


def read_details(spec: Association, symbol: str) -> Details:
    """The keys of an association other than "Measurement"; NetError for one that is unknown or ill-formed."""
    for key in spec:
        if key not in KEYS:
            hint = nearest(key, list(KEYS)) if type(key) is str else ""
            raise NetError(symbol, "measurement", f"A measurement has no key {_shown(key)}. {hint}".strip())
    key, averaging = spec.get("Key"), spec.get("ClassAveraging", NONE)
    if key is not None and (type(key) is not str or not key):
        raise _bad(symbol, 'takes a string as "Key"')
    averaging = None if averaging is NONE or averaging is AUTOMATIC else averaging
    if averaging is not None and averaging not in AVERAGES:
        raise _bad(symbol, 'has as "ClassAveraging" "Macro", "Micro", "Weighted" or None')
    interval, plot = spec.get("Interval", AUTOMATIC), spec.get("PlotType", AUTOMATIC)
    if interval is not AUTOMATIC and interval not in INTERVALS:
        raise _bad(symbol, 'has as "Interval" "Batch" or "Round"')
    if plot is not AUTOMATIC and plot not in PLOT_TYPES:
        raise _bad(symbol, 'has as "PlotType" "Linear" or "Log"')
    aggregator = spec.get("Aggregator", AUTOMATIC)
    if aggregator is not AUTOMATIC:
        aggregate_of(aggregator, symbol)
    return Details(
        key,
        averaging,
        None if interval is AUTOMATIC else interval == "Batch",
        None if aggregator is AUTOMATIC else aggregator,
        "Linear" if plot is AUTOMATIC else plot,
    )


# ---- aggregators


def aggregate_of(aggregator: Any, symbol: str) -> Any:
    """The name in AGGREGATES that an aggregator means, given as a string or a symbol, or a function of the
    user; None as "Mean".
    """
    if aggregator is None:
        return "Mean"
    name = aggregator.name if type(aggregator) is Symbol else aggregator
    name = "RMS" if name == "RootMeanSquare" else name
    if type(name) is str and name in AGGREGATES:
        return name
    if type(aggregator) is Symbol or (type(aggregator) is Expr and aggregator.head is S.Function):
        return aggregator
    names = ", ".join(f'"{each}"' for each in AGGREGATES)
    raise _bad(symbol, f'takes as "Aggregator" one of {names}, or a function of a list')


def over_batches(aggregator: Any, call: Call, symbol: str) -> Callable[[list[Any]], Any]:
    """What makes one value out of the values of batches."""
    how = aggregate_of(aggregator, symbol)
    if type(how) is str:
        return lambda values: float(AGGREGATES[how](np.array(values, np.float64)))
    return _rows(how, call)


def _rows(function: Any, call: Call) -> Callable[[list[Any]], Any]:
    return lambda values: call(function, packed(np.array(values, np.float64)))


# ---- places of a net


def _at_port(
    spec: Expr, details: Details, training: TrainingNet, found: list[Comparison], symbol: str
) -> Measurement:
    """NetPort["port"] (an output or an input of the training), NetPort[{part, ..., "port" or "array"}]."""
    steps = items(spec.args[0]) if len(spec.args) == 1 and is_list(spec.args[0]) else spec.args
    if not steps:
        raise _bad(symbol, 'at a NetPort needs its name, such as NetPort["Output"]')
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
    if details.averaging is not None:
        raise _bad(symbol, f'at {_port_text(steps)} has no classes that "ClassAveraging" could average')
    how = (
        aggregate_of(details.aggregator, symbol) if details.aggregator is not None or form == "place" else ""
    )
    family = f"place {len(found)}"
    found.append(Comparison(family, form, place, place, (how if type(how) is str else "rows",)))
    key = details.key or "/".join(str(step) for step in steps)
    score = PLACE._replace(family=family)
    return Measurement(key, score, each_batch=details.each_batch is not False, plot=details.plot)


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
