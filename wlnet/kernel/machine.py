"""Arithmetic on machine numbers inside compiled code, as generated Python source.

A tree of Plus, Times, Power, comparisons, Mod, ... over variables, constants and other code becomes one
Python function:

    def run(b):
        x0 = b[i0]; x1 = s1.own; x2 = c2(b)                    the leaves, in order
        if type(x0) is int and ...: return x0*x0 + x1            exact, when all are integers
        if type(x0) is float and ...: r = ...; if r - r == 0.0: return r
        return slow(b, x0, x1, x2)                               anything else: the ordinary definition

It gives what the ordinary definition would, bit for bit, and leaves to it whatever it cannot: overflow, zero
divisors, an exact zero times a real. Functions of one shape are generated once; constants and places are
their parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import FALSE, TRUE, Expr, S, Symbol

from .evaluate import evaluate, evaluate_own
from .scope import Scope
from .templates import Code, code, inline

MOST_LEAVES = 12
MOST_DEPTH = 12
MOST_EXACT = 1 << 53  # integers below it are exact as reals
MOST_POWER = 64  # greater constant exponents are left to Power itself

_COMPARISONS = {
    S.Less: "<",
    S.LessEqual: "<=",
    S.Greater: ">",
    S.GreaterEqual: ">=",
    S.Equal: "==",
    S.Unequal: "!=",
}
_BINARY = {S.Subtract: "-", S.Mod: "%", S.Quotient: "//"}


class NotExact(Exception):  # noqa: N818  (a signal inside generated code, not an error)
    """An integer division that leaves a rest."""


def _exact(x: int, y: int) -> int:
    q, r = divmod(x, y)
    if r:
        raise NotExact
    return q


class Node:
    """An operation of the tree. `op` is + * ^ / neg - % // or a comparison."""

    __slots__ = ("args", "op")

    def __init__(self, op: str, args: list[Any]) -> None:
        self.op = op
        self.args = args


class Leaf:
    """Something that is read: kind "place" (a bound value), "local" (a bound symbol), "symbol" or "code"."""

    __slots__ = ("index", "kind", "source")

    def __init__(self, kind: str, source: Any, index: int) -> None:
        self.kind = kind
        self.source = source
        self.index = index


class Constant:
    """A number written in the expression."""

    __slots__ = ("index", "value")

    def __init__(self, value: Any, index: int) -> None:
        self.value = value
        self.index = index


