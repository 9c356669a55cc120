"""The nets' System` functions: the border between programs and the rooms of nets.

Everything behind this border raises NetError; here it becomes a message and `$Failed`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from wlnet.expr import Association, AtomType, Expr, S, make_list, register, system
from wlnet.kernel.registry import MANY, Builtin, builtin, declare, is_declared, load_name, symbol

from . import (
    array_values,
    coder_calls,
    construct,
    editing,
    evaluate,
    extract,
    files,
    flattening,
    information,
    initialize,
    layers,
    show,
    splicing,
    surgery,
)
from .coders import CODERS, Decoder, Encoder
from .errors import NetError
from .layer import MULTIPLIERS, REQUIRED, LayerRecord
from .net import Net

FAILED = system("$Failed")


class Texts(dict[str, str]):
    """Message texts of nets: every tag but "usage" has one, which is the text that the error brings."""

    def __contains__(self, tag: object) -> bool:
        return tag != "usage"

    def __bool__(self) -> bool:
        return True

    def __missing__(self, tag: str) -> str:
        return "`1`"


TEXTS = Texts()
FILES = files.FORMAT  # importing `files` registers the format WLNet


def report(ev: Any, error: NetError) -> Any:
    """The message of a user's mistake; `$Failed`."""
    ev.message(error.symbol, error.tag, error.text)
    return FAILED


def border(function: Callable[..., Any]) -> Callable[..., Any]:
    """A builtin in which NetError becomes a message and `$Failed`."""

    @wraps(function)
    def guarded(ev: Any, *args: Any, **options: Any) -> Any:
        try:
            return function(ev, *args, **options)
        except NetError as error:
            return report(ev, error)

    return guarded


# ---- layers, containers, coders: one declaration for each record


def declare_layer(record: LayerRecord) -> None:
    """The System` symbol of a layer: its arguments and options are the record's."""
    make = {"NetChain": construct.chain, "NetGraph": construct.graph}.get(record.name)

    def call(ev: Any, args: tuple[Any, ...]) -> Any:
        try:
            return construct.construct(ev, record, args) if make is None else make(ev, args)
        except NetError as error:
            return report(ev, error)

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
    def call(ev: Any, args: tuple[Any, ...]) -> Any:
        try:
            return make(args)
        except NetError as error:
            return report(ev, error)

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


def apply_net(ev: Any, net: Net, args: tuple[Any, ...]) -> Any:
    try:
        return evaluate.call(ev, net, args)
    except NetError as error:
        return report(ev, error)


def part_net(ev: Any, net: Any, specs: tuple[Any, ...]) -> Any:
    try:
        return extract.part(net, specs)
    except NetError as error:
        return report(ev, error)


def inform(ev: Any, net: Net, prop: Any) -> Any:
    try:
        return information.information(net, prop)
    except NetError as error:
        return report(ev, error)


register(
    Net,
    AtomType(
        head=lambda net: net.head,
        length=lambda net: len(net.nodes),
        part=part_net,
        keys=extract.keys,
        values=lambda net: list(net.nodes.values()),
        normal=extract.normal,
        call=apply_net,
        information=inform,
        full=show.full,
        output=show.output,
    ),
)


def encode(ev: Any, found: Encoder, args: tuple[Any, ...]) -> Any:
    try:
        return coder_calls.encode(ev, found, args)
    except NetError as error:
        return report(ev, error)


def decode(ev: Any, found: Decoder, args: tuple[Any, ...]) -> Any:
    try:
        return coder_calls.decode(ev, found, args)
    except NetError as error:
        return report(ev, error)


