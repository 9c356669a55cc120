"""What the layers of a net demand of the lengths of sequences, checked before anything runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wlnet.runtime import ir, reference

from .errors import NetError
from .lengths import Extent, length_name, rounded
from .lower import input_type, input_wire, lower
from .masks import Demand
from .net import Net


def check(net: Net, lengths: Mapping[str, np.ndarray], what: str = "", symbol: str = "") -> None:
    """NetError for the first example whose sequences, of `lengths` (N) by input port, a layer of `net` cannot
    take.

    what    the beginning of the text in front of "example 3"
    symbol  of the message; that of the layer unless stated
    """
    for port, each in lengths.items():
        if each.size and not each.min():
            text = f'The sequences at "{port}" must have at least one element; example '
            text += f"{each.argmin() + 1} has none."
            raise NetError(symbol or net.record.name, "lengths", f"{what} {text}" if what else text)
    if not lengths:
        return
    sizes = tuple(int(rounded(each.max())) for each in lengths.values())
    for demand, program in demands_of(net, tuple(lengths), sizes):
        found, *wanted = over_examples(program, {length_name(k): v for k, v in lengths.items()})
        least: Any = wanted[0] if wanted else demand.wanted
        wrong = np.flatnonzero(found != least if wanted else found < least)
        if wrong.size:
            first = int(wrong[0])
            told = f"{found[first]} and {least[first]}" if wanted else str(found[first])
            where = f"example {first + 1} has" if len(found) > 1 or what else "found are"
            text = f"{demand.text}; {where} {told}."
            raise NetError(symbol or demand.symbol, "lengths", f"{what} {text}" if what else text)


def demands_of(net: Net, ports: tuple[str, ...], sizes: tuple[int, ...]) -> list[tuple[Demand, ir.Program]]:
    """What the layers of a net demand of lengths, each as a program of the lengths alone."""
    key = ("demands", ports, sizes)
    if key not in net.cache:
        b = ir.Builder()
        demands: list[Demand] = []
        extents = {port: Extent(size, False) for port, size in zip(ports, sizes, strict=True)}
        ins = {
            name: input_wire(b, name, input_type(port, 1, "f32", extents.get(name)), extents.get(name))
            for name, port in net.inputs.items()
        }
        lower(net, b, ins, training=False, demands=demands, batch=1)
        programs = []
        for each in demands:
            both = [each.found, *([each.wanted] if isinstance(each.wanted, ir.Value) else [])]
            instrs = ir.live_instrs(both)
            programs.append((each, ir.Program(instrs, {}, {}, {str(i): x for i, x in enumerate(both)}, ())))
        net.cache[key] = programs
    return net.cache[key]  # type: ignore[no-any-return]


def over_examples(program: ir.Program, lengths: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """The outputs, for all examples at once, of an elementwise program of lengths made for one example."""
    known: dict[ir.Value, Any] = {}
    count = len(next(iter(lengths.values())))
    for instr in program.instrs:
        (result,) = instr.results
        if instr.op.name == "input":
            known[result] = np.asarray(lengths[instr.params["name"]], result.type.numpy)
        elif instr.op.name == "const":
            known[result] = np.full(count, instr.params["value"], result.type.numpy)
        elif instr.op.kind == "elementwise":
            operands = [known[value] for value in instr.operands]
            known[result] = reference.evaluate(instr.op, operands, instr.params)[0]
        else:
            known[result] = known[instr.operands[0]]
    return [known[value] for value in program.outputs.values()]


def exact(net: Net) -> bool:
    """Whether `net` has a layer that takes sequences but does not know of padding: then only sequences of
    equal lengths share a batch.
    """
    for _, inner in net.walk():
        record = inner.record
        if record.container or not any(x.varies for x in (*inner.inputs.values(), *inner.outputs.values())):
            continue
        if not (record.padded(inner) if callable(record.padded) else record.padded):
            return True
    return False