class Tree:
    """The analysis of one arithmetic expression."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.leaves: list[Leaf] = []
        self.constants: list[Constant] = []

    def read(self, e: Any, depth: int = 0) -> Any:
        """The node for `e`: an operation where it is one, else a leaf."""
        kind = type(e)
        if kind is int or kind is float:
            constant = Constant(e, len(self.constants))
            self.constants.append(constant)
            return constant
        if kind is Expr and type(e.head) is Symbol and depth < MOST_DEPTH:
            node = self.operation(e, depth)
            if node is not None:
                return node
        return self._leaf(e)

    def operation(self, e: Expr, depth: int) -> Node | None:
        """The node for a call of an arithmetic function; None for anything else."""
        head, args = e.head, e.args
        if head in self.scope.slots or not is_intact(head):
            return None
        if head is S.Plus or head is S.Times:
            if len(args) < 2 or any(type(a) is Expr and a.head in _SPLICING for a in args):
                return None
            if head is S.Times and len(args) == 2 and args[0] == -1 and type(args[0]) is int:
                return Node("neg", [self.read(args[1], depth + 1)])
            return Node("+" if head is S.Plus else "*", [self.read(a, depth + 1) for a in args])
        if len(args) != 2:
            return (
                Node("neg", [self.read(args[0], depth + 1)]) if head is S.Minus and len(args) == 1 else None
            )
        if head is S.Power and type(args[1]) is int:
            if 1 < args[1] <= MOST_POWER:
                return Node("^", [self.read(args[0], depth + 1), args[1]])
            return Node("/", [self.read(args[0], depth + 1)]) if args[1] == -1 else None
        op = _BINARY.get(head)
        return None if op is None else Node(op, [self.read(a, depth + 1) for a in args])

    def _leaf(self, e: Any) -> Leaf:
        if type(e) is Expr and e.head is S.Slot and len(e.args) == 1 and e.args[0] in self.scope.slots:
            return self._named("place", self.scope.slots[e.args[0]])
        if type(e) is Symbol:
            place = self.scope.slots.get(e)
            if place is None:
                return self._named("symbol", e)
            return self._named("local" if place in self.scope.locals else "place", place)
        leaf = Leaf("code", code(e, self.scope), len(self.leaves))
        self.leaves.append(leaf)
        return leaf

    def _named(self, kind: str, source: Any) -> Leaf:
        """A variable; read once unless code that may change it runs in between."""
        for leaf in reversed(self.leaves):
            if leaf.kind == "code":
                break
            if leaf.kind == kind and leaf.source is source:
                return leaf
        leaf = Leaf(kind, source, len(self.leaves))
        self.leaves.append(leaf)
        return leaf


_SPLICING = (S.Sequence, S.SlotSequence, S.Unevaluated, S.Evaluate)


def is_intact(head: Symbol) -> bool:
    """Whether a function means what the system defines."""
    return head.down is None and head.own is None


# ---------------------------------------------------------------- writing source


def exact_source(node: Any) -> str | None:
    """The expression for integer leaves; None when its value may be no integer."""
    if type(node) is Leaf:
        return f"x{node.index}"
    if type(node) is Constant:
        return f"k{node.index}" if type(node.value) is int else None
    if node.op == "^":
        base = exact_source(node.args[0])
        return None if base is None else f"({base})**{node.args[1]}"
    if node.op == "/":
        return None
    if node.op == "*":
        return _exact_product(node)
    if node.op in ("%", "//") and not (type(node.args[1]) is Constant and node.args[1].value > 0):
        return None
    parts = [exact_source(a) for a in node.args]
    if None in parts:
        return None
    return f"(-{parts[0]})" if node.op == "neg" else f"({f' {node.op} '.join(parts)})"  # type: ignore[arg-type]


def _exact_product(node: Node) -> str | None:
    """A product of integers; with one factor 1/k, the quotient if it is exact."""
    divisors = [a for a in node.args if type(a) is Node and a.op == "/"]
    others = [exact_source(a) for a in node.args if a not in divisors]
    if None in others or len(divisors) > 1 or not others:
        return None
    product = f"({' * '.join(others)})"  # type: ignore[arg-type]
    if not divisors:
        return product
    by = divisors[0].args[0]
    if type(by) is not Constant or type(by.value) is not int or by.value == 0:
        return None
    return f"exact({product}, k{by.index})"


class Demands:
    """Leaves that must be real, must not be an exact zero, must be real or an integer of few bits."""

    __slots__ = ("not_zero", "real", "small")

    def __init__(self) -> None:
        self.real: set[int] = set()
        self.not_zero: set[int] = set()
        self.small: set[int] = set()

    def test(self, leaf: Leaf, alone: bool) -> str:
        """The condition on a leaf under which the source for reals holds."""
        x, k = f"x{leaf.index}", leaf.index
        if k in self.real or alone:
            return f"type({x}) is float"
        integer = f"type({x}) is int"
        if k in self.not_zero:
            integer += f" and {x}"
        if k in self.small:
            integer += f" and -{MOST_EXACT} < {x} < {MOST_EXACT}"
        return f"(type({x}) is float or ({integer}))"


def real_source(node: Any, inside_product: bool, demands: Demands) -> str | None:
    """The expression for real leaves (integers among them where that is the same);
    None when order would matter. What the leaves must be is added to `demands`.
    """
    if type(node) is Leaf:
        if inside_product:
            demands.real.add(node.index)
        return f"x{node.index}"
    if type(node) is Constant:
        return f"k{node.index}"
    if node.op in ("%", "//"):
        return None
    if node.op == "^":
        base = real_source(node.args[0], True, demands)
        return None if base is None else f"({base})**{node.args[1]}"
    if node.op == "/":
        base = real_source(node.args[0], True, demands)
        return None if base is None or type(node.args[0]) is Constant else f"(1.0 / {base})"
    if node.op == "neg":
        inner = real_source(node.args[0], True, demands)
        return None if inner is None else f"(-{inner})"
    product = node.op == "*"
    quotient = _quotient(node, demands) if product and not inside_product else None
    if quotient is not None:
        return quotient
    if len(node.args) != 2 and node.op not in ("+", "*"):
        return None
    parts = []
    for a in node.args:
        if product and type(a) is Leaf:
            demands.not_zero.add(a.index)
        if product and type(a) is Constant and a.value == 0:
            return None
        deeper = product and type(a) is not Leaf
        parts.append(real_source(a, inside_product or deeper, demands))
    if None in parts:
        return None
    if len(parts) > 2:  # in the order in which Plus and Times would take them
        return f"{'product' if product else 'total'}({', '.join(parts)})"  # type: ignore[arg-type]
    return f"({f' {node.op} '.join(parts)})"  # type: ignore[arg-type]


def _quotient(node: Node, demands: Demands) -> str | None:
    """A real divided by a variable, which may be an integer that a real can hold."""
    if len(node.args) != 2:
        return None
    for of, by in (node.args, node.args[::-1]):
        if type(by) is not Node or by.op != "/" or type(by.args[0]) is not Leaf:
            continue
        divisor = by.args[0].index
        variable = type(of) is Leaf and of.index != divisor
        if variable or (type(of) is Constant and type(of.value) is float and of.value):
            demands.small.add(divisor)
            return f"({real_source(of, True, demands)} * (1.0 / x{divisor}))"
    return None


def _total(*terms: float) -> float:
    ordered = sorted(terms)
    result = ordered[0]
    for x in ordered[1:]:
        result += x
    return result


def _product(*factors: float) -> float:
    ordered = sorted(factors)
    result = ordered[0]
    for x in ordered[1:]:
        result *= x
    return result


_factories: dict[str, Callable[..., Code]] = {}
_NAMES = {
    "total": _total,
    "product": _product,
    "exact": _exact,
    "NotExact": NotExact,
    "TRUE": TRUE,
    "FALSE": FALSE,
}


def _factory(source: str) -> Callable[..., Code]:
    found = _factories.get(source)
    if found is None:
        names: dict[str, Any] = dict(_NAMES)
        exec(compile(source, "<machine arithmetic>", "exec"), names)
        found = _factories[source] = names["factory"]
    return found


def _types(leaves: list[Leaf], allowed: str) -> str:
    return " and ".join(f"type(x{leaf.index}) is {allowed}" for leaf in leaves)


def _function_source(tree: Tree, body: list[str]) -> str:
    parameters = (
        [f"s{leaf.index}" for leaf in tree.leaves] + [f"k{c.index}" for c in tree.constants] + ["slow"]
    )
    lines = [f"def factory({', '.join(parameters)}):", "    def run(b):"]
    for leaf in tree.leaves:
        k = leaf.index
        how = {"place": f"b[s{k}]", "local": f"b[s{k}].own", "symbol": f"s{k}.own", "code": f"s{k}(b)"}[
            leaf.kind
        ]
        lines.append(f"        x{k} = {how}")
    lines += [f"        {line}" for line in body]
    values = ", ".join(f"x{leaf.index}" for leaf in tree.leaves)
    lines += [f"        return slow(b, ({values}{',' if tree.leaves else ''}))", "    return run", ""]
    return "\n".join(lines)


def _value_body(tree: Tree, root: Node) -> list[str]:
    body: list[str] = []
    exact = exact_source(root)
    if exact is not None:
        if "exact(" in exact:
            body += [
                f"if {_types(tree.leaves, 'int')}:",
                "    try:",
                f"        return {exact}",
                "    except NotExact:",
                "        pass",
            ]
        else:
            body += [f"if {_types(tree.leaves, 'int')}:", f"    return {exact}"]
    demands = Demands()
    real = real_source(root, False, demands)
    if real is None:
        return body
    alone = len(tree.leaves) == 1 and not demands.small
    tests = [demands.test(leaf, alone) for leaf in tree.leaves]
    body += [
        f"if {' and '.join(tests)}:",
        "    try:",
        f"        r = {real}",
        "        if r - r == 0.0 and type(r) is float:",
        "            return r",
        "    except (OverflowError, ZeroDivisionError):",
        "        pass",
    ]
    return body


def _arguments(tree: Tree, slow: Code) -> list[Any]:
    return [leaf.source for leaf in tree.leaves] + [c.value for c in tree.constants] + [slow]


def _fill(node: Any, values: tuple[Any, ...]) -> Any:
    """The expression again, with the leaves' values in place."""
    if type(node) is Leaf:
        return values[node.index]
    if type(node) is Constant:
        return node.value
    if node.op == "^":
        return Expr(S.Power, (_fill(node.args[0], values), node.args[1]))
    if node.op == "/":
        return Expr(S.Power, (_fill(node.args[0], values), -1))
    if node.op == "neg":
        return Expr(S.Times, (-1, _fill(node.args[0], values)))
    return Expr(_HEADS[node.op], tuple([_fill(a, values) for a in node.args]))


