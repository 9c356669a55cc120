"""Builtins that make nets out of nets: parts, replacement, insertion, joining; and what the System` functions
of lists do with nets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wlnet.expr import Association, S, system
from wlnet.kernel.registry import MANY, builtin, load_name

from . import construct, editing, extract, flattening, splicing, surgery
from .border import TEXTS, border, checked
from .net import Net


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

    on_nets = border(function)

    def call(ev: Any, args: tuple[Any, ...]) -> Any:
        if not args or type(args[0]) is not Net or not least <= len(args) <= most:
            return general(ev, args)
        return on_nets(ev, *args)

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
