"""Elementary and special functions: exact values, symmetries, machine, complex and arbitrary precision,
packed lists."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from wlnet.builtins import circular, hyperbolic, logarithms, special  # noqa: F401  (they fill the table)
from wlnet.builtins.elementary import ELEMENTARY

EXACT = [
    ("Sin[Pi/6]", "1/2"),
    ("Sin[Pi/4]", "1/Sqrt[2]"),
    ("Sin[5 Pi/6]", "1/2"),
    ("Sin[-Pi/3]", "-1/2*Sqrt[3]"),
    ("Sin[7 Pi]", "0"),
    ("Sin[3 Pi/8]", "Cos[Pi/8]"),
    ("Sin[5 Pi/7]", "Cos[(3*Pi)/14]"),
    ("Cos[Pi]", "-1"),
    ("Cos[60 Degree]", "1/2"),
    ("Tan[Pi/2]", "ComplexInfinity"),
    ("Tan[3 Pi/4]", "-1"),
    ("Cot[Pi/4]", "1"),
    ("Sec[Pi/3]", "2"),
    ("Sin[-x]", "-Sin[x]"),
    ("Cos[-x]", "Cos[x]"),
    ("Sin[x + Pi]", "-Sin[x]"),
    ("Cos[x + Pi/2]", "-Sin[x]"),
    ("Sin[b - a]", "-Sin[a - b]"),
    ("Sin[I x]", "I*Sinh[x]"),
    ("Sin[ArcSin[x]]", "x"),
    ("ArcSin[1]", "Pi/2"),
    ("ArcSin[-1/2]", "-1/6*Pi"),
    ("ArcCos[-1]", "Pi"),
    ("ArcTan[1]", "Pi/4"),
    ("ArcTan[-Infinity]", "-1/2*Pi"),
    ("ArcTan[-1, -1]", "(-3*Pi)/4"),
    ("ArcTan[0, 1]", "Pi/2"),
    ("ArcTan[-2, 0]", "Pi"),
    ("Sinh[0]", "0"),
    ("Tanh[Infinity]", "1"),
    ("Exp[0]", "1"),
    ("Exp[-Infinity]", "0"),
    ("Log[1]", "0"),
    ("Log[E^3]", "3"),
    ("Log[0]", "-Infinity"),
    ("Log[-1]", "I*Pi"),
    ("Log[1/2]", "-Log[2]"),
    ("Log[2, 8]", "3"),
    ("Log[4, 8]", "3/2"),
    ("Log[10, 1/1000]", "-3"),
    ("Log[b, x]", "Log[x]/Log[b]"),
    ("Gamma[5]", "24"),
    ("Gamma[1/2]", "Sqrt[Pi]"),
    ("Gamma[-1]", "ComplexInfinity"),
    ("Erf[0]", "0"),
    ("Erf[-x]", "-Erf[x]"),
    ("Zeta[2]", "Pi^2/6"),
    ("Beta[2, 3]", "1/12"),
    ("Abs[-3]", "3"),
    ("Abs[3 + 4 I]", "5"),
    ("Abs[1 - Sqrt[2]]", "-1 + Sqrt[2]"),
    ("Abs[-2 x]", "2*Abs[x]"),
    ("Sign[-Pi]", "-1"),
    ("Arg[-1]", "Pi"),
    ("Arg[1 + I]", "Pi/4"),
    ("Re[x + 2 I]", "Re[x]"),
    ("Conjugate[2 + 3 I]", "2 - 3*I"),
    ("Ramp[-2]", "0"),
    ("LogisticSigmoid[0]", "1/2"),
    ("UnitStep[0]", "1"),
    ("Sin[Indeterminate]", "Indeterminate"),
]


@pytest.mark.parametrize(("text", "expected"), EXACT)
def test_exact_values(value, text, expected):
    assert value(text) == expected


PYTHON = {
    "Sin": cmath.sin,
    "Cos": cmath.cos,
    "Tan": cmath.tan,
    "Sinh": cmath.sinh,
    "Cosh": cmath.cosh,
    "Tanh": cmath.tanh,
    "ArcTan": cmath.atan,
    "ArcSinh": cmath.asinh,
    "Log": cmath.log,
}


@pytest.mark.parametrize("name", sorted(PYTHON))
def test_machine_and_complex(calculator, name):
    for z in (0.7, 1.3, 0.4 + 0.9j, -0.8 - 0.2j):
        literal = f"{z.real} + ({z.imag}) I" if isinstance(z, complex) else str(z)
        found = calculator.expr(f"N[{name}[{literal}]]")
        number = complex(found.re, found.im) if hasattr(found, "re") else complex(found)
        assert number == pytest.approx(PYTHON[name](z), rel=1e-14)


@pytest.mark.parametrize("name", sorted(set(ELEMENTARY) - {"Gamma", "InverseErf", "InverseErfc"}))
def test_packed_agrees_with_single_values(calculator, name):
    """A packed list gives what its elements give one by one, also where some of them have complex values."""
    several = calculator.expr(f"{name}[N[{{-3/2, -1/3, 1/4, 3/4, 5/2}}]]")
    single = calculator.expr(f"Map[{name}, {{-3/2, -1/3, 1/4, 3/4, 5/2}} // N // Map[Identity, #] &]")
    assert calculator.ev.text(calculator.ev.evaluate(several)) == calculator.ev.text(single)


@pytest.mark.parametrize("name", ["Sin", "Exp", "Log", "ArcTan", "Tanh", "Gamma", "Erf", "Zeta"])
def test_arbitrary_precision(value, name):
    """Thirty digits agree with the first thirty of fifty."""
    assert value(f"Abs[N[{name}[7/3], 30] - N[{name}[7/3], 50]] < 10^-29") == "True"
    assert float(value(f"Precision[N[{name}[7/3], 30]]")) == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize("name", sorted(set(ELEMENTARY) - {"Sinc"}))
def test_derivatives_agree_with_differences(calculator, name):
    point = 2.3 if name in ("ArcCosh", "ArcSec", "ArcCsc", "ArcCoth") else 0.37
    h = 1e-6
    slope = calculator.expr(f"D[{name}[x], x] /. x -> {point}")
    high, low = calculator.expr(f"{name}[{point + h}]"), calculator.expr(f"{name}[{point - h}]")
    assert float(slope) == pytest.approx((high - low) / (2 * h), rel=1e-5)


def test_branch_cuts(value):
    assert value("Round[ArcSin[2.], 0.0001]") == "1.5708 - 1.317*I"
    assert value("Im[ArcCosh[-2.]] == N[Pi]") == "True"
    assert value("Log[-1.]") == "0. + 3.141592653589793*I"


def test_sums_with_constants_are_numeric(value):
    assert math.isclose(float(value("Sin[1.] + Sqrt[2]")), math.sin(1) + math.sqrt(2))


def test_packed_stays_packed(calculator):
    assert type(calculator.expr("Exp[N[Range[4]]]")) is np.ndarray
    assert type(calculator.expr("Erf[N[Range[4]]]")) is np.ndarray


def test_wrong_argument_count(message):
    assert message("Sin[1, 2]").startswith("Sin::argx")


@pytest.mark.parametrize(
    ("text", "expected"), [("Clip[-2, {0, Infinity}]", "0"), ("Clip[7., {-Infinity, Infinity}]", "7.")]
)
def test_clip_has_infinite_limits(value, text, expected):
    assert value(text) == expected
