"""AttentionLayer against PyTorch and against its definition; masks, heads, weights, messages."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .values import Values

SIZES = {"n": 7, "k": 4, "v": 3, "h": 2}


@pytest.fixture(scope="module")
def values() -> Values:
    return Values()


def data(values: Values, **shapes: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Random arrays, also as the association `d` of the session."""
    random = np.random.default_rng(5)
    found = {name: random.normal(size=shape).astype("f4") for name, shape in shapes.items()}
    rules = ", ".join(f'"{name}" -> {wl_list(x)}' for name, x in found.items())
    values(f"d = <|{rules}|>;")
    return found


def wl_list(x: Any) -> str:
    return repr(np.asarray(x, float).tolist()).replace("[", "{").replace("]", "}").replace("e-", "*^-")


@pytest.mark.parametrize("mask", ["None", '"Causal"', '("Causal" -> 3)'])
@pytest.mark.parametrize("heads", [False, True])
def test_against_pytorch(values: Values, mask: str, heads: bool) -> None:
    torch = pytest.importorskip("torch")
    head = (2,) if heads else ()
    arrays = data(values, Key=(7, *head, 4), Value=(7, *head, 3), Query=(7, *head, 4))
    options = f'"Mask" -> {mask}, "MultiHead" -> {heads}, "ScoreRescaling" -> "DimensionSqrt"'
    found = np.array(values(f'AttentionLayer["Dot", {options}][d]'))
    gradient = np.array(values(f'AttentionLayer["Dot", {options}][d, NetPortGradient["Key"]]'))
    tensors = {name: torch.tensor(x, requires_grad=True) for name, x in arrays.items()}
    key, value, query = (
        tensors[name].transpose(0, 1) if heads else tensors[name] for name in ("Key", "Value", "Query")
    )
    place = torch.arange(7)
    seen = torch.ones(7, 7, dtype=torch.bool)
    if mask != "None":
        seen = place[None] <= place[:, None]
    if "3" in mask:
        seen = seen & (place[None] > place[:, None] - 3)
    wanted = torch.nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=seen)
    wanted.sum().backward()
    result = (wanted.transpose(0, 1) if heads else wanted).detach().numpy()
    np.testing.assert_allclose(found, result, atol=2e-6)
    np.testing.assert_allclose(gradient, tensors["Key"].grad.numpy(), atol=5e-6)


def test_several_heads_between_linear_maps_are_multi_head_attention(values: Values) -> None:
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    theirs = torch.nn.MultiheadAttention(6, 2, batch_first=True)
    x = torch.randn(1, 5, 6)
    mask = torch.triu(torch.ones(5, 5, dtype=torch.bool), 1)
    wanted = theirs(x, x, x, attn_mask=mask)[0].detach().numpy()[0]
    weights = theirs.in_proj_weight.detach().numpy().reshape(3, 6, 6)
    names = ("Query", "Key", "Value")
    maps = ", ".join(
        f'"{name}" -> NetMapOperator[LinearLayer[{{2, 3}}, "Weights" -> {wl_list(w)}, "Biases" -> None]]'
        for name, w in zip(names, weights, strict=True)
    )
    last = theirs.out_proj.weight.detach().numpy()
    edges = ", ".join(f'NetPort["Input"] -> "{name}" -> NetPort["attend", "{name}"]' for name in names)
    attend = (
        'AttentionLayer["Dot", "MultiHead" -> True, "Mask" -> "Causal", "ScoreRescaling" -> "DimensionSqrt"]'
    )
    linear = f'LinearLayer[6, "Weights" -> {wl_list(last)}, "Biases" -> None, "Input" -> {{2, 3}}]'
    found = values(
        f'net = NetGraph[<|{maps}, "attend" -> {attend}, "last" -> NetMapOperator[{linear}]|>, '
        f'{{{edges}, "attend" -> "last"}}, "Input" -> {{"Varying", 6}}]; net[{wl_list(x[0].numpy())}]'
    )
    np.testing.assert_allclose(np.array(found), wanted, atol=2e-6)


def test_bilinear_scores_are_key_weights_query(values: Values) -> None:
    arrays = data(values, Key=(3, 2, 4), Value=(3, 2, 3), Query=(5, 2))
    code = 'NetInitialize[AttentionLayer["Key" -> {3, 2, 4}, "Value" -> {3, 2, 3}, "Query" -> {5, 2}]]'
    found = np.array(values(f"net = {code}; net[d]"))
    w = np.array(values('Normal[NetExtract[net, {"ScoringNet", "Weights", "Array"}]]'))
    key, value = arrays["Key"].reshape(6, 4), arrays["Value"].reshape(6, 3)
    scores = np.exp(arrays["Query"] @ w.T @ key.T)
    weights = scores / scores.sum(1, keepdims=True)
    np.testing.assert_allclose(found, weights @ value, atol=2e-6)
    shown = np.array(values('net[d, NetPort["AttentionWeights"]]'))
    np.testing.assert_allclose(shown, weights.T.reshape(3, 2, 5), atol=2e-6)
    assert values(f"InputForm[{code}] === InputForm[{code}]").name == "True"


def test_weights_of_sequences_of_different_length(values: Values) -> None:
    values(
        'net = AttentionLayer["Dot", "Key" -> {"Varying", 2}, "Value" -> {"Varying", 1}, "Query" -> '
        '{"Varying", 2}]; k = {{1., 0.}, {0., 1.}, {1., 1.}}; '
        'd = <|"Key" -> {k, k[[;; 2]]}, "Value" -> {k[[All, ;; 1]], k[[;; 2, ;; 1]]}, '
        '"Query" -> {k[[;; 1]], k}|>;'
    )
    first, second = values('net[d, NetPort["AttentionWeights"]]').args
    assert np.shape(first) == (3, 1) and np.shape(second) == (2, 3)
    np.testing.assert_allclose(np.array(first).sum(0), 1, atol=1e-6)
    np.testing.assert_allclose(np.array(second).sum(0), 1, atol=1e-6)


def test_the_weights_can_be_connected(values: Values) -> None:
    data(values, Key=(4, 3), Value=(4, 2), Query=(3,))
    code = 'NetGraph[<|"a" -> AttentionLayer["Dot"]|>, {NetPort["a", "AttentionWeights"] -> NetPort["W"]}]'
    found = values(f'Total[{code}[d, "W"]]')
    assert float(found) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (
            'AttentionLayer["Mask" -> "Casual"]',
            'AttentionLayer::parameter: "Mask" of AttentionLayer must be None, "Causal" or "Causal" -> n, '
            'not "Casual".',
        ),
        (
            'AttentionLayer["Dott"]',
            'AttentionLayer::scoring: There is no scoring net "Dott". Did you mean "Dot"? Or give a net with '
            'the inputs "Input" (a key) and "Query".',
        ),
        (
            'AttentionLayer["Mask" -> "Causal", "Key" -> {4, 3}, "Query" -> {5, 2}]',
            'AttentionLayer::shape: AttentionLayer["Bilinear"] got "Query" of shape (5, 2), but takes '
            "(4, ?).",
        ),
        (
            'AttentionLayer["MultiHead" -> True, "Key" -> {4, 3}]',
            'AttentionLayer::shape: AttentionLayer["Bilinear"] got "Key" of shape (4, 3), but takes arrays '
            "(positions, ..., heads, size).",
        ),
        (
            'AttentionLayer[LinearLayer[], "Key" -> {4, 3}]',
            "AttentionLayer::shape",
        ),
    ],
)
def test_messages(wl: Any, code: str, wanted: str) -> None:
    assert wl.error(code).startswith(wanted)
