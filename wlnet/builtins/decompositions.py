"""Eigenvalues and matrix decompositions: Eigensystem, SingularValueDecomposition, QR, LU, Cholesky."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import Expr, S, make_list, packed, to_array
from wlnet.kernel.registry import builtin

from . import matrices, numbers
from .linear_algebra import SQUARE, rectangular, square
from .matrices import Field

# Exact eigenvalues are computed by SymPy up to this size; beyond it the matrix stays as it is.
MAX_EXACT = 6


def _machine_eigensystem(array: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues by decreasing size and normalised eigenvectors as rows."""
    symmetric = np.array_equal(array, array.conj().T)
    values, vectors = np.linalg.eigh(array) if symmetric else np.linalg.eig(array)
    order = (
        np.lexsort((-np.real(values), -np.round(np.abs(values), 12)))
        if not np.iscomplexobj(values)
        else np.argsort(-np.abs(values), kind="stable")
    )
    return values[order], vectors.T[order]


def _machine_parts(m: Any) -> tuple[np.ndarray, np.ndarray] | None:
    array = matrices.machine(m)
    if array is None or array.ndim != 2 or array.shape[0] != array.shape[1]:
        return None
    return _machine_eigensystem(array)


def _exact_eigensystem(ev: Any, rows: matrices.Matrix) -> list[tuple[Any, list[list[Any]], int]] | None:
    """(eigenvalue, basis of its eigenvectors, multiplicity), largest modulus first; None when not found."""
    from . import sympy_matrices

    if len(rows) > MAX_EXACT:
        return None
    return sympy_matrices.eigensystem(ev, rows)


@builtin("Eigenvalues", messages=SQUARE)
def eigenvalues(ev: Any, m: Any, count: Any = None) -> Any:
    """Eigenvalues[m] gives the eigenvalues of the square matrix m, largest in size first; Eigenvalues[m, k]
    the first k.

    >>> {Eigenvalues[{{2, 1}, {1, 2}}], Eigenvalues[{{2., 0.}, {0., 3.}}]}
    {{3, 1}, {3., 2.}}
    """
    rows = square(ev, "Eigenvalues", m)
    if rows is None:
        return None
    found = _machine_parts(m)
    if found is not None:
        values: Any = packed(found[0])
    else:
        system = _exact_eigensystem(ev, rows)
        if system is None:
            return None
        values = make_list(v for v, _, k in system for _ in range(k))
    return values if count is None else Expr(S.Take, (values, count))


@builtin("Eigenvectors", messages=SQUARE)
def eigenvectors(ev: Any, m: Any, count: Any = None) -> Any:
    """Eigenvectors[m] gives the eigenvectors of the square matrix m in the order of Eigenvalues.

    >>> Eigenvectors[{{2, 1}, {1, 2}}]
    {{1, 1}, {-1, 1}}
    """
    system = eigensystem(ev, m)
    if system is None:
        return None
    vectors = system.args[1]
    return vectors if count is None else Expr(S.Take, (vectors, count))


@builtin("Eigensystem", messages=SQUARE)
def eigensystem(ev: Any, m: Any, count: Any = None) -> Any:
    """Eigensystem[m] gives {values, vectors} of the square matrix m.

    >>> Eigensystem[{{2, 1}, {1, 2}}]
    {{3, 1}, {{1, 1}, {-1, 1}}}
    """
    rows = square(ev, "Eigensystem", m)
    if rows is None:
        return None
    found = _machine_parts(m)
    if found is not None:
        pair = [packed(found[0]), packed(found[1])]
    else:
        system = _exact_eigensystem(ev, rows)
        if system is None:
            return None
        pair = [
            make_list(v for v, _, k in system for _ in range(k)),
            make_list(make_list(x) for _, basis, k in system for x in _filled(basis, k, len(rows))),
        ]
    if count is not None:
        pair = [Expr(S.Take, (p, count)) for p in pair]
    return make_list(pair)


