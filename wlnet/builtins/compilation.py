"""Compile and FunctionCompile: functions of machine numbers and arrays.

All code runs through the same compiler: arithmetic on machine numbers becomes Python source, functions of
whole arrays run in NumPy. What a compiled function adds is its contract: arguments of stated types, made
machine numbers before the body sees them, and a machine result. Where an argument does not fit, the function
says so and goes on with ordinary evaluation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import (
    FALSE,
    TRUE,
    Complex,
    Expr,
    S,
    Symbol,
    is_list,
    items,
    make_list,
    packed,
    system,
    to_array,
)
from wlnet.expr.atoms import AtomType, register
from wlnet.expr.attributes import HOLD_ALL
from wlnet.kernel.registry import builtin, symbol
from wlnet.syntax.printer import to_text

from .numeric import approximate, numeric_q, numeric_value

DTYPES = {"integer": np.int64, "real": np.float64, "complex": np.complex128}
BLANKS = {S.Integer: "integer", S.Real: "real", S.Complex: "complex"}
TYPES = {
    "MachineInteger": "integer",
    "Integer8": "integer",
    "Integer16": "integer",
    "Integer32": "integer",
    "Integer64": "integer",
    "MachineReal": "real",
    "Real": "real",
    "Real32": "real",
    "Real64": "real",
    "ComplexReal64": "complex",
    "Boolean": "boolean",
    "String": "string",
    "Expression": "expression",
    "InertExpression": "expression",
}
NOUNS = {
    "integer": "machine-size integer",
    "real": "machine-size real number",
    "complex": "machine-size complex number",
    "boolean": "True or False",
    "string": "string",
    "expression": "expression",
}

# The settings of options that ask for ways to compute, of which there is one here: none changes a result.
NO_ATTRIBUTES = make_list([])
THREADS = (S.Listable, make_list([S.Listable]))
WAYS: dict[str, tuple[Any, ...]] = {
    "RuntimeAttributes": (NO_ATTRIBUTES, *THREADS),
    "CompilationTarget": ("WVM", "C", S.Automatic),
    "Parallelization": (S.Automatic, TRUE, FALSE),
    "RuntimeOptions": (S.Automatic, "Speed", "Quality"),
}
CHECKS = (
    "CatchMachineIntegerOverflow",
    "CatchMachineOverflow",
    "CatchMachineUnderflow",
    "CompareWithTolerance",
    "EvaluateSymbolically",
    "RuntimeErrorHandler",
    "WarningMessages",
)

LARGEST = 1 << 63  # beyond it an integer is not of machine size
RAGGED = 1 << 30  # the rank of a list that is no array: it is threaded over


class Parameter(NamedTuple):
    """A parameter: its kind, a key of NOUNS, and its rank, 0 for a number."""

    name: Symbol
    kind: str
    rank: int

    @property
    def wanted(self) -> str:
        return NOUNS[self.kind] if not self.rank else f"rank {self.rank} tensor of {NOUNS[self.kind]}s"


class CompiledFunction:
    """A function with typed parameters. `source` is the call that made it."""

    __slots__ = ("body", "head", "listable", "parameters", "run", "source")

    def __init__(
        self,
        source: Expr,
        head: Symbol,
        parameters: tuple[Parameter, ...],
        body: Any,
        run: Callable[..., Any],
        listable: bool = False,
    ) -> None:
        self.source = source
        self.head = head
        self.parameters = parameters
        self.body = body
        self.run = run
        self.listable = listable

    def __eq__(self, other: object) -> bool:
        return type(other) is CompiledFunction and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.source)


def fitted(ev: Any, x: Any, parameter: Parameter) -> Any:
    """The argument as the machine value that the parameter takes, or None."""
    kind = parameter.kind
    if kind == "expression":
        return x
    if parameter.rank:
        return _fitted_array(x, kind, parameter.rank)
    if kind == "boolean":
        return x if x is TRUE or x is FALSE else None
    if kind == "string":
        return x if type(x) is str else None
    if kind == "integer":
        return x if type(x) is int and -LARGEST <= x < LARGEST else None
    if not numeric_q(x):
        return None
    value = numeric_value(ev, x)
    return value if type(value) is float or (kind == "complex" and type(value) is Complex) else None


def _fitted_array(x: Any, kind: str, rank: int) -> Any:
    if kind not in DTYPES or not is_list(x):
        return None
    a = to_array(x, exact=False)
    if a is None or a.ndim != rank or not np.can_cast(a.dtype, DTYPES[kind], "same_kind"):
        return None
    return packed(a.astype(DTYPES[kind]))


def _call(ev: Any, f: CompiledFunction, args: tuple[Any, ...]) -> Any:
    if len(args) != len(f.parameters):
        ev.message(f.head.name, "cfct", len(args), len(f.parameters))
        return None
    values = []
    for k, (x, parameter) in enumerate(zip(args, f.parameters, strict=True), 1):
        value = fitted(ev, x, parameter)
        if value is None:
            if f.listable and any(map(is_list, args)):
                return _threaded(ev, f, args)
            ev.message(f.head.name, "cfsa", x, k, parameter.wanted)
            return f.run(*args)
        values.append(value)
    return _machine(ev, f.run(*values))


def _rank(x: Any) -> int:
    if not is_list(x):
        return 0
    a = to_array(x, exact=False)
    return RAGGED if a is None else a.ndim


def _threaded(ev: Any, f: CompiledFunction, args: tuple[Any, ...]) -> Any:
    """A Listable function over the lists that are given for numbers."""
    deep = [_rank(x) > p.rank for x, p in zip(args, f.parameters, strict=True)]
    lengths = {len(items(x)) for x, d in zip(args, deep, strict=True) if d}
    if len(lengths) != 1:
        ev.message(f.head.name, "tdlen", Expr(f.head, args))
        return None
    rows = [items(x) if d else [x] * max(lengths) for x, d in zip(args, deep, strict=True)]
    return make_list([_call(ev, f, row) for row in zip(*rows, strict=True)])


def _machine(ev: Any, value: Any) -> Any:
    """A numeric result as machine numbers."""
    kind = type(value)
    if kind in (int, float, Complex, str, np.ndarray) or value is TRUE or value is FALSE:
        return value
    if is_list(value):
        array = to_array(value, exact=False)
        return approximate(ev, value, None) if array is None else packed(array)
    number = numeric_value(ev, value)
    return value if number is None else number


CONTRACT = {
    "cfct": "Number of arguments `1` does not match the length `2` of the argument template.",
    "cfsa": "Argument `1` at position `2` should be a `3`. Proceeding with uncompiled evaluation.",
    "tdlen": "Lists of unequal length cannot be combined in `1`.",
}
symbol(
    "CompiledFunction",
    usage="CompiledFunction[...] is what Compile gives: a function of machine numbers and arrays.",
    messages=CONTRACT,
)
symbol(
    "CompiledCodeFunction",
    usage="CompiledCodeFunction[...] is what FunctionCompile gives: a function with typed arguments.",
    messages=CONTRACT,
)


@builtin(
    "Compile",
    attributes=HOLD_ALL,
    messages={
        "fun": "Compilation of `1` cannot proceed: a parameter is x, {x, type} or {x, type, rank}.",
        "optval": "`1` is no value of the option `2`, which is one of `3`.",
    },
)
def compile_(
    ev: Any,
    parameters: Any,
    body: Any,
    types: Any = None,
    *,
    runtime_attributes: Any = NO_ATTRIBUTES,
    compilation_target: Any = "WVM",
    parallelization: Any = FALSE,
    runtime_options: Any = S.Automatic,
) -> Any:
    """Compile[{x1, x2, ...}, expr] makes a function of machine-size reals; {x, t} gives a parameter the type
    _Integer, _Real, _Complex or True | False, {x, t, n} makes it an array of rank n.
    Compile[vars, expr, {{p1, t1}, ...}] states types of parts of expr, which are found without that, too.
    RuntimeAttributes -> Listable threads the function over lists. CompilationTarget, Parallelization and
    RuntimeOptions never change a result; there is one target.

    >>> f = Compile[{x, {n, _Integer}}, x^n + 1/2]; {f[2, 3], f[Pi, 1]}
    {8.5, 3.64159}
    >>> Compile[{{v, _Real, 1}}, Total[v^2]][{1, 2, 3}]
    14.
    """
    settings = (runtime_attributes, compilation_target, parallelization, runtime_options)
    given = zip(WAYS, settings, strict=True)
    if not all([_is_way(ev, option, value) for option, value in given]):
        return None
    found = []
    for spec in items(parameters) if is_list(parameters) else (parameters,):
        parameter = _parameter(spec)
        if parameter is None:
            ev.message("Compile", "fun", spec)
            return None
        found.append(parameter)
    listable = runtime_attributes in THREADS
    source = Expr(S.Compile, (parameters, body, *((types,) if types is not None else ())))
    if listable:
        source = Expr(S.Compile, (*source.args, Expr(S.Rule, (S.RuntimeAttributes, THREADS[1]))))
    return CompiledFunction(
        source, S.CompiledFunction, tuple(found), body, _runner(ev, found, body), listable
    )


symbol("RuntimeAttributes", usage="RuntimeAttributes is an option of Compile: Listable threads over lists.")
symbol("CompilationTarget", usage="CompilationTarget is an option of Compile that never changes a result.")
symbol("Parallelization", usage="Parallelization is an option of Compile that never changes a result.")
symbol("RuntimeOptions", usage="RuntimeOptions is an option of Compile that never changes a result.")


def _is_way(ev: Any, option: str, value: Any) -> bool:
    """Whether an option of Compile may be that; a message where it may not."""
    rules = items(value) if is_list(value) else (value,)
    if value in WAYS[option] or (option == "RuntimeOptions" and all(map(_is_check, rules))):
        return True
    ev.message("Compile", "optval", value, system(option), make_list(WAYS[option]))
    return False


def _is_check(rule: Any) -> bool:
    return type(rule) is Expr and rule.head is S.Rule and len(rule.args) == 2 and rule.args[0] in CHECKS


def _runner(ev: Any, parameters: list[Parameter], body: Any) -> Callable[..., Any]:
    names = make_list([p.name for p in parameters])
    run: Callable[..., Any] = ev.function(Expr(S.Function, (names, body)))
    return run


def _parameter(spec: Any) -> Parameter | None:
    if type(spec) is Symbol:
        return Parameter(spec, "real", 0)
    parts: tuple[Any, ...] = tuple(items(spec)) if is_list(spec) else ()
    if not 1 <= len(parts) <= 3:
        return None
    name = parts[0]
    kind = parts[1] if len(parts) > 1 else Expr(S.Blank, (S.Real,))
    rank = parts[2] if len(parts) > 2 else 0
    found = _kind_of_pattern(kind)
    if type(name) is not Symbol or found is None or type(rank) is not int or rank < 0:
        return None
    return Parameter(name, found, rank)


def _kind_of_pattern(p: Any) -> str | None:
    if type(p) is not Expr:
        return None
    if p.head is S.Alternatives and set(p.args) == {TRUE, FALSE}:
        return "boolean"
    if p.head is not S.Blank or len(p.args) != 1 or type(p.args[0]) is not Symbol:
        return None
    return BLANKS.get(p.args[0])


@builtin(
    "FunctionCompile",
    messages={
        "fun": "`1` is not a pure function whose arguments are all Typed[x, type].",
        "type": '`1` is not a type; those known are `2` and TypeSpecifier["PackedArray"][type, rank].',
    },
)
def function_compile(ev: Any, f: Any) -> Any:
    """FunctionCompile[Function[Typed[x, type], body]] makes a function with typed arguments;
    several: Function[{Typed[x, t1], Typed[y, t2]}, body].

    >>> FunctionCompile[Function[{Typed[x, "Real64"], Typed[n, "MachineInteger"]}, x^n]][2, 3]
    8.
    """
    if type(f) is not Expr or f.head is not S.Function or len(f.args) < 2:
        ev.message("FunctionCompile", "fun", f)
        return system("$Failed")
    found = []
    for spec in items(f.args[0]) if is_list(f.args[0]) else (f.args[0],):
        if type(spec) is not Expr or spec.head is not S.Typed or len(spec.args) != 2:
            ev.message("FunctionCompile", "fun", f)
            return system("$Failed")
        parameter = _typed(spec.args[0], ev.evaluate(spec.args[1]))
        if parameter is None:
            ev.message("FunctionCompile", "type", spec.args[1], make_list(sorted(TYPES)))
            return system("$Failed")
        found.append(parameter)
    body = f.args[1]
    return CompiledFunction(
        Expr(S.FunctionCompile, (f,)),
        S.CompiledCodeFunction,
        tuple(found),
        body,
        _runner(ev, found, body),
    )


symbol("TypeSpecifier", usage='TypeSpecifier["PackedArray"][type, rank] is the type of an array.')


def _typed(name: Any, kind: Any) -> Parameter | None:
    if type(name) is not Symbol:
        return None
    if type(kind) is str and kind in TYPES:
        return Parameter(name, TYPES[kind], 0)
    if type(kind) is Expr and len(kind.args) == 2 and kind.head == Expr(S.TypeSpecifier, ("PackedArray",)):
        element, rank = kind.args
        if element in TYPES and TYPES[element] in DTYPES and type(rank) is int and rank > 0:
            return Parameter(name, TYPES[element], rank)
    return None


def _text(f: CompiledFunction) -> str:
    names = ", ".join(p.name.name for p in f.parameters)
    return f"{f.head.name}[{{{names}}}, {to_text(f.body, 'OutputForm')}, -CompiledCode-]"


register(
    CompiledFunction,
    AtomType(head=lambda f: f.head, call=_call, full=lambda f: f.source, output=_text),
)
