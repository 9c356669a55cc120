"""From a net, data and options to everything a training runs on: training net, arrays, batches, programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import Association, Expr, S, Symbol, is_list, items, system

from .batches import Examples, batches
from .comparisons import comparisons
from .data import RULE_INPUT, RULE_TARGET, Table, read_table
from .encode import Encoded, encode_table
from .errors import NetError
from .initialize import initialize
from .lengths import Lengths
from .measure import Meter, read_measurements
from .multipliers import Path, lookup, multipliers
from .net import SHARED, Net
from .optimizers import Optimizer
from .quantities import real_number, says
from .settings import BATCH, MOST_ROUNDS, VARYING_BATCH, Settings
from .step import Machine, Plan, examples_of
from .training_net import NET, TrainingNet, build, missing
from .types import dims_text
from .validate import ValidationSpec, set_aside

NONE = system("None")


class Options(NamedTuple):
    """What of a training's options depends on the net and the data, as given."""

    loss_function: Any
    learning_rate_multipliers: Any
    measurements: Any
    validation: ValidationSpec | None


class Prepared(NamedTuple):
    """What a training runs on.

    training     the training net, initialized
    source       deals the training batches
    examples     all training examples; None when batches are generated
    validation   the validation examples, or None
    multipliers  array path within the user's net -> learning-rate multiplier
    """

    training: TrainingNet
    machine: Machine
    source: Any
    examples: Examples | None
    validation: Examples | None
    meter: Meter
    multipliers: dict[Path, float]


