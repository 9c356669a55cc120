"""Mathematical constants and the system constants `$MachinePrecision` and its kin."""

from __future__ import annotations

import sys

from wlnet.expr import Complex
from wlnet.expr.attributes import CONSTANT, READ_PROTECTED
from wlnet.expr.numbers import MACHINE_DIGITS
from wlnet.kernel.registry import symbol

from . import numeric
from .infinity import COMPLEX_INFINITY, INFINITY

_USAGE = {
    "Pi": "Pi is the ratio of a circle's circumference to its diameter, about 3.14159.",
    "E": "E is the base of natural logarithms, about 2.71828.",
    "EulerGamma": "EulerGamma is Euler's constant, about 0.577216.",
    "GoldenRatio": "GoldenRatio is (1 + Sqrt[5])/2, about 1.61803.",
    "Degree": "Degree is the number of radians in a degree, Pi/180.",
    "Catalan": "Catalan is Catalan's constant, about 0.915966.",
    "Khinchin": "Khinchin is Khinchin's constant, about 2.68545.",
    "Glaisher": "Glaisher is Glaisher's constant, about 1.28243.",
}

for _name in numeric.CONSTANTS:
    symbol(_name, usage=_USAGE[_name], attributes=CONSTANT | READ_PROTECTED)

symbol("I", usage="I is the imaginary unit, Sqrt[-1].", value=Complex(0, 1))
symbol(
    "Infinity",
    usage="Infinity is a positive infinite quantity.",
    value=INFINITY,
    messages={"indet": "Indeterminate expression `1` encountered."},
)
symbol(
    "ComplexInfinity",
    usage="ComplexInfinity is an infinite quantity of undetermined phase.",
    value=COMPLEX_INFINITY,
)
symbol(
    "Indeterminate", usage="Indeterminate is a quantity whose magnitude cannot be determined, such as 0/0."
)
symbol("Overflow", usage="Overflow[] stands for a number too large to be represented.")
symbol("Underflow", usage="Underflow[] stands for a number too small to be represented.")
symbol("Undefined", usage="Undefined is a quantity with no defined value.")
symbol(
    "MachinePrecision",
    usage="MachinePrecision stands for the precision of machine numbers, about 15.95 digits.",
)
symbol(
    "$MachinePrecision",
    usage="$MachinePrecision is the number of digits of machine numbers.",
    value=MACHINE_DIGITS,
)
symbol(
    "$MachineEpsilon",
    usage="$MachineEpsilon is the gap between 1.0 and the next machine number.",
    value=sys.float_info.epsilon,
)
symbol(
    "$MaxMachineNumber",
    usage="$MaxMachineNumber is the largest machine number.",
    value=sys.float_info.max,
)
symbol(
    "$MinMachineNumber",
    usage="$MinMachineNumber is the smallest positive normalised machine number.",
    value=sys.float_info.min,
)
symbol(
    "$MaxExtraPrecision",
    usage="$MaxExtraPrecision is the most that N may add to its working precision.",
    value=50.0,
)
