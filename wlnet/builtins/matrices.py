"""Matrices as Python lists of rows for exact and symbolic linear algebra:
elimination, determinants, products.

Entries are WL values; a `Field` says how they are added, multiplied, inverted and compared with zero.
Numbers go the fast way through `numbers`; symbolic entries through the evaluator,
with zero tests by `Together`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import Expr, S, is_list, items, make_list, to_array

from . import numbers

Matrix = list[list[Any]]


class Field:
    """Arithmetic on entries: of explicit numbers directly, of anything else through the evaluator."""

    __slots__ = ("ev",)

    def __init__(self, ev: Any) -> None:
        self.ev = ev

    def add(self, a: Any, b: Any) -> Any:
        if type(a) in numbers.KIND and type(b) in numbers.KIND:
            return numbers.add(a, b)
        return self.ev.evaluate(Expr(S.Plus, (a, b)))

    def multiply(self, a: Any, b: Any) -> Any:
        if type(a) in numbers.KIND and type(b) in numbers.KIND:
            return numbers.multiply(a, b)
        return self.ev.evaluate(Expr(S.Times, (a, b)))

    def subtract(self, a: Any, b: Any) -> Any:
        if type(a) in numbers.KIND and type(b) in numbers.KIND:
            return numbers.subtract(a, b)
        return self.ev.evaluate(Expr(S.Subtract, (a, b)))

    def divide(self, a: Any, b: Any) -> Any:
        if type(a) in numbers.KIND and type(b) in numbers.KIND:
            return numbers.divide(a, b)
        return self.simple(Expr(S.Divide, (a, b)))

    def simple(self, a: Any) -> Any:
        """`a` brought over one denominator and cancelled, unless it is a number."""
        value = self.ev.evaluate(a)
        if type(value) in numbers.KIND:
            return value
        return self.ev.evaluate(Expr(S.Together, (value,)))

    def is_zero(self, a: Any) -> bool:
        if type(a) in numbers.KIND:
            return numbers.is_zero(a)
        if type(a) is not Expr:
            return False
        value = self.simple(a)
        return type(value) in numbers.KIND and numbers.is_zero(value)

    def size(self, a: Any) -> float:
        """How good a pivot is: its modulus for inexact numbers, 1 for exact entries."""
        if type(a) in numbers.KIND and numbers.is_inexact(a):
            return abs(numbers.to_complex(a))
        return 0.0 if self.is_zero(a) else 1.0


def without_noise(array: np.ndarray, value: Any) -> np.ndarray:
    """A function of the matrix `array`: real where the matrix is and the imaginary parts are rounding."""
    found = np.asarray(value)
    return np.real(found) if np.isrealobj(array) and np.allclose(np.imag(found), 0) else found


def rows_of(m: Any) -> Matrix | None:
    """A matrix as a list of rows; None when it is not one."""
    if not is_list(m) or not items(m) or not all(is_list(r) for r in items(m)):
        return None
    rows = [list(items(r)) for r in items(m)]
    width = len(rows[0])
    if width == 0 or any(len(r) != width or any(is_list(a) for a in r) for r in rows):
        return None
    return rows


def machine(m: Any) -> np.ndarray | None:
    """A vector or matrix as a float64 or complex128 array when it holds an inexact machine
    number, else None."""
    array = m if type(m) is np.ndarray else to_array(m)
    if array is not None:
        return array if array.dtype != np.int64 and array.size else None
    if not _has_machine(m):
        return None
    return to_array(m, exact=False)


def _has_machine(m: Any) -> bool:
    if type(m) is np.ndarray:
        return m.dtype != np.int64
    if is_list(m):
        return any(_has_machine(x) for x in items(m))
    return type(m) in numbers.KIND and numbers.digits_of(m) is None


def to_list(rows: Matrix) -> Any:
    """Rows as a WL matrix."""
    return make_list(make_list(r) for r in rows)


def identity(n: int) -> Matrix:
    """The n by n identity."""
    return [[int(i == j) for j in range(n)] for i in range(n)]


def transpose(m: Matrix) -> Matrix:
    """Rows and columns exchanged."""
    return [list(c) for c in zip(*m, strict=True)]


def reduce_rows(m: Matrix, field: Field, columns: int | None = None) -> tuple[Matrix, list[int]]:
    """The reduced row echelon form, and the pivot columns; pivots are sought
    in the first `columns` columns."""
    rows = [list(r) for r in m]
    width = len(rows[0]) if columns is None else columns
    pivots: list[int] = []
    at = 0
    for c in range(width):
        best = max(range(at, len(rows)), key=lambda i: field.size(rows[i][c]), default=None)
        if best is None or field.is_zero(rows[best][c]):
            continue
        rows[at], rows[best] = rows[best], rows[at]
        pivot = rows[at][c]
        rows[at] = [field.divide(a, pivot) if j >= c else a for j, a in enumerate(rows[at])]
        rows[at][c] = 1 if numbers.KIND.get(type(pivot), 0) < numbers.MACHINE else rows[at][c]
        for i, row in enumerate(rows):
            if i != at and not field.is_zero(row[c]):
                f = row[c]
                rows[i] = [a if j < c else _less(field, a, f, rows[at][j]) for j, a in enumerate(row)]
        pivots.append(c)
        at += 1
        if at == len(rows):
            break
    return rows, pivots


def _less(field: Field, a: Any, f: Any, b: Any) -> Any:
    """The difference a - f b."""
    if type(a) in numbers.KIND and type(f) in numbers.KIND and type(b) in numbers.KIND:
        return numbers.subtract(a, numbers.multiply(f, b))
    return field.simple(Expr(S.Plus, (a, Expr(S.Times, (-1, f, b)))))


def determinant(m: Matrix, field: Field) -> Any:
    """The determinant: Bareiss elimination for integers, fractions by elimination, minors for symbols."""
    n = len(m)
    if all(type(a) is int for r in m for a in r):
        return _bareiss(m)
    if all(type(a) in numbers.KIND for r in m for a in r):
        return _eliminated(m, field)
    if n > 8:
        return _eliminated(m, field)
    return _minors(m, tuple(range(n)), 0, field, {})


def _bareiss(m: Matrix) -> int:
    """Fraction-free elimination. Source: Bareiss 1968."""
    a = [list(r) for r in m]
    n, sign, last = len(a), 1, 1
    for k in range(n - 1):
        if a[k][k] == 0:
            swap = next((i for i in range(k + 1, n) if a[i][k]), None)
            if swap is None:
                return 0
            a[k], a[swap] = a[swap], a[k]
            sign = -sign
        for i in range(k + 1, n):
            for j in range(k + 1, n):
                a[i][j] = (a[i][j] * a[k][k] - a[i][k] * a[k][j]) // last
        last = a[k][k]
    return sign * int(a[-1][-1])


def _eliminated(m: Matrix, field: Field) -> Any:
    rows = [list(r) for r in m]
    result: Any = 1
    for c in range(len(rows)):
        best = max(range(c, len(rows)), key=lambda i: field.size(rows[i][c]))
        if field.is_zero(rows[best][c]):
            return 0
        if best != c:
            rows[c], rows[best] = rows[best], rows[c]
            result = field.multiply(result, -1)
        result = field.multiply(result, rows[c][c])
        for i in range(c + 1, len(rows)):
            f = field.divide(rows[i][c], rows[c][c])
            rows[i] = [0 if j <= c else _less(field, a, f, rows[c][j]) for j, a in enumerate(rows[i])]
    return result if type(result) in numbers.KIND else field.simple(result)


def _minors(m: Matrix, columns: tuple[int, ...], row: int, field: Field, known: dict[Any, Any]) -> Any:
    """Laplace expansion along rows with shared minors: the polynomial form that symbols want."""
    if not columns:
        return 1
    found = known.get(columns)
    if found is not None:
        return found
    terms = []
    for k, c in enumerate(columns):
        a = m[row][c]
        if type(a) is int and a == 0:
            continue
        minor = _minors(m, columns[:k] + columns[k + 1 :], row + 1, field, known)
        terms.append(Expr(S.Times, (-1 if k % 2 else 1, a, minor)))
    value = field.ev.evaluate(Expr(S.Expand, (Expr(S.Plus, tuple(terms)),)))
    known[columns] = value
    return value


def inverse(m: Matrix, field: Field) -> Matrix | None:
    """The inverse of a square matrix, or None when it is singular."""
    n = len(m)
    joined = [list(r) + unit for r, unit in zip(m, identity(n), strict=True)]
    rows, pivots = reduce_rows(joined, field, n)
    if pivots != list(range(n)):
        return None
    return [r[n:] for r in rows]


def product(a: Matrix, b: Matrix, field: Field) -> Matrix:
    """Matrix product."""
    return [[dot(r, c, field) for c in zip(*b, strict=True)] for r in a]


def dot(a: Any, b: Any, field: Field) -> Any:
    """Scalar product of two sequences, without conjugation."""
    if all(type(x) in (int, Fraction) for x in (*a, *b)):
        total = sum((x * y for x, y in zip(a, b, strict=True)), 0)
        return numbers.rational(Fraction(total))
    if all(type(x) in numbers.KIND for x in (*a, *b)):
        value: Any = 0
        for x, y in zip(a, b, strict=True):
            value = numbers.add(value, numbers.multiply(x, y))
        return value
    return field.ev.evaluate(Expr(S.Plus, tuple(Expr(S.Times, (x, y)) for x, y in zip(a, b, strict=True))))
