"""SparseArray, ArrayRules and Band: arrays given by the positions and values of their explicit elements.

The value is SparseArray[Automatic, dims, default, {1, {row pointers, columns}, values}], the rows compressed,
lists packed where they can be: what FullForm shows is what is kept. `sparse_values` has the algorithms.
"""

from __future__ import annotations

from itertools import product
from typing import Any

from wlnet.expr import TRUE, Expr, S, Symbol, is_list, items, make_list, truth
from wlnet.expr.attributes import LISTABLE
from wlnet.kernel.operands import operand
from wlnet.kernel.registry import applied, builtin
from wlnet.syntax.outputs import show_as

from . import sparse_values
from .sparse_values import Sparse, from_expr, of_dense, to_expr
from .structure import NORMAL_FORMS

SPARSE = {
    "rules": "`1` is not a list of rules position -> value, nor an array.",
    "dims": "The dimensions `1` do not hold the positions of `2`.",
}


@builtin("SparseArray", messages=SPARSE)
def sparse_array(ev: Any, rules: Any, dims: Any = S.Automatic, default: Any = 0, inner: Any = None) -> Any:
    """SparseArray[{pos1 -> v1, pos2 -> v2, ...}, dims, default] gives the array with these elements,
    default elsewhere. Positions may be patterns such as {i_, i_} and Band[{i, j}].
    SparseArray[list] makes a list sparse; Normal makes it a list again.

    >>> SparseArray[{1 -> a, 4 -> b}]
    SparseArray[<2>, {4}]
    >>> Normal[SparseArray[{{i_, i_} -> 1, Band[{1, 2}] -> x}, {2, 2}]]
    {{1, x}, {0, 1}}
    """
    if rules is S.Automatic and inner is not None:
        return None
    if (found := from_expr(rules)) is not None:
        return _resized(ev, rules, found, dims)
    if is_list(rules) and not any(
        type(r) is Expr and r.head in (S.Rule, S.RuleDelayed) for r in items(rules)
    ):
        if not (is_list(dims) and not items(rules)):
            return to_expr(of_dense(rules, default))
    listed = _entries(rules)
    if listed is None:
        ev.message("SparseArray", "rules", rules)
        return None
    fixed = [_position(p) for p, _, _ in listed]
    shape = _shape(dims, fixed)
    if shape is None or not all(p is None or _inside(p, shape) for p in fixed):
        ev.message("SparseArray", "dims", dims, rules)
        return None
    places: dict[tuple[int, ...], Any] = {}
    for (pattern, value, delayed), place in zip(listed, fixed, strict=True):
        if type(pattern) is Expr and pattern.head is S.Blank and not pattern.args:
            default = value
            continue
        for where, v in _matches(ev, pattern, value, delayed, place, shape):
            places.setdefault(where, v)
    return to_expr(Sparse.of({tuple(x - 1 for x in p): v for p, v in places.items()}, shape, default))


def _resized(ev: Any, value: Any, found: Sparse, dims: Any) -> Any:
    if dims is S.Automatic:
        return value
    shape = items(dims) if is_list(dims) else (dims,)
    if len(shape) != len(found.shape) or not all(type(n) is int and n > 0 for n in shape):
        return None
    kept = {p: v for p, v in found.entries().items() if all(x < n for x, n in zip(p, shape, strict=True))}
    return to_expr(Sparse.of(kept, tuple(shape), found.default))


def _entries(rules: Any) -> list[tuple[Any, Any, bool]] | None:
    """Rules as (position, value, delayed); {pos...} -> {val...} as one of each, {pos...} -> val
    as one value for all."""
    listed = items(rules) if is_list(rules) else (rules,)
    out = []
    for r in listed:
        if type(r) is not Expr or r.head not in (S.Rule, S.RuleDelayed):
            return None
        p, v = r.args
        if is_list(p) and is_list(v) and len(items(p)) == len(items(v)) and not is_list(rules):
            out += [(q, w, False) for q, w in zip(items(p), items(v), strict=True)]
        elif (
            not is_list(v) and is_list(p) and items(p) and all(is_list(q) and _position(q) for q in items(p))
        ):
            out += [(q, v, r.head is S.RuleDelayed) for q in items(p)]
        else:
            out.append((p, v, r.head is S.RuleDelayed))
    return out


