"""From functions of arrays to formulas (see `arrays`): what FunctionLayer reads.

The body of a function is read as it stands, for evaluated with a symbol in the place of an array, functions
such as Map or Length would take the symbol for what it is.
"""

from __future__ import annotations

from itertools import count
from typing import Any

import numpy as np

from wlnet.expr import (
    Association,
    Expr,
    NumericArray,
    S,
    Symbol,
    is_list,
    items,
    same,
    system,
    unpack,
)

from . import arrays, formulas
from .array_values import fresh_name, read_shared
from .errors import NetError, nearest
from .graph import with_inputs
from .higher_order import ARGUMENTS, HIGHER, bound, function, numbered
from .net import Net
from .translate import MAX_STEPS, VARIADIC, Reading, arity, inactive, quiet, shown, slot_names, variable


def array(ev: Any, f: Any, layer: str) -> Any:
    """The formula of a function of arrays; an association of formulas where its result is one."""
    if type(f) is Expr and f.head is S.Apply and len(f.args) == 1:
        inner = f.args[0]
        count = 2 if type(inner) is Symbol and inner.name in VARIADIC else arity(inner, layer)
        slots: list[Any] = list(range(1, count + 1))
        f = inner
    else:
        slots = slot_names(f) or [1]
        if slots == [1] and type(f) is Expr and f.head is S.Function and arity(f, layer) > 1:
            text = (
                f"{layer} takes a function of one argument. For several inputs write {layer}[Apply[f]] "
                "or named slots."
            )
            raise NetError(layer, "function", text)
    variables = {variable(slot): Expr(S.Slot, (slot,)) for slot in slots}
    if type(slots[0]) is str:
        args: tuple[Any, ...] = (Association.of(zip(slots, variables, strict=True)),)
    else:
        args = tuple(variables)
    formula = ArrayReading(ev, variables, f, layer).applied(f, args)
    if type(formula) is Association:
        return Association.of((key, numbered(x)) for key, x in formula.pairs())
    return numbered(formula)


def compiled(ev: Any, f: Any, layer: str) -> Any:
    """The formula of a CompiledLayer's function, whose arguments may be typed; None where there is none, for
    the evaluator can compute more than formulas.
    """
    given = f.args[0]
    names = [
        x.args[0] if type(x) is Expr and x.head is S.Typed else x
        for x in (items(given) if is_list(given) else (given,))
    ]
    try:
        return array(ev, Expr(S.Function, (Expr(S.List, tuple(names)), *f.args[1:])), layer)
    except NetError:
        return None


NAMES = (*arrays.ARRAYS, *arrays.SEVERAL, *arrays.EXTREMA, *HIGHER, "Apply")
ARRAY_SYMBOLS = [system(name) for name in NAMES]
# Functions with a body that an iterator repeats.
LOOPS = ("Table", "Sum", "Product")


