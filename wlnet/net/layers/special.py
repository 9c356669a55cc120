"""Layers that stand for something else: CompiledLayer, PlaceholderLayer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from wlnet.expr import Association, Expr, NumericArray, S, is_list, packed, to_array
from wlnet.kernel.evaluator import RUN
from wlnet.net import arrays
from wlnet.net.errors import NetError
from wlnet.net.layer import REQUIRED, Example, Parameter, Params, Ports, layer
from wlnet.net.types import ANY, REAL, VARYING
from wlnet.runtime import ir
from wlnet.runtime import types as runtime_types

from .arguments import AUTOMATIC, NONE, input_ports, read_ports
from .elementwise import FORMULA

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering

# ---- CompiledLayer


def typed_arguments(f: Any) -> list[Any]:
    """The arguments of Function[Typed[x, type], body] or Function[{Typed[x, type], ...}, body]."""
    if type(f) is not Expr or f.head is not S.Function or len(f.args) < 2:
        return []
    given = f.args[0]
    return list(given.args) if type(given) is Expr and given.head is S.List else [given]


def read_compiled(value: Any) -> Any:
    return value if typed_arguments(value) else None


def read_gradient(value: Any) -> Any:
    return value if value is AUTOMATIC or value is NONE or typed_arguments(value) else None


def untyped(f: Expr) -> Expr:
    """The function without the types of its arguments."""
    names = [x.args[0] if type(x) is Expr and x.head is S.Typed else x for x in typed_arguments(f)]
    return Expr(S.Function, (Expr(S.List, tuple(names)), *f.args[1:]))


def stated_rank(f: Expr) -> int | None:
    """The depth of arrays that the first argument is typed for; None where it is not stated."""
    argument = typed_arguments(f)[0]
    if type(argument) is not Expr or argument.head is not S.Typed:
        return None
    found, stack = None, [argument.args[1]]
    while stack:
        e = stack.pop()
        if type(e) is int:
            found = e
        elif type(e) is Expr:
            stack.extend(e.args)
    return 0 if found is None and type(argument.args[1]) is str else found


def compiled_types(t: Typing) -> None:
    t.real("Input", "Output")
    rank = stated_rank(t.params["Function"])
    if t["Input"].shape is None and rank is not None:
        t.rank("Input", rank)
    shape = t["Input"].shape
    if shape is None or None in shape:
        return
    if VARYING in shape:
        raise t.fail("Input", "arrays of fixed dimensions")
    if t["Output"].known:
        return
    formula = t.params["Formula"]
    if formula is not None and t.params["Gradient"] is AUTOMATIC:
        b = ir.Builder()
        x = b.input("x", runtime_types.Type("f32", (1, *shape)))  # type: ignore[arg-type]
        t.shape("Output", emitted(b, formula, x, "f32").shape[1:])
    else:
        sample = np.ones((1, *shape), np.float32)  # type: ignore[arg-type]
        t.shape("Output", Host(t.params["Function"], len(shape))(sample)[0].shape[1:])


def emitted(b: ir.Builder, formula: Any, x: ir.Value, dtype: str) -> ir.Value:
    """The function as ops."""
    try:
        emitter = arrays.Emitter(b, {1: x}, no_arrays, no_nets, dtype, x.shape[0])
        found = emitter.value(emitter.emit(formula))
    except arrays.ArrayError as error:
        raise NetError("CompiledLayer", "function", str(error)) from None
    return b.broadcast_to(found, (x.shape[0], *found.shape[1:]))


def no_arrays(name: str, like: Any) -> ir.Value:
    raise arrays.ArrayError("A CompiledLayer has no arrays: use FunctionLayer.")


def no_nets(name: str, port: Any, values: Any, batch: int) -> ir.Value:
    raise arrays.ArrayError("A CompiledLayer applies no nets: use FunctionLayer.")


class Host:
    """A function of the language on arrays (N, ...): of each example, or of all at once where it is typed for
    arrays of depth `rank` + 1.
    """

    def __init__(self, function: Expr, rank: int) -> None:
        self.function = untyped(function)
        self.whole = stated_rank(function) == rank + 1

    def __repr__(self) -> str:
        return "of CompiledLayer"

    def __call__(self, *operands: np.ndarray) -> tuple[np.ndarray, ...]:
        function = RUN.ev.function(self.function)
        given = [each.astype(np.float64) for each in operands]
        if self.whole:
            return (self.number(function(*map(value_of, given))),)
        return (np.stack([self.number(function(*map(value_of, row))) for row in zip(*given, strict=True)]),)

    def number(self, value: Any) -> np.ndarray:
        found = value.array if type(value) is NumericArray else to_array(Expr(S.List, (value,)), exact=False)
        if found is None or found.dtype.kind not in "if":
            text = "The function of a CompiledLayer must give numbers; found an expression that is none."
            raise NetError("CompiledLayer", "value", text)
        return np.asarray(found if type(value) is NumericArray else found[0], np.float32)


def value_of(array: Any) -> Any:
    return packed(array) if np.ndim(array) else float(array)


class HostGradient(Host):
    """gradfunc[input, outgrad] or gradfunc[input, outgrad, output] of input, output, outgrad."""

    def __init__(self, function: Expr, rank: int) -> None:
        super().__init__(function, rank)
        self.count = len(typed_arguments(function))

    def __call__(self, *operands: np.ndarray) -> tuple[np.ndarray, ...]:
        x, out, g = operands
        return super().__call__(*(x, g, out)[: self.count])


def compiled_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x, f, slope = at.b, ins["Input"], at.params["Function"], at.params["Gradient"]
    if slope is AUTOMATIC:
        return emitted(b, at.params["Formula"], at.real(x), at.dtype)
    result = runtime_types.Type(at.dtype, (at.batch, *at.extents("Output")))
    rank = x.rank - 1
    back = None if slope is NONE else HostGradient(slope, rank)
    params = {"function": Host(f, rank), "results": (result,), "gradient": back, "stream": b.stream()}
    return b.emit_all("host_call", at.real(x), **params)[0]


def compiled_check(params: Params) -> str | None:
    """What is wrong with the functions together."""
    if len(typed_arguments(params["Function"])) != 1:
        return "The function of a CompiledLayer takes one argument: Function[Typed[x, type], body]."
    slope = params["Gradient"]
    if slope is AUTOMATIC and params["Formula"] is None:
        return (
            "The derivative of this function cannot be found automatically. Give a function of input and "
            "output gradient as second argument, or None for a layer that is not trained through."
        )
    if slope not in (AUTOMATIC, NONE) and len(typed_arguments(slope)) not in (2, 3):
        return "The gradient function takes input and output gradient, and may take the output as third."
    return None


def compiled_remark(params: Params) -> str | None:
    if params["Gradient"] is AUTOMATIC:
        return None
    return (
        "The function is evaluated for each batch by the interpreter, which is slow. A FunctionLayer of the "
        "same function is compiled with the net."
    )


layer(
    "CompiledLayer",
    usage="CompiledLayer[Function[Typed[x, type], body]] is a layer that computes the function of its input "
    "array;\nits derivative is found automatically.\n"
    "CompiledLayer[func, gradfunc] takes gradfunc[input, outgrad] or gradfunc[input, outgrad, output] as the "
    "gradient\nof the input; CompiledLayer[func, None] has no gradient. Such functions are run by the "
    "interpreter.\nA function that is typed for arrays one level deeper than the input gets a whole batch.",
    arguments=(
        Parameter("Function", read_compiled, "Function[Typed[x, type], body]", REQUIRED, function="compiled"),
        Parameter(
            "Gradient", read_gradient, "Automatic, None, or a Function of two or three arguments", AUTOMATIC
        ),
    ),
    options=(FORMULA,),
    inputs={"Input": REAL},
    outputs={"Output": REAL},
    infer=compiled_types,
    lower=compiled_lower,
    check=compiled_check,
    remark=compiled_remark,
    examples=(
        Example('CompiledLayer[Function[Typed[x, "Real"], x^2]][3]', "9."),
        Example('CompiledLayer[Function[{Typed[x, "Real"]}, x^2 + 1], "Input" -> 2][{1, 2}]', "{2., 5.}"),
    ),
)

# ---- PlaceholderLayer


def read_output_ports(value: Any) -> Any:
    return value if value is AUTOMATIC else read_ports(value)


def ports_of(params: Params, option: str, default: str) -> Ports:
    """Named ports; a number or shapes give Input1, Input2, ... and, of outputs, Output1, ..."""
    found = input_ports(params[option])
    if found is None:
        return {default: ANY}
    plain = type(params[option]) is int or (
        is_list(params[option]) and all(name.startswith("Input") for name in found)
    )
    if not plain:
        return found
    return {f"{default}{i}": port for i, port in enumerate(found.values(), 1)}


def read_arrays(value: Any) -> Any:
    """None, or an association of arrays by name."""
    if value is NONE:
        return value
    good = type(value) is Association and all(type(k) is str for k in value)
    return value if good else None


def read_tag(value: Any) -> Any:
    return value if type(value) is str else None


def read_data(value: Any) -> Any:
    return value if type(value) is Association or value is NONE else None


layer(
    "PlaceholderLayer",
    usage='PlaceholderLayer["tag", <|"parameter" -> value, ...|>] stands for an operation that is not '
    "supported, as one\nof an imported net. It has a place in nets, but cannot be evaluated or trained.\n"
    "InputPorts and OutputPorts state its ports.",
    arguments=(
        Parameter("Tag", read_tag, "a string", "Placeholder"),
        Parameter("Data", read_data, "an association", NONE),
    ),
    options=(
        Parameter("Arrays", read_arrays, "None or an association of arrays", NONE),
        Parameter(
            "InputPorts",
            read_output_ports,
            "a number of ports, names, shapes or both",
            AUTOMATIC,
            symbol=True,
        ),
        Parameter("OutputPorts", read_output_ports, "a number of ports, names, shapes or both", AUTOMATIC),
    ),
    inputs=lambda params: ports_of(params, "InputPorts", "Input"),
    outputs=lambda params: ports_of(params, "OutputPorts", "Output"),
    refusal=lambda net: (
        f'It stands for the operation "{net.params["Tag"]}", which is not supported. Replace it by a layer, '
        "for example with NetReplacePart."
    ),
    short=lambda net: f'PlaceholderLayer["{net.params["Tag"]}"]',
    examples=(Example('PlaceholderLayer["conv", "Input" -> 3][["Input"]]', "3"),),
)
