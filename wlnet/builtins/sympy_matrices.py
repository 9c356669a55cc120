"""Eigenvalues and functions of exact matrices, by SymPy."""

from __future__ import annotations

from typing import Any

from wlnet.expr import Expr, S, make_list

from . import numbers
from .numeric import numeric_value
from .sympy_bridge import Bridge, Unsolved, failures


def eigensystem(ev: Any, rows: list[list[Any]]) -> list[tuple[Any, list[list[Any]], int]] | None:
    """Exact eigenvalues with a basis of eigenvectors and multiplicity, largest modulus first; None when not
    found."""
    b = Bridge()
    try:
        found = b.sympy.Matrix([[b.to(a) for a in r] for r in rows]).eigenvects()
        out = []
        for value, multiplicity, basis in found:
            if value.atoms(b.sympy.polys.rootoftools.ComplexRootOf):
                return None
            vectors = [[ev.evaluate(b.out(b.sympy.radsimp(x))) for x in v] for v in basis]
            over_one = Expr(S.Together, (b.out(value),))
            out.append((ev.evaluate(over_one), vectors, int(multiplicity)))
    except (Unsolved, *failures()):
        return None
    sizes = [numeric_value(ev, v) for v, _, _ in out]
    if all(s is not None for s in sizes):
        order = sorted(range(len(out)), key=lambda i: _rank(numbers.to_complex(sizes[i])))
        out = [out[i] for i in order]
    return out


def _rank(z: complex) -> tuple[float, float, float]:
    return (-round(abs(z), 9), -z.real, -z.imag)


def matrix_function(ev: Any, rows: list[list[Any]], name: str) -> Any:
    """A function of an exact matrix ("exp"), as a WL matrix; None when SymPy cannot."""
    b = Bridge()
    try:
        value = getattr(b.sympy.Matrix([[b.to(a) for a in r] for r in rows]), name)()
        n = len(rows)
        return make_list(
            make_list(ev.evaluate(b.out(b.sympy.simplify(value[i, j]))) for j in range(n)) for i in range(n)
        )
    except (Unsolved, *failures()):
        return None
