"""Loops over a sequence: `scan` runs a program of its own once a step, from carries to carries.

The first axis of a sequence is the step.  The body's inputs are, in this order, the carries, one element of
each sequence, and the constants; its outputs the new carries, and one element of each result sequence:

    %5 %6 = scan %1 %2 %3 {body=(...), carries=1, sequences=1, length=7} : f32(3, 4), f32(7, 3, 4)
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ..types import ShapeError, Type
from .record import LOOP, SOURCE, Params, Types, op

if TYPE_CHECKING:
    from ..ir import Builder, Program, Value

    Body = Callable[[Builder, list[Value], list[Value], list[Value]], tuple[Sequence[Value], Sequence[Value]]]


def scan_type(
    *operands: Type, body: Program, carries: int, sequences: int, length: int, reverse: bool = False
) -> Types:
    """Final carries, then result sequences."""
    wanted = [value.type for value in body.inputs.values()]
    fits = len(operands) == len(wanted) and not body.variables and not body.updates
    for k, (have, want) in enumerate(zip(operands, wanted)):
        if carries <= k < carries + sequences:
            want = want.with_shape((length, *want.shape))
        fits = fits and have == want
    found = [value.type for value in body.outputs.values()]
    if not fits or found[:carries] != wanted[:carries]:
        told = ", ".join(map(str, wanted))
        raise ShapeError("scan", f"operands for a body of ({told})", ", ".join(map(str, operands)))
    return (*found[:carries], *(each.with_shape((length, *each.shape)) for each in found[carries:]))


def scan_cost(operands: Types, results: Types, params: Params) -> int:
    """The body's work, once a step."""
    total = 0
    for instr in params["body"].instrs:
        if instr.op.kind != SOURCE:
            types = (tuple(v.type for v in each) for each in (instr.operands, instr.results))
            total += instr.op.cost(*types, instr.params)
    return total * params["length"]


def scan_build(
    b: Builder,
    body: Body,
    carries: Sequence[Value],
    sequences: Sequence[Value] = (),
    constants: Sequence[Value] = (),
    *,
    length: int | None = None,
    reverse: bool = False,
    lengths: Value | None = None,
) -> tuple[list[Value], list[Value]]:
    """Run `body` once for each element of `sequences` (T, ...): (final carries, result sequences (T, ...)).

    body(builder, carries, elements, constants) -> (new carries, result elements), in values of `builder`
    length    T, needed where there are no sequences
    reverse   from the last element to the first; results stay in the order of the sequences
    lengths   integers (N): from step lengths[n] on the carries of row n stay and its results are 0;
              carries and results then begin with the axis N
    """
    count = sequences[0].shape[0] if sequences else length
    if count is None or any(each.shape[:1] != (count,) for each in sequences):
        raise ShapeError("scan", "sequences of one length", ", ".join(str(x.type) for x in sequences))
    given, fixed = list(sequences), list(constants)
    if lengths is not None:
        given.append(b.iota(shape=(count,)))
        fixed.append(lengths)
    inner = type(b)(rewriting=b.rewriting)
    old, elements, held = inner_inputs(inner, carries, given, fixed)
    if lengths is None:
        new, results = body(inner, old, elements, held)
    else:
        live = inner.less(elements.pop(), inner.cast(held.pop(), "i64"))
        new, results = body(inner, old, elements, held)
        new = [inner.select(along(inner, live, y), y, x) for x, y in zip(old, new)]
        results = [inner.keep(y, along(inner, live, y)) for y in results]
    for k, each in enumerate(new):
        inner.output(f"carry{k}", each)
    for k, each in enumerate(results):
        inner.output(f"result{k}", each)
    found = emit(b, inner.program(), carries, given, fixed, count, reverse)
    return list(found[: len(carries)]), list(found[len(carries) :])


def emit(
    b: Builder,
    body: Program,
    carries: Sequence[Value],
    sequences: Sequence[Value],
    constants: Sequence[Value],
    length: int,
    reverse: bool,
) -> tuple[Value, ...]:
    counts = {"carries": len(carries), "sequences": len(sequences), "length": length, "reverse": reverse}
    return b.emit_all("scan", *carries, *sequences, *constants, body=body, **counts)


def along(b: Builder, live: Value, like: Value) -> Value:
    """Truth values (N) with as many axes as `like` (N, ...), to be repeated along the others."""
    if like.shape[:1] != live.shape:
        raise ShapeError("scan", f"carries and results of {live.shape[0]} rows", str(like.type))
    return b.broadcast_to(b.reshape(live, (*live.shape, *(1,) * (like.rank - 1))), like.shape)


