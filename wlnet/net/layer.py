"""The record of a layer: everything the project knows about one kind of layer, in one place.

Shape inference, construction, Information, printing, initialisation, saving, NetTrain and the generated
tests ask the record; nothing about a layer stands elsewhere. Operators (NetMapOperator, ...) and the two
containers have records too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from wlnet.expr import S

from .types import ANY, PortType

if TYPE_CHECKING:
    from .infer import Typing
    from .lower import Lowering
    from .net import Net

Ports = dict[str, PortType]
Params = dict[str, Any]


class _Required:
    def __repr__(self) -> str:
        return "required"


REQUIRED = _Required()


class Parameter(NamedTuple):
    """An argument or option of a layer that is no array.

    read      (value as written) -> its normal form, a WL value, or None where it does not fit
    wanted    what fits, as it stands after "must be"
    symbol    whether the option's name is a symbol (PaddingSize) rather than a string ("Stride"); both are
              accepted
    net       whether the value is a net: it becomes a node of that name
    function  what kind of formula ("elementwise", "threading", "array") the value, a function, is translated
              to (parameter "Formula")
    hidden    whether it follows from the others and is not written
    """

    name: str
    read: Callable[[Any], Any]
    wanted: str
    default: Any = REQUIRED
    symbol: bool = False
    net: bool = False
    function: str = ""
    hidden: bool = False


class ArrayField(NamedTuple):
    """An array of a layer.

    role      "weights" and "biases" are filled by the method of NetInitialize; "constant" always by `fill`
    optional  whether the setting None (no such array) is allowed
    group     "parameters" are trained, "state" (moving statistics) is only updated
    """

    name: str
    role: str = "weights"
    fill: float = 0.0
    optional: bool = False
    group: str = "parameters"


class Example(NamedTuple):
    """A check value: an input in WL, and its printed result."""

    code: str
    result: str


class LayerRecord:
    """One kind of layer.

    name         WL name
    usage        usage text, first lines of `?Name`
    arguments    positional parameters in order
    options      parameters given by name
    arrays       (params) -> the arrays, or a fixed tuple
    inputs       (params) -> input ports as far as the parameters, with the nets inside by name, fix them, or
                 a fixed dict; outputs likewise
    variadic     (params) -> whether the number of inputs comes from the connections
    infer        (typing) -> None: what the layer knows of its ports and arrays, run until nothing changes
    lower        (lowering, {input port: value}) -> value, or {output port: value}
    arrange      (nets inside by name) -> the same nets as the operator needs them
    lengths      (lowering, {input port: lengths}) -> lengths of the outputs; default: those of the first
                 varying input. A `lower` whose outputs have other lengths gives a `lower.Wire` for them
    states       (params) -> recurrent states as far as the parameters fix them, or a fixed dict; `lower` asks
                 for their first values by `Lowering.state` and hands over the last by `Lowering.leave`
    aligned      whether inputs whose first dimension varies have one length in every example, a truth value
                 or (net) -> one: they come with one extent and one `lengths`
    padded       whether it gives the same for sequences that are padded, as `Lowering.lengths` then says: a
                 truth value or (net) -> one. Nets with a layer that does not run on sequences of equal
                 lengths alone
    fans         (array name, dims) -> (fan in, fan out); default: product of all but the first, the first
    inner        name of the net inside whose output is this operator's output, for the automatic choice of
                 losses, or None
    derived      what NetExtract gives by name though it is no parameter: name -> (net) -> value
    extra        outputs that there are for those who name them alone: name -> (net) -> type
    is_loss      whether its outputs are losses by themselves, or the names of those that are
    activation   "softmax", "sigmoid", None, or (params) -> one of them
    automatic_loss  name of the loss layer that NetTrain attaches to its output, where the activation does not
                    decide
    container    NetChain or NetGraph: made by `wlnet.net.graph`
    """

    __slots__ = (
        "name", "usage", "arguments", "options", "arrays", "inputs", "outputs", "variadic", "infer", "lower",
        "lengths", "fans", "inner", "is_loss", "activation", "automatic_loss", "container", "examples",
        "short",
        "check", "random", "assume", "detach", "extra", "unpack", "pack", "aligned", "padded",
        "states", "arrange",
        "remark", "refusal", "derived",
    )  # fmt: skip

    def __init__(
        self,
        name: str,
        *,
        usage: str,
        lower: Callable[[Lowering, dict[str, Any]], Any] | None = None,
        infer: Callable[[Typing], None] | None = None,
        arguments: Sequence[Parameter] = (),
        options: Sequence[Parameter] = (),
        arrays: Sequence[ArrayField] | Callable[[Params], Sequence[ArrayField]] = (),
        inputs: Ports | Callable[[Params], Ports] | None = None,
        outputs: Ports | Callable[[Params], Ports] | None = None,
        variadic: Callable[[Params], bool] | None = None,
        lengths: Callable[..., Any] | None = None,
        fans: Callable[..., tuple[int, int]] | None = None,
        inner: str | None = None,
        is_loss: bool | Sequence[str] = False,
        activation: str | Callable[[Params], str | None] | None = None,
        automatic_loss: str | None = None,
        container: bool = False,
        examples: Sequence[Example] = (),
        short: Callable[[Net], str] | None = None,
        check: Callable[[Params], str | None] | None = None,
        random: bool = False,
        assume: Callable[[Typing], None] | None = None,
        detach: Callable[[Any], tuple[Any, dict[str, Net], dict[str, Any]]] | None = None,
        states: Ports | Callable[[Params], Ports] | None = None,
        arrange: Callable[[dict[str, Net]], dict[str, Net]] | None = None,
        aligned: bool | Callable[[Net], bool] = True,
        padded: bool | Callable[[Net], bool] = False,
        remark: Callable[[Params], str | None] | None = None,
        refusal: Callable[[Net], str] | None = None,
        extra: dict[str, Callable[[Net], PortType]] | None = None,
        derived: dict[str, Callable[[Net], Any]] | None = None,
        unpack: Callable[[list[Any]], list[Any]] | None = None,
        pack: Callable[[list[Any]], list[Any]] | None = None,
    ) -> None:
        self.name = name
        self.usage = usage
        self.lower = lower
        self.infer = infer
        self.arguments = tuple(arguments)
        self.options = tuple(options)
        self.arrays = arrays if callable(arrays) else tuple(arrays)
        self.inputs = {"Input": ANY} if inputs is None else inputs
        self.outputs = {"Output": ANY} if outputs is None else outputs
        self.variadic = variadic
        self.lengths = lengths
        self.fans = fans
        self.inner = inner
        self.derived = derived or {}
        self.is_loss = is_loss
        self.activation = activation
        self.automatic_loss = automatic_loss
        self.container = container
        self.examples = tuple(examples)
        self.short = short  # (net) -> text for summaries, where the arguments as written do not serve
        self.check = check  # (params) -> what is wrong with their combination, or None
        # (formula) -> formula without its nets, those nets, and its shared arrays
        self.detach = detach
        # (typing) -> None: what is taken for granted once inference has nothing more to say
        self.assume = assume
        self.random = random  # draws random numbers, at least in training
        self.states = states or {}
        self.arrange = arrange
        self.remark = remark  # (params) -> what is to be said of a layer when it is made, or None
        self.refusal = refusal  # (net) -> why it cannot be evaluated, where it has no `lower`
        self.aligned = aligned
        self.padded = padded
        self.extra = extra or {}
        # arguments as written, such as one list of two nets, as those of `arguments`; and the way back
        self.unpack = unpack
        self.pack = pack

    def __repr__(self) -> str:
        return f"<layer {self.name}>"

    def array_fields(self, params: Params) -> tuple[ArrayField, ...]:
        """The arrays that a layer with these parameters has."""
        return tuple(self.arrays(params)) if callable(self.arrays) else self.arrays

    def input_ports(self, params: Params) -> Ports:
        return dict(self.inputs(params) if callable(self.inputs) else self.inputs)

    def output_ports(self, params: Params) -> Ports:
        return dict(self.outputs(params) if callable(self.outputs) else self.outputs)

    def state_ports(self, params: Params) -> Ports:
        return dict(self.states(params) if callable(self.states) else self.states)

    def is_variadic(self, params: Params) -> bool:
        return self.variadic is not None and self.variadic(params)

    def activation_of(self, params: Params) -> str | None:
        """ "softmax", "sigmoid" or None: what the automatic choice of a loss needs to know."""
        return self.activation(params) if callable(self.activation) else self.activation

    def gives_loss(self, port: str) -> bool:
        """Whether the value at an output is a loss by itself."""
        return self.is_loss if isinstance(self.is_loss, bool) else port in self.is_loss

    def parameter(self, name: str) -> Parameter | None:
        for each in (*self.arguments, *self.options):
            if each.name == name:
                return each
        return None

    def parameters(self) -> tuple[Parameter, ...]:
        return (*self.arguments, *self.options)


LAYERS: dict[str, LayerRecord] = {}


def layer(name: str, **fields: Any) -> LayerRecord:
    """Declare a layer: the only way into the registry."""
    assert name not in LAYERS, name
    record = LAYERS[name] = LayerRecord(name, **fields)
    return record


# What every layer with arrays, and every container, takes besides its own options.
MULTIPLIERS = Parameter(
    "LearningRateMultipliers",
    lambda value: value,
    "Automatic, a number, None, or rules part -> number",
    S.Automatic,
    symbol=True,
)
