"""The grammar of the option LossFunction: any setting becomes terms (port, attached net, factor).

    lossOption := Automatic | lspec | { lspec1, lspec2, ... }
    lspec      := base | base -> Scaled[r]
    base       := "port" | losslayer | "port" -> losslayer | "port" -> Automatic | Automatic (of the only
    output)

`->` groups to the right, so "Out" -> layer -> Scaled[r] is Rule["Out", Rule[layer, Scaled[r]]]; the other
grouping, ("Out" -> layer) -> Scaled[r], means the same. Specification: loss-function.md, sections 1 and 2.
What is attached where the setting says Automatic stands in `automatic`,
the net that is trained in `training_net`.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from wlnet.expr import Expr, S, is_list, items
from wlnet.syntax.printer import to_text

from .errors import NetError
from .infer import describe
from .net import Net
from .quantities import real_number

AUTOMATIC = S.Automatic


class Term(NamedTuple):
    """One loss: the output `port` of the net; what is attached to it; the factor of `Scaled`.

    attach  None (the port's value is the loss), AUTOMATIC, or a loss net
    """

    port: str
    attach: Any
    factor: float = 1.0


def bad(text: str) -> NetError:
    return NetError("NetTrain", "lossfn", text)


def quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def read_terms(setting: Any, net: Net) -> list[Term] | None:
    """The terms of a LossFunction setting for `net`, in order; None for the setting Automatic.

    NetError for what is no loss specification, for a port that the net does not have, and for a port
    listed twice.
    """
    if setting is AUTOMATIC:
        return None
    if not is_list(setting):
        return [_term(setting, net)]
    if not len(items(setting)):
        raise bad(
            "LossFunction -> {} leaves nothing to minimize. Give at least one loss, such as "
            + _example(net)
            + ", or LossFunction -> Automatic."
        )
    terms = [_term(each, net) for each in items(setting)]
    bare = [term.port for term in terms if term.attach is None]
    for port in bare:
        if bare.count(port) > 1:
            raise bad(
                f'The output port "{port}" is listed {bare.count(port)} times. '
                f'List it once; to weigh it, write "{port}" -> Scaled[{bare.count(port)}].'
            )
    return terms


def _term(spec: Any, net: Net) -> Term:
    if _is_rule(spec):
        left, right = spec.args
        if _is_scaled(right):
            inner = _term(left, net)
            return inner._replace(factor=inner.factor * _factor(right, spec))
        if type(left) is str:
            return _attached(left, right, spec, net)
        raise bad(
            f"{_shown(spec)} is not a loss. The left-hand side of a rule must be an output port of the net, "
            f"one of "
            f"{quoted(net.outputs)}, or the right-hand side a factor such as Scaled[0.5]."
        )
    if type(spec) is str:
        return Term(_output(spec, net), None)
    if spec is AUTOMATIC or type(spec) is Net:
        return Term(_only_output(spec, net), spec)
    raise bad(f"{_shown(spec)} is not a loss. {_forms(net)}")


def _attached(port: str, right: Any, spec: Expr, net: Net) -> Term:
    """The term of "port" -> right, where right is a loss net or Automatic, with or without a factor."""
    factor = 1.0
    while _is_rule(right) and _is_scaled(right.args[1]):
        factor *= _factor(right.args[1], spec)
        right = right.args[0]
    _output(port, net)
    if right is not AUTOMATIC and type(right) is not Net:
        raise bad(
            f'{_shown(right)} cannot be attached to the port "{port}": it is neither a loss layer or net, '
            f"nor "
            f'Automatic, nor Scaled[r]. Write for example "{port}" -> MeanSquaredLossLayer[] or '
            f'"{port}" -> Scaled[0.5].'
        )
    return Term(port, right, factor)


def _is_rule(spec: Any) -> bool:
    return type(spec) is Expr and spec.head is S.Rule and len(spec.args) == 2


def _is_scaled(spec: Any) -> bool:
    return type(spec) is Expr and spec.head is S.Scaled


def _factor(scaled: Expr, spec: Expr) -> float:
    number = real_number(scaled.args[0]) if len(scaled.args) == 1 else None
    if number is None or not math.isfinite(number):
        raise bad(f"In {_shown(spec)}, {_shown(scaled)} must hold one real number, such as Scaled[0.5].")
    return number


def _output(port: str, net: Net) -> str:
    if port in net.outputs:
        return port
    close = difflib.get_close_matches(port, net.outputs, 1)
    hint = f' Did you mean "{close[0]}"?' if close else ""
    inputs = (
        " It is an input port of the net; a loss is an output." if port in net.inputs and not close else ""
    )
    raise bad(
        f'The net has no output port "{port}". Its output ports are {quoted(net.outputs)}.{hint}{inputs}'
    )


def _only_output(spec: Any, net: Net) -> str:
    if len(net.outputs) == 1:
        return next(iter(net.outputs))
    raise bad(
        f"{_shown(spec)} names no port, but the net has {len(net.outputs)} output ports, "
        f"{quoted(net.outputs)}. "
        f'Name the one it belongs to: "{next(iter(net.outputs), "Output")}" -> {_shown(spec)}.'
    )


def _example(net: Net) -> str:
    return f'{{"{next(iter(net.outputs), "Output")}" -> MeanSquaredLossLayer[]}}'


def _forms(net: Net) -> str:
    return (
        f"LossFunction takes Automatic, an output port of the net ({quoted(net.outputs)}), a loss layer or "
        f"net, "
        '"port" -> losslayer, any of these -> Scaled[r], or a list of them.'
    )


def _shown(value: Any) -> str:
    """`value` as the user would write it, nets by their head alone."""
    if type(value) is Net:
        return describe(value)
    if type(value) is Expr and value.head is S.Rule and len(value.args) == 2:
        return f"{_shown(value.args[0])} -> {_shown(value.args[1])}"
    if is_list(value):
        return (
            "{" + ", ".join(map(_shown, items(value)[:4])) + (", ..." if len(items(value)) > 4 else "") + "}"
        )
    if type(value) is str:
        return f'"{value}"'
    return to_text(value)


# ---- the ports of a loss net


class LossPorts(NamedTuple):
    """The ports of a loss net: its input, its target (None for a one-input loss), its outputs."""

    input: str
    target: str | None
    outputs: tuple[str, ...]


def loss_ports(net: Net, port: str) -> LossPorts:
    """How `net` serves as a loss on the output `port`; NetError where its inputs are not
    "Input" and "Target".

    Two inputs that carry only automatic names are taken by position: first the input, then the target.
    """
    names = list(net.inputs)
    outputs = tuple(net.outputs)
    if names == ["Input"]:
        return LossPorts("Input", None, outputs)
    if set(names) == {"Input", "Target"}:
        return LossPorts("Input", "Target", outputs)
    if names in (["Input1", "Input2"], ["1", "2"]):
        return LossPorts(names[0], names[1], outputs)
    found = f"has the inputs {quoted(names)}" if names else "has no inputs"
    raise bad(
        f'{_shown(net)} cannot be the loss of the port "{port}": it {found}, but a loss net has the input '
        f'"Input" and, '
        'where it needs data, "Target". Name them in a function with #Input and #Target, or with '
        'NetRename[net, "old" -> "new"].'
    )