def _position(p: Any) -> tuple[int, ...] | None:
    parts = items(p) if is_list(p) else (p,)
    return tuple(parts) if all(type(k) is int for k in parts) else None


def _shape(dims: Any, fixed: list[Any]) -> tuple[int, ...] | None:
    if dims is S.Automatic:
        known = [p for p in fixed if p is not None]
        if len(known) != len(fixed) or len({len(p) for p in known}) != 1:
            return None
        return tuple(max(k) for k in zip(*known, strict=True))
    shape = items(dims) if is_list(dims) else (dims,)
    return tuple(shape) if all(type(k) is int and k > 0 for k in shape) else None


def _inside(p: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    return len(p) == len(shape) and all(1 <= k <= n for k, n in zip(p, shape, strict=True))


def _matches(ev: Any, pattern: Any, value: Any, delayed: bool, place: Any, shape: tuple[int, ...]) -> Any:
    """(position, value) pairs that one rule gives."""
    if place is not None:
        yield place, value
        return
    if type(pattern) is Expr and pattern.head is S.Band:
        at = list(items(pattern.args[0]))
        k = 0
        while _inside(tuple(at), shape):
            yield tuple(at), items(value)[k % len(items(value))] if is_list(value) else value
            at = [x + 1 for x in at]
            k += 1
        return
    replace = ev.replacer(Expr(S.RuleDelayed if delayed else S.Rule, (pattern, value)))
    for where in product(*(range(1, n + 1) for n in shape)):
        index: Any = make_list(where) if len(shape) > 1 or is_list(pattern) else where[0]
        new, changed = replace(index)
        if changed:
            yield where, ev.evaluate(new)


show_as("SparseArray", sparse_values.shown)


def _normal(array: Expr) -> Any:
    found = from_expr(array)
    return array if found is None else found.dense()


NORMAL_FORMS[S.SparseArray] = _normal


@builtin("ArrayRules")
def array_rules(ev: Any, array: Any, default: Any = None) -> Any:
    """ArrayRules[array] gives the positions and values of the elements other than 0, and the rule for all
    others.

    >>> ArrayRules[{{a, 0}, {0, b}}]
    {{1, 1} -> a, {2, 2} -> b, {_, _} -> 0}
    """
    found = from_expr(array)
    if found is None and not is_list(array):
        return None
    if found is None:
        found = of_dense(array, 0 if default is None else default)
    out = [Expr(S.Rule, (make_list(i + 1 for i in p), v)) for p, v in found.entries().items()]
    blanks = make_list([Expr(S.Blank, ())] * len(found.shape))
    return make_list([*out, Expr(S.Rule, (blanks, found.default))])


@builtin("SparseArrayQ")
def sparse_array_q(ev: Any, x: Any) -> Any:
    """SparseArrayQ[x] tells whether x is a sparse array.

    >>> {SparseArrayQ[SparseArray[{1 -> a}]], SparseArrayQ[{a}]}
    {True, False}
    """
    return truth(from_expr(x) is not None)


_PROPERTIES = {
    "NonzeroValues": lambda s: make_list(s.values),
    "ExplicitValues": lambda s: make_list(s.values),
    "NonzeroPositions": lambda s: make_list(make_list(i + 1 for i in p) for p in s.entries()),
    "ExplicitPositions": lambda s: make_list(make_list(i + 1 for i in p) for p in s.entries()),
    "ExplicitLength": lambda s: len(s.values),
    "Background": lambda s: s.default,
    "ImplicitValue": lambda s: s.default,
    "Density": lambda s: len(s.values) / max(1, s.size),
    "Dimensions": lambda s: make_list(s.shape),
}


@applied("SparseArray")
def _property(ev: Any, head: Any, args: tuple[Any, ...]) -> Any:
    """array["property"]."""
    found = from_expr(head)
    if found is None or len(args) != 1 or type(args[0]) is not str:
        return None
    if args[0] in ("Properties", "Methods"):
        return make_list(sorted((*_PROPERTIES, "RowPointers", "ColumnIndices", "AdjacencyLists")))
    if args[0] in ("RowPointers", "ColumnIndices"):
        return items(items(head.args[3])[1])[args[0] == "ColumnIndices"]
    if args[0] == "AdjacencyLists":
        return make_list(make_list(j + 1 for j in row) for row in found.rows())
    act = _PROPERTIES.get(args[0])
    return None if act is None else act(found)


# Functions of whole arrays that work on the ordinary list that a sparse array stands for.
_DENSE = """
    Accumulate AnyTrue AllTrue
    Apply ArrayPad ArrayReshape Cases CharacteristicPolynomial CholeskyDecomposition
    ConjugateTranspose Count Cross Det Differences Drop Eigensystem Eigenvalues Eigenvectors Equal Export
    First Flatten Fold FreeQ HermitianMatrixQ Inner Inverse Join KroneckerProduct Last LeastSquares ListPlot
    LUDecomposition
    MapIndexed MatrixExp MatrixForm MatrixPlot MatrixPower MatrixRank Max MemberQ Mean
    Median Min Most Norm NullSpace Outer PadRight Partition Position PositiveDefiniteMatrixQ PseudoInverse
    QRDecomposition Rest Reverse RowReduce SingularValueDecomposition SquareMatrixQ SymmetricMatrixQ TableForm
    Tuples Unequal Variance ArrayPlot ArrayFlatten StandardDeviation Minors Adjugate
"""
DENSE = frozenset(getattr(S, name) for name in _DENSE.split())


@operand("SparseArray")
def _with_sparse(ev: Any, call: Expr) -> Any:
    head, args = call.head, call.args
    found = [from_expr(a) for a in args]
    if not any(s is not None for s in found) or type(head) is not Symbol:
        return None
    first = found[0]
    if head is S.Dot:
        return sparse_values.dot(ev, args, found)
    if head is S.Part and first is not None:
        return sparse_values.part(ev, first, args[1:])
    if first is not None and head in _OWN and len(args) == 1:
        return _OWN[head](ev, first)
    if head is S.Map and len(args) == 2 and found[1] is not None:
        f = args[0]
        return to_expr(found[1].mapped(lambda v: ev.call(f, v))) if len(found[1].shape) == 1 else None
    if head in DENSE or (head is S.LinearSolve and not sparse_values.is_numeric(found)):
        return Expr(head, tuple(a if s is None else s.dense() for a, s in zip(args, found, strict=True)))
    if head is S.LinearSolve and first is not None and len(args) == 2:
        return sparse_values.solved(first, args[1] if found[1] is None else found[1].dense())
    if head is S.MatrixQ or head is S.VectorQ or head is S.ArrayQ:
        return Expr(head, (first.dense(), *args[1:])) if first is not None else None
    if head.attributes & LISTABLE:
        return sparse_values.threaded(ev, head, args, found)
    return None


_OWN = {
    S.Dimensions: lambda ev, s: make_list(s.shape),
    S.Length: lambda ev, s: s.shape[0],
    S.ArrayDepth: lambda ev, s: len(s.shape),
    S.TensorRank: lambda ev, s: len(s.shape),
    S.Transpose: lambda ev, s: to_expr(s.transposed()) if len(s.shape) == 2 else None,
    S.Total: lambda ev, s: sparse_values.total(ev, s),
    S.Tr: lambda ev, s: sparse_values.trace(ev, s),
    S.Diagonal: lambda ev, s: to_expr(s.diagonal()) if len(s.shape) == 2 else None,
    S.AtomQ: lambda ev, s: TRUE,
}


@builtin("Band")
def band(ev: Any, *args: Any) -> Any:
    """Band[{i, j}] is a position in SparseArray: the diagonal that begins at {i, j}.

    >>> Normal[SparseArray[{Band[{1, 1}] -> x}, {2, 2}]]
    {{x, 0}, {0, x}}
    """
    return None
