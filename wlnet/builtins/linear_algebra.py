"""Linear algebra: Dot, Det, Inverse, LinearSolve, RowReduce, NullSpace, MatrixPower, Norm and their kin.

Machine matrices go to NumPy (BLAS and LAPACK), exact and symbolic ones through `matrices`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list, packed
from wlnet.expr.attributes import FLAT, ONE_IDENTITY
from wlnet.kernel.registry import builtin

from . import matrices, numbers
from .levels import nth, size
from .matrices import Field

SQUARE = {
    "matsq": "Argument `1` at position `2` is not a non-empty square matrix.",
    "matrix": "Argument `1` at position `2` is not a non-empty rectangular matrix.",
    "sing": "Matrix `1` is singular.",
    "nosol": "Linear equation encountered that has no solution.",
    "lslc": "Coefficient matrix and target vector or matrix do not have the same dimensions.",
    "dotsh": "Tensors `1` and `2` have incompatible shapes.",
}


def square(ev: Any, name: str, m: Any) -> matrices.Matrix | None:
    """The rows of a square matrix; None with `name::matsq`."""
    rows = matrices.rows_of(m)
    if rows is not None and len(rows) == len(rows[0]):
        return rows
    if is_list(m) or type(m) in numbers.KIND:
        ev.message(name, "matsq", m, 1)
    return None


def rectangular(ev: Any, name: str, m: Any) -> matrices.Matrix | None:
    """The rows of a matrix; None with `name::matrix`."""
    rows = matrices.rows_of(m)
    if rows is None and (is_list(m) or type(m) in numbers.KIND):
        ev.message(name, "matrix", m, 1)
    return rows


# ---------------------------------------------------------------------------------------------- products


@builtin("Dot", attributes=FLAT | ONE_IDENTITY, messages=SQUARE)
def dot(ev: Any, *factors: Any) -> Any:
    """a.b.c gives products of vectors, matrices and tensors: the last index of a with the first of b.

    >>> {{1, 2, 3} . {4, 5, 6}, {{1, 2}, {3, 4}} . {x, y}, {{1., 2.}, {3., 4.}} . {{1., 0.}, {0., 1.}}}
    {32, {x + 2 y, 3 x + 4 y}, {{1., 2.}, {3., 4.}}}
    """
    if len(factors) < 2:
        return factors[0] if factors else None
    out: list[Any] = [factors[0]]
    changed = False
    for b in factors[1:]:
        if is_list(out[-1]) and is_list(b):
            value = _product(ev, out[-1], b)
            if value is None:
                ev.message("Dot", "dotsh", out[-1], b)
                return None
            out[-1] = value
            changed = True
        else:
            out.append(b)
    if not changed:
        return None
    return out[0] if len(out) == 1 else Expr(S.Dot, tuple(out))


def _product(ev: Any, a: Any, b: Any) -> Any:
    """The product of two tensors; None when the shapes do not fit."""
    x = a if type(a) is np.ndarray else matrices.to_array(a)
    y = b if type(b) is np.ndarray else matrices.to_array(b)
    if x is None and y is not None and y.dtype != np.int64:
        x = matrices.machine(a)
    if y is None and x is not None and x.dtype != np.int64:
        y = matrices.machine(b)
    if x is not None and y is not None and x.size and y.size:
        if x.shape[-1] != y.shape[0]:
            return None
        if x.dtype == np.int64 and y.dtype == np.int64:
            bound = int(np.abs(x).max()) * int(np.abs(y).max()) * x.shape[-1]
            if bound < 1 << 53:  # exact in floats, so that BLAS may do it
                exact = np.tensordot(x.astype(np.float64), y.astype(np.float64), (x.ndim - 1, 0))
                return packed(np.asarray(exact).astype(np.int64))
            if bound < 1 << 63:
                return packed(np.asarray(np.tensordot(x, y, (x.ndim - 1, 0))))
        elif x.dtype != np.int64 and y.dtype != np.int64:
            return packed(np.asarray(np.tensordot(x, y, (x.ndim - 1, 0))))
        elif matrices.machine(x) is None or matrices.machine(y) is None:
            kind = np.result_type(x, y)
            return packed(np.asarray(np.tensordot(x.astype(kind), y.astype(kind), (x.ndim - 1, 0))))
    return _general_product(ev, a, b)


def _general_product(ev: Any, a: Any, b: Any) -> Any:
    rows_a = items(a)
    if any(is_list(r) for r in rows_a):
        parts = [_product(ev, r, b) if is_list(r) else None for r in rows_a]
        return None if any(p is None for p in parts) else make_list(parts)
    rows_b = items(b)
    if len(rows_a) != len(rows_b):
        return None
    if any(is_list(r) for r in rows_b):
        terms = tuple(Expr(S.Times, (x, r)) for x, r in zip(rows_a, rows_b, strict=True))
        return ev.evaluate(Expr(S.Plus, terms))
    return matrices.dot(rows_a, rows_b, Field(ev))


@builtin("Cross", messages=SQUARE | {"nonn1": "The arguments are expected to be vectors of equal length."})
def cross(ev: Any, *vectors: Any) -> Any:
    """Cross[a, b] gives the vector cross product of two vectors with three components; Cross[{x, y}] is
    {-y, x}.

    >>> {Cross[{1, 2, 3}, {4, 5, 6}], Cross[{x, y}]}
    {{-3, 6, -3}, {-y, x}}
    """
    n = len(vectors) + 1
    if not vectors or not all(is_list(v) for v in vectors):
        return None
    rows = [items(v) for v in vectors]
    if any(len(r) != n or any(is_list(x) for x in r) for r in rows):
        ev.message("Cross", "nonn1")
        return None
    field = Field(ev)
    found = []
    for c in range(n):
        minor = [[x for j, x in enumerate(r) if j != c] for r in rows]
        value = matrices.determinant(minor, field)
        found.append(field.multiply(-1 if (c + n + 1) % 2 else 1, value))
    return make_list(found)


@builtin("KroneckerProduct")
def kronecker_product(ev: Any, *factors: Any) -> Any:
    """KroneckerProduct[m1, m2, ...] gives the Kronecker product of matrices or vectors.

    >>> KroneckerProduct[{{1, 2}, {3, 4}}, {{0, 1}}]
    {{0, 1, 0, 2}, {0, 3, 0, 4}}
    """
    if not factors or not all(is_list(f) for f in factors):
        return None
    result = factors[0]
    for f in factors[1:]:
        a, b = matrices.rows_of(result), matrices.rows_of(f)
        if a is None or b is None:
            return None
        rows = [[Expr(S.Times, (x, y)) for x in r for y in s] for r in a for s in b]
        result = matrices.to_list(rows)
    return result


@builtin("ConjugateTranspose")
def conjugate_transpose(ev: Any, m: Any) -> Any:
    """ConjugateTranspose[m] gives the conjugate transpose of the matrix m.

    >>> ConjugateTranspose[{{1, I}, {2, 3}}]
    {{1, 2}, {-I, 3}}
    """
    return Expr(S.Conjugate, (Expr(S.Transpose, (m,)),)) if matrices.rows_of(m) is not None else None


# -------------------------------------------------------------------------------------------- square matrices


@builtin("Det", messages=SQUARE)
def det(ev: Any, m: Any) -> Any:
    """Det[m] gives the determinant of the square matrix m.

    >>> {Det[{{1, 2}, {3, 4}}], Det[{{a, b}, {c, d}}], Det[{{1., 2.}, {3., 4.}}]}
    {-2, -b c + a d, -2.}
    """
    rows = square(ev, "Det", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if array is not None:
        return packed(np.linalg.det(array))
    return matrices.determinant(rows, Field(ev))


@builtin("Tr", messages=SQUARE)
def tr(ev: Any, m: Any, f: Any = S.Plus, n: Any = None) -> Any:
    """Tr[list] gives the trace, the sum of the elements with equal indices; Tr[list, f] combines them by f.

    >>> {Tr[{{1, 2}, {3, 4}}], Tr[{{a, b}, {c, d}}, List], Tr[{1, 2, 3}]}
    {5, {a, d}, 6}
    """
    if not is_list(m):
        return None
    depth = _depth(m)
    if n is not None:
        if type(n) is not int or n < 1:
            return None
        depth = min(depth, n)
    found = []
    k = 0
    while depth:
        value: Any = m
        for _ in range(depth):
            row = items(value) if is_list(value) else ()
            if k >= len(row):
                return Expr(f, tuple(found))
            value = row[k]
        found.append(value)
        k += 1
    return Expr(f, ())


def _depth(m: Any) -> int:
    depth = 0
    while is_list(m) and size(m):
        depth += 1
        m = nth(m, 0)
    return depth


@builtin("Inverse", messages=SQUARE)
def inverse(ev: Any, m: Any) -> Any:
    """Inverse[m] gives the inverse of the square matrix m.

    >>> {Inverse[{{1, 2}, {3, 4}}], Inverse[{{a, b}, {0, c}}]}
    {{{-2, 1}, {3/2, -1/2}}, {{1/a, -b/(a c)}, {0, 1/c}}}
    """
    rows = square(ev, "Inverse", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if array is not None:
        try:
            return packed(np.linalg.inv(array))
        except np.linalg.LinAlgError:
            ev.message("Inverse", "sing", m)
            return None
    found = matrices.inverse(rows, Field(ev))
    if found is None:
        ev.message("Inverse", "sing", m)
        return None
    return matrices.to_list(found)


@builtin("MatrixPower", messages=SQUARE)
def matrix_power(ev: Any, m: Any, n: Any, vector: Any = None) -> Any:
    """MatrixPower[m, n] gives the n-th power of the square matrix m; MatrixPower[m, n, v] applies it to v.

    >>> {MatrixPower[{{1, 1}, {1, 0}}, 10], MatrixPower[{{2, 0}, {0, 4}}, -1]}
    {{{89, 55}, {55, 34}}, {{1/2, 0}, {0, 1/4}}}
    """
    rows = square(ev, "MatrixPower", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if type(n) is not int:
        return _fractional_power(array, n)
    if array is not None:
        with np.errstate(all="ignore"):
            value: Any = packed(np.linalg.matrix_power(array, n))
    else:
        field = Field(ev)
        base = rows if n >= 0 else matrices.inverse(rows, field)
        if base is None:
            ev.message("MatrixPower", "sing", m)
            return None
        value = matrices.to_list(_power(base, abs(n), field))
    return value if vector is None else Expr(S.Dot, (value, vector))


def _power(m: matrices.Matrix, n: int, field: Field) -> matrices.Matrix:
    result = matrices.identity(len(m))
    while n:
        if n & 1:
            result = matrices.product(result, m, field)
        n >>= 1
        if n:
            m = matrices.product(m, m, field)
    return result


def _fractional_power(array: np.ndarray | None, n: Any) -> Any:
    from scipy import linalg

    if array is None or type(n) not in (float, Fraction):
        return None
    value = linalg.fractional_matrix_power(array, float(n))
    return packed(matrices.without_noise(array, value))


@builtin("MatrixExp", messages=SQUARE)
def matrix_exp(ev: Any, m: Any, vector: Any = None) -> Any:
    """MatrixExp[m] gives the matrix exponential of m; MatrixExp[m, v] applies it to the vector v.

    >>> MatrixExp[{{0., 0.}, {0., 0.}}]
    {{1., 0.}, {0., 1.}}
    """
    from scipy import linalg

    rows = square(ev, "MatrixExp", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if array is not None:
        value: Any = packed(linalg.expm(array))
    else:
        value = _exact_exponential(ev, rows)
        if value is None:
            return None
    return value if vector is None else Expr(S.Dot, (value, vector))


def _exact_exponential(ev: Any, rows: matrices.Matrix) -> Any:
    """The exponential of an exact matrix: termwise when diagonal, else through SymPy."""
    from . import sympy_matrices

    n = len(rows)
    if all(type(rows[i][j]) is int and rows[i][j] == 0 for i in range(n) for j in range(n) if i != j):
        diagonal = [[Expr(S.Exp, (rows[i][i],)) if i == j else 0 for j in range(n)] for i in range(n)]
        return matrices.to_list(diagonal)
    return sympy_matrices.matrix_function(ev, rows, "exp")


# ---------------------------------------------------------------------------------------------- equations


@builtin("LinearSolve", messages=SQUARE)
def linear_solve(ev: Any, m: Any, *rest: Any) -> Any:
    """LinearSolve[m, b] finds an x with m.x = b; b may be a vector or a matrix.

    >>> {LinearSolve[{{1, 2}, {3, 4}}, {5, 6}], LinearSolve[{{2., 0.}, {0., 4.}}, {1., 1.}]}
    {{-4, 9/2}, {0.5, 0.25}}
    """
    rows = rectangular(ev, "LinearSolve", m)
    if rows is None or len(rest) != 1:
        return None
    (b,) = rest
    if not is_list(b) or size(b) != len(rows):
        ev.message("LinearSolve", "lslc")
        return None
    array, right = matrices.machine(m), matrices.machine(b)
    if array is not None or right is not None:
        solved = _machine_solve(m, b, len(rows) == len(rows[0]))
        if solved is not None:
            return solved
    return _exact_solve(ev, rows, b)


def _machine_solve(m: Any, b: Any, is_square: bool) -> Any:
    a, r = matrices.to_array(m, exact=False), matrices.to_array(b, exact=False)
    if a is None or r is None or not is_square:
        return None
    try:
        return packed(np.linalg.solve(a.astype(np.result_type(a, 1.0)), r))
    except np.linalg.LinAlgError:
        return None


def _exact_solve(ev: Any, rows: matrices.Matrix, b: Any) -> Any:
    field = Field(ev)
    right = [list(items(x)) if is_list(x) else [x] for x in items(b)]
    width = len(rows[0])
    reduced, pivots = matrices.reduce_rows([r + s for r, s in zip(rows, right, strict=True)], field, width)
    for r in reduced[len(pivots) :]:
        if not all(field.is_zero(x) for x in r[width:]):
            ev.message("LinearSolve", "nosol")
            return None
    columns = len(right[0])
    solution: list[list[Any]] = [[0] * columns for _ in range(width)]
    for i, c in enumerate(pivots):
        solution[c] = reduced[i][width:]
    if is_list(items(b)[0]):
        return matrices.to_list(solution)
    return make_list(x[0] for x in solution)


@builtin("LeastSquares", messages=SQUARE)
def least_squares(ev: Any, m: Any, b: Any) -> Any:
    """LeastSquares[m, b] finds an x that minimises Norm[m.x - b].

    >>> LeastSquares[{{1, 1}, {1, 2}, {1, 3}}, {7, 7, 8}]
    {19/3, 1/2}
    """
    rows = rectangular(ev, "LeastSquares", m)
    if rows is None or not is_list(b) or size(b) != len(rows):
        if rows is not None:
            ev.message("LeastSquares", "lslc")
        return None
    if matrices.machine(m) is not None or matrices.machine(b) is not None:
        a, r = matrices.to_array(m, exact=False), matrices.to_array(b, exact=False)
        if a is not None and r is not None:
            return packed(np.linalg.lstsq(a.astype(np.result_type(a, 1.0)), r, rcond=None)[0])
    adjoint = Expr(S.ConjugateTranspose, (m,))
    return Expr(S.LinearSolve, (Expr(S.Dot, (adjoint, m)), Expr(S.Dot, (adjoint, b))))


@builtin("RowReduce", messages=SQUARE)
def row_reduce(ev: Any, m: Any) -> Any:
    """RowReduce[m] gives the reduced row echelon form of the matrix m.

    >>> RowReduce[{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}]
    {{1, 0, -1}, {0, 1, 2}, {0, 0, 0}}
    """
    rows = rectangular(ev, "RowReduce", m)
    return None if rows is None else matrices.to_list(matrices.reduce_rows(rows, Field(ev))[0])


@builtin("NullSpace", messages=SQUARE)
def null_space(ev: Any, m: Any) -> Any:
    """NullSpace[m] gives a basis of the vectors x with m.x = 0.

    >>> NullSpace[{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}]
    {{1, -2, 1}}
    """
    rows = rectangular(ev, "NullSpace", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if array is not None:
        _, s, vh = np.linalg.svd(array)
        rank = int((s > s.max(initial=0) * max(array.shape) * np.finfo(float).eps).sum())
        return packed(vh[rank:].conj()) if rank < len(vh) else make_list(())
    reduced, pivots = matrices.reduce_rows(rows, Field(ev))
    width = len(rows[0])
    basis = []
    for free in (c for c in range(width) if c not in pivots):
        vector: list[Any] = [0] * width
        vector[free] = 1
        for i, c in enumerate(pivots):
            vector[c] = Field(ev).multiply(-1, reduced[i][free])
        basis.append(_without_fractions(vector))
    return matrices.to_list(basis[::-1])


def _without_fractions(vector: list[Any]) -> list[Any]:
    import math

    if all(type(x) in (int, Fraction) for x in vector):
        common = math.lcm(*(Fraction(x).denominator for x in vector))
        return [int(x * common) for x in vector]
    return vector


@builtin("MatrixRank", messages=SQUARE)
def matrix_rank(ev: Any, m: Any) -> Any:
    """MatrixRank[m] gives the number of linearly independent rows of m.

    >>> {MatrixRank[{{1, 2}, {2, 4}}], MatrixRank[{{1., 2.}, {3., 4.}}]}
    {1, 2}
    """
    rows = rectangular(ev, "MatrixRank", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if array is not None:
        return int(np.linalg.matrix_rank(array))
    return len(matrices.reduce_rows(rows, Field(ev))[1])


@builtin("PseudoInverse", messages=SQUARE)
def pseudo_inverse(ev: Any, m: Any) -> Any:
    """PseudoInverse[m] gives the Moore-Penrose inverse of the matrix m.

    >>> PseudoInverse[{{1, 0}, {0, 2}, {0, 0}}]
    {{1, 0, 0}, {0, 1/2, 0}}
    """
    rows = rectangular(ev, "PseudoInverse", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if array is not None:
        return packed(np.linalg.pinv(array))
    field = Field(ev)
    reduced, pivots = matrices.reduce_rows(rows, field)
    if not pivots:
        return matrices.to_list([[0] * len(rows) for _ in rows[0]])
    left = [[r[c] for c in pivots] for r in rows]  # rank factorisation m = left . right
    right = reduced[: len(pivots)]
    f, g = _adjoint(ev, left), _adjoint(ev, right)
    middle = matrices.inverse(matrices.product(f, left, field), field)
    other = matrices.inverse(matrices.product(right, g, field), field)
    if middle is None or other is None:
        return None
    inverse_left = matrices.product(middle, f, field)
    return matrices.to_list(matrices.product(matrices.product(g, other, field), inverse_left, field))


def _adjoint(ev: Any, m: matrices.Matrix) -> matrices.Matrix:
    return [[ev.evaluate(Expr(S.Conjugate, (x,))) for x in r] for r in matrices.transpose(m)]
