"""The grammar of LossFunction: every form becomes terms; every wrong one a message with its remedy."""

from __future__ import annotations

import pytest

from wlnet.expr import S
from wlnet.net.errors import NetError
from wlnet.net.loss import Term, loss_ports, read_terms
from wlnet.net.net import Net

from .values import Values

wl = Values()


TWO = wl(
    """NetGraph[<|"l" -> LinearLayer[1], "m" -> MeanSquaredLossLayer[]|>,
    {NetPort["Input"] -> "l" -> NetPort["Out"], "l" -> NetPort["m", "Input"],
    NetPort["Target"] -> NetPort["m", "Target"],
    NetPort["m", "Loss"] -> NetPort["Loss"]}]"""
)
ONE = wl("LinearLayer[3]")
MSE = wl("MeanSquaredLossLayer[]")


def terms(setting: str, net: Net = TWO) -> list[Term] | None:
    return read_terms(wl(setting), net)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ('"Loss"', [Term("Loss", None)]),
        ('"Loss" -> Scaled[2]', [Term("Loss", None, 2.0)]),
        ('"Out" -> MeanSquaredLossLayer[]', [Term("Out", MSE)]),
        ('"Out" -> MeanSquaredLossLayer[] -> Scaled[0.5]', [Term("Out", MSE, 0.5)]),
        ('("Out" -> MeanSquaredLossLayer[]) -> Scaled[.5]', [Term("Out", MSE, 0.5)]),
        ('"Out" -> Automatic', [Term("Out", S.Automatic)]),
        ('"Out" -> Automatic -> Scaled[.5]', [Term("Out", S.Automatic, 0.5)]),
        ('"Out" -> Automatic -> Scaled[-1/4]', [Term("Out", S.Automatic, -0.25)]),
        (
            '{"Loss", "Out" -> MeanSquaredLossLayer[] -> Scaled[0.5]}',
            [Term("Loss", None), Term("Out", MSE, 0.5)],
        ),
        (
            '<"Loss", "Out" -> MeanSquaredLossLayer[] -> Scaled[0.5]>',
            [Term("Loss", None), Term("Out", MSE, 0.5)],
        ),
        (
            '{"Out" -> MeanSquaredLossLayer[], "Out" -> Automatic}',
            [Term("Out", MSE), Term("Out", S.Automatic)],
        ),
    ],
)
def test_forms(setting: str, expected: list[Term]) -> None:
    assert terms(setting) == expected


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("MeanSquaredLossLayer[]", [Term("Output", MSE)]),
        ("MeanSquaredLossLayer[] -> Scaled[.1]", [Term("Output", MSE, 0.1)]),
        ("{Automatic}", [Term("Output", S.Automatic)]),
        ("{Automatic -> Scaled[3]}", [Term("Output", S.Automatic, 3.0)]),
    ],
)
def test_forms_for_the_only_output(setting: str, expected: list[Term]) -> None:
    assert terms(setting, ONE) == expected


def test_automatic_is_not_a_list_of_terms() -> None:
    assert terms("Automatic") is None


@pytest.mark.parametrize(
    ("setting", "needles"),
    [
        ("{}", ["nothing to minimize", "Automatic"]),
        ("MeanSquaredLossLayer[]", ["2 output ports", '"Out", "Loss"']),
        ("{Automatic}", ["2 output ports"]),
        ('"Los"', ['no output port "Los"', 'Did you mean "Loss"?']),
        ('"Input"', ["input port of the net"]),
        ('"Out" -> 3', ["neither a loss layer", '"Out" -> Scaled[0.5]']),
        ('"Out" -> Scaled[x]', ["one real number"]),
        ('"Out" -> Scaled[1, 2]', ["one real number"]),
        ('"Out" -> MeanSquaredLossLayer[] -> Scaled[Infinity]', ["one real number"]),
        ("17", ["17 is not a loss", "Scaled[r]"]),
        ('MeanSquaredLossLayer[] -> "Out"', ["is not a loss", "left-hand side"]),
        ('{"Loss", "Loss"}', ["listed 2 times", '"Loss" -> Scaled[2]']),
        ('{"Loss" -> Scaled[2], "Loss"}', ["listed 2 times"]),
    ],
)
def test_errors(setting: str, needles: list[str]) -> None:
    with pytest.raises(NetError) as caught:
        terms(setting)
    assert (caught.value.symbol, caught.value.tag) == ("NetTrain", "lossfn")
    for needle in needles:
        assert needle in caught.value.text, caught.value.text


def test_ports_of_loss_nets() -> None:
    assert loss_ports(MSE, "Out") == ("Input", "Target", ("Loss",))
    one = wl("NetChain[{ElementwiseLayer[(# - 1)^2 &], SummationLayer[]}]")
    assert loss_ports(one, "Out")[:2] == ("Input", None)
    named = wl("ThreadingLayer[(#Target - #Input)^2 &]")
    assert loss_ports(named, "Out")[:2] == ("Input", "Target")
    by_place = wl("ThreadingLayer[(#1 - #2)^2 &]")
    assert loss_ports(by_place, "Out").input == next(iter(by_place.inputs))


@pytest.mark.parametrize(
    "code", ["ThreadingLayer[#Foo - #Target &]", "ThreadingLayer[#Input + #Target + #W &]"]
)
def test_other_inputs_are_an_error(code: str) -> None:
    with pytest.raises(NetError, match='"Input"'):
        loss_ports(wl(code), "Out")