def _filled(basis: list[list[Any]], k: int, n: int) -> list[list[Any]]:
    """A basis of an eigenspace, filled up with zero vectors to the multiplicity of the eigenvalue."""
    return basis + [[0] * n for _ in range(k - len(basis))]


@builtin("CharacteristicPolynomial", messages=SQUARE)
def characteristic_polynomial(ev: Any, m: Any, x: Any) -> Any:
    """CharacteristicPolynomial[m, x] gives Det[m - x IdentityMatrix[n]].

    >>> CharacteristicPolynomial[{{2, 1}, {1, 2}}, x]
    3 - 4 x + x^2
    """
    rows = square(ev, "CharacteristicPolynomial", m)
    if rows is None:
        return None
    field = Field(ev)
    shifted = [[field.subtract(a, x) if i == j else a for j, a in enumerate(r)] for i, r in enumerate(rows)]
    return Expr(S.Expand, (matrices.determinant(shifted, field),))


def _machine_matrix(ev: Any, name: str, m: Any) -> np.ndarray | None:
    """A matrix as floats, when it holds machine numbers; None for exact ones."""
    if rectangular(ev, name, m) is None:
        return None
    array = matrices.machine(m)
    return array if array is not None and array.ndim == 2 else None


@builtin("SingularValueList", messages=SQUARE)
def singular_value_list(ev: Any, m: Any, count: Any = None) -> Any:
    """SingularValueList[m] gives the nonzero singular values of the matrix m, largest first.

    >>> {SingularValueList[{{3, 0}, {0, 4}}], SingularValueList[{{1., 0.}, {0., 2.}}]}
    {{4, 3}, {2., 1.}}
    """
    rows = rectangular(ev, "SingularValueList", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if array is not None:
        s = np.linalg.svd(array, compute_uv=False)
        found: Any = packed(s[s > s.max(initial=0) * max(array.shape) * np.finfo(float).eps])
        return found if count is None else Expr(S.Take, (found, count))
    gram = ev.evaluate(Expr(S.Dot, (Expr(S.ConjugateTranspose, (m,)), m)))
    system = _exact_eigensystem(ev, matrices.rows_of(gram) or [[0]])
    if system is None:
        return None
    values = [v for v, _, k in system for _ in range(k) if not (type(v) is int and v == 0)]
    return make_list(Expr(S.Sqrt, (v,)) for v in values[: count if type(count) is int else None])


@builtin("SingularValueDecomposition", messages=SQUARE)
def singular_value_decomposition(ev: Any, m: Any, count: Any = None) -> Any:
    """SingularValueDecomposition[m] gives {u, s, v} with m = u.s.ConjugateTranspose[v]; a second argument k
    keeps k values.

    >>> {u, s, v} = SingularValueDecomposition[{{1., 2.}, {3., 4.}}]; Round[u . s . Transpose[v]]
    {{1, 2}, {3, 4}}
    """
    array = _machine_matrix(ev, "SingularValueDecomposition", m)
    if array is None:
        exact = to_array(m)
        array = None if exact is None or exact.ndim != 2 else exact.astype(np.float64)
        if array is None:
            return None
    u, s, vh = np.linalg.svd(array)
    sigma = np.zeros(array.shape, dtype=np.float64)
    np.fill_diagonal(sigma, s)
    v = vh.conj().T
    if type(count) is int:
        u, sigma, v = u[:, :count], sigma[:count, :count], v[:, :count]
    return make_list(map(packed, (u, sigma, v)))


@builtin("QRDecomposition", messages=SQUARE)
def qr_decomposition(ev: Any, m: Any) -> Any:
    """QRDecomposition[m] gives {q, r} with m = ConjugateTranspose[q].r, the rows of q being orthonormal.

    >>> QRDecomposition[{{3, 0}, {4, 5}}]
    {{{3/5, 4/5}, {-4/5, 3/5}}, {{5, 4}, {0, 3}}}
    """
    rows = rectangular(ev, "QRDecomposition", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if array is not None:
        q, r = np.linalg.qr(array)
        return make_list((packed(q.conj().T), packed(r)))
    return _gram_schmidt(ev, rows)


def _gram_schmidt(ev: Any, rows: matrices.Matrix) -> Any:
    """Exact orthonormal rows from the columns of a matrix."""
    qs: list[list[Any]] = []
    for column in matrices.transpose(rows):
        rest: Any = make_list(column)
        for q in qs:
            along = Expr(S.Dot, (Expr(S.Conjugate, (make_list(q),)), make_list(column)))
            rest = Expr(S.Subtract, (rest, Expr(S.Times, (along, make_list(q)))))
        unit = ev.evaluate(Expr(S.Normalize, (rest,)))
        parts = list(unit.args)
        if not all(type(x) in numbers.KIND and numbers.is_zero(x) for x in parts):
            qs.append(parts)
    conjugated = [[ev.evaluate(Expr(S.Conjugate, (x,))) for x in q] for q in qs]
    field = Field(ev)
    return make_list(
        (matrices.to_list(conjugated), matrices.to_list(matrices.product(conjugated, rows, field)))
    )


@builtin("LUDecomposition", messages=SQUARE)
def lu_decomposition(ev: Any, m: Any) -> Any:
    """LUDecomposition[m] gives {lu, p, c}: the factors of m[[p]] packed in one matrix, the permutation p,
    and 0.

    >>> LUDecomposition[{{1, 2}, {3, 4}}]
    {{{1, 2}, {3, -2}}, {1, 2}, 0}
    """
    rows = square(ev, "LUDecomposition", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    field = Field(ev)
    n = len(rows)
    order = list(range(n))
    rows = [list(r) for r in rows]
    for c in range(n):
        candidates = range(c, n)
        best = max(candidates, key=lambda i: field.size(rows[i][c]))
        if field.is_zero(rows[best][c]):
            ev.message("LUDecomposition", "sing", m)
            return None
        rows[c], rows[best], order[c], order[best] = rows[best], rows[c], order[best], order[c]
        for i in range(c + 1, n):
            factor = field.divide(rows[i][c], rows[c][c])
            rest = [field.subtract(rows[i][j], field.multiply(factor, rows[c][j])) for j in range(c + 1, n)]
            rows[i] = [*rows[i][:c], factor, *rest]
    condition = 0 if array is None else float(np.linalg.cond(array, np.inf))
    return make_list((matrices.to_list(rows), make_list(i + 1 for i in order), condition))


@builtin(
    "CholeskyDecomposition",
    messages=SQUARE | {"posdef": "The matrix `1` is not sufficiently positive definite."},
)
def cholesky_decomposition(ev: Any, m: Any) -> Any:
    """CholeskyDecomposition[m] gives the upper triangular u with m = ConjugateTranspose[u].u.

    >>> CholeskyDecomposition[{{4, 2}, {2, 10}}]
    {{2, 1}, {0, 3}}
    """
    rows = square(ev, "CholeskyDecomposition", m)
    if rows is None:
        return None
    array = matrices.machine(m)
    if array is not None:
        try:
            return packed(np.linalg.cholesky(array).conj().T)
        except np.linalg.LinAlgError:
            ev.message("CholeskyDecomposition", "posdef", m)
            return None
    return _exact_cholesky(ev, m, rows)


def _exact_cholesky(ev: Any, m: Any, rows: matrices.Matrix) -> Any:
    from .numeric import sign_of

    n = len(rows)
    lower: list[list[Any]] = [[0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            products = tuple(Expr(S.Times, (-1, lower[i][k], lower[j][k])) for k in range(j))
            rest = ev.evaluate(Expr(S.Plus, (rows[i][j], *products)))
            if i == j:
                if sign_of(ev, rest) != 1:
                    ev.message("CholeskyDecomposition", "posdef", m)
                    return None
                lower[i][j] = ev.evaluate(Expr(S.Sqrt, (rest,)))
            else:
                lower[i][j] = ev.evaluate(Expr(S.Divide, (rest, lower[j][j])))
    return matrices.to_list(matrices.transpose(lower))