_HEADS: dict[str, Symbol] = {"+": S.Plus, "*": S.Times, "-": S.Subtract, "%": S.Mod, "//": S.Quotient}
_HEADS.update({text: head for head, text in _COMPARISONS.items()})


def _slow(tree: Tree, root: Node) -> Callable[[list[Any], tuple[Any, ...]], Any]:
    """The ordinary definition on the leaves' values, as they were read."""
    leaves = tree.leaves

    def slow(b: list[Any], read: tuple[Any, ...]) -> Any:
        values = []
        for leaf, value in zip(leaves, read, strict=True):
            if leaf.kind == "symbol" or leaf.kind == "local":
                symbol = leaf.source if leaf.kind == "symbol" else b[leaf.source]
                if value is None:
                    symbol.bare = True
                    value = symbol
                else:
                    value = evaluate_own(symbol, value)
            elif leaf.kind == "place":
                value = evaluate(value)
            values.append(value)
        return evaluate(_fill(root, tuple(values)))

    return slow


def compile_arithmetic(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """The code of an arithmetic expression, or None to compile it like any call."""
    tree = Tree(scope)
    root = tree.operation(e, 0)
    if root is None or not tree.leaves or len(tree.leaves) > MOST_LEAVES:
        return None
    body = _value_body(tree, root)
    if not body:
        return None
    return _factory(_function_source(tree, body))(*_arguments(tree, _slow(tree, root)))  # type: ignore[arg-type]


def compile_comparison(e: Expr, scope: Scope, tail: bool) -> Code | None:
    """`a < b` and its like on machine numbers. Reals that are nearly equal are left to Equal itself."""
    if len(e.args) != 2 or not is_intact(e.head):
        return None
    tree = Tree(scope)
    sides: list[Any] = [tree.read(a) for a in e.args]
    left, right = sides
    op = _COMPARISONS[e.head]
    root = Node(op, [left, right])
    if not tree.leaves or len(tree.leaves) > MOST_LEAVES:
        return None
    body: list[str] = []
    a, b = exact_source(left), exact_source(right)
    if a is not None and b is not None and "exact(" not in a + b:
        body += [f"if {_types(tree.leaves, 'int')}:", f"    return TRUE if {a} {op} {b} else FALSE"]
    plain = [side for side in sides if type(side) is not Node]
    if len(plain) == 2 and op not in ("==", "!="):
        reals = " and ".join(f"(type(x{k.index}) is float or type(x{k.index}) is int)" for k in tree.leaves)
        name = [f"{'x' if type(n) is Leaf else 'k'}{n.index}" for n in plain]
        body += [f"if {reals}:", f"    return TRUE if {name[0]} {op} {name[1]} else FALSE"]
    if not body:
        return None
    return _factory(_function_source(tree, body))(*_arguments(tree, _slow(tree, root)))  # type: ignore[arg-type]


for _name in ("Plus", "Times", "Power", "Subtract", "Minus", "Mod", "Quotient"):
    inline(_name)(compile_arithmetic)
for _symbol in _COMPARISONS:
    inline(_symbol.name)(compile_comparison)