def inner_inputs(
    b: Builder, carries: Sequence[Value], sequences: Sequence[Value], constants: Sequence[Value]
) -> tuple[list[Value], list[Value], list[Value]]:
    """The inputs of a body for these operands: in the order of scan's operands."""
    elements = [each.type.with_shape(each.shape[1:]) for each in sequences]
    return (
        [b.input(f"carry{k}", each.type) for k, each in enumerate(carries)],
        [b.input(f"element{k}", each) for k, each in enumerate(elements)],
        [b.input(f"constant{k}", each.type) for k, each in enumerate(constants)],
    )


def inline(b: Builder, program: Program, inputs: Sequence[Value]) -> list[Value]:
    """The outputs of `program`, whose instructions are appended to `b`."""
    known = dict(zip(program.inputs.values(), inputs, strict=True))
    for instr in program.instrs:
        if instr.op.name != "input":
            found = b.emit_all(instr.op.name, *(known[x] for x in instr.operands), **instr.params)
            known.update(zip(instr.results, found))
    return [known[each] for each in program.outputs.values()]


# ---- the gradient: a scan in the other direction


def scan_vjp(
    b: Builder,
    ins: tuple[Value, ...],
    out: Value | tuple[Value, ...],
    g: Value | None | tuple[Value | None, ...],
    *,
    body: Program,
    carries: int,
    sequences: int,
    length: int,
    reverse: bool,
) -> list[Value | None]:
    """Each step's body again, from its carries, and its gradient, in the opposite order.

    Cotangents of constants are carried along and added up, but where they are a product over the rows of
    a step: then its factors are handed out, and one product over all steps follows the loop.
    """
    outs = out if isinstance(out, tuple) else (out,)
    gs = g if isinstance(g, tuple) else (g,)
    back = Backward(b, body, carries, sequences)
    given = ins[:carries], ins[carries : carries + sequences], ins[carries + sequences :]
    states = saved(b, body, given, outs[carries:], length, reverse)
    seeds = [b.zeros(out.type) if g is None and out.type.is_float else g for g, out in zip(gs, outs)]
    rows = [k for k, g in enumerate(gs) if k >= carries and g is not None]
    return back.emit(states, given, seeds, rows, length, not reverse)


def saved(
    b: Builder,
    body: Program,
    given: tuple[Sequence[Value], Sequence[Value], Sequence[Value]],
    results: Sequence[Value],
    length: int,
    reverse: bool,
) -> list[Value]:
    """The carries before each step: results of a scan that hands them out.

    The forward scan, which does not, is dropped by `loops.merged` in favour of this one.
    """
    old, new = list(body.inputs.values()), list(body.outputs.values())
    carries = len(given[0])
    known = {value: results[k] for k, value in enumerate(new[carries:])}
    if all(each in known for each in old[:carries]):
        return [known[each] for each in old[:carries]]
    more = extended(body, old[:carries])
    found = emit(b, more, *given, length, reverse)
    return list(found[len(new) :])


def extended(body: Program, values: Sequence[Value]) -> Program:
    """`body` with further outputs."""
    outputs = dict(body.outputs)
    for each in values:
        outputs[f"saved{len(outputs)}"] = each
    instrs = list(body.instrs)
    instrs[:0] = [each.instr for each in values if each.instr not in body.instrs]
    return type(body)(instrs, body.inputs, body.variables, outputs, body.updates)


