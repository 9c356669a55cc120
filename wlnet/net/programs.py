"""The programs of nets: one executable for each (number of examples, lengths, what is asked, settings), the
least recently used of 16, kept on the net itself. Long lists run in chunks of fixed sizes, so that lists of
any length need few executables.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import S
from wlnet.runtime import autodiff, compile, ir, ops, store

from . import examples
from .conflicts import describe
from .errors import NetError
from .examples import Feed, Rows
from .lower import Taps, Wire, declare, initial_values, input_type, lower, variable_name
from .net import Net
from .requests import ArrayGradient, InputGradient, Interior, Output, Wanted

# Executables kept on a net.
KEPT = 16
# Largest number of examples that run at once: on a 784-512-512-10 perceptron larger chunks gain less
# than 3 %.
CHUNK = 256


class Settings(NamedTuple):
    """How a net is run."""

    training: bool = False
    device: str = "cpu"
    dtype: str = "f32"
    batch: int | None = None
    seeding: Any = S.Automatic


PLAIN = Settings()


# ---- running


def run(
    net: Net,
    fed: Feed,
    dys: dict[str, np.ndarray],
    wanted: tuple[Wanted, ...],
    settings: Settings,
    seed: int | None = None,
) -> list[Rows]:
    """For each wanted thing its rows (N, ...); for an array's gradient the sum over all examples."""
    arrays = store_of(net, settings)
    if seed is not None:
        arrays[ops.randoms.COUNTER] = np.array([seed, 0], np.uint64)
    names = tuple(dys)
    fields = {**fed.arrays, **{gradient_name(port): rows for port, rows in dys.items()}}
    lengths = examples.lengths(fed, net.inputs)
    if lengths:
        return run_groups(net, fields, lengths, wanted, settings, names)
    pieces = [slice(start, start + n) for start, n in chunks(fed.size, settings)]
    found = []
    for piece in pieces:
        runner = executable(net, piece.stop - piece.start, (), wanted, settings, names)
        inputs = fields if len(pieces) == 1 else {name: rows[piece] for name, rows in fields.items()}
        outputs = runner.run(inputs)
        found.append([np.array(outputs[str(i)]) for i in range(len(wanted))])
    return list(found[0]) if len(found) == 1 else join(found, pieces, wanted, fed.size)


def run_groups(
    net: Net,
    fields: dict[str, Rows],
    lengths: list[tuple[int, ...]],
    wanted: tuple[Wanted, ...],
    settings: Settings,
    names: tuple[str, ...],
) -> list[Rows]:
    """Examples of different lengths: those of equal ones run together."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for i, length in enumerate(lengths):
        groups.setdefault(length, []).append(i)
    found, pieces = [], []
    for length, members in groups.items():
        for start, n in chunks(len(members), settings):
            piece = np.array(members[start : start + n])
            inputs = {name: np.stack([rows[i] for i in piece]) for name, rows in fields.items()}
            outputs = executable(net, n, length, wanted, settings, names)(inputs)
            pieces.append(piece)
            found.append([outputs[str(i)] for i in range(len(wanted))])
    return join(found, pieces, wanted, len(lengths))


def join(
    found: list[list[np.ndarray]], pieces: list[Any], wanted: tuple[Wanted, ...], count: int
) -> list[Rows]:
    """Results of pieces put together: sums of gradients of arrays, rows in the order of the examples."""
    joined: list[Rows] = []
    for i, each in enumerate(wanted):
        parts = [result[i] for result in found]
        if type(each) is ArrayGradient:
            joined.append(np.sum(parts, axis=0))
            continue
        if len({part.shape[1:] for part in parts}) > 1:
            rows: list[Any] = [None] * count
            for piece, part in zip(pieces, parts, strict=True):
                for place, row in zip(piece, part, strict=True):
                    rows[place] = row
            joined.append(rows)
            continue
        whole = np.empty((count, *parts[0].shape[1:]), parts[0].dtype)
        for piece, part in zip(pieces, parts, strict=True):
            whole[piece] = part
        joined.append(whole)
    return joined


def chunks(count: int, settings: Settings) -> list[tuple[int, int]]:
    """(start, size) of the pieces of `count` examples: full batches, then powers of two.

    With batch statistics active the examples of one batch belong together: pieces are batches, whatever is
    left over.
    """
    size = settings.batch or (max(1, count) if settings.training else CHUNK)
    found, start = [], 0
    while start < count:
        left = count - start
        n = size if left >= size else left if settings.training else 1 << (left.bit_length() - 1)
        found.append((start, n))
        start += n
    return found


def gradient_name(port: str) -> str:
    """Name of the program's input that carries the supplied gradient of an output."""
    return f"gradient of {port}"


