"""CUDA source of elementwise groups: one kernel a group, from the `cuda` expressions of its ops.

    Group       instructions of one shape, the values they read and the values they hand out
    Layout      how each of these lies in memory: whole, one number, or strided
    source()    the text; equal for groups that differ in extents and strides alone, which are arguments

Each thread handles four neighbouring elements.  Whole operands are read and written 16 bytes at a time;
strided ones by index arithmetic, once for the four where they lie in one row, else for each.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..ir import Instr, Value
from ..ops.launches import BLOCK, C_TYPES, PACK, Launch, Operand, Result, blocks, product
from ..types import Shape, TensorError

ENTRY = "group"
NAMES = "xyzw"

# Elements.  Above this an index needs 64 bits, whose divisions cost some ten times those of 32 bits.
SHORT_INDEX = (1 << 31) - 1

WHOLE = "whole"  # the elements in row-major order
NUMBER = "number"  # one element for all
STRIDED = "strided"


class Group(NamedTuple):
    """Elementwise instructions in order; what they read from outside, and which results outlive the group."""

    instrs: tuple[Instr, ...]
    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    shape: Shape


class Layout(NamedTuple):
    """Merged extents of a group, and for each of its inputs how it lies there: kind, strides in elements."""

    extents: tuple[int, ...]
    kinds: tuple[str, ...]
    strides: tuple[tuple[int, ...], ...]  # of strided inputs one an extent, else ()
    in_rows: bool  # four neighbours always lie in one row of the last extent


def layout(shape: Shape, strides: Sequence[Sequence[int]], aligned: Sequence[bool]) -> Layout:
    """The layout of inputs that lie at `strides` (in elements; one sequence an input, one entry an axis).

    An input whose first element does not lie on a 16-byte boundary is not `aligned`, and counts as strided.
    """
    axes = [axis for axis, extent in enumerate(shape) if extent != 1]
    extents: list[int] = []
    merged: list[tuple[int, ...]] = []
    for axis in axes:
        here = tuple(each[axis] for each in strides)
        if extents and merged[-1] == tuple(stride * shape[axis] for stride in here):
            extents[-1] *= shape[axis]
            merged[-1] = here
        else:
            extents.append(shape[axis])
            merged.append(here)
    columns = list(zip(*merged)) if merged else [()] * len(strides)
    contiguous = tuple(product(extents[k + 1 :]) for k in range(len(extents)))
    kinds = [kind_of(each, contiguous, packs) for each, packs in zip(columns, aligned)]
    kept = tuple(each if kind == STRIDED else () for each, kind in zip(columns, kinds))
    return Layout(tuple(extents), tuple(kinds), kept, bool(extents) and extents[-1] % PACK == 0)


def kind_of(strides: tuple[int, ...], contiguous: tuple[int, ...], aligned: bool) -> str:
    if not any(strides):
        return NUMBER
    return WHOLE if strides == contiguous and aligned else STRIDED


def source(group: Group, lay: Layout) -> str:
    """The kernel's text; its entry is ENTRY."""
    return Writer(group, lay).text()


def launch(group: Group, lay: Layout) -> Launch:
    """Its launch: inputs, outputs, number of elements, then extents and strides where an input is strided."""
    count = product(group.shape)
    arrays = [Operand(k) for k in range(len(group.inputs))] + [Result(k) for k in range(len(group.outputs))]
    integer = index_type(group)
    kind = np.int32 if integer == "int" else np.int64
    numbers = [kind(count)]
    if STRIDED in lay.kinds:
        numbers += [kind(each) for each in lay.extents[1:]]
        numbers += [kind(each) for strides in lay.strides for each in strides]
    return Launch(ENTRY, (blocks(count, PACK * BLOCK),), (BLOCK,), (*arrays, *numbers), ())


def index_type(group: Group) -> str:
    return "int" if product(group.shape) <= SHORT_INDEX - PACK * BLOCK else "i64"


