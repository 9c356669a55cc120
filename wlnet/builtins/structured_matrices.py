"""Matrices of a given structure, tests of matrices, triangular parts, orthogonal bases."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import FALSE, Expr, S, is_list, items, make_list, rational, same, truth
from wlnet.kernel.registry import builtin

from . import matrices, numeric
from .linear_algebra import SQUARE, rectangular, square

# Larger matrices of exact elements would fill the memory of a common computer.
MAX_ELEMENTS = 10_000_000


@builtin("HilbertMatrix")
def hilbert_matrix(ev: Any, spec: Any) -> Any:
    """HilbertMatrix[n] gives the n by n matrix of 1/(i + j - 1); HilbertMatrix[{m, n}] an m by n one.

    >>> HilbertMatrix[2]
    {{1, 1/2}, {1/2, 1/3}}
    """
    m, n = items(spec) if is_list(spec) and len(items(spec)) == 2 else (spec, spec)
    if not all(type(k) is int and k > 0 for k in (m, n)) or m * n > MAX_ELEMENTS:
        return None
    return matrices.to_list([[rational(Fraction(1, i + j + 1)) for j in range(n)] for i in range(m)])


def _first_column(spec: Any) -> list[Any] | None:
    """A list, or n for 1, 2, ..., n; None for anything else."""
    if type(spec) is int:
        return list(range(1, spec + 1)) if spec * spec <= MAX_ELEMENTS else None
    return list(items(spec)) if is_list(spec) else None


@builtin("ToeplitzMatrix")
def toeplitz_matrix(ev: Any, column: Any, row: Any = None) -> Any:
    """ToeplitzMatrix[{c1, c2, ...}] gives the symmetric matrix with constant diagonals and that first column;
    ToeplitzMatrix[column, row] names the first row too.

    >>> ToeplitzMatrix[{a, b, c}]
    {{a, b, c}, {b, a, b}, {c, b, a}}
    """
    c = _first_column(column)
    r = c if row is None else list(items(row)) if is_list(row) else None
    if not c or not r:
        return None
    return matrices.to_list(
        [[c[i - j] if i >= j else r[j - i] for j in range(len(r))] for i in range(len(c))]
    )


@builtin("HankelMatrix")
def hankel_matrix(ev: Any, column: Any, row: Any = None) -> Any:
    """HankelMatrix[{c1, c2, ...}] gives the matrix with constant antidiagonals, zeros below the main one.

    >>> HankelMatrix[{a, b, c}]
    {{a, b, c}, {b, c, 0}, {c, 0, 0}}
    """
    c = _first_column(column)
    r = ([0] * len(c) if c else None) if row is None else list(items(row)) if is_list(row) else None
    if not c or not r:
        return None
    return matrices.to_list(
        [
            [c[i + j] if i + j < len(c) else r[i + j - len(c) + 1] for j in range(len(r))]
            for i in range(len(c))
        ]
    )


@builtin("VandermondeMatrix")
def vandermonde_matrix(ev: Any, xs: Any) -> Any:
    """VandermondeMatrix[{x1, x2, ...}] gives the matrix of powers xi^(j - 1).

    >>> VandermondeMatrix[{2, 3}]
    {{1, 2}, {1, 3}}
    """
    if not is_list(xs):
        return None
    return make_list(make_list(Expr(S.Power, (x, j)) for j in range(len(items(xs)))) for x in items(xs))


@builtin("RotationMatrix")
def rotation_matrix(ev: Any, angle: Any, axis: Any = None) -> Any:
    """RotationMatrix[t] gives the 2D matrix that turns by the angle t; RotationMatrix[t, {x, y, z}] the 3D
    one about an axis.

    >>> {RotationMatrix[Pi/2], RotationMatrix[Pi/2, {0, 0, 1}]}
    {{{0, -1}, {1, 0}}, {{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}}
    """
    c, s = Expr(S.Cos, (angle,)), Expr(S.Sin, (angle,))
    if axis is None:
        return matrices.to_list([[c, Expr(S.Times, (-1, s))], [s, c]])
    if not is_list(axis) or len(items(axis)) != 3:
        return None
    u = items(ev.evaluate(Expr(S.Normalize, (axis,))))
    rest = Expr(S.Subtract, (1, c))
    turn = [[0, (-1, 2), (1, 1)], [(1, 2), 0, (-1, 0)], [(-1, 1), (1, 0), 0]]
    rows = []
    for i in range(3):
        row = []
        for j in range(3):
            terms: list[Any] = [Expr(S.Times, (u[i], u[j], rest))]
            spec = turn[i][j]
            terms.append(c if spec == 0 else Expr(S.Times, (spec[0], u[spec[1]], s)))  # type: ignore[index]
            row.append(Expr(S.Plus, tuple(terms)))
        rows.append(row)
    return matrices.to_list(rows)


def _triangle(m: Any, k: Any, keep: Any) -> Any:
    rows = matrices.rows_of(m)
    if rows is None or type(k) is not int:
        return None
    return matrices.to_list(
        [[x if keep(j - i, k) else 0 for j, x in enumerate(r)] for i, r in enumerate(rows)]
    )


@builtin("UpperTriangularize")
def upper_triangularize(ev: Any, m: Any, k: Any = 0) -> Any:
    """UpperTriangularize[m] replaces the elements below the diagonal by 0; UpperTriangularize[m, k] below
    the k-th one.

    >>> UpperTriangularize[{{1, 2}, {3, 4}}]
    {{1, 2}, {0, 4}}
    """
    return _triangle(m, k, lambda d, k: d >= k)


@builtin("LowerTriangularize")
def lower_triangularize(ev: Any, m: Any, k: Any = 0) -> Any:
    """LowerTriangularize[m] replaces the elements above the diagonal by 0.

    >>> LowerTriangularize[{{1, 2}, {3, 4}}]
    {{1, 0}, {3, 4}}
    """
    return _triangle(m, k, lambda d, k: d <= k)


@builtin("SymmetricMatrixQ")
def symmetric_matrix_q(ev: Any, m: Any) -> Any:
    """SymmetricMatrixQ[m] gives True if m equals its transpose.

    >>> SymmetricMatrixQ[{{1, 2}, {2, 3}}]
    True
    """
    rows = matrices.rows_of(m)
    if rows is None or len(rows) != len(rows[0]):
        return FALSE
    return truth(all(same(rows[i][j], rows[j][i]) for i in range(len(rows)) for j in range(i)))


@builtin("HermitianMatrixQ")
def hermitian_matrix_q(ev: Any, m: Any) -> Any:
    """HermitianMatrixQ[m] gives True if m equals its conjugate transpose.

    >>> HermitianMatrixQ[{{1, I}, {-I, 3}}]
    True
    """
    rows = matrices.rows_of(m)
    if rows is None or len(rows) != len(rows[0]):
        return FALSE
    n = len(rows)
    return truth(
        all(
            same(rows[i][j], ev.evaluate(Expr(S.Conjugate, (rows[j][i],))))
            for i in range(n)
            for j in range(i + 1)
        )
    )


@builtin("PositiveDefiniteMatrixQ")
def positive_definite_matrix_q(ev: Any, m: Any) -> Any:
    """PositiveDefiniteMatrixQ[m] gives True if the Hermitian part of m has positive eigenvalues only.

    >>> {PositiveDefiniteMatrixQ[{{2, 1}, {1, 2}}], PositiveDefiniteMatrixQ[{{1, 2}, {2, 1}}]}
    {True, False}
    """
    array = matrices.to_array(numeric.approximate(ev, m, None), exact=False) if is_list(m) else None
    if array is None or array.ndim != 2 or array.shape[0] != array.shape[1]:
        return FALSE
    return truth(bool((np.linalg.eigvalsh((array + array.conj().T) / 2) > 0).all()))


@builtin("DiagonalMatrixQ")
def diagonal_matrix_q(ev: Any, m: Any) -> Any:
    """DiagonalMatrixQ[m] gives True if only the diagonal of m is not zero.

    >>> DiagonalMatrixQ[{{1, 0}, {0, 2}}]
    True
    """
    rows = matrices.rows_of(m)
    if rows is None:
        return FALSE
    field = matrices.Field(ev)
    return truth(all(i == j or field.is_zero(x) for i, r in enumerate(rows) for j, x in enumerate(r)))


@builtin("Orthogonalize", messages=SQUARE)
def orthogonalize(ev: Any, vectors: Any) -> Any:
    """Orthogonalize[{v1, v2, ...}] gives an orthonormal basis of the space that the vectors span.

    >>> Orthogonalize[{{1, 0}, {1, 1}}]
    {{1, 0}, {0, 1}}
    """
    rows = rectangular(ev, "Orthogonalize", vectors)
    if rows is None:
        return None
    basis: list[Any] = []
    for r in rows:
        rest: Any = make_list(r)
        for b in basis:
            along = Expr(S.Dot, (rest, Expr(S.Conjugate, (b,))))
            rest = Expr(S.Subtract, (rest, Expr(S.Times, (along, b))))
        basis.append(ev.evaluate(Expr(S.Normalize, (rest,))))
    return make_list(basis)


@builtin("Projection")
def projection(ev: Any, u: Any, v: Any) -> Any:
    """Projection[u, v] gives the projection of the vector u onto v.

    >>> Projection[{3, 4}, {1, 0}]
    {3, 0}
    """
    if not is_list(u) or not is_list(v):
        return None
    c = Expr(S.Conjugate, (v,))
    return Expr(S.Times, (Expr(S.Divide, (Expr(S.Dot, (u, c)), Expr(S.Dot, (v, c)))), v))


@builtin("VectorAngle")
def vector_angle(ev: Any, u: Any, v: Any) -> Any:
    """VectorAngle[u, v] gives the angle between two vectors.

    >>> VectorAngle[{1, 0}, {1, 1}]
    Pi/4
    """
    if not is_list(u) or not is_list(v):
        return None
    norms = Expr(S.Times, (Expr(S.Norm, (u,)), Expr(S.Norm, (v,))))
    return Expr(S.ArcCos, (Expr(S.Divide, (Expr(S.Dot, (u, v)), norms)),))


@builtin("MatrixLog", messages=SQUARE)
def matrix_log(ev: Any, m: Any) -> Any:
    """MatrixLog[m] gives a matrix whose MatrixExp is m, for a matrix of machine numbers.

    >>> Chop[MatrixLog[{{1., 0.}, {0., 1.}}]]
    {{0, 0}, {0, 0}}
    """
    from scipy import linalg

    from wlnet.expr import packed

    rows = square(ev, "MatrixLog", m)
    array = None if rows is None else matrices.machine(m)
    if array is None:
        return None
    value = linalg.logm(array)
    return packed(matrices.without_noise(array, value))


@builtin("Minors", messages=SQUARE)
def minors(ev: Any, m: Any) -> Any:
    """Minors[m] gives the matrix of minors of a square matrix.

    >>> Minors[{{a, b}, {c, d}}]
    {{a, b}, {c, d}}
    """
    rows = square(ev, "Minors", m)
    if rows is None:
        return None
    n = len(rows)
    field = matrices.Field(ev)

    def minor(i: int, j: int) -> Any:
        left = [[x for q, x in enumerate(r) if q != n - 1 - j] for p, r in enumerate(rows) if p != n - 1 - i]
        return matrices.determinant(left, field) if left else 1

    return matrices.to_list([[minor(i, j) for j in range(n)] for i in range(n)])


@builtin("Adjugate", messages=SQUARE)
def adjugate(ev: Any, m: Any) -> Any:
    """Adjugate[m] gives the transposed matrix of cofactors, Det[m] Inverse[m].

    >>> Adjugate[{{a, b}, {c, d}}]
    {{d, -b}, {-c, a}}
    """
    rows = square(ev, "Adjugate", m)
    if rows is None:
        return None
    n = len(rows)
    field = matrices.Field(ev)

    def cofactor(i: int, j: int) -> Any:
        left = [[x for q, x in enumerate(r) if q != j] for p, r in enumerate(rows) if p != i]
        value = matrices.determinant(left, field) if left else 1
        return field.multiply(-1, value) if (i + j) % 2 else value

    return matrices.to_list([[cofactor(j, i) for j in range(n)] for i in range(n)])
