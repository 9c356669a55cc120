"""The programs of nets: one executable for each (number of examples, lengths, what is asked, settings), the
least recently used of 16, kept on the net itself. Long lists run in chunks of fixed sizes, so that lists of
any length need few executables.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import S
from wlnet.runtime import autodiff, compile, ir, ops, store

from . import examples
from .batches import Examples
from .conflicts import describe
from .demands import check, exact
from .encode import DTYPES
from .errors import NetError
from .examples import Feed, Rows
from .lengths import Lengths, cut, joined, length_name, padded, rounded, table_of
from .lower import Taps, Wire, declare, initial_values, input_type, input_wire, lower, variable_name
from .masks import blank, mask
from .net import Net
from .recurrence import State
from .requests import ArrayGradient, InputGradient, Interior, Output, Wanted, default_request

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
    started: tuple[State, ...] = ()  # recurrent states whose first values come with the data


PLAIN = Settings()


# ---- running


def run(
    net: Net,
    fed: Feed,
    dys: dict[str, Rows],
    wanted: tuple[Wanted, ...],
    settings: Settings,
    seed: int | None = None,
    first: Mapping[State, np.ndarray] | None = None,
) -> list[Rows]:
    """For each wanted thing its rows (N, ...); for an array's gradient the sum over all examples.

    dys     supplied gradients of outputs; first: first values (N, ...) of recurrent states
    """
    settings = settings._replace(started=tuple(first or ()))
    states = {state_name(state): rows for state, rows in (first or {}).items()}
    arrays = store_of(net, settings)
    if seed is not None:
        arrays[ops.randoms.COUNTER] = np.array([seed, 0], np.uint64)
    names = tuple(dys)
    lengths = examples.lengths(fed, net.inputs)
    if lengths:
        return run_sequences(net, fed, lengths, dys, wanted, settings, states)
    fields = {**fed.arrays, **states, **{gradient_name(port): rows for port, rows in dys.items()}}
    pieces = [slice(start, start + n) for start, n in chunks(fed.size, settings)]
    found = []
    for piece in pieces:
        runner = executable(net, piece.stop - piece.start, (), wanted, settings, names)
        inputs = fields if len(pieces) == 1 else {name: rows[piece] for name, rows in fields.items()}
        outputs = runner.run(inputs)
        found.append([np.array(outputs[str(i)]) for i in range(len(wanted))])
    return list(found[0]) if len(found) == 1 else join(found, pieces, wanted, fed.size)


def run_sequences(
    net: Net,
    fed: Feed,
    lengths: dict[str, np.ndarray],
    dys: dict[str, Rows],
    wanted: tuple[Wanted, ...],
    settings: Settings,
    states: Mapping[str, np.ndarray],
) -> list[Rows]:
    """Examples with sequences: similar lengths together, padded to a common one."""
    check(net, lengths)
    arrays = {}
    for name, rows in fed.arrays.items():
        array = joined(list(rows))[0] if name in lengths else rows
        kind = np.dtype(np.int64) if net.inputs[name].kind == "integer" else DTYPES[settings.dtype]
        arrays[name] = np.ascontiguousarray(array, kind)
    data = Examples(arrays, fed.size, lengths, exact(net))
    pieces = sequence_pieces(data, settings)
    found: list[list[Rows]] = []
    for piece, extents in pieces:
        runner = executable(net, len(piece), extents, wanted, settings, tuple(dys))
        data.gather(piece, extents, runner.inputs)
        for port, rows in dys.items():
            fill_rows(runner.inputs[gradient_name(port)], [rows[i] for i in piece])
        for name, rows in states.items():
            runner.inputs[name][...] = rows[piece]
        runner.step()
        own = {port: each[piece] for port, each in lengths.items()}
        found.append([result_rows(runner.outputs, i, each, own) for i, each in enumerate(wanted)])
    return join(found, [piece for piece, _ in pieces], wanted, fed.size)


def sequence_pieces(data: Examples, settings: Settings) -> list[tuple[np.ndarray, Lengths]]:
    """Which examples run together, and what they are padded to."""
    table, everything = table_of(data.lengths), np.arange(data.size)
    if data.exact:
        groups = data.arranged(data.size).members(everything)
        return [
            (members[start : start + n], extents)
            for members, extents in groups
            for start, n in chunks(len(members), settings)
        ]
    order = np.lexsort(rounded(table).T[::-1])
    runs = [order[start : start + n] for start, n in chunks(data.size, settings)]
    return [(members, padded(table[members])) for members in runs]


def fill_rows(buffer: np.ndarray, rows: list[np.ndarray]) -> None:
    """Rows into a buffer (n, ...), those of shorter sequences padded with zeros."""
    buffer[...] = 0
    for place, row in zip(buffer, rows, strict=True):
        if np.ndim(row) and len(row) < len(place):
            place[: len(row)] = row
        else:
            place[...] = row


def result_rows(
    outputs: Mapping[str, np.ndarray], i: int, wanted: Wanted, lengths: Mapping[str, np.ndarray]
) -> Rows:
    """The i-th result without its padding."""
    own = lengths.get(wanted.port) if type(wanted) is InputGradient else outputs.get(length_name(str(i)))
    rows = cut(np.array(outputs[str(i)]), own)
    if across_name(i) not in outputs:
        return rows
    return [row[:, :n] for row, n in zip(rows, outputs[across_name(i)].tolist(), strict=True)]


def across_name(i: int) -> str:
    """Name of the output with the lengths of the second dimension of the i-th result."""
    return f"{length_name(str(i))} across"


def join(
    found: Sequence[Sequence[Rows]], pieces: Sequence[Any], wanted: tuple[Wanted, ...], count: int
) -> list[Rows]:
    """Results of pieces put together: sums of gradients of arrays, rows in the order of the examples."""
    result: list[Rows] = []
    for i, each in enumerate(wanted):
        parts = [rows[i] for rows in found]
        if type(each) is ArrayGradient:
            result.append(np.sum(parts, axis=0))
            continue
        if all(isinstance(x, np.ndarray) for x in parts) and len({x.shape[1:] for x in parts}) == 1:  # type: ignore[union-attr]
            whole = np.empty((count, *parts[0].shape[1:]), parts[0].dtype)  # type: ignore[union-attr]
            for piece, part in zip(pieces, parts, strict=True):
                whole[piece] = part
            result.append(whole)
            continue
        rows: list[Any] = [None] * count
        for piece, part in zip(pieces, parts, strict=True):
            for place, row in zip(piece, part, strict=True):
                rows[place] = row
        result.append(rows)
    return result


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


def state_name(state: State) -> str:
    """Name of the program's input that carries the first value of a recurrent state."""
    path, name = state
    return f"state {'/'.join((*path, name))}"


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
        if settings.dtype == "f32" and settings.device == "cpu":
            found = store.Store([counter])
            found.adopt(b.variables.values(), initial_values(net))  # the net's own arrays: held once
        else:
            found = store.Store([*b.variables.values(), counter], initial_values(net))
        net.cache[key] = found
    return found  # type: ignore[no-any-return]


