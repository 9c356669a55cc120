"""FunctionLayer: array code of the language as a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.expr import Association, Expr, S, Symbol
from wlnet.net import arrays, formulas, pieces
from wlnet.net.errors import NetError
from wlnet.net.layer import REQUIRED, ArrayField, Example, Parameter, Params, Ports, layer
from wlnet.net.lower import Lowering, Wire
from wlnet.net.net import Net, SharedArray
from wlnet.net.types import ANY, VARYING, PortType
from wlnet.runtime import ir, types

from .elementwise import FORMULA, any_value

if TYPE_CHECKING:
    from wlnet.net.infer import Typing

# Lengths at which a function of a sequence is tried out, to see how the dimensions
# of its result depend on it.
TRIALS = (7, 11)


def parts(formula: Any) -> dict[str, Any]:
    """The outputs of a formula by name: one, "Output", or those of an association."""
    if type(formula) is Association:
        return dict(formula.pairs())
    return {"Output": formula}


def function_inputs(params: Params) -> Ports:
    """ "Input" for one argument, "Input1", ... for several, named slots by their names."""
    slots: list[Any] = []
    for each in parts(params["Formula"]).values():
        slots += [x for x in formulas.slots_of(each) if x not in slots]
    names = [x for x in slots if type(x) is str]
    if names:
        return {name: ANY for name in names}
    count = max([x for x in slots if type(x) is int], default=1)
    return {"Input": ANY} if count == 1 else {f"Input{i + 1}": ANY for i in range(count)}


def named_arrays(params: Params) -> list[str]:
    """The arrays that the function holds."""
    found: dict[str, None] = {}
    stack = list(parts(params["Formula"]).values())
    while stack:
        e = stack.pop(0)
        if type(e) is Expr:
            if e.head is S.NetArray:
                found.setdefault(e.args[0])
            else:
                stack.extend((e.head, *e.args))
    return list(found)


def detach(formula: Any) -> tuple[Any, dict[str, Net], dict[str, SharedArray]]:
    """A formula with its nets replaced by names, the nets by name, and its arrays."""
    nets = arrays.nets_of(formula)
    names = {id(net): str(i) for i, net in enumerate(nets, 1)}
    shared: dict[str, SharedArray] = {}

    def walk(e: Any) -> Any:
        if type(e) is Association:
            return Association.of((k, walk(v)) for k, v in e.pairs())
        if type(e) is not Expr:
            return e
        if e.head is S.NetArray and type(e.args[0]) is SharedArray:
            shared[e.args[0].name] = e.args[0]
            return Expr(S.NetArray, (e.args[0].name,))
        if type(e.head) is not Net:
            return Expr(walk(e.head), tuple(map(walk, e.args)))
        last = e.args[-1]
        named = type(last) is Expr and last.head is S.NetPort
        head = Expr(arrays.INNER, (names[id(e.head)], *(last.args if named else ())))
        return Expr(head, tuple(map(walk, e.args[:-1] if named else e.args)))

    return walk(formula), {names[id(net)]: net for net in nets}, shared


# ---- types


class Unknown(Exception):  # noqa: N818
    """The trial stops: something that it needs is not known yet."""


def function_types(t: Typing) -> None:
    t.real(*t.outputs)
    share_kinds(t)
    if pointwise(t.params["Formula"]) and list(t.inputs) == ["Input"]:
        t.same("Input", *t.outputs)
    if any(not t[port].known for port in t.inputs):
        return
    varying = any(t[port].varies for port in t.inputs)
    try:
        found = [trial(t, length) for length in (TRIALS if varying else TRIALS[:1])]
    except Unknown:
        return
    for port in t.outputs:
        dims = [each[port] for each in found]
        if any(len(x) != len(dims[0]) for x in dims):
            raise t.fail(next(iter(t.inputs)), "sequences of any length")
        t.shape(port, tuple(merged(column) for column in zip(*dims, strict=True)))


def share_kinds(t: Typing) -> None:
    """An input that goes straight into a net inside holds integers where that net takes integers."""
    for each in parts(t.params["Formula"]).values():
        for name, args in calls_of(each):
            for port, arg in zip(t.node(name).inputs.values(), args, strict=True):
                if type(arg) is Expr and arg.head is S.Slot and port.kind is not None:
                    slot = arg.args[0]
                    own = slot if type(slot) is str else list(t.inputs)[slot - 1]
                    if port.kind == "integer" or t[own].kind is None:
                        t.meet(own, PortType(port.kind, None, port.range))


def calls_of(formula: Any) -> list[tuple[str, tuple[Any, ...]]]:
    """The nets that a formula applies, by name, and to what."""
    found, stack = [], [formula]
    while stack:
        e = stack.pop()
        if type(e) is Expr:
            if type(e.head) is Expr and e.head.head is arrays.INNER:
                found.append((e.head.args[0], e.args))
            stack.extend((e.head, *e.args))
    return found


def merged(extents: tuple[int, ...]) -> Any:
    """The extent of a result from those found at each trial length."""
    return extents[0] if len(set(extents)) == 1 else VARYING


def pointwise(formula: Any) -> bool:
    """Whether the function works number by number."""
    if type(formula) is not Expr:
        return False
    if formula.head is S.Slot:
        return True
    if not formulas.allowed(formula.head) or (
        type(formula.head) is Symbol and formula.head.name in arrays.EXTREMA and len(formula.args) == 1
    ):
        return False
    return all(pointwise(x) or type(x) in (int, float) for x in formula.args) and bool(
        formulas.slots_of(formula)
    )


def trial(t: Typing, length: int) -> dict[str, tuple[int, ...]]:
    """The dimensions of the outputs for one example whose varying dimensions have `length`."""
    b = ir.Builder()
    ins = {}
    for name in t.inputs:
        shape = tuple(length if x is VARYING else x for x in t[name].shape or ())
        dtype = "i64" if t[name].kind == "integer" else "f32"
        ins[name] = b.input(name, types.Type(dtype, (1, *shape)))  # type: ignore[arg-type]

    def array(name: str, like: tuple[int, ...] | None) -> ir.Value:
        dims = t.dims.get(name)
        if dims is None and like is not None:
            dims = t.array(name, like)
        if dims is None or None in dims:
            raise Unknown
        return b.constant(0.0, "f32", dims)  # type: ignore[arg-type]

    def apply(name: str, last: str | None, values: list[ir.Value], batch: int) -> ir.Value:
        node = t.node(name)
        for first, x in zip(node.inputs, values, strict=True):
            shape = tuple(
                VARYING if n == length and varies(node, first, k) else n for k, n in enumerate(x.shape[1:])
            )
            t.tell(name, first, PortType("integer" if x.dtype == "i64" else None, shape))
        port = node.outputs[last or next(iter(node.outputs))]
        if not port.known:
            raise Unknown
        return b.constant(0.0, "f32", (1, *(length if n is VARYING else n for n in port.shape or ())))  # type: ignore[arg-type]

    slots = slots_for(t.params, ins)
    emitter = arrays.Emitter(b, slots, array, apply, "f32")
    try:
        found = {name: emitter.value(emitter.emit(each)) for name, each in parts(t.params["Formula"]).items()}
    except (arrays.ArrayError, types.TensorError) as error:
        port = next(iter(t.inputs), "Input")
        raise t.fail(port, "arrays that its function can be applied to", sentence(str(error))) from None
    return {name: value.shape[1:] for name, value in found.items()}


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def varies(node: Net, port: str, place: int) -> bool:
    shape = node.inputs[port].shape
    return place == 0 and shape is not None and len(shape) > 0 and shape[0] is VARYING


def slots_for(params: Params, ins: dict[str, ir.Value]) -> dict[Any, ir.Value]:
    """Values by slot: by number in order of ports, and by name."""
    return {**dict(enumerate(ins.values(), 1)), **ins}


# ---- lowering


def function_lower(at: Lowering, ins: dict[str, ir.Value]) -> dict[str, ir.Value]:
    def apply(name: str, port: str | None, values: list[ir.Value], batch: int) -> ir.Value:
        wires = {}
        for (first, type_), x in zip(at.net.nodes[name].inputs.items(), values, strict=True):
            x = at.b.broadcast_to(x, (batch, *x.shape[1:]))
            wires[first] = Wire(at.b.cast(x, "i64") if type_.kind == "integer" else at.real(x))
        found = at.inside(name, wires, batch)
        return (next(iter(found.values())) if port is None else found[port]).value

    slots = slots_for(at.params, ins)
    emitter = arrays.Emitter(at.b, slots, lambda name, like: at.need(name), apply, at.dtype, at.batch)
    found = {}
    for port, formula in parts(at.params["Formula"]).items():
        try:
            value = emitter.value(emitter.emit(formula))
        except arrays.ArrayError as error:
            raise NetError("FunctionLayer", "function", str(error)) from None
        found[port] = at.b.broadcast_to(at.real(value), (at.batch, *value.shape[1:]))
    return found


layer(
    "FunctionLayer",
    usage="FunctionLayer[f] is a layer that computes f of its input: arithmetic, elementary functions, "
    "Total, Mean, Max,\n"
    "Dot, Part, Take, Join, Flatten, Transpose, distances, nets, and NetArray[...] for arrays to be "
    "trained.\n"
    "Named slots such as #a are inputs of these names; an association as result gives outputs of its keys.\n"
    "FunctionLayer[Apply[f]] has one input for each argument of f.",
    arguments=(Parameter("Function", any_value, "a function of arrays", REQUIRED, function="array"),),
    options=(FORMULA,),
    arrays=lambda params: tuple(ArrayField(name) for name in named_arrays(params)),
    inputs=function_inputs,
    outputs=lambda params: {name: ANY for name in parts(params["Formula"])},
    infer=function_types,
    lower=function_lower,
    activation=lambda params: "sigmoid" if formulas.is_sigmoid(params["Formula"]) else None,
    detach=detach,
    derived={"Net": pieces.graph_of},
    padded=lambda net: all(pointwise(x) for x in parts(net.params["Formula"]).values()),
    examples=(
        Example("FunctionLayer[Total[#]^2 &][{1, 2, 3}]", "36."),
        Example('FunctionLayer[#a . #b &][<|"a" -> {1, 2}, "b" -> {3, 4}|>]', "11."),
        Example("FunctionLayer[Reverse[#] + {1, 2} &][{10, 20}]", "{21., 12.}"),
        Example("FunctionLayer[Apply[Times]][{3, 4}]", "12."),
        Example(
            'FunctionLayer[<|"Sum" -> Total[#], "Max" -> Max[#]|> &][{1, 5}]', "<|Sum -> 6., Max -> 5.|>"
        ),
    ),
)
