"""Layers whose arrays are the whole story: LinearLayer, EmbeddingLayer,
NetArrayLayer, ConstantTimesLayer, ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.net import types
from wlnet.net.layer import ArrayField, Example, Parameter, layer
from wlnet.net.types import INTEGER, REAL, Extent, PortType

from .arguments import AUTOMATIC, automatic_or, dims_of, known_dims, positive

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.net.net import Net
    from wlnet.runtime import ir


def shown(value: Any) -> str:
    """An integer, a list of integers, or nothing for Automatic, as a summary writes it."""
    dims = known_dims(value)
    if dims is None:
        return ""
    return str(value) if type(value) is int else "{" + ", ".join(map(str, dims)) + "}"


def short_dims(net: Net) -> str:
    """A layer by its first argument: LinearLayer[3]."""
    return f"{net.record.name}[{shown(net.params[net.record.arguments[0].name])}]"


# ---- LinearLayer


def linear_types(t: Typing) -> None:
    t.real("Input", "Output")
    t.shape("Output", known_dims(t.params["OutputDimensions"]))
    t.fixed("Input", "Put it in a NetMapOperator to apply it to every element of a sequence.")
    t.fixed("Output")
    rows, columns = types.size(t["Output"].shape), types.size(t["Input"].shape)
    weights = t.array("Weights", (rows, columns))
    assert weights is not None
    biases = t.array("Biases", (weights[0],))
    if biases is not None:
        weights = t.array("Weights", (biases[0], weights[1]))
    assert weights is not None
    for port, count in (("Output", weights[0]), ("Input", weights[1])):
        if type(count) is int:
            shape = t[port].shape
            t.shape(port, (count,) if shape is None else types.solve_extent(shape, count))


def linear_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    y = b.dot(b.reshape(x, (x.shape[0], -1)), at.need("Weights"), transpose_b=True)
    biases = at.array("Biases")
    if biases is not None:
        y = b.add(y, biases)
    return b.reshape(y, (x.shape[0], *at.extents("Output")))


layer(
    "LinearLayer",
    usage="LinearLayer[n] is a trainable layer that gives w.x + b, a vector of length n.\n"
    "LinearLayer[{n1, n2, ...}] gives an array of these dimensions, LinearLayer[{}] a single number.\n"
    "LinearLayer[] leaves the output dimensions to the net it stands in, or to the training data.\n"
    'The arrays are "Weights" and "Biases"; "Biases" -> None means none.',
    arguments=(
        Parameter(
            "OutputDimensions",
            automatic_or(dims_of),
            "a positive integer, a list of them, or Automatic",
            AUTOMATIC,
        ),
    ),
    arrays=(ArrayField("Weights"), ArrayField("Biases", "biases", optional=True)),
    infer=linear_types,
    lower=linear_lower,
    short=short_dims,
    examples=(
        Example(
            'LinearLayer[2, "Weights" -> {{1, 2, 3}, {0, 1, 0}}, "Biases" -> {1, -1}][{1, 1, 1}]', "{7., 0.}"
        ),
        Example('LinearLayer[{}, "Weights" -> {{2, 3}}, "Biases" -> None][{1, 1}]', "5."),
        Example(
            'LinearLayer["Weights" -> {{2}}, "Biases" -> {1}, "Input" -> "Real"][{1, 2}]', "{{3.}, {5.}}"
        ),
    ),
)

# ---- EmbeddingLayer, UnitVectorLayer


def lookup_types(t: Typing, width: Extent, classes: Extent) -> None:
    """Integers 1 ... classes of any shape; the output has one more dimension, of extent `width`."""
    t.meet("Input", PortType("integer", None, (1, classes) if type(classes) is int else None))
    t.real("Output")
    shape, result = t["Input"].shape, t["Output"].shape
    if shape is not None:
        t.shape("Output", (*shape, width))
    elif result is not None:
        t.shape("Input", result[:-1])
        t.shape("Output", (*result[:-1], width))


def top(port: PortType) -> int | None:
    """The number of classes at an integer port, where it is known."""
    return port.range[1] if port.range is not None else None


def embedding_types(t: Typing) -> None:
    size, count = (None if x is AUTOMATIC else x for x in (t.params["Size"], t.params["ClassCount"]))
    result = t["Output"].shape
    weights = t.array("Weights", (count if count is not None else top(t["Input"]), size))
    if result:
        weights = t.array("Weights", (None, result[-1]))
    assert weights is not None
    lookup_types(t, weights[1], weights[0])


def indices(at: Lowering, x: ir.Value) -> ir.Value:
    """Class numbers, from 1, as positions, from 0."""
    return at.b.sub(x, 1)


def embedding_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    return at.b.gather(at.need("Weights"), indices(at, ins["Input"]), axis=0)


layer(
    "EmbeddingLayer",
    usage="EmbeddingLayer[size, n] is a trainable layer that turns integers from 1 to n into vectors of "
    "length size.\n"
    "EmbeddingLayer[size] leaves n to the net it stands in, for example to a Class encoder.",
    arguments=(
        Parameter("Size", automatic_or(positive), "a positive integer or Automatic", AUTOMATIC),
        Parameter("ClassCount", automatic_or(positive), "a positive integer or Automatic", AUTOMATIC),
    ),
    inputs={"Input": INTEGER},
    arrays=(ArrayField("Weights"),),
    infer=embedding_types,
    lower=embedding_lower,
    padded=True,
    fans=lambda name, dims: (dims[1], dims[0]),
    short=lambda net: f"EmbeddingLayer[{shown(net.params['Size'])}]",
    examples=(
        Example(
            'EmbeddingLayer[2, 3, "Weights" -> {{1, 2}, {3, 4}, {5, 6}}][{2, 3}]', "{{3., 4.}, {5., 6.}}"
        ),
    ),
)


def unit_types(t: Typing) -> None:
    count = None if t.params["ClassCount"] is AUTOMATIC else t.params["ClassCount"]
    result = t["Output"].shape
    if count is None:
        count = top(t["Input"])
    if count is None and result:
        count = result[-1]
    lookup_types(t, count, count if type(count) is int else None)


layer(
    "UnitVectorLayer",
    usage="UnitVectorLayer[n] turns integers from 1 to n into unit vectors of length n.\n"
    "UnitVectorLayer[] leaves n to the net it stands in.",
    arguments=(
        Parameter("ClassCount", automatic_or(positive), "a positive integer or Automatic", AUTOMATIC),
    ),
    inputs={"Input": INTEGER},
    infer=unit_types,
    lower=lambda at, ins: at.b.one_hot(indices(at, ins["Input"]), at.last_extent("Output"), at.dtype),
    padded=True,
    short=short_dims,
    examples=(
        Example("UnitVectorLayer[3][2]", "{0., 1., 0.}"),
        Example("UnitVectorLayer[2][{2, 1}]", "{{0., 1.}, {1., 0.}}"),
    ),
)

# ---- NetArrayLayer


def array_types(t: Typing) -> None:
    t.real("Output")
    t.shape("Output", t.array("Array", t["Output"].shape))


layer(
    "NetArrayLayer",
    usage='NetArrayLayer["Output" -> {n1, n2, ...}] is a layer without inputs that gives a trainable array.\n'
    'NetArrayLayer["Array" -> array] starts from the given array.',
    inputs={},
    outputs={"Output": REAL},
    arrays=(ArrayField("Array"),),
    infer=array_types,
    lower=lambda at, ins: at.b.broadcast_to(at.need("Array"), (at.batch, *at.need("Array").shape)),
    examples=(Example('NetArrayLayer["Array" -> {1, 2, 3}][]', "{1., 2., 3.}"),),
)

# ---- ConstantTimesLayer, ConstantPlusLayer


def constant_types(name: str) -> Any:
    def rule(t: Typing) -> None:
        t.real("Input", "Output")
        t.fixed("Input")
        t.shape("Input", t.array(name, t.same("Input", "Output")))
        t.same("Input", "Output")

    return rule


layer(
    "ConstantTimesLayer",
    usage='ConstantTimesLayer["Scaling" -> array] multiplies its input by a trainable array of the same '
    "dimensions.",
    arrays=(ArrayField("Scaling", "constant", 1.0),),
    infer=constant_types("Scaling"),
    lower=lambda at, ins: at.b.mul(ins["Input"], at.need("Scaling")),
    examples=(Example('ConstantTimesLayer["Scaling" -> {2, 3}][{1, 1}]', "{2., 3.}"),),
)
layer(
    "ConstantPlusLayer",
    usage='ConstantPlusLayer["Biases" -> array] adds a trainable array of the same dimensions to its input.',
    arrays=(ArrayField("Biases", "biases"),),
    infer=constant_types("Biases"),
    lower=lambda at, ins: at.b.add(ins["Input"], at.need("Biases")),
    examples=(Example('ConstantPlusLayer["Biases" -> {2, 3}][{1, 1}]', "{3., 4.}"),),
)
