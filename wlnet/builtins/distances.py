"""Norms of vectors and matrices, and distances of vectors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list, packed
from wlnet.kernel.registry import builtin

from . import matrices, numbers
from .infinity import is_positive_infinity
from .levels import size


@builtin("Norm", messages={"nvm": "The first argument of Norm should be a number, vector or matrix."})
def norm(ev: Any, x: Any, p: Any = 2) -> Any:
    """Norm[v] gives the Euclidean norm of a vector or number; Norm[v, p] the p-norm, also with p Infinity.
    Norm[m] gives the largest singular value of a matrix, Norm[m, "Frobenius"] the Frobenius norm.

    >>> {Norm[{3, 4}], Norm[{1, 1}], Norm[{x, y}], Norm[{1, -2, 3}, 1], Norm[{1, -2}, Infinity]}
    {5, Sqrt[2], Sqrt[Abs[x]^2 + Abs[y]^2], 6, 2}
    """
    if not is_list(x):
        return Expr(S.Abs, (x,)) if type(x) in numbers.KIND else None
    if type(x) is np.ndarray and x.ndim > 1 or type(x) is Expr and any(map(is_list, x.args)):
        return _matrix_norm(ev, x, p)
    array = matrices.machine(x)
    if array is not None and array.ndim == 1:
        if type(p) is int or type(p) is float:
            return float(np.linalg.norm(array, p))
        if is_positive_infinity(p):
            return float(np.abs(array).max())
    sizes = tuple(Expr(S.Abs, (a,)) for a in items(x))
    if is_positive_infinity(p):
        return Expr(S.Max, sizes)
    if type(p) is str:
        return None
    if type(p) is int and p == 1:
        return Expr(S.Plus, sizes)
    return Expr(S.Power, (Expr(S.Plus, tuple(Expr(S.Power, (a, p)) for a in sizes)), Expr(S.Power, (p, -1))))


def _matrix_norm(ev: Any, m: Any, p: Any) -> Any:
    rows = matrices.rows_of(m)
    if rows is None:
        ev.message("Norm", "nvm")
        return None
    if type(p) is str and p == "Frobenius":
        squares = tuple(Expr(S.Power, (Expr(S.Abs, (a,)), 2)) for r in rows for a in r)
        return Expr(S.Sqrt, (Expr(S.Plus, squares),))
    if type(p) is int and p == 1 or is_positive_infinity(p):
        lines = rows if type(p) is not int else matrices.transpose(rows)
        return Expr(S.Max, tuple(Expr(S.Plus, tuple(Expr(S.Abs, (a,)) for a in r)) for r in lines))
    if type(p) is int and p == 2:
        return Expr(S.Max, (Expr(S.SingularValueList, (m,)),))
    return None


@builtin("Normalize")
def normalize(ev: Any, x: Any, f: Any = S.Norm) -> Any:
    """Normalize[v] gives the vector v divided by its norm; Normalize[expr, f] divides by f[expr].

    >>> {Normalize[{3, 4}], Normalize[{0, 0}], Normalize[{1., 1.}]}
    {{3/5, 4/5}, {0, 0}, {0.707107, 0.707107}}
    """
    if f is S.Norm and not is_list(x) and type(x) not in numbers.KIND:
        return None
    length = ev.evaluate(Expr(f, (x,)))
    if type(length) in numbers.KIND and numbers.is_zero(length):
        return x
    return Expr(S.Divide, (x, length))


def _distance(
    name: str, usage: str, exact: Callable[[Any, Any], Any], array: Callable[[Any, Any], Any]
) -> None:
    def call(ev: Any, u: Any, v: Any) -> Any:
        if not (is_list(u) and is_list(v)):
            plain = type(u) in numbers.KIND and type(v) in numbers.KIND
            return exact(make_list((u,)), make_list((v,))) if plain else None
        if size(u) != size(v):
            ev.message(name, "length", u, v)
            return None
        a, b = matrices.machine(u), matrices.machine(v)
        if a is not None and b is not None and a.shape == b.shape:
            with np.errstate(all="ignore"):
                value = np.asarray(array(a, b))
            return packed(value) if np.isfinite(value) else exact(u, v)
        return exact(u, v)

    call.__doc__ = usage
    builtin(name, messages={"length": "`1` and `2` must have the same length."})(call)


def _difference(u: Any, v: Any) -> Expr:
    return Expr(S.Subtract, (u, v))


def _flat_total(x: Any) -> Expr:
    return Expr(S.Total, (x, S.Infinity))


_distance(
    "EuclideanDistance",
    """EuclideanDistance[u, v] gives the Euclidean distance of two vectors.

    >>> {EuclideanDistance[{0, 0}, {3, 4}], EuclideanDistance[{0., 0.}, {1., 1.}]}
    {5, 1.41421}
    """,
    lambda u, v: Expr(S.Norm, (_difference(u, v),)),
    lambda a, b: np.linalg.norm(a - b),
)
_distance(
    "SquaredEuclideanDistance",
    """SquaredEuclideanDistance[u, v] gives the square of the Euclidean distance of two vectors.

    >>> SquaredEuclideanDistance[{0, 0}, {3, 4}]
    25
    """,
    lambda u, v: _flat_total(Expr(S.Power, (Expr(S.Abs, (_difference(u, v),)), 2))),
    lambda a, b: (np.abs(a - b) ** 2).sum(),
)
_distance(
    "ManhattanDistance",
    """ManhattanDistance[u, v] gives the sum of the absolute differences of two vectors.

    >>> ManhattanDistance[{0, 0}, {3, -4}]
    7
    """,
    lambda u, v: _flat_total(Expr(S.Abs, (_difference(u, v),))),
    lambda a, b: np.abs(a - b).sum(),
)
_distance(
    "ChessboardDistance",
    """ChessboardDistance[u, v] gives the largest absolute difference of two vectors.

    >>> ChessboardDistance[{0, 0}, {3, -4}]
    4
    """,
    lambda u, v: Expr(S.Max, (Expr(S.Abs, (_difference(u, v),)),)),
    lambda a, b: np.abs(a - b).max(),
)
_distance(
    "CosineDistance",
    """CosineDistance[u, v] gives 1 minus the cosine of the angle between two vectors.

    >>> {CosineDistance[{1, 0}, {0, 1}], CosineDistance[{1., 0.}, {1., 1.}]}
    {1, 0.292893}
    """,
    lambda u, v: Expr(
        S.Subtract,
        (1, Expr(S.Divide, (Expr(S.Dot, (u, v)), Expr(S.Times, (Expr(S.Norm, (u,)), Expr(S.Norm, (v,))))))),
    ),
    lambda a, b: 1 - np.vdot(b, a) / (np.linalg.norm(a) * np.linalg.norm(b)),
)
_distance(
    "CanberraDistance",
    """CanberraDistance[u, v] gives the sum of Abs[ui - vi]/(Abs[ui] + Abs[vi]).

    >>> CanberraDistance[{1, 2}, {3, 2}]
    1/2
    """,
    lambda u, v: _flat_total(
        Expr(
            S.Divide,
            (
                Expr(S.Abs, (_difference(u, v),)),
                Expr(S.Plus, (Expr(S.Abs, (u,)), Expr(S.Abs, (v,)))),
            ),
        )
    ),
    lambda a, b: (np.abs(a - b) / (np.abs(a) + np.abs(b))).sum(),
)
_distance(
    "CorrelationDistance",
    """CorrelationDistance[u, v] gives 1 minus the correlation of two vectors.

    >>> CorrelationDistance[{1, 2, 3}, {2, 4, 6}]
    0
    """,
    lambda u, v: Expr(S.Subtract, (1, Expr(S.Correlation, (u, v)))),
    lambda a, b: 1 - np.corrcoef(a, b)[0, 1],
)