class ArrayReading(Reading):
    """The reading of a function of arrays."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.numbers = count(1)  # of variables of functions inside

    def applied(self, f: Any, args: tuple[Any, ...]) -> Any:
        """The formula of f[args...]."""
        if type(f) is Expr and f.head is S.Function:
            return self.read(substituted(f, args))
        if type(f) is Expr and f.head in (S.Composition, S.RightComposition) and f.args:
            row = f.args if f.head is S.RightComposition else f.args[::-1]
            inner = self.applied_expression(row[0], args)
            for each in row[1:]:
                inner = self.applied_expression(each, (inner,))
            return self.read(inner)
        return self.read(Expr(f, args))

    def applied_expression(self, f: Any, args: tuple[Any, ...]) -> Any:
        return substituted(f, args) if type(f) is Expr and f.head is S.Function else Expr(f, args)

    def read(self, e: Any) -> Any:
        kind = type(e)
        if kind is np.ndarray or kind is NumericArray:
            return e
        if kind is Association:
            return Association.of((k, self.read(v)) for k, v in e.pairs())
        if kind is not Expr:
            return super().read(e)
        head = unpack(e.head) if type(e.head) is np.ndarray else e.head
        if head is S.Association and all(type(x) is Expr and x.head is S.Rule for x in e.args):
            return Association.of((self.ev.evaluate(x.args[0]), self.read(x.args[1])) for x in e.args)
        if type(head) is Net:
            return self.net(head, e.args)
        if head is S.NetArray:
            return Expr(S.NetArray, (read_shared(named_array(self.ev.evaluate(e)), self.layer),))
        if type(head) is Expr and head.head in (S.Function, S.Composition, S.RightComposition):
            return self.applied(head, e.args)
        if head is S.List or head is S.Inequality:
            return super().read(e)
        if type(head) is Symbol and head.name in HIGHER:
            return self.higher(head, e.args, e)
        if type(head) in (Symbol, str) and arrays.known(head):
            literal = [arrays.is_literal(head, i) for i in range(len(e.args))]
            args = zip(e.args, literal, strict=True)
            return Expr(head, tuple(self.literal(x) if as_it_is else self.read(x) for x, as_it_is in args))
        return self.other(e)

    def net(self, net: Net, args: tuple[Any, ...]) -> Any:
        """A net applied to arrays: net[x], net[x, "port"], net[<|"port" -> x, ...|>], net[{x, y, ...}]."""
        port = args[1] if len(args) == 2 else None
        if not 1 <= len(args) <= 2 or (port is not None and port not in net.outputs):
            raise self.misapplied(net)
        if port is None and len(net.outputs) != 1:
            raise self.misapplied(net)
        given = self.inputs_of(net, args[0])
        if not net.inputs:
            net = with_inputs(net, len(given))
        if len(given) != len(net.inputs):
            raise self.misapplied(net)
        ends = () if port is None else (Expr(S.NetPort, (port,)),)
        return Expr(net, (*map(self.read, given), *ends))

    def inputs_of(self, net: Net, arg: Any) -> list[Any]:
        """What each input of a net gets."""
        if type(arg) is Expr and arg.head is S.Association:
            arg = Association.of((self.ev.evaluate(x.args[0]), x.args[1]) for x in arg.args)
        if type(arg) is Association and set(arg) == set(net.inputs):
            return [arg.get(name) for name in net.inputs]
        several = len(net.inputs) > 1 or not net.inputs
        if several and type(arg) is Expr and arg.head is S.List:
            return list(arg.args)
        return [arg]

    def misapplied(self, net: Net) -> NetError:
        text = (
            f"{shown(net)} inside a function is applied to an array for each of its inputs "
            f'({", ".join(net.inputs)}); of several outputs one is named, as in net[x, "port"].'
        )
        return NetError(self.layer, "function", text)

    def other(self, e: Expr) -> Any:
        """No function of arrays: a layer to be made, Apply, local names, or what is to be evaluated."""
        head = unpack(e.head) if type(e.head) is np.ndarray else e.head
        if type(head) is Expr:
            if type(head.head) is Symbol and head.head.name in HIGHER and len(e.args) == 1:
                return self.read(Expr(head.head, (*head.args, *e.args)))  # the operator form Map[f]
            if head.head is S.Apply and len(head.args) == 1 and len(e.args) == 1:
                return self.apply(head.args[0], e.args[0])
            made = self.ev.evaluate(head)
            if type(made) is Net:
                return self.net(made, e.args)
        if head is S.Apply and len(e.args) == 2:
            return self.apply(*e.args)
        if head in (S.With, S.Module) and len(e.args) == 2:
            values = settings(e.args[0])
            if values is not None:
                known = {k: v if self.mentions(v) else self.ev.evaluate(v) for k, v in values.items()}
                return self.read(replaced(e.args[1], known))
        if not self.mentions(e):
            value = self.ev.evaluate(e)
            if not same(value, e):
                return self.read(value)
        return self.again(e)

    def refuse(self, e: Any) -> NetError:
        """The error for what no layer computes: with the nearest function that one does."""
        head = e.head if type(e) is Expr else e
        if type(head) is not Symbol:
            return super().refuse(e)
        known = [*NAMES, *formulas.UNARY, *formulas.FUNCTIONS]
        close = nearest(head.name, known)
        hint = close.replace('"', "") if close.startswith("Did") else ""
        text = (
            f"{head.name} cannot be part of the function of {self.layer}: it takes arithmetic, elementary "
            "functions, functions of whole arrays such as Total, Part or Dot, Map, Fold, Table, and nets. "
        )
        return NetError(self.layer, "function", (text + hint).strip())

    # ---- functions of functions

    def fresh(self) -> tuple[int, Symbol]:
        """The number of a new variable, and the symbol that stands for it while its function is read."""
        number = next(self.numbers)
        symbol = variable(f"b{number}")
        self.variables[symbol] = bound(number)
        return number, symbol

    def function(self, f: Any, arguments: int) -> Any:
        """A function of so many arguments in normal form."""
        pairs = [self.fresh() for _ in range(arguments)]
        return function([number for number, _ in pairs], self.applied(f, tuple(x for _, x in pairs)))

    def higher(self, head: Symbol, args: tuple[Any, ...], e: Expr) -> Any:
        """Map, Fold, Nest, Table, ... in normal form."""
        if not self.mentions(e):
            value = self.ev.evaluate(e)
            if not same(value, e):
                return self.read(value)
        if head.name in LOOPS:
            return self.loop(head, args)
        if not 2 <= len(args) <= 3:
            raise self.refuse(e)
        if head is S.MapThread:
            lists = args[1]
            if type(lists) is not Expr or lists.head is not S.List:
                places = range(1, arity(args[0], self.layer) + 1)
                lists = Expr(S.List, tuple(Expr(S.Part, (args[1], k)) for k in places))
            read = Expr(S.List, tuple(map(self.read, lists.args)))
            return Expr(head, (self.function(args[0], len(lists.args)), read, *args[2:]))
        rest = [self.read(x) for x in args[1:]]
        return Expr(head, (self.function(args[0], ARGUMENTS[head.name]), *rest))

    def loop(self, head: Symbol, args: tuple[Any, ...]) -> Any:
        """Table[body, iterator, ...] and the like: the last iterator runs innermost."""
        if len(args) < 2:
            raise self.refuse(Expr(head, args))
        body, iterator, *more = args
        inner = Expr(head, (body, *more)) if more else body
        parts = list(items(iterator)) if is_list(iterator) else [iterator]
        number, symbol = self.fresh()
        if len(parts) > 1:
            if type(parts[0]) is not Symbol:
                raise self.refuse(Expr(head, args))
            inner = replaced(inner, {parts.pop(0): symbol})
        if len(parts) == 1 and self.is_array(parts[0]):
            values = Expr(S.Map, (function([number], self.read(inner)), self.read(parts[0])))
            whole = {S.Sum: S.Total, S.Product: S.Product}.get(head)
            return values if whole is None else Expr(whole, (values,))
        return Expr(head, (function([number], self.read(inner)), Expr(S.List, tuple(map(self.read, parts)))))

    def is_array(self, e: Any) -> bool:
        """Whether an iterator runs over the elements of a list: a list, or an input itself."""
        return is_list(e) or (type(e) is Symbol and e in self.variables)

    def apply(self, f: Any, x: Any) -> Any:
        """F @@ x: for Plus, Times, Max and Min over the first level, else for as many parts as f takes."""
        if f in (S.Plus, S.Max, S.Min, S.Times):
            name = {S.Plus: S.Total, S.Times: S.Product}.get(f, f)
            return self.read(Expr(name, (x,))) if name is not S.Product else Expr(name, (self.read(x),))
        parts = range(1, arity(f, self.layer) + 1)
        return self.applied(f, tuple(Expr(S.Part, (x, k)) for k in parts))

    def again(self, e: Any) -> Any:
        """What the evaluator makes of a part, functions of arrays left alone: they would take a symbol for
        what it is.
        """
        self.steps += 1
        found = inactive(ARRAY_SYMBOLS, lambda: quiet(self.ev, e))
        if found is e or found == e or self.steps > MAX_STEPS:
            raise self.refuse(e)
        head = e.head if type(e) is Expr else None
        if (
            type(head) is Symbol
            and head.builtin is not None
            and self.mentions(e)
            and not self.mentions(found)
        ):
            raise self.refuse(e)  # it took a variable for a symbol, as ToString and NumberQ do
        return self.read(found)

    def literal(self, e: Any) -> Any:
        """An argument that says how: its value, or a formula where it depends on a variable or a length."""
        if not self.mentions(e):
            return self.ev.evaluate(e)
        if type(e) is Expr and e.head in (S.List, S.Span):
            return Expr(e.head, tuple(map(self.literal, e.args)))
        return self.read(e)

    def mentions(self, e: Any) -> bool:
        """Whether an expression depends on an input or on an array to be trained."""
        stack = [e]
        while stack:
            x = stack.pop()
            if x in self.variables if type(x) is Symbol else x is S.NetArray:
                return True
            if type(x) is Expr:
                stack.extend((x.head, *x.args))
        return False


def named_array(e: Any) -> Any:
    """NetArray[<|...|>] with a name of its own where none is given."""
    parts = e.args if type(e) is Expr else ()
    if len(parts) == 1 and type(parts[0]) is Association and "Name" not in parts[0]:
        return Expr(S.NetArray, (Association.of([("Name", fresh_name()), *parts[0].pairs()]),))
    return e


def settings(spec: Any) -> dict[Any, Any] | None:
    """The values of {a = x, b = y}; None for other local variables."""
    parts = items(spec) if is_list(spec) else ()
    if all(type(x) is Expr and x.head is S.Set and type(x.args[0]) is Symbol for x in parts):
        return {x.args[0]: x.args[1] for x in parts}
    return None


def substituted(f: Expr, args: tuple[Any, ...]) -> Any:
    """The body of a pure function with its arguments put in, not evaluated."""
    if len(f.args) == 1:
        named = args[0] if len(args) == 1 and type(args[0]) is Association else None
        return filled(f.args[0], args, named)
    names = items(f.args[0]) if is_list(f.args[0]) else (f.args[0],)
    return replaced(f.args[1], dict(zip(names, args, strict=False)))


def filled(e: Any, args: tuple[Any, ...], named: Any) -> Any:
    """`e` with slots filled; slots of a pure function inside are its own."""
    if type(e) is Association:
        return Association.of((k, filled(v, args, named)) for k, v in e.pairs())
    if type(e) is not Expr:
        return e
    if e.head is S.Slot and len(e.args) == 1:
        slot = e.args[0]
        if type(slot) is int and 1 <= slot <= len(args):
            return args[slot - 1]
        if named is not None and type(slot) is str:
            return named.get(slot, e)
        return e
    if e.head is S.Function and len(e.args) == 1:
        return e
    return Expr(filled(e.head, args, named), tuple(filled(x, args, named) for x in e.args))


def replaced(e: Any, values: dict[Any, Any]) -> Any:
    if type(e) is Symbol:
        return values.get(e, e)
    if type(e) is Association:
        return Association.of((k, replaced(v, values)) for k, v in e.pairs())
    if type(e) is not Expr:
        return e
    return Expr(replaced(e.head, values), tuple(replaced(x, values) for x in e.args))