for _kind, _apply in ((Encoder, encode), (Decoder, decode)):
    register(
        _kind,
        AtomType(
            head=lambda x: system(x.symbol),
            part=part_net,
            call=_apply,
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
    if type(net) is not Net:
        raise NetError("NetInitialize", "net", f"NetInitialize takes a net, not {construct.show(net)}.")
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


@builtin("NetTake", messages=TEXTS)
@border
def net_take(ev, net, spec):
    """NetTake[net, end] keeps what leads to a layer or NetPort; NetTake[net, {start, end}] what
    lies between two.

    >>> Length[NetTake[NetChain[{3, Ramp, 2}, "Input" -> 2], 2]]
    2
    """
    return surgery.take(checked(net, "NetTake"), spec)


@builtin("NetDrop", messages=TEXTS)
@border
def net_drop(ev, net, spec):
    """NetDrop[net, n] leaves out the first n layers of a chain, NetDrop[net, -n] the last n, NetDrop[net, {m,
    n}] layers m to n, NetDrop[net, "name"] the layer of that name.

    >>> Length[NetDrop[NetChain[{3, Ramp, 2}, "Input" -> 2], -1]]
    2
    """
    return surgery.drop(checked(net, "NetDrop"), spec)


@builtin("NetReplacePart", messages=TEXTS)
@border
def net_replace_part(ev, net, rules):
    """NetReplacePart[net, spec -> new] replaces a layer, an array, a parameter, or a port's type or coder.
    NetReplacePart[net, {rule1, rule2, ...}] does several replacements at once.

    >>> NetReplacePart[LinearLayer[1, "Weights" -> {{1}}, "Biases" -> {0}], "Weights" -> {{5}}][{2}]
    {10.}
    """
    return editing.replace_part(ev, net, rules)


@builtin("NetReplace", messages=TEXTS)
@border
def net_replace(ev, net, rules):
    """NetReplace[net, pattern -> layer] replaces all layers that match, at any depth; Nothing drops them.

    >>> NetExtract[NetReplace[NetChain[{3, Ramp}], _ElementwiseLayer -> Tanh], {2, "Function"}]
    Tanh
    """
    return editing.replace(ev, checked(net, "NetReplace"), rules)


@builtin("NetDelete", messages=TEXTS)
@border
def net_delete(ev, net, spec):
    """NetDelete[net, spec] removes a layer, or a list of layers, and connects its neighbours.

    >>> Length[NetDelete[NetChain[{3, Ramp, 2}], 2]]
    2
    """
    return splicing.delete(checked(net, "NetDelete"), spec)


@builtin("NetInsert", messages=TEXTS)
@border
def net_insert(ev, net, layer, position):
    """NetInsert[net, layer, position] puts a layer before the one at that position of a chain.
    NetInsert[net, "name" -> layer, position] gives it a name.

    >>> NetExtract[NetInsert[NetChain[{3, 2}], Ramp, 2], {2, "Function"}]
    Ramp
    """
    return splicing.insert(checked(net, "NetInsert"), named_nets(ev, layer, "NetInsert"), position)


@builtin("NetAppend", messages=TEXTS)
@border
def net_append(ev, net, layer, *rules):
    """NetAppend[net, layer] puts a layer, or a list of layers, after a net; the net's decoder is removed.

    >>> Length[NetAppend[NetChain[{3, Ramp}], 2]]
    3
    """
    return splicing.append(checked(net, "NetAppend"), named_nets(ev, layer, "NetAppend"), rules)


@builtin("NetPrepend", messages=TEXTS)
@border
def net_prepend(ev, net, layer, *rules):
    """NetPrepend[net, layer] puts a layer, or a list of layers, before a net; the net's encoder is removed.

    >>> Length[NetPrepend[NetChain[{3, Ramp}], FlattenLayer[]]]
    3
    """
    return splicing.prepend(checked(net, "NetPrepend"), named_nets(ev, layer, "NetPrepend"), rules)


@builtin("NetJoin", messages=TEXTS)
@border
def net_join(ev, *nets):
    """NetJoin[net1, net2, ...] is the chain of all layers of chains, one after another.

    >>> Length[NetJoin[NetChain[{3, Ramp}], NetChain[{2}]]]
    3
    """
    return splicing.join([checked(net, "NetJoin") for net in nets])


@builtin("NetFlatten", messages=TEXTS)
@border
def net_flatten(ev, net, depth=S.Infinity):
    """NetFlatten[net] replaces nested chains and graphs by their layers;
    NetFlatten[net, n] does so n levels deep.

    >>> Length[NetFlatten[NetChain[{NetChain[{3, Ramp}], 2}]]]
    3
    """
    return flattening.flatten(checked(net, "NetFlatten"), depth)


@builtin("NetRename", messages=TEXTS)
@border
def net_rename(ev, net, rules):
    """NetRename[net, "old" -> "new"] renames layers and ports of a net;
    NetRename[net, f] applies f to layer names.

    >>> Keys[NetRename[NetChain[<|"a" -> 3, "b" -> Ramp|>], "a" -> "first"]]
    {first, b}
    """
    return editing.rename(ev, checked(net, "NetRename"), rules)


@builtin("NetInsertSharedArrays", messages=TEXTS)
@border
def net_insert_shared_arrays(ev, net, prefix=""):
    """NetInsertSharedArrays[net] turns every array of a net into a shared one named by its position.

    >>> NetInsertSharedArrays[LinearLayer[2, "Input" -> 2]][["Weights"]]
    NetArray[Weights]
    """
    return surgery.share_arrays(checked(net, "NetInsertSharedArrays"), prefix)


def checked(net: Any, name: str) -> Net:
    if type(net) is not Net:
        raise NetError(name, "net", f"{name} takes a net, not {construct.show(net)}.")
    return net


def named_nets(ev: Any, value: Any, name: str) -> list[tuple[str | None, Net]]:
    """A layer, "name" -> layer, a list of either, or an association, as (name or None, net)."""
    if construct.is_rule(value) and type(value.args[0]) is str:
        return [(value.args[0], construct.as_net(ev, value.args[1], name))]
    if type(value) is Association or construct.is_list(value):
        found = construct.read_nodes(ev, value, name)
        assert found is not None
        nodes, numbered = found
        return [(None if numbered else key, net) for key, net in nodes.items()]
    return [(None, construct.as_net(ev, value, name))]


# ---- functions of lists on nets


def overload(name: str, function: Callable[..., Any]) -> None:
    """What the System` function `name` does with a net in the first place."""
    if not load_name(name):
        return
    entry = system(name).builtin
    general = entry.call
    shape = function.__code__
    most = MANY if shape.co_flags & 0x04 else shape.co_argcount - 1
    least = shape.co_argcount - 1 - len(function.__defaults__ or ())

    def call(ev: Any, args: tuple[Any, ...]) -> Any:
        if not args or type(args[0]) is not Net or not least <= len(args) <= most:
            return general(ev, args)
        try:
            return function(ev, *args)
        except NetError as error:
            return report(ev, error)

    entry.call = call


overload("Take", lambda ev, net, spec: surgery.take_span(net, spec))
overload("Drop", lambda ev, net, spec: surgery.drop(net, spec))
overload("First", lambda ev, net, default=None: extract.part(net, (1,)))
overload("Last", lambda ev, net, default=None: extract.part(net, (-1,)))
overload("Most", lambda ev, net: surgery.drop(net, -1))
overload("Rest", lambda ev, net: surgery.drop(net, 1))
overload("Join", lambda ev, *nets: splicing.join([checked(net, "NetJoin") for net in nets]))
overload("Append", lambda ev, net, layer: splicing.append(net, named_nets(ev, layer, "NetAppend"), ()))
overload("Prepend", lambda ev, net, layer: splicing.prepend(net, named_nets(ev, layer, "NetPrepend"), ()))
overload("Delete", lambda ev, net, spec: splicing.delete(net, spec))
overload("Insert", lambda ev, net, layer, at: splicing.insert(net, named_nets(ev, layer, "NetInsert"), at))
overload("ReplacePart", lambda ev, net, rules: editing.replace_part(ev, net, rules))


def net_options(ev: Any, net: Net, *names: Any) -> Any:
    """Options[net]: how it is applied."""
    rules = [Expr(S.Rule, (system(name), value)) for name, value in evaluate.OPTIONS.items()]
    return make_list(rules) if not names else None


overload("Options", net_options)
