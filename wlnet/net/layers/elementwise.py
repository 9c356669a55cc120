"""Layers that work number by number: ElementwiseLayer, ParametricRampLayer, DropoutLayer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.expr import Expr, S, make_list
from wlnet.net import formulas, types
from wlnet.net.layer import REQUIRED, ArrayField, Example, Parameter, layer
from wlnet.net.types import VARYING

from .arguments import axes, choice, level_spec, real_between

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir


def same_real(t: Typing) -> None:
    """Rule of a layer whose output has the shape of its input."""
    t.real("Input", "Output")
    t.same("Input", "Output")


def any_value(value: Any) -> Any:
    return value


FUNCTION = Parameter(
    "Function", any_value, "a function of one number, or the name of one", REQUIRED, function="elementwise"
)
FORMULA = Parameter("Formula", any_value, "a formula", None, hidden=True)


def elementwise_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    result = formulas.emit(b, at.params["Formula"], {1: x})
    return whole(at, result, x.shape)


def whole(at: Lowering, result: Any, shape: tuple[int, ...]) -> ir.Value:
    """What a formula gave as a real value of this shape: it may be a number, or smaller than its slots."""
    value = at.b.value(result)
    return at.b.broadcast_to(at.real(value), shape)


def elementwise_activation(params: dict[str, Any]) -> str | None:
    return "sigmoid" if formulas.is_sigmoid(params["Formula"]) else None


layer(
    "ElementwiseLayer",
    usage="ElementwiseLayer[f] is a layer that applies f to every number of its input.\n"
    'f is a function such as Ramp or Tanh, a pure function such as Log[# + 1] &, or a name such as "ReLU", '
    '"GELU".',
    arguments=(FUNCTION,),
    options=(FORMULA,),
    infer=same_real,
    lower=elementwise_lower,
    padded=True,
    activation=elementwise_activation,
    examples=(
        Example("ElementwiseLayer[Ramp][{-1, 2}]", "{0., 2.}"),
        Example("ElementwiseLayer[#^2 + 1 &][{-1, 2}]", "{2., 5.}"),
        Example('ElementwiseLayer["HardTanh"][{-3, 0.5, 7}]', "{-1., 0.5, 1.}"),
    ),
)

# ---- ParametricRampLayer


def ramp_types(t: Typing) -> None:
    same_real(t)
    shape = t["Input"].shape
    if shape is None:
        t.array("Slope")
        return
    chosen = axes(t.params["Levels"], len(shape))
    if chosen is None:
        raise t.fail("Input", f"arrays with the levels {level_text(t.params['Levels'])}")
    if any(shape[axis] is VARYING for axis in chosen):
        raise t.fail("Input", "arrays whose levels with a slope of their own have fixed extents")
    slopes = t.array("Slope", tuple(shape[axis] for axis in chosen))
    full = list(shape)
    for axis, extent in zip(chosen, slopes or (), strict=False):
        full[axis] = extent
    t.shape("Input", tuple(full))


def level_text(spec: Any) -> str:
    if type(spec) is Expr and spec.head is S.Span:
        return ";;".join("All" if x is S.All else str(x) for x in spec.args)
    return str(spec) if type(spec) is int else "{...}"


def ramp_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    x = ins["Input"]
    chosen = axes(at.params["Levels"], x.rank - 1)
    assert chosen is not None
    shape = [1, *(extent if axis in chosen else 1 for axis, extent in enumerate(x.shape[1:]))]
    return at.b.leaky_relu(x, at.b.reshape(at.need("Slope"), shape))


layer(
    "ParametricRampLayer",
    usage="ParametricRampLayer[] gives x where x >= 0 and slope x elsewhere, with a trainable slope for "
    "each element\n"
    "of the first level.\nParametricRampLayer[levels] has slopes for the given levels; {} means one for all.",
    arguments=(Parameter("Levels", level_spec, "a level, a span of levels, or a list of levels", 1),),
    arrays=(ArrayField("Slope", "constant", 0.1),),
    infer=ramp_types,
    lower=ramp_lower,
    padded=True,
    examples=(Example('ParametricRampLayer[{}, "Slope" -> 0.5][{-1, 2}]', "{-0.5, 2.}"),),
)

# ---- DropoutLayer

ALPHA = -1.7580993408473766  # what SELU tends to for very negative input: Klambauer et al. 2017, section 3


def dropout_types(t: Typing) -> None:
    t.real("Input", *t.outputs)
    t.same("Input", *t.outputs)


def dropout_lower(at: Lowering, ins: dict[str, ir.Value]) -> dict[str, ir.Value]:
    b, x, p = at.b, ins["Input"], at.params["DropoutProbability"]
    active = at.training and p > 0
    mask = b.dropout_mask(x.shape, p) if active else None
    found = {}
    for port in at.net.outputs:
        if port == "BinaryMask":
            found[port] = b.ones(x.type) if mask is None else b.cast(mask, x.dtype)
        elif mask is None:
            found[port] = x
        elif p == 1:
            found[port] = b.zeros(x.type)
        elif at.params["Method"] == "AlphaDropout":
            keep = 1 - p
            scale = (keep + ALPHA * ALPHA * keep * p) ** -0.5
            found[port] = b.sub(b.mul(b.select(mask, x, ALPHA), scale), scale * p * ALPHA)
        else:
            found[port] = b.keep(b.mul(x, 1 / (1 - p)), mask)
    return found


def output_names(params: dict[str, Any]) -> list[str]:
    names = params["OutputPorts"]
    return [names] if type(names) is str else list(names.args)


def read_outputs(value: Any) -> Any:
    if value in ("Output", "BinaryMask"):
        return value
    names = value.args if type(value) is Expr and value.head is S.List else ()
    good = names and all(type(x) is str and x in ("Output", "BinaryMask") for x in names)
    return make_list(names) if good and len(set(names)) == len(names) else None


layer(
    "DropoutLayer",
    usage="DropoutLayer[p] sets each number of its input to zero with probability p while training and "
    "divides the others\n"
    "by 1 - p; outside training it gives its input.\nDropoutLayer[] takes p = 0.5.",
    arguments=(Parameter("DropoutProbability", real_between(0, 1), "a number between 0 and 1", 0.5),),
    options=(
        Parameter(
            "Method", choice("Dropout", "AlphaDropout"), '"Dropout" or "AlphaDropout"', "Dropout", symbol=True
        ),
        Parameter("OutputPorts", read_outputs, '"Output", "BinaryMask" or a list of both', "Output"),
    ),
    outputs=lambda params: {name: types.REAL for name in output_names(params)},
    infer=dropout_types,
    lower=dropout_lower,
    padded=True,
    random=True,
    short=lambda net: f"DropoutLayer[{net.params['DropoutProbability']:g}]",
    examples=(Example("DropoutLayer[0.3][{1, 2}]", "{1., 2.}"),),
)
