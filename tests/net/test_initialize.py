"""NetInitialize: which arrays are set, to what, from which seed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wlnet.net.infer import make_layer
from wlnet.net.initialize import initialize, read_method
from wlnet.net.types import real

BIG = make_layer("LinearLayer", {"OutputDimensions": 200}, ports={"Input": real(300)})


def weights(method: Any = "Kaiming", seed: int = 1) -> np.ndarray:
    return np.asarray(initialize(BIG, seed, method).arrays["Weights"])


def test_kaiming_is_the_default() -> None:
    assert weights().std() == pytest.approx(np.sqrt(2 / 300), rel=0.02)
    assert abs(weights().mean()) < 1e-3
    assert weights().dtype == np.float32


def test_uniform_has_the_same_deviation(wl: Any) -> None:
    method = wl.value('{"Kaiming", "Distribution" -> "Uniform"}')
    drawn = weights(method)
    assert drawn.std() == pytest.approx(np.sqrt(2 / 300), rel=0.02)
    assert np.abs(drawn).max() <= np.sqrt(6 / 300)


def test_xavier() -> None:
    assert weights("Xavier").std() == pytest.approx(np.sqrt(2 / 500), rel=0.02)


def test_orthogonal_rows() -> None:
    drawn = weights("Orthogonal").astype(np.float64)
    np.testing.assert_allclose(drawn @ drawn.T, np.eye(200), atol=1e-5)


def test_random_and_identity(wl: Any) -> None:
    found = wl.value(
        'NetInitialize[LinearLayer[100, "Input" -> 100], '
        "Method -> "
        '{"Random", "Weights" -> NormalDistribution[5, 0.1], "Biases" -> UniformDistribution[{1, 2}]}]'
    )
    assert found.arrays["Weights"].mean() == pytest.approx(5, abs=0.01)
    assert 1 <= found.arrays["Biases"].min() <= found.arrays["Biases"].max() <= 2
    found = wl.value(
        'NetInitialize[LinearLayer[3, "Input" -> 3], Method -> {"Identity", "Distribution" -> 0.001}]'
    )
    np.testing.assert_allclose(found.arrays["Weights"], np.eye(3), atol=0.01)


def test_biases_and_constants() -> None:
    net = initialize(make_layer("BatchNormalizationLayer", ports={"Input": real(3)}))
    assert {name: value.tolist() for name, value in net.arrays.items()} == {
        "Scaling": [1, 1, 1], "Biases": [0, 0, 0], "MovingMean": [0, 0, 0], "MovingVariance": [1, 1, 1],
    }  # fmt: skip
    slope = initialize(make_layer("ParametricRampLayer", ports={"Input": real(2)})).arrays["Slope"]
    np.testing.assert_array_equal(slope, np.float32([0.1, 0.1]))
    assert not initialize(BIG).arrays["Biases"].any()


def test_seeds(wl: Any) -> None:
    net = 'NetChain[{3, Tanh, 2}, "Input" -> 2]'
    assert wl(f"NetInitialize[{net}] === NetInitialize[{net}]") == "True"
    assert wl(f"NetInitialize[{net}, RandomSeeding -> 1234] === NetInitialize[{net}]") == "True"
    assert wl(f"NetInitialize[{net}, RandomSeeding -> 5] === NetInitialize[{net}]") == "False"
    assert wl(f"NetInitialize[{net}, RandomSeeding -> Automatic] === NetInitialize[{net}]") == "False"
    code = f"SeedRandom[1]; NetInitialize[{net}, RandomSeeding -> Inherited]"
    assert wl(f"a = ({code}); b = ({code}); a === b") == "True"


def test_set_arrays_are_kept_unless_all_are_asked_for(wl: Any) -> None:
    net = 'LinearLayer[1, "Weights" -> {{7}}, "Input" -> 1]'
    assert wl(f"NetInitialize[{net}][{{1}}]") == "{7.}"
    assert wl(f"NetInitialize[{net}, All][{{1}}] == {{7.}}") == "False"


def test_an_initialized_net_is_itself() -> None:
    net = initialize(BIG)
    assert initialize(net) is net


def test_shared_arrays_are_set_once(wl: Any) -> None:
    net = wl.value(
        'NetInitialize[NetChain[{LinearLayer[2, "Weights" -> NetArray["w"]], '
        'LinearLayer[2, "Weights" -> NetArray["w"]]}, "Input" -> 2]]'
    )
    assert net.nodes["1"].arrays["Weights"].value is net.nodes["2"].arrays["Weights"].value


ERRORS = [
    ("NetInitialize[NetChain[{3, Ramp}]]",
     'NetInitialize::unspecified: The shape of the array "Weights" of the layer {1} (LinearLayer[3]) is not '
     'known ((3, ?)). '
     'Specify the net, for example with "Input" -> n.'),
    ('NetInitialize[LinearLayer[3, "Input" -> 2], Method -> "Kaimin"]',
     'NetInitialize::method: There is no such Method. Did you mean "Kaiming"?'),
    ('NetInitialize[LinearLayer[3, "Input" -> 2], Method -> {"Xavier", "Foo" -> 1}]',
     'NetInitialize::method: The method "Xavier" takes "Distribution".'),
    ('NetInitialize[LinearLayer[3, "Input" -> 2], Method -> {"Random", "Weights" -> "Big"}]',
     "NetInitialize::method: A distribution is a standard deviation, NormalDistribution[mean, deviation] or "
     "UniformDistribution[{low, high}]."),
    ("NetInitialize[7]", "NetInitialize::net: NetInitialize takes a net, not 7."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), ERRORS)
def test_errors(wl: Any, code: str, text: str) -> None:
    assert wl.error(code) == text


def test_methods_are_read_once() -> None:
    assert read_method("Xavier") is not None
