"""Linear algebra: exact, symbolic and machine matrices, and their decompositions."""

from __future__ import annotations

import numpy as np
import pytest

CASES = [
    ("{1, 2, 3} . {4, 5, 6}", "32"),
    ("{{1, 2}, {3, 4}} . {x, y}", "{x + 2*y, 3*x + 4*y}"),
    ("{x, y} . {{1, 2}, {3, 4}}", "{x + 3*y, 2*x + 4*y}"),
    ("{{1, 2}, {3, 4}} . {{0, 1}, {1, 0}}", "{{2, 1}, {4, 3}}"),
    ("a . b . c", "a . b . c"),
    ("{1/2, 1/3} . {2, 3}", "2"),
    ("{10^10, 10^10} . {10^10, 10^10}", "200000000000000000000"),
    ("{1., 2.} . {3, 4}", "11."),
    ("Cross[{1, 2, 3}, {4, 5, 6}]", "{-3, 6, -3}"),
    ("Cross[{x, y}]", "{-y, x}"),
    ("Det[{{1, 2}, {3, 4}}]", "-2"),
    ("Det[{{a, b}, {c, d}}]", "-(b*c) + a*d"),
    ("Det[{{1/2, 1}, {1, 1/3}}]", "-5/6"),
    ("Det[IdentityMatrix[4]]", "1"),
    ("Det[{{1, 2}, {2, 4}}]", "0"),
    ("Tr[{{1, 2}, {3, 4}}]", "5"),
    ("Inverse[{{1, 2}, {3, 4}}]", "{{-2, 1}, {3/2, -1/2}}"),
    ("Inverse[{{a, 0}, {0, b}}]", "{{a^(-1), 0}, {0, b^(-1)}}"),
    ("MatrixPower[{{1, 1}, {1, 0}}, 10]", "{{89, 55}, {55, 34}}"),
    ("MatrixPower[{{2, 1}, {1, 1}}, -1]", "{{1, -1}, {-1, 2}}"),
    ("MatrixPower[{{1, 2}, {3, 4}}, 0]", "{{1, 0}, {0, 1}}"),
    ("MatrixExp[{{0, 0}, {0, 1}}]", "{{1, 0}, {0, E}}"),
    ("LinearSolve[{{1, 2}, {3, 4}}, {5, 6}]", "{-4, 9/2}"),
    ("LinearSolve[{{a, 0}, {0, b}}, {1, 1}]", "{a^(-1), b^(-1)}"),
    ("LinearSolve[{{1, 2}, {2, 4}}, {1, 2}]", "{1, 0}"),
    ("LeastSquares[{{1, 1}, {1, 2}, {1, 3}}, {7, 7, 8}]", "{19/3, 1/2}"),
    ("RowReduce[{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}]", "{{1, 0, -1}, {0, 1, 2}, {0, 0, 0}}"),
    ("NullSpace[{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}]", "{{1, -2, 1}}"),
    ("NullSpace[{{1, 0}, {0, 1}}]", "{}"),
    ("MatrixRank[{{1, 2}, {2, 4}}]", "1"),
    ("PseudoInverse[{{1, 0}, {0, 2}, {0, 0}}]", "{{1, 0, 0}, {0, 1/2, 0}}"),
    ("Eigenvalues[{{2, 1}, {1, 2}}]", "{3, 1}"),
    ("Eigenvalues[{{1, 2}, {3, 4}}]", "{(5 + Sqrt[33])/2, (5 - Sqrt[33])/2}"),
    ("Eigenvectors[{{2, 1}, {1, 2}}]", "{{1, 1}, {-1, 1}}"),
    ("Eigenvalues[{{0, 1}, {0, 0}}]", "{0, 0}"),
    ("Eigenvectors[{{0, 1}, {0, 0}}]", "{{1, 0}, {0, 0}}"),
    ("CharacteristicPolynomial[{{2, 1}, {1, 2}}, x]", "3 - 4*x + x^2"),
    ("CholeskyDecomposition[{{4, 2}, {2, 10}}]", "{{2, 1}, {0, 3}}"),
    ("QRDecomposition[{{3, 0}, {4, 5}}]", "{{{3/5, 4/5}, {-4/5, 3/5}}, {{5, 4}, {0, 3}}}"),
    ("KroneckerProduct[{{1, 2}}, {{0, 1}}]", "{{0, 1, 0, 2}}"),
    ("ConjugateTranspose[{{1, I}}]", "{{1}, {-I}}"),
    ("SingularValueList[{{3, 0}, {0, 4}}]", "{4, 3}"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_exact(value, text, expected):
    assert value(text) == expected


MACHINE = [
    ("Inverse[m] . m", lambda m: np.eye(4)),
    ("Det[m]", np.linalg.det),
    ("LinearSolve[m, m[[1]]]", lambda m: np.linalg.solve(m, m[0])),
    ("MatrixPower[m, 3]", lambda m: m @ m @ m),
    ("PseudoInverse[m]", np.linalg.pinv),
    ("Sort[Abs[Eigenvalues[m]]]", lambda m: np.sort(np.abs(np.linalg.eigvals(m)))),
    ("SingularValueList[m]", lambda m: np.linalg.svd(m, compute_uv=False)),
    ("With[{s = SingularValueDecomposition[m]}, s[[1]] . s[[2]] . Transpose[s[[3]]]]", lambda m: m),
    ("With[{q = QRDecomposition[m]}, Transpose[q[[1]]] . q[[2]]]", lambda m: m),
    (
        "With[{s = Transpose[m] . m}, Transpose[CholeskyDecomposition[s]] . CholeskyDecomposition[s]]",
        lambda m: m.T @ m,
    ),
    ("MatrixRank[m]", np.linalg.matrix_rank),
    ("Tr[m]", np.trace),
    ("Norm[m]", lambda m: np.linalg.norm(m, 2)),
]


@pytest.mark.parametrize(("text", "reference"), MACHINE, ids=[t for t, _ in MACHINE])
def test_machine_matrices_as_numpy_has_them(calculator, text, reference):
    m = np.asarray(calculator.expr("SeedRandom[7]; m = RandomReal[{-1, 1}, {4, 4}]"))
    found = calculator.expr(text)
    found = (
        found
        if isinstance(found, np.ndarray)
        else np.asarray(found if not hasattr(found, "args") else found.args)
    )
    assert np.asarray(found, dtype=float) == pytest.approx(reference(m), abs=1e-9)


MESSAGES = [
    ("Inverse[{{1, 2}, {2, 4}}]", "Inverse::sing: Matrix {{1, 2}, {2, 4}} is singular."),
    ("Det[{{1, 2}}]", "Det::matsq"),
    ("{1, 2} . {1, 2, 3}", "Dot::dotsh"),
    ("LinearSolve[{{1, 2}, {2, 4}}, {1, 3}]", "LinearSolve::nosol"),
    ("LinearSolve[{{1, 2}}, {1, 3}]", "LinearSolve::lslc"),
    ("CholeskyDecomposition[{{1, 2}, {2, 1}}]", "CholeskyDecomposition::posdef"),
    ("RowReduce[{1, 2}]", "RowReduce::matrix"),
]


@pytest.mark.parametrize(("text", "expected"), MESSAGES)
def test_messages(message, text, expected):
    assert message(text).startswith(expected)


def test_hilbert_inverse_is_exact(value):
    assert value("m = Table[1/(i + j - 1), {i, 6}, {j, 6}]; Inverse[m] . m == IdentityMatrix[6]") == "True"


def test_symbolic_inverse(value):
    assert value("Simplify[Inverse[{{a, b}, {c, d}}] . {{a, b}, {c, d}}]") == "{{1, 0}, {0, 1}}"
