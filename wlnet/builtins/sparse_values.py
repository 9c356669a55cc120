"""Sparse arrays: positions in order with their values, and arithmetic on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list, packed, same

from .parts import PartError, indices_of

Place = tuple[int, ...]


class Sparse:
    """An array of any rank. `places`: 0-based positions (count, rank) in lexicographic order; `values`: those
    at them; `default`: the value everywhere else."""

    __slots__ = ("default", "places", "shape", "values")

    def __init__(
        self, places: np.ndarray, values: tuple[Any, ...], shape: tuple[int, ...], default: Any
    ) -> None:
        self.places = places
        self.values = values
        self.shape = shape
        self.default = default

    @staticmethod
    def of(entries: dict[Place, Any], shape: tuple[int, ...], default: Any) -> Sparse:
        """From positions and values; those equal to the default are left out."""
        kept = sorted(((p, v) for p, v in entries.items() if not same(v, default)), key=lambda e: e[0])
        places = np.array([p for p, _ in kept], dtype=np.int64).reshape(len(kept), len(shape))
        return Sparse(places, tuple(v for _, v in kept), shape, default)

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    def entries(self) -> dict[Place, Any]:
        return dict(zip(map(tuple, self.places.tolist()), self.values, strict=True))

    def rows(self) -> list[list[int]]:
        """The column numbers in each row of a matrix."""
        out: list[list[int]] = [[] for _ in range(self.shape[0])]
        for p in self.places.tolist():
            out[p[0]].append(p[1] if len(p) > 1 else p[0])
        return out

    def dense(self) -> Any:
        """The ordinary list."""
        numeric = _array(self.values)
        if numeric is not None and type(self.default) in (int, float):
            kind = np.result_type(numeric.dtype, type(self.default) if self.default else numeric.dtype)
            if kind == numeric.dtype or self.default:
                full = np.full(self.shape, self.default, dtype=kind)
                full[tuple(self.places.T)] = numeric
                if kind == np.int64:
                    return packed(full)
        return _nested(self.entries(), self.shape, self.default, ())

    def mapped(self, f: Callable[[Any], Any]) -> Sparse:
        return Sparse(self.places, tuple(map(f, self.values)), self.shape, f(self.default))

    def transposed(self) -> Sparse:
        flipped = {p[::-1]: v for p, v in self.entries().items()}
        return Sparse.of(flipped, self.shape[::-1], self.default)

    def diagonal(self) -> Sparse:
        found = {(p[0],): v for p, v in self.entries().items() if p[0] == p[1]}
        return Sparse.of(found, (min(self.shape),), self.default)

    def csr(self) -> Any:
        """The matrix (a vector as one column) for SciPy; None unless numeric with default 0."""
        from scipy import sparse

        numeric = _array(self.values)
        if numeric is None or not _is_zero(self.default) or len(self.shape) > 2:
            return None
        columns = self.places[:, 1] if len(self.shape) == 2 else np.zeros(len(self.values), dtype=np.int64)
        shape = (*self.shape, 1)[:2]
        return sparse.csr_array((numeric, (self.places[:, 0], columns)), shape=shape)


def _is_zero(x: Any) -> bool:
    return type(x) in (int, float) and x == 0


def _array(values: tuple[Any, ...]) -> np.ndarray | None:
    kinds = {type(v) for v in values}
    if kinds <= {int} and all(abs(v) < 1 << 62 for v in values):
        return np.array(values, dtype=np.int64)
    return np.array(values, dtype=np.float64) if kinds <= {int, float} else None


def _nested(entries: dict[Place, Any], shape: tuple[int, ...], default: Any, at: Place) -> Any:
    if len(at) == len(shape):
        return entries.get(at, default)
    return make_list([_nested(entries, shape, default, (*at, k)) for k in range(shape[len(at)])])


def of_dense(value: Any, default: Any) -> Sparse:
    """A rectangular list as a sparse array."""
    entries: dict[Place, Any] = {}
    shape: list[int] = []
    level = value
    while is_list(level):
        shape.append(len(items(level)))
        level = items(level)[0] if len(items(level)) else None

    def walk(x: Any, at: Place) -> None:
        if len(at) < len(shape) and is_list(x):
            for i, y in enumerate(items(x)):
                walk(y, (*at, i))
        elif not same(x, default):
            entries[at] = x

    walk(value, ())
    if any(len(p) != len(shape) for p in entries):  # ragged: the elements of the first level are lists
        entries = {(i,): x for i, x in enumerate(items(value))}
        shape = shape[:1]
    return Sparse.of(entries, tuple(shape), default)


def to_expr(s: Sparse) -> Expr:
    """SparseArray[Automatic, dims, default, {1, {row pointers, columns}, values}]."""
    if len(s.shape) == 1:
        pointers = np.array([0, len(s.values)], dtype=np.int64)
        columns = s.places + 1
    else:
        counts = np.bincount(s.places[:, 0], minlength=s.shape[0]) if len(s.values) else np.zeros(s.shape[0])
        pointers = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        columns = s.places[:, 1:] + 1
    listed = packed(np.ascontiguousarray(columns)) if len(s.values) else make_list(())
    inside = make_list((1, make_list((packed(pointers), listed)), make_list(s.values)))
    return Expr(S.SparseArray, (S.Automatic, make_list(s.shape), s.default, inside))


def from_expr(x: Any) -> Sparse | None:
    """The array of a SparseArray[Automatic, ...]; None for anything else."""
    if type(x) is not Expr or x.head is not S.SparseArray or len(x.args) != 4 or x.args[0] is not S.Automatic:
        return None
    shape = tuple(items(x.args[1])) if is_list(x.args[1]) else ()
    inside = items(x.args[3]) if is_list(x.args[3]) else ()
    if not shape or len(inside) != 3 or not is_list(inside[1]) or len(items(inside[1])) != 2:
        return None
    pointers, columns = items(inside[1])
    values = tuple(items(inside[2]))
    try:
        starts = np.array(items(pointers), dtype=np.int64)
        rest = np.array([items(c) for c in items(columns)], dtype=np.int64).reshape(len(values), -1) - 1
        if len(shape) > 1:
            rows = np.repeat(np.arange(shape[0]), np.diff(starts))[:, None]
            rest = np.hstack([rows, rest]) if len(values) else np.zeros((0, len(shape)), dtype=np.int64)
    except (TypeError, ValueError):
        return None
    return Sparse(rest.reshape(len(values), len(shape)), values, shape, x.args[2])


def shown(x: Expr) -> str | None:
    """SparseArray[<count>, {dims}]."""
    s = from_expr(x)
    return None if s is None else f"SparseArray[<{len(s.values)}>, {{{', '.join(map(str, s.shape))}}}]"


# ------------------------------------------------------------------------------------------------- functions


def is_numeric(found: list[Sparse | None]) -> bool:
    return all(s is None or (_array(s.values) is not None and _is_zero(s.default)) for s in found)


def threaded(ev: Any, head: Any, args: tuple[Any, ...], found: list[Sparse | None]) -> Any:
    """A Listable function element by element; with an ordinary list of the same shape the result is one."""
    known = [s for s in found if s is not None]
    shape = known[0].shape
    if any(s.shape != shape for s in known):
        return None
    if any(is_list(a) for a in args):
        if head is not S.Times:
            return Expr(head, tuple(a if s is None else s.dense() for a, s in zip(args, found, strict=True)))
        found = [of_dense(a, 0) if is_list(a) else s for a, s in zip(args, found, strict=True)]
        if any(s is not None and s.shape != shape for s in found):
            return None
    tables = [None if s is None else s.entries() for s in found]
    places: set[Place] = set().union(*(t for t in tables if t is not None))

    def at(p: Place | None) -> Any:
        parts = []
        for a, s, t in zip(args, found, tables, strict=True):
            if s is None or t is None:
                parts.append(a)
            else:
                parts.append(s.default if p is None else t.get(p, s.default))
        return ev.evaluate(Expr(head, tuple(parts)))

    return to_expr(Sparse.of({p: at(p) for p in places}, shape, at(None)))


def dot(ev: Any, args: tuple[Any, ...], found: list[Sparse | None]) -> Any:
    """A product of sparse and ordinary arrays: sparse where both are, else a list."""
    if len(args) > 2:
        first = ev.evaluate(Expr(S.Dot, args[:2]))
        return Expr(S.Dot, (first, *args[2:]))
    if len(args) < 2:
        return None
    a, b = found
    both = a is not None and b is not None
    left, right = (None if s is None else s.csr() for s in found)
    if both and left is not None and right is not None and a is not None and b is not None:
        if a.shape[-1] != b.shape[0]:
            return None
        if len(a.shape) == 1:
            left = left.T
        return _from_csr(left @ right, a.shape[:-1] + b.shape[1:])
    if a is not None and b is None and left is not None and len(a.shape) == 2:
        array = args[1] if type(args[1]) is np.ndarray else None
        if array is not None and array.shape[0] == a.shape[1] and array.ndim <= 2:
            return packed(np.ascontiguousarray(left @ array))
    dense = [x if s is None else s.dense() for x, s in zip(args, found, strict=True)]
    value = ev.evaluate(Expr(S.Dot, tuple(dense)))
    return to_expr(of_dense(value, 0)) if both and is_list(value) else value


def _from_csr(product: Any, shape: tuple[int, ...]) -> Any:
    coo = product.tocoo()
    values = coo.data.tolist()
    if not shape:
        return sum(values) if values else 0
    places = zip(coo.coords[0].tolist(), coo.coords[1].tolist(), strict=True)
    if len(shape) == 1:
        entries: dict[Place, Any] = {
            (i if product.shape[1] == 1 else j,): v for (i, j), v in zip(places, values, strict=True)
        }
    else:
        entries = dict(zip(places, values, strict=True))
    return to_expr(Sparse.of(entries, shape, 0))


def solved(a: Sparse, b: Any) -> Any:
    """The solution of a.x == b for a square numeric matrix by SuperLU; exact ones by the dense way."""
    matrix = a.csr()
    right = b if type(b) is np.ndarray else None
    exact = matrix is not None and matrix.dtype == np.int64 and (right is None or right.dtype == np.int64)
    if matrix is None or right is None or exact or matrix.shape[0] != matrix.shape[1]:
        return Expr(S.LinearSolve, (a.dense(), b))
    from scipy.sparse.linalg import spsolve

    return packed(np.asarray(spsolve(matrix.tocsc().astype(np.float64), right.astype(np.float64))))


def total(ev: Any, s: Sparse) -> Any:
    """The sum over the first level."""
    if not _is_zero(s.default):
        return Expr(S.Total, (s.dense(),))
    if len(s.shape) == 1:
        return Expr(S.Plus, s.values)
    sums: dict[Place, list[Any]] = {}
    for p, v in s.entries().items():
        sums.setdefault(p[1:], []).append(v)
    added = {p: ev.evaluate(Expr(S.Plus, tuple(v))) for p, v in sums.items()}
    return to_expr(Sparse.of(added, s.shape[1:], 0))


def trace(ev: Any, s: Sparse) -> Any:
    if len(s.shape) != 2:
        return Expr(S.Tr, (s.dense(),))
    d = s.diagonal()
    rest = d.shape[0] - len(d.values)
    return Expr(S.Plus, (*d.values, Expr(S.Times, (rest, s.default))))


def part(ev: Any, s: Sparse, specs: tuple[Any, ...]) -> Any:
    """s[[specs...]]; None (and the message of Part) where the part does not exist."""
    if len(specs) > len(s.shape) or not specs:
        return Expr(S.Part, (s.dense(), *specs))
    chosen: list[list[int]] = []
    dropped = []
    for axis, n in enumerate(s.shape):
        spec = specs[axis] if axis < len(specs) else S.All
        try:
            where = indices_of(packed(np.arange(n)), spec)
        except PartError as error:
            ev.message("Part", error.tag, *error.arguments)
            return None
        if -1 in where:
            return S.SparseArray if axis == 0 and spec == 0 else None
        chosen.append(where)
        dropped.append(type(spec) is int)
    return _chosen(s, chosen, dropped)


def _chosen(s: Sparse, chosen: list[list[int]], dropped: list[bool]) -> Any:
    lookups: list[dict[int, list[int]]] = []
    for where in chosen:
        table: dict[int, list[int]] = {}
        for new, old in enumerate(where):
            table.setdefault(old, []).append(new)
        lookups.append(table)
    entries: dict[Place, Any] = {}
    for p, v in s.entries().items():
        targets: list[Place] = [()]
        for axis, i in enumerate(p):
            new = lookups[axis].get(i, [])
            targets = [t if dropped[axis] else (*t, k) for t in targets for k in new]
        entries.update(dict.fromkeys(targets, v))
    shape = tuple(len(w) for w, gone in zip(chosen, dropped, strict=True) if not gone)
    if not shape:
        return entries.get((), s.default)
    return to_expr(Sparse.of(entries, shape, s.default))
