"""NetGraph[FunctionLayer[f]]: the function taken apart into layers.

Arithmetic and functions of numbers that hang together become one ElementwiseLayer or ThreadingLayer; Total,
Part, Dot, Join and the like become the layers of that meaning; nets inside become vertices; what no other
layer does becomes a FunctionLayer of that step alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import (
    Association,
    Expr,
    NumericArray,
    S,
    Symbol,
    is_infinity,
    is_list,
    items,
    make_list,
    system,
    to_array,
)
from wlnet.kernel.registry import symbol

from . import arrays, formulas, surgery
from .array_functions import ARRAYS, SEVERAL
from .graph import Loose, make_graph
from .higher_order import HIGHER, numbered, variables_of
from .infer import make_layer
from .layer import MULTIPLIERS
from .net import Net, SharedArray, frozen

# Functions whose second argument is an iterator, and those whose third is a number of steps or a level.
LOOPS, COUNTED = ("Table", "Sum", "Product"), ("Nest", "NestList", "Map", "MapThread")
# Functions over the first level that AggregationLayer has.
AGGREGATED = ("Total", "Mean", "Median", "Variance", "StandardDeviation")


def graph_of(net: Net) -> Net:
    """The graph that computes what a FunctionLayer computes, from simpler layers."""
    pieces = Pieces(net)
    formula = net.params["Formula"]
    pairs = formula.pairs() if type(formula) is Association else [("Output", formula)]
    for port, each in pairs:
        pieces.link(pieces.value(each), (None, port))
    ports = {**net.inputs, **net.outputs}
    return make_graph(pieces.nodes, pieces.links, ports, numbered=True)


class Pieces:
    """The vertices and connections found so far."""

    def __init__(self, net: Net) -> None:
        self.net = net
        self.nodes: dict[str, Net] = {}
        self.links: list[tuple[Loose, Loose]] = []
        self.known: dict[Any, Loose] = {}  # what was made of equal formulas
        self.inner = used_nets(net)

    def link(self, source: Loose, target: Loose) -> None:
        self.links.append((source, target))

    def add(self, made: Net, sources: list[Loose], ports: list[str] | None = None) -> Loose:
        """A new vertex fed by `sources`; its output."""
        name = str(len(self.nodes) + 1)
        self.nodes[name] = made
        for place, source in enumerate(sources):
            self.link(source, (name, ports[place] if ports else None))
        return (name, None)

    def value(self, e: Any) -> Loose:
        """The output that carries the value of a formula."""
        found = self.known.get(e) if type(e) is Expr else None
        if found is None:
            found = self.made(e)
            if type(e) is Expr:
                self.known[e] = found
        return found

    def made(self, e: Any) -> Loose:
        constant = constant_of(e)
        if constant is not None:
            fixed = {MULTIPLIERS.name: 0}
            return self.add(make_layer("NetArrayLayer", fixed, arrays={"Array": frozen(constant)}), [])
        head = e.head
        if head is S.Slot:
            slot = e.args[0]
            return (None, slot if type(slot) is str else list(self.net.inputs)[slot - 1])
        if head is S.NetArray:
            held = self.net.arrays[e.args[0]]
            assert type(held) is SharedArray
            return self.add(make_layer("NetArrayLayer", arrays={"Array": held}), [])
        if type(head) is Expr and head.head is arrays.INNER:
            inner = self.inner[head.args[0]]
            name, _ = self.add(inner, [self.value(x) for x in e.args], list(inner.inputs))
            return (name, head.args[1] if len(head.args) > 1 else None)
        if head is S.List:
            return self.stack(e)
        if listable(e):
            return self.pointwise(e)
        rule = RULES.get(head.name) if type(head) is Symbol else None
        layer = rule(self, *e.args) if rule is not None else None
        return layer if layer is not None else self.whole(e)

    def stack(self, e: Expr) -> Loose:
        """A list of values: each with a new first dimension, then joined."""
        thin = [self.add(make_layer("ReplicateLayer", {"Counts": 1}), [self.value(x)]) for x in e.args]
        return self.add(make_layer("CatenateLayer"), thin) if len(thin) > 1 else thin[0]

    def pointwise(self, e: Expr) -> Loose:
        """The largest part around `e` that works number by number, as one layer."""
        operands: list[Any] = []
        formula = self.opened(e, operands)
        sources = [self.value(x) for x in operands]
        function = Expr(S.Function, (formula,))
        if len(operands) == 1:
            return self.add(
                make_layer("ElementwiseLayer", {"Function": function, "Formula": formula}), sources
            )
        params = {"Function": function, "Formula": formula, "Broadcasting": -1}
        return self.add(make_layer("ThreadingLayer", params), sources)

    def opened(self, e: Any, operands: list[Any]) -> Any:
        """`e` with a slot for every part that does not work number by number, which joins `operands`."""
        if type(e) is Expr and listable(e):
            return Expr(e.head, tuple(self.opened(x, operands) for x in e.args))
        if type(e) is Expr and e.head is S.List and all(type(x) is not Expr for x in e.args):
            return e  # limits of Clip
        if not is_array(e):
            return e
        if e not in operands:
            operands.append(e)
        return Expr(S.Slot, (operands.index(e) + 1,))

    def whole(self, e: Expr) -> Loose:
        """A step that is no other layer: a FunctionLayer of what goes into it."""
        operands: list[Any] = []
        formula = numbered(self.closed(e, operands))
        sources = [self.value(x) for x in operands]
        function: Any = Expr(S.Function, (written(formula, self.net.nodes),))
        if len(operands) > 1:
            function = Expr(S.Apply, (function,))
        nodes = {name: self.inner[name] for name in names_in(formula)}
        held = {x: self.net.arrays[x] for x in arrays_in(formula)}
        params = {"Function": function, "Formula": formula}
        return self.add(make_layer("FunctionLayer", params, arrays=held, nodes=nodes), sources)

    def closed(self, e: Expr, operands: list[Any]) -> Any:
        """`e` with slots for its arguments. What says how, and what stands in a function inside, keeps its
        form; only inputs become slots there.
        """
        head = e.head.name if type(e.head) is Symbol else ""
        args = []
        for place, x in enumerate(e.args):
            how = (head in ARRAYS or head in LOOPS or (head in COUNTED and place == 2)) and place > 0
            inside = how or type(x) is not Expr or x.head is S.Function
            args.append(self.within(x, operands) if inside else self.operand(x, operands))
        return Expr(e.head, tuple(args))

    def operand(self, e: Expr, operands: list[Any]) -> Expr:
        if e.head is S.List:
            return Expr(e.head, tuple(self.operand(x, operands) if type(x) is Expr else x for x in e.args))
        if e not in operands:
            operands.append(e)
        return Expr(S.Slot, (operands.index(e) + 1,))

    def within(self, e: Any, operands: list[Any]) -> Any:
        """A part of a function inside, its inputs as slots."""
        if type(e) is not Expr:
            return e
        if e.head is S.Slot:
            return self.operand(e, operands)
        return Expr(e.head, tuple(self.within(x, operands) for x in e.args))


def used_nets(net: Net) -> dict[str, Net]:
    """The nets inside by name; one that is applied several times shares its arrays with itself."""
    uses: dict[str, int] = {}
    formula = net.params["Formula"]
    for each in formula.values() if type(formula) is Association else [formula]:
        for name in names_in(each, repeated=True):
            uses[name] = uses.get(name, 0) + 1
    return {
        name: surgery.share_arrays(node, f"{name}/") if uses.get(name, 0) > 1 else node
        for name, node in net.nodes.items()
    }


# ---- what a formula holds


def constant_of(e: Any) -> Any:
    """A number or a full array of numbers, None for anything else."""
    if type(e) is NumericArray:
        return e.array
    if type(e) is Expr and e.head is not S.List:
        return None
    return (
        to_array(e, exact=False) if is_list(e) else float(formulas.CONSTANTS.get(getattr(e, "name", ""), e))
    )


def listable(e: Expr) -> bool:
    """Whether the head of a formula works number by number."""
    if type(e.head) is Symbol and e.head.name in arrays.EXTREMA and len(e.args) == 1:
        return False
    return formulas.allowed(e.head)


def is_array(e: Any) -> bool:
    """Whether a part of a formula is an array to be computed, or a constant one."""
    return type(e) is Expr or is_list(e) or type(e) is NumericArray


def walk(e: Any) -> list[Expr]:
    found, stack = [], [e]
    while stack:
        x = stack.pop()
        if type(x) is Expr:
            found.append(x)
            stack.extend((x.head, *x.args))
    return found


def names_in(e: Any, repeated: bool = False) -> list[str]:
    """The nets that a formula applies; `repeated`: as often as it does."""
    found = [x.args[0] for x in walk(e) if x.head is arrays.INNER]
    return found if repeated else list(dict.fromkeys(found))


def arrays_in(e: Any) -> list[str]:
    return list(dict.fromkeys(x.args[0] for x in walk(e) if x.head is S.NetArray))


def bound_in(e: Any) -> bool:
    """Whether a formula mentions a variable of a function around it, or may."""
    return any(x.head is S.SlotSequence for x in walk(e))


for _code in range(0xF800, 0xF81A):
    symbol(chr(_code), usage="\\[FormalA], \\[FormalB], ... are symbols that never get values.")


def formal(number: int) -> Symbol:
    """A symbol for a variable of a function that is written down: \\[FormalA], \\[FormalB], ..."""
    extra, letter = divmod(number - 1, 26)
    return system(chr(0xF800 + letter) + (str(extra) if extra else ""))


def written(e: Any, nets: dict[str, Net]) -> Any:
    """A formula as a program would write it."""
    if type(e) is not Expr:
        return e
    if e.head is S.SlotSequence:
        return formal(e.args[0])
    if e.head is S.Function:
        names = make_list(map(formal, variables_of(e)))
        return Expr(S.Function, (names, written(e.args[1], nets)))
    if type(e.head) is Expr and e.head.head is arrays.INNER:
        ports = e.head.args[1:]
        given = [written(x, nets) for x in e.args]
        return Expr(nets[e.head.args[0]], (given[0] if len(given) == 1 else make_list(given), *ports))
    if type(e.head) is Symbol and e.head.name in LOOPS:
        if len(e.args) == 1:
            return Expr(S.Apply, (S.Times, written(e.args[0], nets)))
        (number,) = variables_of(e.args[0])
        iterator = make_list([formal(number), *(written(x, nets) for x in items(e.args[1]))])
        return Expr(e.head, (written(e.args[0].args[1], nets), iterator))
    return Expr(e.head, tuple(written(x, nets) for x in e.args))


# ---- layers of array functions: (pieces, arguments) -> the vertex, or None where no layer does it


def layer_of(name: str, **params: Any) -> Callable[..., Loose | None]:
    """One layer of one array."""
    return lambda at, x, *rest: at.add(make_layer(name, params), [at.value(x)]) if not rest else None


def aggregated(name: str) -> Callable[..., Loose | None]:
    def rule(at: Pieces, x: Any, spec: Any = 1) -> Loose | None:
        if name == "Total" and is_infinity(spec):
            return at.add(make_layer("SummationLayer"), [at.value(x)])
        if spec != 1:
            return None
        params = {"Function": getattr(S, name), "Levels": 1}
        return at.add(make_layer("AggregationLayer", params), [at.value(x)])

    return rule


def part(at: Pieces, x: Any, *specs: Any) -> Loose | None:
    plain = [k for k in specs if type(k) is int or k is S.All or (type(k) is Expr and k.head is S.Span)]
    if len(plain) < len(specs) or any(bound_in(k) for k in specs):
        return None
    spec = specs[0] if len(specs) == 1 else make_list(specs)
    return at.add(make_layer("PartLayer", {"Part": spec}), [at.value(x)])


def several(name: str) -> Callable[..., Loose]:
    return lambda at, *given: at.add(make_layer(name), [at.value(x) for x in given])


def transposed(at: Pieces, x: Any, spec: Any = None) -> Loose:
    params = {} if spec is None else {"Levels": spec}
    return at.add(make_layer("TransposeLayer", params), [at.value(x)])


def reshaped(at: Pieces, x: Any, dims: Any) -> Loose:
    extents = dims if is_list(dims) else make_list((dims,))
    return at.add(make_layer("ReshapeLayer", {"Dimensions": extents}), [at.value(x)])


def element_added(name: str) -> Callable[..., Loose]:
    return lambda at, x, y: at.add(make_layer(name), [at.value(x), at.value(y)], ["Input", "Element"])


def mapped(at: Pieces, f: Expr, x: Any, spec: Any = 1) -> Loose | None:
    """Map of a net alone."""
    body, variables = f.args[1], variables_of(f)
    if spec != 1 or type(body) is not Expr or type(body.head) is not Expr or len(variables) != 1:
        return None
    alone = body.args == (Expr(S.SlotSequence, (variables[0],)),)
    if body.head.head is not arrays.INNER or not alone or len(body.head.args) != 1:
        return None
    net = at.inner[body.head.args[0]]
    return at.add(make_layer("NetMapOperator", nodes={"Net": net}), [at.value(x)])


RULES: dict[str, Callable[..., Loose | None]] = {
    **{name: aggregated(name) for name in AGGREGATED},
    "Max": layer_of("AggregationLayer", Function=S.Max, Levels=S.All),
    "Min": layer_of("AggregationLayer", Function=S.Min, Levels=S.All),
    "Part": part,
    "First": lambda at, x: part(at, x, 1),
    "Last": lambda at, x: part(at, x, -1),
    "Flatten": layer_of("FlattenLayer"),
    "Transpose": transposed,
    "ArrayReshape": reshaped,
    "Dot": several("DotLayer"),
    "Join": several("CatenateLayer"),
    "Append": element_added("AppendLayer"),
    "Prepend": element_added("PrependLayer"),
    "Map": mapped,
}
assert set(RULES) <= {*ARRAYS, *SEVERAL, *HIGHER, *arrays.EXTREMA}
