"""NetGANOperator: values, gradients of opposite sign, training in turns, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

GAN = (
    'NetGANOperator[{LinearLayer[2, "Input" -> 3, "Weights" -> w, "Biases" -> None], '
    'NetChain[{LinearLayer[1, "Weights" -> v, "Biases" -> None]%s}]}%s]'
)
W = np.array([[0.2, -0.4, 0.1], [0.3, 0.5, -0.2]])
V = np.array([[0.7, -0.3]])
SAMPLE, LATENT = np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([[1.0, -1.0, 2.0], [0.5, 0.3, -0.7]])


def setting(wl: Any, sigmoid: bool, loss: str = "") -> None:
    wl.session["w"], wl.session["v"] = W, V
    wl.session["s"], wl.session["z"] = SAMPLE, LATENT
    wl.value("gan = " + GAN % (", LogisticSigmoid" if sigmoid else "", loss))


def outputs(wl: Any) -> dict[str, Any]:
    return dict(wl.session.evaluate('gan[<|"Sample" -> s, "Latent" -> z|>]'))


def test_losses_follow_from_the_discriminator(wl: Any) -> None:
    real, fake = (SAMPLE @ V.T)[:, 0], (LATENT @ W.T @ V.T)[:, 0]
    setting(wl, False)
    found = outputs(wl)
    np.testing.assert_allclose(found["LossReal"], -real, rtol=1e-5)
    np.testing.assert_allclose(found["LossFake"], fake, rtol=1e-5)
    np.testing.assert_allclose(found["GeneratedFake"], LATENT @ W.T, rtol=1e-5)
    setting(wl, True)
    found = outputs(wl)
    np.testing.assert_allclose(found["LossReal"], np.log1p(np.exp(-real)), rtol=1e-5)
    np.testing.assert_allclose(found["LossFake"], np.log1p(np.exp(fake)), rtol=1e-5)
    setting(wl, True, ', "Wasserstein"')
    np.testing.assert_allclose(outputs(wl)["LossReal"], -1 / (1 + np.exp(-real)), rtol=1e-5)


def test_the_generator_gets_the_gradient_with_the_opposite_sign(wl: Any) -> None:
    setting(wl, False)
    ask = 'gan[<|"Sample" -> s, "Latent" -> z, NetPortGradient["LossFake"] -> {1, 1}|>, NetPortGradient[%s]]'
    generator = wl.session.evaluate(ask % '{"Generator", "Weights"}')
    discriminator = wl.session.evaluate(ask % '{"Discriminator", 1, "Weights"}')
    np.testing.assert_allclose(generator, -V.T @ LATENT.sum(0, keepdims=True), rtol=1e-5)
    np.testing.assert_allclose(discriminator, (LATENT @ W.T).sum(0, keepdims=True), rtol=1e-5)


def test_each_turn_changes_its_net_alone(wl: Any) -> None:
    setting(wl, True)
    wl.value(
        'one[turns_] := NetTrain[gan, <|"Sample" -> s, "Latent" -> z|>, MaxTrainingRounds -> 1, '
        "TrainingUpdateSchedule -> turns, TrainingProgressReporting -> None]"
    )
    for turn, still in (
        ("Generator", '{"Discriminator", 1, "Weights"}'),
        ("Discriminator", '{"Generator", "Weights"}'),
    ):
        wl.value(f'after = one[{{"{turn}"}}]')
        assert wl(f"NetExtract[after, {still}] === NetExtract[gan, {still}]") == "True"
        assert wl("after === gan") == "False"


def test_only_the_losses_are_minimized(wl: Any) -> None:
    setting(wl, True)
    keys = wl(
        'Sort[Keys[NetTrain[gan, <|"Sample" -> s, "Latent" -> z|>, "RoundMeasurements", '
        "MaxTrainingRounds -> 1, TrainingProgressReporting -> None]]]"
    )
    assert keys == "{LossFake, LossReal}"


def test_moving_statistics_of_a_net_used_twice(wl: Any) -> None:
    """The discriminator sees real examples, then generated ones: both move its statistics, in that order."""
    wl.session["s"], wl.session["z"] = SAMPLE, LATENT
    wl.value(
        'gan = NetGANOperator[{ElementwiseLayer[# + 3 &, "Input" -> 2], NetChain[{BatchNormalizationLayer[], '
        "LinearLayer[{}]}]}]; after = NetTrain[gan, "
        '<|"Sample" -> s, "Latent" -> s|>, MaxTrainingRounds -> 1, TrainingProgressReporting -> None]'
    )
    found = wl.session.evaluate('Normal[NetExtract[after, {"Discriminator", 1, "MovingMean"}]]')
    first = 0.1 * SAMPLE.mean(0)
    np.testing.assert_allclose(found, 0.9 * first + 0.1 * (SAMPLE + 3).mean(0), rtol=1e-5)


def test_it_prints_and_reads_back(wl: Any) -> None:
    setting(wl, True, ', "JensenShannon"')
    assert wl("ToExpression[ToString[gan, InputForm]] === gan") == "True"
    assert wl('Head[NetExtract[gan, "Generator"]]') == "LinearLayer"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("NetGANOperator[{3, 4, 5}]", "takes {generator, discriminator}"),
        ("NetGANOperator[3]", "takes {generator, discriminator}"),
        ('NetGANOperator[{3, 1}, "Other"]', '"Loss" of NetGANOperator must be "JensenShannon"'),
        ("NetGANOperator[{3, 4}]", "single number"),
        ('NetGANOperator[{3, LinearLayer[1, "Input" -> 2]}]', "(2)"),
    ],
)
def test_errors(wl: Any, code: str, text: str) -> None:
    assert text in wl.error(code)
