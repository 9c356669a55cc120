"""Loss layers: "Input" and "Target" in, the number "Loss" out. The target receives no gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wlnet.net import masks
from wlnet.net.errors import NetError
from wlnet.net.label_coders import BOOLEAN_ENCODER
from wlnet.net.layer import Example, Parameter, Params, Ports, layer
from wlnet.net.types import ANY, INTEGER, REAL, SCALAR, PortType, real

from .arguments import AUTOMATIC, choice, real_between
from .basic import top

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir

LOSS: Ports = {"Loss": SCALAR}


def example_mean(at: Lowering, x: ir.Value) -> ir.Value:
    """The mean over all dimensions but the first, of sequences over what is no padding: (N, ...) -> (N)."""
    lengths = at.lengths.get("Input")
    if lengths is not None and x.rank > 1:
        return masks.mean(at.b, x, lengths, range(1, x.rank))
    return at.b.mean(x, tuple(range(1, x.rank))) if x.rank > 1 else x


# ---- MeanSquaredLossLayer, MeanAbsoluteLossLayer


def equal_types(t: Typing) -> None:
    t.real("Input", "Target")
    t.same("Input", "Target")


def difference_loss(method: str) -> Callable[[Lowering, dict[str, ir.Value]], ir.Value]:
    def lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
        b = at.b
        error = b.sub(ins["Input"], b.stop_gradient(at.real(ins["Target"])))
        return example_mean(at, getattr(b, method)(error))

    return lower


layer(
    "MeanSquaredLossLayer",
    usage="MeanSquaredLossLayer[] is a loss layer that gives the mean of (input - target)^2 over all "
    "elements.",
    inputs={"Input": REAL, "Target": REAL},
    outputs=LOSS,
    infer=equal_types,
    lower=difference_loss("square"),
    padded=True,
    is_loss=True,
    examples=(
        Example('MeanSquaredLossLayer[][<|"Input" -> {1, 2, 3}, "Target" -> {1, 4, 7}|>]', "6.66667"),
        Example('MeanSquaredLossLayer[][<|"Input" -> 3, "Target" -> 1|>]', "4."),
    ),
)
layer(
    "MeanAbsoluteLossLayer",
    usage="MeanAbsoluteLossLayer[] is a loss layer that gives the mean of Abs[input - target] over all "
    "elements.",
    inputs={"Input": REAL, "Target": REAL},
    outputs=LOSS,
    infer=equal_types,
    lower=difference_loss("abs"),
    padded=True,
    is_loss=True,
    examples=(Example('MeanAbsoluteLossLayer[][<|"Input" -> {1, 2, 3}, "Target" -> {1, 4, 7}|>]', "2."),),
)

# ---- CrossEntropyLossLayer


def entropy_inputs(params: Params) -> Ports:
    form = params["TargetForm"]
    target = {"Index": INTEGER, "Probabilities": REAL, "Binary": REAL}.get(form, ANY)
    return {"Input": REAL, "Target": target}


def entropy_types(t: Typing) -> None:
    form = t.params["TargetForm"]
    t.real("Input")
    if form == "Index":
        index_types(t)
    elif form in ("Probabilities", "Binary"):
        equal_types(t)
        if form == "Probabilities" and t["Input"].shape == ():
            raise t.fail(
                "Input",
                "probabilities along its last dimension",
                'For one probability use the form "Binary".',
            )


def index_types(t: Typing) -> None:
    """Input {d1, ..., c}, target integers {d1, ...} from 1 to c."""
    shape, target = t["Input"].shape, t["Target"].shape
    if shape == ():
        raise t.fail(
            "Input", "probabilities along its last dimension", 'For one probability use the form "Binary".'
        )
    if shape is None and target is not None:
        shape = t.shape("Input", (*target, top(t["Target"])))
    if shape is not None:
        count = shape[-1]
        target = t.shape("Target", shape[:-1])
        t.shape("Input", (*(target or ()), top(t["Target"]) if count is None else count))
        if type(count) is int:
            t.meet("Target", PortType("integer", None, (1, count)))


def entropy_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, form = at.b, at.params["TargetForm"]
    if form is AUTOMATIC:
        text = (
            "CrossEntropyLossLayer[] gets its form from NetTrain. To apply it, write "
            'CrossEntropyLossLayer["Index"], '
        )
        raise NetError("CrossEntropyLossLayer", "form", text + '["Probabilities"] or ["Binary"].')
    p, target = ins["Input"], ins["Target"]
    if form == "Index":
        return example_mean(at, b.cross_entropy_index(p, b.sub(target, 1)))
    target = b.stop_gradient(at.real(target))
    if form == "Probabilities":
        if p.rank == 2:  # the classes themselves may be a sequence
            target = at.blank("Target", target)
        return example_mean(at, b.cross_entropy_probabilities(p, target))
    return example_mean(at, b.cross_entropy_binary(p, target))


FORMS = choice("Index", "Probabilities", "Binary")

layer(
    "CrossEntropyLossLayer",
    usage='CrossEntropyLossLayer["Index"] is a loss layer for class probabilities and the number of the '
    "right class.\n"
    'CrossEntropyLossLayer["Probabilities"] takes a vector of probabilities as target.\n'
    'CrossEntropyLossLayer["Binary"] takes probabilities of a yes-or-no answer, and targets between 0 and '
    "1.\n"
    "CrossEntropyLossLayer[] leaves the choice to NetTrain.",
    arguments=(
        Parameter(
            "TargetForm",
            lambda x: x if x is AUTOMATIC else FORMS(x),
            '"Index", "Probabilities", "Binary" or Automatic',
            AUTOMATIC,
        ),
    ),
    inputs=entropy_inputs,
    outputs=LOSS,
    infer=entropy_types,
    lower=entropy_lower,
    padded=True,
    is_loss=True,
    short=lambda net: (
        f'CrossEntropyLossLayer["{net.params["TargetForm"]}"]'
        if net.params["TargetForm"] is not AUTOMATIC
        else "CrossEntropyLossLayer[]"
    ),
    examples=(
        Example('CrossEntropyLossLayer["Index"][<|"Input" -> {.8, .2}, "Target" -> 2|>]', "1.60944"),
        Example(
            'CrossEntropyLossLayer["Probabilities"][<|"Input" -> {.8, .2}, "Target" -> {.5, .5}|>]',
            "0.916291",
        ),
        Example('CrossEntropyLossLayer["Binary"][<|"Input" -> .8, "Target" -> 1|>]', "0.223144"),
    ),
)

# ---- ContrastiveLossLayer


def contrastive_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, distance = at.b, ins["Input"]
    apart = b.relu(b.sub(at.params["Margin"], distance))
    return b.select(b.greater(at.real(ins["Target"]), 0.5), apart, distance)


def contrastive_types(t: Typing) -> None:
    t.meet("Input", real())
    t.meet("Target", real())


layer(
    "ContrastiveLossLayer",
    usage="ContrastiveLossLayer[] is a loss layer that pulls a distance to 0 for target False and beyond "
    "the margin for\n"
    "target True: If[target, Max[margin - input, 0], input].\nContrastiveLossLayer[margin] states the "
    "margin; it is 0.5.",
    arguments=(Parameter("Margin", real_between(0, float("inf")), "a number that is not negative", 0.5),),
    inputs={"Input": SCALAR, "Target": SCALAR._replace(coder=BOOLEAN_ENCODER)},
    outputs=LOSS,
    infer=contrastive_types,
    lower=contrastive_lower,
    is_loss=True,
    short=lambda net: f"ContrastiveLossLayer[{net.params['Margin']:g}]",
    examples=(
        Example('ContrastiveLossLayer[][<|"Input" -> 0.2, "Target" -> True|>]', "0.3"),
        Example('ContrastiveLossLayer[][<|"Input" -> 0.2, "Target" -> False|>]', "0.2"),
    ),
)

# ---- CTCLossLayer


def ctc_types(t: Typing) -> None:
    """Input (T, c + 1), the last column that of the blank; Target integers 1 ... c (L)."""
    t.real("Input")
    t.rank("Input", 2)
    t.rank("Target", 1)
    count = top(t["Target"])
    shape = t.shape("Input", (None, None if count is None else count + 1))
    classes = shape[-1] if shape else None
    if type(classes) is int:
        if classes < 2:
            raise t.fail("Input", "probabilities of at least one class and, last, of the blank")
        t.meet("Target", PortType("integer", None, (1, classes - 1)))


def ctc_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, p, target = at.b, ins["Input"], ins["Target"]
    steps, counts = (
        at.lengths[port] if port in at.lengths else at.constant_lengths(x)
        for port, x in (("Input", p), ("Target", target))
    )
    loss: ir.Value = b.ctc(b.log_floor(p), b.sub(target, 1), steps, counts)[0]
    return loss


layer(
    "CTCLossLayer",
    usage="CTCLossLayer[] is a loss layer for sequences of class probabilities, the last class being the "
    "blank, and shorter\nsequences of class numbers: -Log of the probability of all paths that give the "
    "target once repeated\nclasses are merged and blanks dropped. It is infinite where the input is too "
    "short for the target.",
    inputs={"Input": REAL, "Target": INTEGER},
    outputs={"Output": SCALAR},
    infer=ctc_types,
    lower=ctc_lower,
    aligned=False,
    padded=True,
    is_loss=True,
    examples=(
        Example('CTCLossLayer[][<|"Input" -> {{.6, .4}, {.6, .4}}, "Target" -> {1}|>]', "0.174353"),
        Example(
            'CTCLossLayer["Input" -> {"Varying", 3}, "Target" -> {"Varying", "Integer"}][<|"Input" -> '
            '{{.5, .2, .3}, {.5, .2, .3}, {.5, .2, .3}}, "Target" -> {1, 1}|>]',
            "2.59027",
        ),
    ),
)