class Writer:
    """Names of values, and the lines of the kernel."""

    def __init__(self, group: Group, lay: Layout) -> None:
        self.group = group
        self.lay = lay
        self.index = index_type(group)
        self.names: dict[Value, str] = {value: f"x{k}" for k, value in enumerate(group.inputs)}
        self.strided = [k for k, kind in enumerate(lay.kinds) if kind == STRIDED]

    def text(self) -> str:
        body = self.body()  # names every value
        arrays = [f"const {ctype(v)}* __restrict__ x{k}" for k, v in enumerate(self.group.inputs)]
        arrays += [f"{ctype(v)}* __restrict__ y{k}" for k, v in enumerate(self.group.outputs)]
        numbers = [f"{self.index} n", *(f"{self.index} {each}" for each in self.extent_names())]
        return "\n".join(
            [
                '#include "common.cuh"',
                "",
                *body,
                f'extern "C" __global__ void __launch_bounds__({BLOCK})',
                f"    {ENTRY}({', '.join([*arrays, *numbers])}) {{",
                f"  const {self.index} i = {PACK} * (blockIdx.x * {self.index}(blockDim.x) + threadIdx.x);",
                "  if (i >= n) return;",
                *self.reads(),
                *self.loop(),
                *(f"  store(y{k} + i, q{k}, n - i);" for k in range(len(self.group.outputs))),
                "}",
                "",
            ]
        )

    def extent_names(self) -> list[str]:
        if not self.strided:
            return []
        axes = range(len(self.lay.extents))
        return [f"e{a}" for a in axes if a] + [f"s{k}_{a}" for k in self.strided for a in axes]

    # ---- one element

    def body(self) -> list[str]:
        """The function of one element: a line an instruction."""
        given = [f"{ctype(v)} x{k}" for k, v in enumerate(self.group.inputs)]
        given += [f"{ctype(v)}& y{k}" for k, v in enumerate(self.group.outputs)]
        lines = [f"// {self.show_group()}", f"DEVICE void element({', '.join(given)}) {{"]
        for number, instr in enumerate(self.group.instrs):
            value = instr.results[0]
            expression = self.expression(instr)
            self.names[value] = f"t{number}"
            lines.append(f"  const {ctype(value)} t{number} = {expression};")
        lines += [f"  y{k} = {self.names[value]};" for k, value in enumerate(self.group.outputs)]
        return [*lines, "}", ""]

    def show_group(self) -> str:
        return " ".join(instr.op.name for instr in self.group.instrs) + f", {len(self.group.shape)} axes"

    def expression(self, instr: Instr) -> str:
        template = instr.op.cuda
        if not isinstance(template, str):
            raise TensorError(f"op '{instr.op.name}' has no CUDA expression")
        values = {name: self.operand(each) for name, each in zip(NAMES, instr.operands)}
        return template.format(**values, **instr.params, ctype=ctype(instr.results[0]))

    def operand(self, value: Value) -> str:
        number = number_of(value)
        return self.names[value] if number is None else literal(number, value.dtype)

    # ---- four elements

    def reads(self) -> list[str]:
        lines: list[str] = []
        for k, kind in enumerate(self.lay.kinds):
            if kind == WHOLE:
                lines.append(f"  const auto p{k} = load(x{k} + i, n - i);")
            elif kind == NUMBER:
                lines.append(f"  const auto p{k} = *x{k};")
        if self.strided and self.lay.in_rows:
            lines += self.coordinates("i", "  ")
            last = len(self.lay.extents) - 1
            for k in self.strided:
                lines.append(f"  const {ctype(self.group.inputs[k])}* const r{k} = x{k} + {self.offset(k)};")
                lines.append(f"  const {self.index} d{k} = s{k}_{last};")
        return lines + [f"  Packed<{ctype(v)}> q{k};" for k, v in enumerate(self.group.outputs)]

    def loop(self) -> list[str]:
        arguments = [self.argument(k) for k in range(len(self.group.inputs))]
        arguments += [f"q{k}[k]" for k in range(len(self.group.outputs))]
        call = f"element({', '.join(arguments)});"
        if not self.strided or self.lay.in_rows:
            return [f"  for (int k = 0; k < {PACK}; ++k) {call}"]
        return [
            f"  for (int k = 0; k < {PACK}; ++k) {{",
            f"    const {self.index} j = i + k < n ? i + k : n - 1;  // beyond the end: the last again",
            *self.coordinates("j", "    "),
            f"    {call}",
            "  }",
        ]

    def argument(self, k: int) -> str:
        kind = self.lay.kinds[k]
        if kind == WHOLE:
            return f"p{k}[k]"
        if kind == NUMBER:
            return f"p{k}"
        return f"r{k}[k * d{k}]" if self.lay.in_rows else f"x{k}[{self.offset(k)}]"

    def coordinates(self, flat: str, indent: str) -> list[str]:
        """The index along every extent of the element number `flat`."""
        last = len(self.lay.extents) - 1
        lines, rest = [], flat
        for axis in range(last, 0, -1):
            lines.append(
                f"{indent}const {self.index} c{axis} = {rest} % e{axis}, f{axis} = {rest} / e{axis};"
            )
            rest = f"f{axis}"
        return [*lines, f"{indent}const {self.index} c0 = {rest};"]

    def offset(self, k: int) -> str:
        return " + ".join(f"c{axis} * s{k}_{axis}" for axis in range(len(self.lay.extents)))


def ctype(value: Value) -> str:
    return C_TYPES[value.dtype]


def number_of(value: Value) -> Any:
    """The number that fills a constant, None for every other value."""
    instr = value.instr
    found = instr.params["value"] if instr.op.name == "const" else None
    return None if isinstance(found, np.ndarray) else found


def literal(number: Any, dtype: str) -> str:
    """A number as CUDA source, exactly: floats by the shortest decimal that reads back."""
    if dtype == "bool":
        return "true" if number else "false"
    if dtype not in ("f32", "f64"):
        return f"{C_TYPES[dtype]}({int(number)})"
    value = np.float32(number) if dtype == "f32" else np.float64(number)
    kind = C_TYPES[dtype]
    if math.isnan(value):
        return f"{kind}(__int_as_float(0x7fc00000))"
    if math.isinf(value):
        return f"{'-' if value < 0 else ''}infinity_of({kind}())"
    text = str(value)
    text = text if any(each in text for each in ".en") else text + ".0"
    text = text + "f" if dtype == "f32" else text
    return f"({text})" if value < 0 else text