def prepare(
    ev: Any, net: Net, data: Any, settings: Settings, options: Options, random: np.random.Generator
) -> Prepared:
    """Everything up to the first step; NetError for whatever stands in its way."""
    generator = read_generator(data, settings)
    table = generator.first(ev) if generator else read_table(data)
    held_out: Table | None = None
    spec = options.validation
    if spec is not None and spec.share is not None:
        if generator:
            raise NetError(
                "NetTrain",
                "validation",
                "ValidationSet -> Scaled[r] needs training data that are not generated.",
            )
        table, held_out = set_aside(table, spec.share, random)
    training, table = build(net, options.loss_function, table)
    if spec is not None and spec.share is None:
        held_out = read_table(spec.data, "Validation data")
    if held_out is not None:
        held_out = aligned(training, held_out)
    check_complete(training.net)
    rates = multipliers_of(training, options.learning_rate_multipliers)
    graph = initialize(training.net, int(random.integers(1 << 62)))
    training = training._replace(net=graph)
    ports = dict(graph.inputs)
    encoded = encode_table(ev, table, ports, settings.dtype)
    found = comparisons(training)
    measurements = read_measurements(options.measurements, training, found, "NetTrain")
    meter = Meter(measurements, found)
    bounds = bounds_of(training, settings.optimizer)
    everywhere = {(NET, *path) if path[0] != SHARED else path: rate for path, rate in rates.items()}
    plan = Plan(graph, training.losses, meter.watched, settings.dtype, settings.optimizer, everywhere, bounds)
    size = settings.batch_size or (
        VARYING_BATCH if any(x.lengths is not None for x in encoded.values()) else BATCH
    )
    per_round = generator.per_round if generator else -(-table.length // size)
    machine = Machine(plan, encoded, settings.device, per_round * (settings.rounds or MOST_ROUNDS))
    validation = None
    if held_out is not None:
        checked = encode_table(ev, held_out, ports, settings.dtype, "Validation data")
        validation = examples_of(graph, checked, held_out.length, "Validation data")
    if generator:
        generator.ready(ev, training, ports, settings.dtype, size)
        return Prepared(training, machine, generator, None, validation, meter, rates)
    examples = examples_of(graph, encoded, table.length)
    return Prepared(training, machine, batches(examples, size), examples, validation, meter, rates)


def aligned(training: TrainingNet, table: Table) -> Table:
    """Further examples for a training net: columns named as its inputs."""
    wanted = list(training.net.inputs)
    if not table.named:
        if len(wanted) > 2 or (len(wanted) == 2) != (RULE_TARGET in table.columns):
            raise missing(wanted, wanted)
        table = table.renamed(dict(zip((RULE_INPUT, RULE_TARGET), wanted, strict=False)))
    lacking = [port for port in wanted if port not in table.columns]
    if lacking:
        raise missing(lacking, wanted)
    return Table({port: table.columns[port] for port in wanted}, table.length)


def check_complete(net: Net) -> None:
    """NetError unless every shape is known and there is something to train."""
    if not net.specified:
        places = []
        for path, port, type_ in net.unknown_ports():
            inside = ", ".join(f'"{step}"' for step in path[1:])
            place = f'port "{port}"' + (f" of the layer {{{inside}}}" if inside else "")
            places.append(f"{place} ({dims_text(type_.shape)})")
        told = "; ".join(list(dict.fromkeys(places))[:3])
        text = (
            f'The shape of the net does not follow from the data: {told}. State it, such as "Input" -> n or '
        )
        raise NetError("NetTrain", "unspecified", text + "LinearLayer[n].")
    if not any(net.array_group(path) == "parameters" for path in net.all_arrays()):
        raise NetError("NetTrain", "nothing", "The net has no arrays that could be trained.")


def multipliers_of(training: TrainingNet, setting: Any) -> dict[Path, float]:
    """The learning-rate multiplier of every array of the user's net."""
    return multipliers(training.inner, setting, training.inner.array_places())


def bounds_of(training: TrainingNet, optimizer: Optimizer) -> dict[Path, tuple[Any, Any, Any]]:
    """Regularization and clipping of every array, by its path in the training net."""
    places = training.inner.array_places()
    found = {}
    for path, positions in places.items():

        def value(setting: Any, positions: Sequence[Path] = positions) -> float | None:
            if setting is None:
                return None
            matches = (lookup(training.inner, setting, place, _bound) for place in positions)
            return next((x for x in matches if x is not None), None)

        found[path if path[0] == SHARED else (NET, *path)] = (
            value(optimizer.regularization),
            value(optimizer.gradient_clipping),
            value(optimizer.weight_clipping),
        )
    return found


def _bound(value: Any) -> float | None:
    if value is NONE:
        return None
    number = value if type(value) is float else real_number(value)
    if number is None or number < 0:
        raise NetError(
            "NetTrain", "method", "Regularization and clipping take numbers that are not negative, or None."
        )
    return number


# ---- generated batches


class Generator:
    """Batches that a function of the user makes: f[<|"BatchSize" -> b, "Round" -> r|>] gives one."""

    def __init__(self, function: Any, round_length: int | None, batch_size: int | None) -> None:
        self.function = function
        self.round_length = round_length
        self.size = batch_size or BATCH
        self.round = 1
        self.batch = Examples({}, 0, {})

    def ready(self, ev: Any, training: TrainingNet, ports: Any, dtype: str, size: int) -> None:
        """What it needs from now on to make batches for the programs."""
        self.ev, self.training, self.ports, self.dtype, self.size = ev, training, ports, dtype, size

    @property
    def per_round(self) -> int:
        return -(-self.round_length // self.size) if self.round_length else 1

    @property
    def length(self) -> int:
        return self.per_round * self.size

    def first(self, ev: Any) -> Table:
        """A batch from which shapes and encoders are inferred."""
        return read_table(self.made(ev), "Generated data")

    def made(self, ev: Any) -> Any:
        return ev.call(self.function, Association.of([("BatchSize", self.size), ("Round", self.round)]))

    def shuffle(self, random: np.random.Generator) -> None:
        """Nothing to shuffle."""

    def indices(self, i: int) -> np.ndarray:
        return np.arange(0)

    def count(self, i: int) -> int:
        """Make batch `i`; its number of examples."""
        table = aligned(self.training, read_table(self.made(self.ev), "Generated data"))
        encoded: dict[str, Encoded] = encode_table(self.ev, table, self.ports, self.dtype, "Generated data")
        self.batch = examples_of(self.training.net, encoded, table.length, "Generated data")
        self.batch.together()
        return table.length

    def lengths(self, i: int) -> Lengths:
        """What the sequences of the batch made last are padded to."""
        return self.batch.together()[1]

    def fill(self, i: int, buffers: Mapping[str, np.ndarray]) -> None:
        """Copy the batch made last into `buffers`."""
        self.batch.gather(*self.batch.together(), buffers)


def read_generator(data: Any, settings: Settings) -> Generator | None:
    """The generator that `data` is: a function, or {f, "RoundLength" -> n}; None for explicit data."""
    if type(data) is Expr and data.head is S.Function:
        return Generator(data, None, settings.batch_size)
    if type(data) is Symbol:
        return Generator(data, None, settings.batch_size)
    if is_list(data) and len(items(data)) == 2:
        function, rule = items(data)
        if type(rule) is Expr and rule.head is S.Rule and says(rule.args[0], "RoundLength"):
            if type(rule.args[1]) is not int or rule.args[1] < 1:
                raise NetError("NetTrain", "data", '"RoundLength" must be a positive number of examples.')
            return Generator(function, rule.args[1], settings.batch_size)
    return None


def trained_net(prepared: Prepared, arrays: Mapping[Path, np.ndarray]) -> Net:
    """The user's net with the trained arrays in it; coders and ports as they were prepared."""
    inner = prepared.training.inner
    values = {path[1:] if path[0] == NET else path: array for path, array in arrays.items()}
    known = inner.all_arrays()
    return inner.with_arrays({path: array for path, array in values.items() if path in known})
