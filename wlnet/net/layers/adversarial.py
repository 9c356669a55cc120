"""NetGANOperator: a generator and a discriminator that are trained against one another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.expr import is_list, items, make_list
from wlnet.net.automatic import producer
from wlnet.net.errors import ConflictError, NetError
from wlnet.net.layer import REQUIRED, Example, Parameter, Ports, layer
from wlnet.net.lower import Wire
from wlnet.net.types import ANY, REAL, SCALAR, found_text

from .arguments import AUTOMATIC, automatic_or, choice

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.net.net import Net
    from wlnet.runtime import ir

LOSSES = ("JensenShannon", "Wasserstein")
GENERATOR, DISCRIMINATOR = "Generator", "Discriminator"


def unpack(args: list[Any]) -> list[Any]:
    """[{gen, disc}, loss] as [gen, disc, loss]."""
    if not args:
        return args
    pair = items(args[0]) if is_list(args[0]) else ()
    if len(pair) != 2 or len(args) > 2:
        text = "NetGANOperator takes {generator, discriminator}, two nets, and the name of a loss."
        raise NetError("NetGANOperator", "arguments", text)
    return [*pair, *args[1:]]


def pack(values: list[Any]) -> list[Any]:
    return [make_list(values[:2]), *values[2:]]


def only_port(t: Typing, name: str, side: str) -> str:
    """The one input, or the one output, of a net inside."""
    ports: Ports = getattr(t.node(name), side)
    if len(ports) != 1:
        raise ConflictError(name, "a net with exactly one of these", f"a net with {len(ports)} {side}")
    return next(iter(ports))


def adversarial_types(t: Typing) -> None:
    """Generated and real examples have one type, which the discriminator takes; it gives one number."""
    generator, discriminator = t.node(GENERATOR), t.node(DISCRIMINATOR)
    made, judged = only_port(t, GENERATOR, "outputs"), only_port(t, DISCRIMINATOR, "outputs")
    latent, seen = only_port(t, GENERATOR, "inputs"), only_port(t, DISCRIMINATOR, "inputs")
    t.meet("Latent", generator.inputs[latent].bare())
    t.tell(GENERATOR, latent, t["Latent"].bare())
    t.meet("Sample", discriminator.inputs[seen].bare())
    t.meet("GeneratedFake", generator.outputs[made].bare())
    t.same_types("Sample", "GeneratedFake")
    t.tell(DISCRIMINATOR, seen, t["Sample"].bare())
    t.tell(GENERATOR, made, t["Sample"].bare())
    verdict = discriminator.outputs[judged].shape
    if verdict is None:
        t.tell(DISCRIMINATOR, judged, SCALAR)
    elif verdict not in ((), (1,), (None,)):
        found = f"a net that gives {found_text(discriminator.outputs[judged])}"
        raise ConflictError(DISCRIMINATOR, "one that gives a single number", found)


def reversed_gradient(b: ir.Builder, x: ir.Value) -> ir.Value:
    """`x` itself, but what comes back through it changes its sign."""
    return b.sub(b.mul(b.stop_gradient(x), 2.0), x)


def loss_name(at: Lowering) -> str:
    """The loss; where it is Automatic, by what the discriminator ends in."""
    stated = at.params["Loss"]
    if stated is not AUTOMATIC:
        return str(stated)
    net = at.net.nodes[DISCRIMINATOR]
    last = producer(net, next(iter(net.outputs)))
    return "JensenShannon" if last is not None and last.activation == "sigmoid" else "Wasserstein"


def adversarial_lower(at: Lowering, ins: dict[str, ir.Value]) -> dict[str, ir.Value]:
    b = at.b
    seen = next(iter(at.net.nodes[DISCRIMINATOR].inputs))
    latent = next(iter(at.net.nodes[GENERATOR].inputs))
    fake = next(iter(at.inside(GENERATOR, {latent: Wire(ins["Latent"])}).values())).value

    def judged(x: ir.Value) -> ir.Value:
        found = next(iter(at.inside(DISCRIMINATOR, {seen: Wire(x)}).values())).value
        return b.reshape(found, (at.batch,))

    real, made = judged(ins["Sample"]), judged(reversed_gradient(b, fake))
    if loss_name(at) == "Wasserstein":
        return {"LossReal": b.mul(real, -1.0), "LossFake": made, "GeneratedFake": fake}
    ones, zeros = b.ones(real.type), b.zeros(made.type)
    return {
        "LossReal": b.cross_entropy_binary(real, ones),
        "LossFake": b.cross_entropy_binary(made, zeros),
        "GeneratedFake": fake,
    }


OUTPUTS: Ports = {"LossReal": SCALAR, "LossFake": SCALAR, "GeneratedFake": REAL}


def inner(name: str) -> Parameter:
    return Parameter(name, lambda value: value, "a net, or a shorthand for one", REQUIRED, net=True)


def short(net: Net) -> str:
    made, judged = (net.nodes[name].record.name for name in (GENERATOR, DISCRIMINATOR))
    return f"NetGANOperator[{{{made}[...], {judged}[...]}}]"


layer(
    "NetGANOperator",
    usage="NetGANOperator[{generator, discriminator}] is a net for training two nets against one another: "
    "the\ngenerator makes examples from latent values, the discriminator tells them from real samples.\n"
    'Its inputs are "Sample" and "Latent", its outputs "LossReal", "LossFake" and "GeneratedFake". What '
    "comes\nback from the discriminator reaches the generator with the opposite sign.\n"
    'NetGANOperator[{generator, discriminator}, loss] takes the loss "JensenShannon" or "Wasserstein".',
    arguments=(
        inner(GENERATOR),
        inner(DISCRIMINATOR),
        Parameter(
            "Loss", automatic_or(choice(*LOSSES)), '"JensenShannon", "Wasserstein" or Automatic', AUTOMATIC
        ),
    ),
    inputs={"Sample": REAL, "Latent": ANY},
    outputs=OUTPUTS,
    infer=adversarial_types,
    lower=adversarial_lower,
    is_loss=("LossReal", "LossFake"),
    unpack=unpack,
    pack=pack,
    short=short,
    examples=(
        Example(
            "NetGANOperator[{ElementwiseLayer[2 # &], SummationLayer[]}][<|"
            '"Sample" -> {1, 2}, "Latent" -> {3, 4}|>]',
            "<|LossReal -> -3., LossFake -> 14., GeneratedFake -> {6., 8.}|>",
        ),
    ),
)