# ---- programs


def store_of(net: Net, settings: Settings) -> store.Store:
    """The net's arrays where programs find them: one store for all executables of a precision and device."""
    key = ("store", settings.dtype, settings.device)
    found = net.cache.get(key)
    if found is None:
        b = ir.Builder()
        declare(net, b, settings.dtype)
        counter = ir.Variable(ops.randoms.COUNTER, ops.randoms.COUNTER_TYPE, "state", 0)
        found = store.Store([*b.variables.values(), counter], initial_values(net))
        net.cache[key] = found
    return found  # type: ignore[no-any-return]


def executable(
    net: Net,
    count: int,
    lengths: tuple[int, ...],
    wanted: tuple[Wanted, ...],
    settings: Settings,
    cotangents: tuple[str, ...],
) -> compile.Executable:
    """The compiled program for `count` examples, from the net's cache or new."""
    kept: OrderedDict[Any, compile.Executable] = net.cache.setdefault("executables", OrderedDict())
    key = (count, lengths, wanted_key(wanted), settings.training, settings.dtype, settings.device, cotangents)
    found = kept.get(key)
    if found is not None:
        kept.move_to_end(key)
        return found
    program = program_for(net, count, lengths, wanted, settings, cotangents)
    found = kept[key] = compile.compile(program, store_of(net, settings), settings.device)
    if len(kept) > KEPT:
        kept.popitem(last=False)
    return found


def wanted_key(wanted: tuple[Wanted, ...]) -> tuple[Any, ...]:
    """What of a request the program depends on: not the decoder's property."""
    return tuple((type(x).__name__, x.port) if type(x) is Output else (type(x).__name__, *x) for x in wanted)


def program_for(
    net: Net,
    count: int,
    lengths: tuple[int, ...],
    wanted: tuple[Wanted, ...],
    settings: Settings,
    cotangents: tuple[str, ...],
) -> ir.Program:
    """The program whose outputs "0", "1", ... are the wanted things."""
    b = ir.Builder()
    open_lengths = iter(lengths)
    ins = {}
    for name, port in net.inputs.items():
        length = next(open_lengths) if port.varies else None
        ins[name] = Wire(b.input(name, input_type(port, count, settings.dtype, length)))
    taps: Taps = {}
    outs = lower(
        net, b, ins, training=settings.training, dtype=settings.dtype, updates=False, taps=taps, batch=count
    )
    gradients = gradients_of(net, b, ins, outs, wanted, cotangents)
    for i, each in enumerate(wanted):
        if type(each) is Output:
            value = outs[each.port].value
        elif type(each) is Interior:
            value = taps[(each.path, each.port)].value
        else:
            value = gradients[i]
        b.output(str(i), value)
    return b.program()


def gradients_of(
    net: Net,
    b: ir.Builder,
    ins: dict[str, Wire],
    outs: dict[str, Wire],
    wanted: tuple[Wanted, ...],
    cotangents: tuple[str, ...],
) -> dict[int, ir.Value]:
    """Gradients by place in `wanted`: of the sum of all outputs, or of the products
    with the supplied gradients.
    """
    places = [i for i, each in enumerate(wanted) if type(each) in (InputGradient, ArrayGradient)]
    if not places:
        return {}
    leaves = []
    for i in places:
        each = wanted[i]
        if type(each) is ArrayGradient:
            leaves.append(b.values[variable_name(each.path)])
        elif type(each) is InputGradient:
            leaves.append(ins[each.port].value)
            if not leaves[-1].type.is_float:
                text = (
                    f'The input "{each.port}" of {describe(net)} holds integers: there is no gradient '
                    "with respect "
                )
                raise NetError(net.record.name, "gradient", text + "to it.")
    terms = []
    for port, wire in outs.items():
        if not wire.value.type.is_float or (cotangents and port not in cotangents):
            continue
        value = wire.value
        if cotangents:
            value = b.mul(value, b.input(gradient_name(port), value.type))
        terms.append(b.sum(value))
    total = terms[0] if terms else b.constant(0.0, "f32")
    for each in terms[1:]:
        total = b.add(total, each)
    return dict(zip(places, autodiff.gradient(b, total, leaves), strict=True))
