"""From text to a trained net in ten seconds: run this before each commit."""

from __future__ import annotations

import numpy as np
import pytest

from wlnet import Session


def test_tour() -> None:
    session = Session()

    # Text is read, printed and evaluated.
    assert session.evaluate("ToString[Hold[a + b c -> #1^2 & ], InputForm]") == "Hold[a + b*c -> #1^2 & ]"
    session.evaluate("d[u_ v_, x_] := u d[v, x] + v d[u, x]; d[x_, x_] := 1; d[y_, x_] := 0 /; FreeQ[y, x]")
    assert session.evaluate("d[3 a x, x]") == session.evaluate("3 a")
    assert session.evaluate("Total[Select[Range[100], PrimeQ]]") == 1060

    # A net is made, its shapes are inferred, it is applied and differentiated.
    session.evaluate('net = NetInitialize[NetChain[{24, Tanh, LinearLayer[{}]}, "Input" -> 2]]')
    assert list(session.evaluate('Dimensions[NetExtract[net, {1, "Weights"}]]')) == [24, 2]
    value = session.evaluate("net[{0.5, -0.5}]")
    gradient = session.evaluate('net[{0.5, -0.5}, NetPortGradient["Input"]]')
    step = 1e-3
    moved = session.evaluate(f"net[{{{0.5 + step}, -0.5}}]")
    assert (moved - value) / step == pytest.approx(gradient[0], abs=2e-3)

    # It is trained with a stated loss, comes back as a net without it, and survives its own InputForm.
    rng = np.random.default_rng(1)
    x = rng.uniform(-1, 1, (512, 2))
    session["data"] = {"Input": x, "Output": x[:, 0] * x[:, 1]}
    session.evaluate(
        "results = NetTrain[net, data, All, LossFunction -> MeanSquaredLossLayer[] -> Scaled[2],"
        " LearningRate -> 0.01, MaxTrainingRounds -> 150, RandomSeeding -> 3]"
    )
    session.evaluate('trained = results["TrainedNet"]')
    trained = session["trained"]
    assert np.abs(trained(x) - x[:, 0] * x[:, 1]).mean() < 0.03
    losses = session.evaluate('results["RoundLossList"]')
    assert len(losses) == 150
    assert losses[-1] < losses[0] / 10
    assert session.evaluate("ToExpression[ToString[trained, InputForm]] === trained") is True
    assert session.messages == []
