"""From a net, data and options to everything a training runs on: training net, arrays, batches, programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import system

from .batches import Batches, Examples, batches
from .comparisons import comparisons
from .data import Table
from .data_sets import table_of
from .encode import Encoded, encode_table
from .errors import NetError
from .generated import Generator, Source, read_generator
from .initialize import initialize
from .lower import check_evaluable
from .machines import machine_for
from .measure import Meter
from .measurements import read_measurements
from .multipliers import Path, lookup, multipliers, unmatched
from .net import SHARED, Net
from .optimizers import Optimizer
from .quantities import real_number
from .read_ahead import ReadAhead
from .settings import BATCH, MOST_ROUNDS, THRIFT, VARYING_BATCH, Settings
from .step import Machine, Plan, examples_of
from .stored import Stored
from .training_net import NET, TrainingNet, aligned, build
from .types import dims_text
from .validate import Held, ValidationSpec, set_aside

NONE = system("None")
VALIDATION = "Validation data"


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
    validation: Held | None
    meter: Meter
    multipliers: dict[Path, float]


def prepare(
    ev: Any, net: Net, data: Any, settings: Settings, options: Options, random: np.random.Generator
) -> Prepared:
    """Everything up to the first step; NetError for whatever stands in its way."""
    made = read_generator(data)
    generator = Generator(ev, made, settings.batch_size or BATCH) if made is not None else None
    table = generator.first() if generator else table_of(ev, data)
    held_out: Table | None = None
    spec = options.validation
    if spec is not None and spec.share is not None:
        if generator:
            text = "ValidationSet -> Scaled[r] needs training data that are not generated."
            raise NetError("NetTrain", "validation", text)
        table, held_out = set_aside(table, spec.share, random)
    training, table = build(net, options.loss_function, table)
    check_complete(training.net)
    rates = multipliers_of(training, options.learning_rate_multipliers)
    graph = initialize(training.net, int(random.integers(1 << 62)))
    training = training._replace(net=graph)
    ports = dict(graph.inputs)
    encoded = encode_table(ev, table, ports, settings.dtype)
    found = comparisons(training)
    meter = Meter(read_measurements(options.measurements, training, found, "NetTrain", ev.call), found)
    plan = plan_of(training, meter, rates, settings)
    size = settings.batch_size or automatic_size(encoded, settings)
    per_round = generator.per_round if generator else -(-table.length // size)
    steps = settings.steps or per_round * (settings.rounds or MOST_ROUNDS)
    machine = machine_for(net, plan, encoded, settings.device, steps)
    validation = None
    if spec is not None:
        maker = Encoding(ev, training, ports, settings.dtype)
        validation = held(maker, spec, held_out, settings.batch_size or BATCH)
    if generator:
        generator.ready(training, ports, settings.dtype)
        return Prepared(training, machine, generator, None, validation, meter, rates)
    examples = examples_of(graph, encoded, table.length)
    return Prepared(training, machine, dealt(examples, size), examples, validation, meter, rates)


def dealt(examples: Examples, size: int) -> Batches | ReadAhead:
    """The batches of a data set; read ahead where it lies on disk."""
    inner = batches(examples, size)
    stored = any(isinstance(array, Stored) for array in examples.arrays.values())
    return ReadAhead(inner) if stored and inner.per_round > 1 and not examples.lengths else inner


def plan_of(training: TrainingNet, meter: Meter, rates: dict[Path, float], settings: Settings) -> Plan:
    """What the programs are made from."""
    bounds = bounds_of(training, settings.optimizer)
    everywhere = {(NET, *path) if path[0] != SHARED else path: rate for path, rate in rates.items()}
    optimizer, dtype = settings.optimizer, settings.dtype
    return Plan(training.net, training.losses, meter.watched, dtype, optimizer, everywhere, bounds)


def automatic_size(encoded: Mapping[str, Encoded], settings: Settings) -> int:
    """Examples a batch where BatchSize is Automatic: fewer of sequences, and where memory is short."""
    size = VARYING_BATCH if any(x.lengths is not None for x in encoded.values()) else BATCH
    return max(1, size // THRIFT) if settings.thrifty else size


class Encoding(NamedTuple):
    """What makes examples for the programs out of further tables."""

    ev: Any
    training: TrainingNet
    ports: Mapping[str, Any]
    dtype: str

    def examples(self, table: Table) -> Examples:
        table = aligned(self.training, table)
        encoded = encode_table(self.ev, table, self.ports, self.dtype, VALIDATION)
        return examples_of(self.training.net, encoded, table.length, VALIDATION)


def held(encoding: Encoding, spec: ValidationSpec, held_out: Table | None, size: int) -> Held:
    """The validation set: what was set aside, an explicit data set, or one that is generated anew for every
    validation.
    """
    made = read_generator(spec.data) if held_out is None else None
    if made is None:
        table = held_out if held_out is not None else table_of(encoding.ev, spec.data, VALIDATION, "TestData")
        sets = [encoding.examples(table)]
        return Held(table.length, lambda _: sets)
    source = Source(encoding.ev, made, size, VALIDATION)

    def generate(k: int) -> list[Examples]:
        count = source.per_round
        return [encoding.examples(source.call(k * count + i)) for i in range(count)]

    return Held(source.per_round * size, generate)


def check_complete(net: Net, trains: bool = True) -> None:
    """NetError unless every shape is known and, where it `trains`, there is something to train."""
    check_evaluable(net)
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
    if trains and not any(net.array_group(path) == "parameters" for path in net.all_arrays()):
        raise NetError("NetTrain", "nothing", "The net has no arrays that could be trained.")


def multipliers_of(training: TrainingNet, setting: Any) -> dict[Path, float]:
    """The learning-rate multiplier of every array of the user's net."""
    return multipliers(training.inner, setting, training.inner.array_places())


def bounds_of(training: TrainingNet, optimizer: Optimizer) -> dict[Path, tuple[Any, Any, Any]]:
    """Regularization and clipping of every array, by its path in the training net."""
    places = training.inner.array_places()
    settings = {
        "L2Regularization": optimizer.regularization,
        "GradientClipping": optimizer.gradient_clipping,
        "WeightClipping": optimizer.weight_clipping,
    }
    for name, setting in settings.items():
        unmatched(training.inner, setting, [p for several in places.values() for p in several], name, _bound)
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


def trained_net(prepared: Prepared, arrays: Mapping[Path, np.ndarray]) -> Net:
    """The user's net with the trained arrays in it; coders and ports as they were prepared."""
    inner = prepared.training.inner
    values = {path[1:] if path[0] == NET else path: array for path, array in arrays.items()}
    known = inner.all_arrays()
    found = inner.with_arrays({path: array for path, array in values.items() if path in known})
    found.cache["machines"] = prepared.machine.home
    return found