def executable(
    net: Net,
    count: int,
    lengths: Lengths,
    wanted: tuple[Wanted, ...],
    settings: Settings,
    cotangents: tuple[str, ...],
) -> compile.Executable:
    """The compiled program for `count` examples, from the net's cache or new."""
    kept: OrderedDict[Any, compile.Executable] = net.cache.setdefault("executables", OrderedDict())
    key = executable_key(count, lengths, wanted, settings, cotangents)
    found = kept.get(key)
    if found is not None:
        kept.move_to_end(key)
        return found
    program = program_for(net, count, lengths, wanted, settings, cotangents)
    found = kept[key] = compile.compile(program, store_of(net, settings), settings.device)
    if len(kept) > KEPT:
        kept.popitem(last=False)
    return found


def executable_key(
    count: int, lengths: Lengths, wanted: tuple[Wanted, ...], settings: Settings, cotangents: tuple[str, ...]
) -> tuple[Any, ...]:
    """What tells the executables of a net apart."""
    kind = (settings.training, settings.dtype, settings.device)
    return (count, lengths, wanted_key(wanted), *kind, cotangents, settings.started)


def ready(net: Net, count: int) -> compile.Executable | None:
    """The compiled program of plain inference on `count` examples of fixed shape, if there is one."""
    known: dict[int, Any] = net.cache.setdefault("ready", {})
    key = known.get(count)
    if key is None:
        wanted = default_request(net).wanted
        key = known[count] = executable_key(count, (), wanted, PLAIN, ())
    found: compile.Executable | None = net.cache.get("executables", {}).get(key)
    return found


def wanted_key(wanted: tuple[Wanted, ...]) -> tuple[Any, ...]:
    """What of a request the program depends on: not the decoder's property."""
    return tuple((type(x).__name__, x.port) if type(x) is Output else (type(x).__name__, *x) for x in wanted)


def program_for(
    net: Net,
    count: int,
    lengths: Lengths,
    wanted: tuple[Wanted, ...],
    settings: Settings,
    cotangents: tuple[str, ...],
) -> ir.Program:
    """The program whose outputs "0", "1", ... are the wanted things."""
    b = ir.Builder()
    open_lengths = iter(lengths)
    ins = {}
    for name, port in net.inputs.items():
        extent = next(open_lengths) if port.varies else None
        ins[name] = input_wire(b, name, input_type(port, count, settings.dtype, extent), extent)
    taps: Taps = {}
    outs = lower(
        net,
        b,
        ins,
        training=settings.training,
        dtype=settings.dtype,
        updates=False,
        taps=taps,
        batch=count,
        given=first_values(net, b, count, settings),
    )
    gradients = gradients_of(net, b, ins, outs, wanted, cotangents)
    for i, each in enumerate(wanted):
        if type(each) in (Output, Interior):
            wire = outs[each.port] if type(each) is Output else taps[(each.path, each.port)]  # type: ignore[union-attr]
            b.output(str(i), wire.value)
            if wire.lengths is not None:
                b.output(length_name(str(i)), wire.lengths)
            if wire.across is not None:
                b.output(across_name(i), wire.across)
        else:
            b.output(str(i), gradients[i])
    return b.program()


def first_values(net: Net, b: ir.Builder, count: int, settings: Settings) -> dict[State, ir.Value]:
    """Inputs of the program for the recurrent states that do not start from 0."""
    ports = {state: net.at(state[0]).states[state[1]] for state in settings.started}
    return {
        state: b.input(state_name(state), input_type(port, count, settings.dtype))
        for state, port in ports.items()
    }


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
        if wire.lengths is not None:
            value = blank(b, value, mask(b, wire.lengths, value.shape[1], value.rank))
        if cotangents:
            value = b.mul(value, b.input(gradient_name(port), value.type))
        terms.append(b.sum(value))
    total = terms[0] if terms else b.constant(0.0, "f32")
    for each in terms[1:]:
        total = b.add(total, each)
    return dict(zip(places, autodiff.gradient(b, total, leaves), strict=True))