class Backward:
    """The body of the reversed scan while it is made."""

    def __init__(self, b: Builder, body: Program, carries: int, sequences: int) -> None:
        self.b = b
        self.body = body
        self.carries = carries
        self.sequences = sequences

    def emit(
        self,
        states: Sequence[Value],
        given: tuple[Sequence[Value], Sequence[Value], Sequence[Value]],
        seeds: Sequence[Value | None],
        rows: Sequence[int],
        length: int,
        reverse: bool,
    ) -> list[Value | None]:
        """Cotangents of the scan's operands."""
        b, carries, sequences = self.b, self.carries, self.sequences
        real = [k for k in range(carries) if states[k].type.is_float]
        held = [k for k, each in enumerate(given[2]) if each.type.is_float]
        begin = [need(seeds[k]) for k in real]
        flows = [*states, *given[1], *(need(seeds[k]) for k in rows)]
        inner = type(b)(rewriting=b.rewriting)
        back, elements, fixed = inner_inputs(inner, begin, flows, given[2])
        moving = [*elements[: carries + sequences], *fixed]
        results = inline(inner, self.body, moving)
        pulled = dict(zip(real, back)) | dict(zip(rows, elements[carries + sequences :]))
        wrt = dict(enumerate([moving[k] for k in real]))
        inputs = [k for k in range(sequences) if given[1][k].type.is_float]
        leaves = [*wrt.values(), *(moving[carries + k] for k in inputs), *(fixed[k] for k in held)]
        found = inner.pullback(results, [pulled.get(k) for k in range(len(results))], leaves, leaves=True)
        steps = [inner.zeros(x.type) if g is None else g for g, x in zip(found, leaves[: len(real)])]
        flows_back = found[len(real) : len(real) + len(inputs)]
        sums = Sums(b, inner, dict(zip(elements, flows)) | dict(zip(fixed, given[2])), length)
        pieces = [sums.terms(g) for g in found[len(real) + len(inputs) :]]
        accumulators = [inner.input(f"total{k}", x.type) for k, x in enumerate(sums.totals)]
        inner.inputs = in_order(inner.inputs, len(begin), len(accumulators))
        for k, each in enumerate(steps):
            inner.output(f"carry{k}", each)
        for k, (total, each) in enumerate(zip(accumulators, sums.totals)):
            inner.output(f"total{k}", inner.add(total, each))
        outward = [g for g in flows_back if g is not None] + sums.outward
        for k, each in enumerate(outward):
            inner.output(f"result{k}", each)
        start = [*begin, *(b.zeros(each.type) for each in sums.totals)]
        done = list(emit(b, inner.program(), start, flows, given[2], length, reverse))
        totals = done[len(begin) : len(start)]
        handed = iter(done[len(start) :])
        answer: list[Value | None] = [None] * (carries + sequences + len(given[2]))
        for k, value in zip(real, done):
            answer[k] = value
        for k, g in zip(inputs, flows_back):
            answer[carries + k] = None if g is None else next(handed)
        rest = list(handed)
        for k, piece in zip(held, pieces):
            answer[carries + sequences + k] = sums.joined(piece, totals, rest)
        return answer


def need(value: Value | None) -> Value:
    assert value is not None
    return value


def in_order(inputs: dict[str, Value], carries: int, more: int) -> dict[str, Value]:
    """The last `more` inputs moved behind the first `carries`."""
    pairs = list(inputs.items())
    split = len(pairs) - more
    return dict([*pairs[:carries], *pairs[split:], *pairs[carries:split]])


class Sums:
    """Sums over all steps: of values of the inner program, carried along, or of products of rows, made of
    their factors after the loop.
    """

    def __init__(self, b: Builder, inner: Builder, outside: dict[Value, Value], length: int) -> None:
        self.b = b
        self.inner = inner
        self.outside = outside  # inner value -> the sequence or constant that it is an element of
        self.length = length
        self.totals: list[Value] = []
        self.outward: list[Value] = []

    def terms(self, g: Value | None) -> list[Any]:
        """What `g` is the sum of: numbers of totals, and pairs of factors."""
        if g is None:
            return []
        instr = g.instr
        if instr.op.name == "add":
            return [each for x in instr.operands for each in self.terms(x)]
        flags = instr.params if instr.op.name == "dot" else {}
        if flags.get("transpose_a") and not flags["transpose_b"] and g.rank == 2:
            return [tuple(self.factor(x) for x in instr.operands)]
        self.totals.append(g)
        return [len(self.totals) - 1]

    def factor(self, x: Value) -> Any:
        """A sequence of the outer program, or the number of a value to hand out."""
        known = self.outside.get(x)
        if known is not None and known.rank == x.rank + 1:
            return known
        if x not in self.outward:
            self.outward.append(x)
        return self.outward.index(x)

    def joined(self, pieces: list[Any], totals: Sequence[Value], handed: Sequence[Value]) -> Value | None:
        """The sum over all steps of what `terms` found."""
        result: Value | None = None
        for piece in pieces:
            if isinstance(piece, tuple):
                x, y = (handed[each] if isinstance(each, int) else each for each in piece)
                flat = (self.b.reshape(each, (-1, each.shape[-1])) for each in (x, y))
                each = self.b.emit("dot", *flat, transpose_a=True)
            else:
                each = totals[piece]
            result = each if result is None else self.b.add(result, each)
        return result


op(
    "scan",
    kind=LOOP,
    shape=scan_type,
    vjp=scan_vjp,
    cost=scan_cost,
    build=scan_build,
    doc="A body program run once for each element of sequences, from carries to carries.",
)
