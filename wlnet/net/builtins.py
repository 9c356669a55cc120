"""The nets' System` symbols: layers, containers and coders, what is done with a net, and its initial arrays.

Builtins that make nets out of nets are in `editing_builtins`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import AtomType, Expr, S, make_list, register, system
from wlnet.kernel.registry import Builtin, builtin, declare, is_declared, symbol

from . import (
    array_values,
    coder_calls,
    construct,
    evaluate,
    extract,
    files,
    information,
    initialize,
    layers,
    show,
)
from .border import TEXTS, border, checked
from .coders import CODERS, Decoder, Encoder
from .editing_builtins import overload
from .errors import NetError
from .layer import MULTIPLIERS, REQUIRED, LayerRecord
from .net import Net

FILES = files.FORMAT  # importing `files` registers the format WLNet


# ---- layers, containers, coders: one declaration for each record


def declare_layer(record: LayerRecord) -> None:
    """The System` symbol of a layer: its arguments and options are the record's."""
    make = {"NetChain": construct.chain, "NetGraph": construct.graph}.get(record.name)

    @border
    def call(ev: Any, args: tuple[Any, ...]) -> Any:
        return construct.construct(ev, record, args) if make is None else make(ev, args)

    entry = Builtin(record.name, __name__)
    entry.call = call
    entry.evaluated = True
    entry.usage_text = record.usage
    entry.doc = record.usage + "".join(f"\n>>> {each.code}\n{each.result}\n" for each in record.examples)
    entry.options = layer_options(record)
    declare(entry, 0, TEXTS)


def layer_options(record: LayerRecord) -> dict[str, Any]:
    """What Options[layer] lists: defaults of options and arrays."""
    params = {each.name: each.default for each in record.parameters()}
    found = {each.name: each.default for each in record.options if not each.hidden}
    if REQUIRED not in params.values() or not callable(record.arrays):
        fields = record.array_fields(params)
        found |= {field.name: S.Automatic for field in fields}
        if fields:
            found[MULTIPLIERS.name] = S.Automatic
    return dict(sorted(found.items()))


for _record in layers.LAYERS.values():
    declare_layer(_record)


def declare_coder(name: str, make: Callable[[Any], Any], usage: str) -> None:
    @border
    def call(ev: Any, args: tuple[Any, ...]) -> Any:
        return make(args)

    entry = Builtin(name, __name__)
    entry.call = call
    entry.evaluated = True
    entry.usage_text = usage
    declare(entry, 0, TEXTS)


declare_coder(
    "NetEncoder",
    construct.encoder,
    'NetEncoder["type"] turns values into arrays; NetEncoder[{"type", arguments, "parameter" -> value, ...}] '
    "states its "
    "parameters.\nNetEncoder[decoder] is the encoder that belongs to a decoder.\n"
    "Types: " + ", ".join(f'"{x}"' for x, found in CODERS.items() if found.encoder is not None) + ".",
)
declare_coder(
    "NetDecoder",
    construct.decoder,
    'NetDecoder["type"] turns arrays into values; NetDecoder[{"type", arguments, "parameter" -> value, ...}] '
    "states its "
    "parameters.\nNetDecoder[encoder] is the decoder that belongs to an encoder.\n"
    "Types: " + ", ".join(f'"{x}"' for x, found in CODERS.items() if found.decoder is not None) + ".",
)

symbol(
    "NetPort",
    usage='NetPort["port"] is a port of a net, NetPort["layer", "port"] or NetPort[{layer, ..., "port"}] '
    "one of a layer.",
    messages=TEXTS,
)
symbol(
    "NetPortGradient",
    usage='NetPortGradient["port"] asks a net for the gradient of its output with respect to an input or an '
    "array.\n"
    "NetPortGradient[All] asks for all of them.",
    messages=TEXTS,
)
# What stands in specifications of coders beside strings.
CODER_SYMBOLS = (
    "IgnoreCase",
    "Resampling",
    "Alignment",
    "Padding",
    "TextElement",
    "HannWindow",
    "HammingWindow",
)
CODER_SYMBOLS += ("BlackmanWindow", "DirichletWindow")
OPTION_USAGE = {
    "DistanceFunction": "DistanceFunction is an option that tells how distances are measured.",
    "InputPorts": "InputPorts is an option of layers with several inputs: a number of ports, their names or "
    "shapes.",
    "Interleaving": "Interleaving is an option of layers: True means that channels are the last dimension.",
    "PaddingSize": "PaddingSize is an option of convolution and pooling layers: how many elements are added "
    'at the ends of each dimension, or "Same".',
    "NetEvaluationMode": 'NetEvaluationMode is an option of applied nets: "Test", or "Train" for dropout '
    "and batch "
    "statistics.",
    "WorkingPrecision": 'WorkingPrecision is an option of nets and numerical functions: "Real32" or '
    '"Real64" for nets.',
}
for _name, _usage in OPTION_USAGE.items():
    if not is_declared(_name):
        symbol(_name, usage=_usage)

for _name in CODER_SYMBOLS:
    if not is_declared(_name):
        symbol(_name, usage=f"{_name} is used in NetEncoder and NetDecoder.")
symbol("Restricted", usage='Restricted["Integer", n] is the type of integers from 1 to n.', messages=TEXTS)


@builtin("NetArray", messages=TEXTS)
def net_array(ev, *args):
    """NetArray["name"] stands for an array that several layers of a net share.
    NetArray[] makes a name of its own; NetArray[<|"Name" -> "name", "Array" -> array, "Dimensions" -> dims|>]
    states more.

    >>> LinearLayer[2, "Weights" -> NetArray["w"], "Input" -> 2][["Weights"]]
    NetArray[w]
    """
    return Expr(S.NetArray, (array_values.fresh_name(),)) if not args else None


@builtin("NetSharedArray", messages=TEXTS)
def net_shared_array(ev, name):
    """NetSharedArray["name"] is NetArray["name"]."""
    return Expr(S.NetArray, (name,))


# ---- what programs do with nets


@border
def part(ev: Any, value: Any, specs: tuple[Any, ...]) -> Any:
    return extract.part(value, specs)


@border
def inform(ev: Any, net: Net, prop: Any) -> Any:
    return information.information(net, prop)


register(
    Net,
    AtomType(
        head=lambda net: net.head,
        length=lambda net: len(net.nodes),
        part=part,
        keys=extract.keys,
        values=lambda net: list(net.nodes.values()),
        normal=extract.normal,
        call=border(evaluate.call),
        information=inform,
        full=show.full,
        output=show.output,
    ),
)


for _kind, _apply in ((Encoder, coder_calls.encode), (Decoder, coder_calls.decode)):
    register(
        _kind,
        AtomType(
            head=lambda x: system(x.symbol),
            part=part,
            call=border(_apply),
            full=_kind.full,
            output=show.coder_output,
        ),
    )


@builtin("NetInitialize", messages=TEXTS)
@border
def net_initialize(ev, net, which=S.Automatic, *, method=S.Automatic, random_seeding=initialize.DEFAULT_SEED):
    """NetInitialize[net] sets all arrays of a net that are not set yet.
    NetInitialize[net, All] sets all arrays anew. The same RandomSeeding gives the same arrays; Method is
    "Kaiming", "Xavier", "Orthogonal", "Random" or "Identity".

    >>> NetExtract[NetInitialize[LinearLayer[2, "Input" -> 3]], "Biases"] // Normal
    {0., 0.}
    """
    checked(net, "NetInitialize")
    if which is not S.Automatic and which is not S.All:
        raise NetError("NetInitialize", "arguments", "The second argument of NetInitialize can only be All.")
    seed = evaluate.seed_of(ev, random_seeding)
    return initialize.initialize(net, seed, method, replace=which is S.All)


@builtin("NetExtract", messages=TEXTS, operator=0)
@border
def net_extract(ev, net, spec):
    """NetExtract[net, spec] gives a part of a net: a layer, an array, a parameter, a port's type or coder.
    NetExtract[net, {spec1, spec2, ...}] gives a part of a part; All stands for all parts.

    >>> NetExtract[NetChain[{LinearLayer[3], Ramp}], {1, "OutputDimensions"}]
    3
    """
    return extract.extract(net, spec)


# ---- how nets are applied


def net_options(ev: Any, net: Net, *names: Any) -> Any:
    """Options[net]: how it is applied."""
    rules = [Expr(S.Rule, (system(name), value)) for name, value in evaluate.OPTIONS.items()]
    return make_list(rules) if not names else None


overload("Options", net_options)
