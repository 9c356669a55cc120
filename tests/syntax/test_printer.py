"""What users see: InputForm, OutputForm, FullForm, TeXForm of one and the same expression."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from wlnet.expr import (
    Association,
    ByteArray,
    Complex,
    Expr,
    NumericArray,
    S,
    big_real,
    make_list,
    packed,
    system,
)
from wlnet.syntax.printer import FORMS, to_text

from .names import resolve, tree


def evaluated(text: str) -> Any:
    """The tree of `text` with sums and products flat, products of numbers folded:
    what an evaluator would leave.
    """
    return _fold(tree(text))


def _fold(expr: Any) -> Any:
    if type(expr) is not Expr:
        return expr
    args = tuple(map(_fold, expr.args))
    if expr.head in (S.Plus, S.Times):
        flat = [b for a in args for b in (a.args if type(a) is Expr and a.head is expr.head else (a,))]
        if expr.head is S.Times:
            numbers = [a for a in flat if type(a) in (int, Fraction)]
            rest = [a for a in flat if type(a) not in (int, Fraction)]
            product = Fraction(1)
            for n in numbers:
                product *= n
            number = int(product) if product.denominator == 1 else product
            flat = ([] if number == 1 and rest else [number]) + rest
            if len(flat) == 1:
                return flat[0]
        args = tuple(flat)
    if expr.head is S.Power and all(type(a) is int for a in args):
        value = Fraction(args[0]) ** args[1]
        return int(value) if value.denominator == 1 else value
    return Expr(_fold(expr.head), args)


BOTH = [
    # text, InputForm, OutputForm
    ("1 + x + x^2", "1 + x + x^2", "1 + x + x^2"),
    ("-1 + x", "-1 + x", "-1 + x"),
    ("a - b", "a - b", "a - b"),
    ("a - 2 b + 3", "a - 2*b + 3", "a - 2 b + 3"),
    ("-a + b", "-a + b", "-a + b"),
    ("a b c", "a*b*c", "a b c"),
    ("-a b", "-(a*b)", "-a b"),
    ("2 x y", "2*x*y", "2 x y"),
    ("1/2", "1/2", "1/2"),
    ("-1/2", "-1/2", "-1/2"),
    ("x/2", "x/2", "x/2"),
    ("-x/2", "-1/2*x", "-x/2"),
    ("3 x/2", "(3*x)/2", "(3 x)/2"),
    ("-3 x/2", "(-3*x)/2", "(-3 x)/2"),
    ("a - 3 x/2", "a - (3*x)/2", "a - (3 x)/2"),
    ("a - x/2", "a - x/2", "a - x/2"),
    ("-x/y", "-(x/y)", "-x/y"),
    ("-2 x/y", "(-2*x)/y", "(-2 x)/y"),
    ("(-1/2) x y^-1", "-1/2*x/y", "-x/(2 y)"),
    ("-3 x/(2 y)", "(-3*x)/(2*y)", "(-3 x)/(2 y)"),
    ("2/x", "2/x", "2/x"),
    ("-2/x", "-2/x", "-2/x"),
    ("(1/2) x^-1", "1/(2*x)", "1/(2 x)"),
    ("(-1/2) x^-1", "-1/2*1/x", "-1/(2 x)"),
    ("-1/x", "-x^(-1)", "-1/x"),
    ("a/b", "a/b", "a/b"),
    ("a/(b c)", "a/(b*c)", "a/(b c)"),
    ("a/b^2", "a/b^2", "a/b^2"),
    ("(-1/2) x y z^-1", "-1/2*(x*y)/z", "-(x y)/(2 z)"),
    ("x^-1", "x^(-1)", "1/x"),
    ("x^-2", "x^(-2)", "x^(-2)"),
    ("x^(1/2)", "Sqrt[x]", "Sqrt[x]"),
    ("x^(-1/2)", "1/Sqrt[x]", "1/Sqrt[x]"),
    ("x^(2/3)", "x^(2/3)", "x^(2/3)"),
    ("(a + b) c", "(a + b)*c", "(a + b) c"),
    ("(a + b)^c", "(a + b)^c", "(a + b)^c"),
    ("(a^b)^c", "(a^b)^c", "(a^b)^c"),
    ("a^b^c", "a^b^c", "a^b^c"),
    ("(-2)^x", "(-2)^x", "(-2)^x"),
    ("E^x", "E^x", "E^x"),
    ("f[x, y][z]", "f[x, y][z]", "f[x, y][z]"),
    ('{"a b", "c\\n"}', '{"a b", "c\\n"}', "{a b, c\n}"),
    ("<|a -> 1, b :> 2|>", "<|a -> 1, b :> 2|>", "<|a -> 1, b :> 2|>"),
    ("# + 1 &", "#1 + 1 & ", "#1 + 1 & "),
    ("f /@ (# &)", "f /@ (#1 & )", "f /@ (#1 & )"),
    ("Function[x, x^2]", "Function[x, x^2]", "Function[x, x^2]"),
    ("#a ## &", "#a*##1 & ", "#a ##1 & "),
    ("x_Integer?f", "x_Integer?f", "x_Integer?f"),
    ("x__ | y_.", "x__ | y_.", "x__ | y_."),
    ("x_:1", "x_:1", "x_:1"),
    ("x:_a:1", "x_a:1", "x_a:1"),
    ("x:{__}", "x:{__}", "x:{__}"),
    ("f[x_] := x /; x > 0", "f[x_] := x /; x > 0", "f[x_] := x /; x > 0"),
    ("a[[1, ;; 2]]", "a[[1,1 ;; 2]]", "a[[1,1 ;; 2]]"),
    ("f /@ g /@ x", "f /@ g /@ x", "f /@ g /@ x"),
    ("f @@ x", "f @@ x", "f @@ x"),
    ("f'[x] + g''", "f'[x] + g''", "f'[x] + g''"),
    ("f'''", "Derivative[3][f]", "Derivative[3][f]"),
    ("a && !b || c", "(a && !b) || c", "(a && !b) || c"),
    ("a == b != c", "a == b != c", "a == b != c"),
    ("(a == b) === c", "a == b === c", "a == b === c"),
    ("a -> b -> c", "a -> b -> c", "a -> b -> c"),
    ("(a -> b) -> c", "(a -> b) -> c", "(a -> b) -> c"),
    ("a; b;", "a; b; ", "a; b; "),
    ("f /: g[f] := 1", "f /: g[f] := 1", "f /: g[f] := 1"),
    ("f::usage", "f::usage", "f::usage"),
    ("a <> b", "a<>b", "a<>b"),
    ("a ~~ b", "a ~~ b", "a ~~ b"),
    ("x!", "x!", "x!"),
    ("x++", "x++", "x++"),
    ("%5", "%5", "%5"),
    ("Hold[1 + 1]", "Hold[1 + 1]", "Hold[1 + 1]"),
    ("HoldForm[1 + 1]", "HoldForm[1 + 1]", "1 + 1"),
    ("2 HoldForm[1 + 1]", "2*HoldForm[1 + 1]", "2 (1 + 1)"),
    ("Element[x, Reals]", "Element[x, Reals]", "x ∈ Reals"),
    ("a.b", "a . b", "a . b"),
    ("Null", "Null", "Null"),
    ("a <-> b", "a <-> b", "a <-> b"),
    ("x //= f", "x //= f", "x //= f"),
]


@pytest.mark.parametrize(("text", "inputs", "output"), BOTH, ids=[t for t, _, _ in BOTH])
def test_input_and_output(text: str, inputs: str, output: str) -> None:
    expr = evaluated(text)
    assert to_text(expr) == inputs
    assert to_text(expr, "OutputForm") == output


NUMBERS = [
    # value, InputForm, OutputForm, FullForm
    (5, "5", "5", "5"),
    (-5, "-5", "-5", "-5"),
    (Fraction(-3, 4), "-3/4", "-3/4", "Rational[-3, 4]"),
    (0.1, "0.1", "0.1", "0.1`"),
    (3.0, "3.", "3.", "3.`"),
    (0.0, "0.", "0.", "0.`"),
    (-2.5, "-2.5", "-2.5", "-2.5`"),
    (3.141592653589793, "3.141592653589793", "3.14159", "3.141592653589793`"),
    (0.1 + 0.2, "0.30000000000000004", "0.3", "0.30000000000000004`"),
    (1e-10, "1.*^-10", "1.*^-10", "1.`*^-10"),
    (1.5e300, "1.5*^300", "1.5*^300", "1.5`*^300"),
    (123456.7, "123456.7", "123457.", "123456.7`"),
    (1234567.8, "1.2345678*^6", "1.23457*^6", "1.2345678`*^6"),
    (0.00001, "0.00001", "0.00001", "0.00001`"),
    (0.000001, "1.*^-6", "1.*^-6", "1.`*^-6"),
    (100000.0, "100000.", "100000.", "100000.`"),
    (999999.9, "999999.9", "1.*^6", "999999.9`"),
    (Complex(1, 2), "1 + 2*I", "1 + 2 I", "Complex[1, 2]"),
    (Complex(0, 1), "I", "I", "Complex[0, 1]"),
    (Complex(0, -1), "-I", "-I", "Complex[0, -1]"),
    (Complex(0, -2), "-2*I", "-2 I", "Complex[0, -2]"),
    (Complex(1.5, -0.5), "1.5 - 0.5*I", "1.5 - 0.5 I", "Complex[1.5`, -0.5`]"),
    (Complex(1, Fraction(-1, 2)), "1 - I/2", "1 - I/2", "Complex[1, Rational[-1, 2]]"),
    (Expr(S.Times, (Complex(0, 2), S.Pi)), "(2*I)*Pi", "2 I Pi", "Times[Complex[0, 2], Pi]"),
    (
        Expr(S.Plus, (1, Expr(S.Times, (Complex(0, -2), S.Pi)))),
        "1 - (2*I)*Pi",
        "1 - 2 I Pi",
        "Plus[1, Times[Complex[0, -2], Pi]]",
    ),
    (Complex(0, Fraction(1, 2)), "I/2", "I/2", "Complex[0, Rational[1, 2]]"),
    (Complex(0, Fraction(-1, 2)), "-1/2*I", "-I/2", "Complex[0, Rational[-1, 2]]"),
    (Complex(0, Fraction(-3, 4)), "(-3*I)/4", "(-3 I)/4", "Complex[0, Rational[-3, 4]]"),
    (Complex(2, Fraction(3, 4)), "2 + (3*I)/4", "2 + (3 I)/4", "Complex[2, Rational[3, 4]]"),
    (big_real("1.5", 20), "1.5`20.", "1.5000000000000000000", "1.5`20."),
    (big_real("-123.25", 10), "-123.25`10.", "-123.2500000", "-123.25`10."),
    (big_real(10**30, 5), "1.*^30", "1.*^30", ""),
]


@pytest.mark.parametrize(
    ("value", "inputs", "output", "full"), NUMBERS[:-1], ids=[n[1] for n in NUMBERS[:-1]]
)
def test_number(value: Any, inputs: str, output: str, full: str) -> None:
    assert to_text(value) == inputs
    assert to_text(value, "OutputForm") == output
    assert to_text(value, "FullForm") == full


def test_numbers_as_operands() -> None:
    a = resolve("a")
    assert to_text(Expr(S.Plus, (Complex(1, 2), a))) == "(1 + 2*I) + a"
    assert to_text(Expr(S.Times, (Complex(0, 2), a))) == "(2*I)*a"
    assert to_text(Expr(S.Times, (Complex(0, Fraction(-3, 4)), a))) == "((-3*I)/4)*a"
    assert to_text(Expr(S.Power, (Fraction(1, 2), a))) == "(1/2)^a"
    assert to_text(Expr(S.Power, (2.0, a))) == "2.^a"
    assert to_text(Expr(S.Plus, (a, -1.5))) == "a - 1.5"
    assert to_text(Expr(S.Repeated, (1.0,))) == "1. .."


def test_symbols_show_contexts_as_asked() -> None:
    other = resolve("my`own")
    assert to_text(other) == "my`own"
    assert to_text(make_list([other]), name=lambda s: s.name) == "{own}"
    assert to_text(resolve("α")) == "α"
    assert to_text(system("$Failed"), "OutputForm") == "$Failed"


def test_infinities() -> None:
    for args, text in (((1,), "Infinity"), ((-1,), "-Infinity"), ((), "ComplexInfinity")):
        assert to_text(Expr(S.DirectedInfinity, args)) == text
    assert to_text(Expr(S.DirectedInfinity, (S.I,))) == "DirectedInfinity[I]"
    assert to_text(Expr(S.Plus, (1, Expr(S.DirectedInfinity, (-1,))))) == "1 - Infinity"


def test_strings() -> None:
    assert to_text('q"\\\t\x00\ue000é') == '"q\\"\\\\\\t\\.00\\:e000é"'
    assert to_text("\uf522") == '"\\[Rule]"'
    assert to_text('q"', "OutputForm") == 'q"'


def test_packed_arrays() -> None:
    assert to_text(packed(np.array([1, 2, 3]))) == "{1, 2, 3}"
    assert to_text(packed(np.array([[1.5, 2.0], [1e-7, 0.1]]))) == "{{1.5, 2.}, {1.*^-7, 0.1}}"
    assert to_text(packed(np.array([1 + 2j]))) == "{1. + 2.*I}"
    assert to_text(packed(np.array([1.23456789])), "OutputForm") == "{1.23457}"
    assert to_text(packed(np.array([[1, 2]])), "FullForm") == "List[List[1, 2]]"
    assert to_text(packed(np.array([0.5])), "FullForm") == "List[0.5`]"


def test_an_array_may_be_a_head_or_in_odd_places() -> None:
    array = packed(np.array([1, 2]))
    for form in FORMS:
        for head in (
            array,
            S.Blank,
            S.Inequality,
            S.Pattern,
            S.Optional,
            S.Slot,
            S.Derivative,
            S.DirectedInfinity,
        ):
            for args in ((array,), (array, array), (1, array, 2, array, 3), (Expr(array, (1,)),)):
                assert to_text(Expr(head, args), form)
                assert to_text(Expr(Expr(head, args), args), form)


def test_associations() -> None:
    value = Association.of([("a", 1), (resolve("b"), make_list([]))])
    assert to_text(value) == '<|"a" -> 1, b -> {}|>'
    assert to_text(value, "OutputForm") == "<|a -> 1, b -> {}|>"
    assert to_text(value, "FullForm") == 'Association[Rule["a", 1], Rule[b, List[]]]'
    assert to_text(Association()) == "<||>"


def test_other_atoms() -> None:
    array = NumericArray(np.array([1.0, 2.0], dtype=np.float32))
    assert to_text(array) == 'NumericArray[{1., 2.}, "Real32"]'
    assert to_text(array, "OutputForm") == "NumericArray[<2>, Real32]"
    assert to_text(ByteArray(b"hi")) == 'ByteArray["aGk="]'


def test_a_value_of_no_type_is_refused() -> None:
    with pytest.raises(TypeError, match="dict"):
        to_text({})
    with pytest.raises(ValueError, match="NoForm"):
        to_text(1, "NoForm")


OUTPUT = [
    ('Row[{1, "a", x^2}]', "1ax^2"),
    ('Row[{a, b, c}, ", "]', "a, b, c"),
    ("Column[{a, b + c}]", "a\nb + c"),
    ('Grid[{{1, 22}, {"abc", x}}]', "1     22\nabc   x"),
    ("TableForm[{1, 2}]", "1\n2"),
    ("TableForm[{{1, 2}, {3, 4}}, TableHeadings -> {{r, s}, {x, y}}]", "    x   y\nr   1   2\ns   3   4"),
    ("TableForm[{{a}, {b}}, TableHeadings -> {Automatic, None}]", "1   a\n2   b"),
    ("MatrixForm[{{1, 0}, {0, 10}}]", "1   0\n0   10"),
    ("Grid[{{Column[{a, b}], c}}]", "a   c\nb"),
    ('StringForm["`` and `2`", a, b]', "a and b"),
    ('StringForm["`1`:`1`", x]', "x:x"),
    ("SequenceForm[a, 1]", "a1"),
    ("Style[x + y, Red]", "x + y"),
    ("2 Style[x + y, Bold]", "2 (x + y)"),
    ("NumberForm[3.14159265, 3]", "3.14"),
    ("NumberForm[3.14159265, {5, 2}]", "3.14"),
    ("NumberForm[2., {5, 3}]", "2.000"),
    ("NumberForm[{1.23456789, 2}, 4]", "{1.235, 2}"),
    ("NumberForm[1234567.891, 9]", "1234567.89"),
    ("ScientificForm[12345.678, 3]", "1.23*^4"),
    ("EngineeringForm[12345.678, 4]", "12.35*^3"),
    ("PaddedForm[12, 5]", "    12"),
    ("PaddedForm[1.5, {5, 2}]", "   1.50"),
    ("PercentForm[0.256]", "25.6%"),
    ("AccountingForm[-5]", "(5)"),
    ("BaseForm[255, 16]", "ff_16"),
    ("BaseForm[10, 2]", "1010_2"),
    ('InputForm["a"]', '"a"'),
    ("FullForm[a + b]", "Plus[a, b]"),
    ("{InputForm[1.23456789], 1.23456789}", "{1.23456789, 1.23457}"),
    ("Skeleton[5]", "<<5>>"),
    ("Graphics[{}]", "-Graphics-"),
    ("a \\[Union] b", "a ⋃ b"),
    ("Cross[a, b]", "Cross[a, b]"),
    ("Subset[a, b, c]", "a ⊂ b ⊂ c"),
]


@pytest.mark.parametrize(("text", "output"), OUTPUT, ids=[t for t, _ in OUTPUT])
def test_output_form(text: str, output: str) -> None:
    assert to_text(tree(text), "OutputForm") == output


def test_short() -> None:
    long = make_list(range(1000))
    text = to_text(Expr(S.Short, (long,)), "OutputForm")
    assert text.startswith("{0, 1, 2, ")
    assert text.endswith(", 998, 999}")
    assert "<<" in text
    assert len(text) <= 90
    assert to_text(Expr(S.Short, (make_list([1, 2]),)), "OutputForm") == "{1, 2}"
    assert to_text(Expr(S.Short, (packed(np.arange(1000)),)), "OutputForm") == text


TEX = [
    ("x^2/3", "\\frac{x^{2}}{3}"),
    ("Sqrt[x]", "\\sqrt{x}"),
    ("x^(1/3)", "\\sqrt[3]{x}"),
    ("1/x", "\\frac{1}{x}"),
    ("a - b", "a-b"),
    ("-a b", "-a b"),
    ("\\[Alpha] + Pi", "\\alpha+\\pi"),
    ("Sin[x]^2", "\\sin(x)^{2}"),
    ("foo[x]", "\\text{foo}(x)"),
    ("{1, 2}", "\\{1, 2\\}"),
    ("Integrate[x^2, {x, 0, 1}]", "\\int_{0}^{1} x^{2} \\, dx"),
    ("Sum[k, {k, 1, n}]", "\\sum_{k=1}^{n} k"),
    ("a <= b", "a\\leq b"),
    ("1.5*^20", "1.5\\times 10^{20}"),
    ('"a_b"', "\\text{a\\_b}"),
    ("Infinity", "\\infty"),
    ("MatrixForm[{{1, 2}, {3, 4}}]", "\\left(\\begin{array}{cc} 1 & 2 \\\\ 3 & 4 \\end{array}\\right)"),
]


@pytest.mark.parametrize(("text", "tex"), TEX, ids=[t for t, _ in TEX])
def test_tex_form(text: str, tex: str) -> None:
    assert to_text(evaluated(text), "TeXForm") == tex


def short(value: Any, lines: int = 1) -> str:
    return to_text(Expr(S.Short, (value, lines)), "OutputForm")


def test_short_cuts_at_every_level() -> None:
    matrix = packed(np.arange(1_000_000).reshape(1000, 1000))
    text = short(matrix)
    assert text.startswith("{{0, 1, ")
    assert "<<99" in text
    assert len(text) <= 90
    deep = Expr(S.List, (Expr(resolve("f"), (matrix, make_list(range(10**5)))),))
    assert len(short(deep, 3)) <= 3 * 90
    association = Association.of((f"key{i}", i) for i in range(1000))
    assert short(association).startswith("<|key0 -> 0, ")
    assert "<<99" in short(association)


def test_short_leaves_what_fits_alone() -> None:
    for text in ("f[1, 2]", "{a, {b, c}}", "a + b/c", "<|a -> {1, 2}|>"):
        assert short(tree(text)) == to_text(tree(text), "OutputForm")
    assert short("x" * 500) == "x" * 75 + "..."
