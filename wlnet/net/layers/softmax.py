"""SoftmaxLayer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wlnet.net import masks
from wlnet.net.layer import Example, Parameter, layer

from .arguments import place
from .elementwise import same_real

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir


def softmax_types(t: Typing) -> None:
    same_real(t)
    shape, level = t["Input"].shape, t.params["Level"]
    if shape is not None and not 0 <= place(level, len(shape)) < len(shape):
        remedy = (
            "For a yes-or-no answer from one number use ElementwiseLayer[LogisticSigmoid]."
            if not shape
            else ""
        )
        raise t.fail("Input", f"arrays with a level {level}", remedy)


def softmax_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    x = ins["Input"]
    axis = 1 + place(at.params["Level"], x.rank - 1)
    if axis == 1 and "Input" in at.lengths:
        return masks.softmax(at.b, x, at.lengths["Input"])
    return at.b.softmax(x, axis)


layer(
    "SoftmaxLayer",
    usage="SoftmaxLayer[] is a layer that gives Exp[x]/Total[Exp[x]] along the last level of its input: "
    "probabilities.\n"
    "SoftmaxLayer[n] normalizes along level n.",
    arguments=(
        Parameter(
            "Level", lambda x: x if type(x) is int and x else None, "a level: an integer other than 0", -1
        ),
    ),
    infer=softmax_types,
    lower=softmax_lower,
    padded=True,
    activation="softmax",
    short=lambda net: (
        "SoftmaxLayer[]" if net.params["Level"] == -1 else f"SoftmaxLayer[{net.params['Level']}]"
    ),
    examples=(Example("SoftmaxLayer[][{0, 0}]", "{0.5, 0.5}"),),
)
