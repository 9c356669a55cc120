"""Partition, BlockMap: lists cut into pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Association, Expr, S, head_of, is_list, items, make_list, packed, system
from wlnet.kernel.registry import builtin

from .levels import children, size
from .padding import cycle

PARTITION_MESSAGES = {
    "ilsmp": "Single or list of positive machine-sized integers expected at position `1` of `2`.",
    "partd": "The offset `1` should be a positive integer, or a list of such, one for each level.",
    "partk": "The alignment `1` should be an integer, a pair of integers, or a list of pairs.",
}

_NO_PADDING = object()


class Cut:
    """How one level is cut: blocks of `length` every `offset`, the ends aligned at `first` and `last`,
    filled with `fills`.

    `fills` is None when incomplete blocks are dropped, an empty tuple when they stay short.
    """

    __slots__ = ("fills", "first", "last", "length", "offset")

    def __init__(
        self, length: int, offset: int, first: int, last: int, fills: tuple[Any, ...] | None
    ) -> None:
        self.length = length
        self.offset = offset
        self.first = first
        self.last = last
        self.fills = fills

    def starts(self, count: int) -> range:
        """The 0-based starts of the blocks of a list of `count` elements;
        negative ones begin in the padding."""
        return range(1 - self.first, count - self.last + 1, self.offset) if count else range(0)

    def blocks(self, expr: Any) -> list[Any]:
        """The blocks of `expr`, each under its head."""
        count = size(expr) or 0
        starts = self.starts(count)
        whole = self.fills is None or (len(starts) and starts[0] >= 0 and starts[-1] + self.length <= count)
        if type(expr) is np.ndarray and whole:
            return [packed(expr[s : s + self.length]) for s in starts]
        inner, head = children(expr) or (), head_of(expr)
        return [Expr(head, tuple(self.block(inner, s))) for s in starts]

    def block(self, inner: tuple[Any, ...], start: int) -> list[Any]:
        stop = start + self.length
        middle = list(inner[max(start, 0) : max(stop, 0)])
        if not self.fills:
            return middle
        before = cycle(self.fills, min(-start, self.length), at_end=True)
        if -start > self.length:
            before = cycle(self.fills, -start, at_end=True)[: self.length]
        late = max(start - len(inner), 0)
        after = cycle(self.fills, stop - len(inner), at_end=False)[late:]
        return [*before, *middle, *after]


def _several(value: Any, depth: int) -> list[Any] | None:
    """A setting for each level: a list of them, or one for all."""
    if not is_list(value):
        return [value] * depth
    return list(items(value)) if len(items(value)) == depth else None


def _cuts(
    ev: Any, name: str, expr: Any, lengths: Any, offsets: Any, alignment: Any, padding: Any
) -> list[Cut] | None:
    sizes = list(items(lengths)) if is_list(lengths) else [lengths]
    short = [type(n) is Expr and n.head is S.UpTo and len(n.args) == 1 for n in sizes]
    sizes = [n.args[0] if cut_short else n for n, cut_short in zip(sizes, short, strict=True)]
    if not sizes or not all(type(n) is int and n > 0 for n in sizes):
        given = (expr, lengths) if offsets is None else (expr, lengths, offsets)
        ev.message(name, "ilsmp", 2, Expr(system(name), given))
        return None
    steps = sizes if offsets is None else _several(offsets, len(sizes))
    if steps is None or not all(type(d) is int and d > 0 for d in steps):
        ev.message(name, "partd", offsets)
        return None
    ends = _alignments(alignment, sizes)
    if ends is None:
        ev.message(name, "partk", alignment)
        return None
    out = []
    for n, d, (first, last), cut_short in zip(sizes, steps, ends, short, strict=True):
        if cut_short and alignment is None:
            out.append(Cut(n, d, 1, 1, ()))
        elif alignment is None:
            out.append(Cut(n, d, 1, n, None))
        else:
            out.append(Cut(n, d, first, last, _fills(expr, padding)))
    return out


def _fills(expr: Any, padding: Any) -> tuple[Any, ...]:
    if padding is _NO_PADDING:
        return children(expr) or ()
    return items(padding) if is_list(padding) else (padding,)


def _alignments(alignment: Any, sizes: list[int]) -> list[tuple[int, int]] | None:
    """(position of the first element in the first block, of the last element in the last block)
    for each level."""
    if alignment is None:
        return [(1, n) for n in sizes]
    pairs: list[Any]
    if type(alignment) is int:
        pairs = [(alignment, alignment)] * len(sizes)
    elif is_list(alignment) and len(items(alignment)) == 2 and all(type(k) is int for k in items(alignment)):
        pairs = [items(alignment)] * len(sizes)
    elif is_list(alignment) and len(items(alignment)) == len(sizes) and all(map(is_list, items(alignment))):
        pairs = [items(p) for p in items(alignment)]
    else:
        return None
    out = []
    for pair, n in zip(pairs, sizes, strict=True):
        ends = [k if k > 0 else n + k + 1 for k in pair if type(k) is int and k != 0]
        if len(ends) != 2 or not all(1 <= k <= n for k in ends):
            return None
        out.append((ends[0], ends[1]))
    return out


def partitioned(expr: Any, cuts: list[Cut]) -> Any:
    """`expr` cut on as many levels as there are `cuts`: blocks of blocks, as the manual says of matrices."""
    if len(cuts) == 1:
        cut = cuts[0]
        if type(expr) is np.ndarray and cut.fills is None and len(expr) >= cut.length:
            windows = np.lib.stride_tricks.sliding_window_view(expr, cut.length, axis=0)[:: cut.offset]
            return packed(np.moveaxis(windows, -1, 1))
        return Expr(head_of(expr), tuple(cut.blocks(expr)))
    blocks = cuts[0].blocks(expr)
    return make_list(
        _together([partitioned(row, cuts[1:]) for row in children(b) or ()], len(cuts) - 1) for b in blocks
    )


def _together(rows: list[Any], depth: int) -> Any:
    """Rows of blocks as blocks of rows."""
    if not depth:
        return make_list(rows)
    columns = zip(*(children(row) or () for row in rows), strict=True)
    return make_list(_together(list(column), depth - 1) for column in columns)


@builtin("Partition", messages=PARTITION_MESSAGES)
def partition(
    ev: Any, expr: Any, lengths: Any, offsets: Any = None, alignment: Any = None, padding: Any = _NO_PADDING
) -> Any:
    """Partition[list, n] cuts list into sublists of length n, dropping what is left over; Partition[list,
    UpTo[n]] keeps it.
    Partition[list, n, d] starts a sublist at every d-th element; Partition[list, n, d, {kL, kR}] puts the
    first element at position kL of the first sublist and the last at kR of the last, padding cyclically; a
    last argument pads with that, {} not at all.
    Partition[list, {n1, n2, ...}, ...] cuts a nested list into blocks.

    >>> Partition[{a, b, c, d, e}, 2]
    {{a, b}, {c, d}}
    >>> Partition[{a, b, c, d}, 2, 1, 1]
    {{a, b}, {b, c}, {c, d}, {d, a}}
    >>> Partition[{a, b, c, d, e}, 2, 2, {1, 1}, x]
    {{a, b}, {c, d}, {e, x}}
    """
    if size(expr) is None or type(expr) is Association:
        ev.message("Partition", "normal", 1, Expr(S.Partition, (expr, lengths)))
        return None
    cuts = _cuts(ev, "Partition", expr, lengths, offsets, alignment, padding)
    return None if cuts is None else partitioned(expr, cuts)


@builtin("BlockMap", messages=PARTITION_MESSAGES)
def block_map(ev: Any, f: Any, expr: Any, lengths: Any, offsets: Any = None) -> Any:
    """BlockMap[f, list, n] applies f to the successive sublists of length n; BlockMap[f, list, n, d] with
    offset d.

    >>> BlockMap[Total, {1, 2, 3, 4}, 2]
    {3, 7}
    """
    if size(expr) is None or type(expr) is Association:
        ev.message("BlockMap", "normal", 2, Expr(S.BlockMap, (f, expr, lengths)))
        return None
    cuts = _cuts(ev, "BlockMap", expr, lengths, offsets, None, _NO_PADDING)
    if cuts is None:
        return None
    return _mapped(ev.function(f), partitioned(expr, cuts), len(cuts))


def _mapped(call: Callable[[Any], Any], blocks: Any, depth: int) -> Any:
    parts = children(blocks) or ()
    return Expr(head_of(blocks), tuple(call(b) if depth == 1 else _mapped(call, b, depth - 1) for b in parts))


@builtin(
    "MovingMedian",
    messages={"arg": "The window `1` should be a positive integer at most as large as the length of `2`."},
)
def moving_median(ev: Any, expr: Any, window: Any) -> Any:
    """MovingMedian[list, r] gives the medians of all runs of r neighbouring elements of list.

    >>> MovingMedian[{1, 2, 8, 4}, 3]
    {2, 4}
    """
    if not is_list(expr) or type(window) is not int or not 1 <= window <= len(items(expr)):
        ev.message("MovingMedian", "arg", window, expr)
        return None
    return _mapped(ev.function(S.Median), partitioned(expr, [Cut(window, 1, 1, window, None)]), 1)
