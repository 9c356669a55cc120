"""CTCLossLayer against PyTorch and against the sum over all paths; training with it."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from wlnet.runtime import autodiff, compile, ir, types

from .values import Values


@pytest.fixture(scope="module")
def values() -> Values:
    return Values()


def by_paths(p: np.ndarray, target: list[int]) -> float:
    """-log of the summed probability of all paths; classes from 0, the last one is the blank."""
    total, blank = 0.0, p.shape[1] - 1
    for path in itertools.product(range(p.shape[1]), repeat=len(p)):
        merged = [c for c, _ in itertools.groupby(path)]
        if [c for c in merged if c != blank] == target:
            total += float(np.prod([p[t, c] for t, c in enumerate(path)]))
    return -float(np.log(total))


@pytest.mark.parametrize("target", [[0], [1, 0], [0, 0], [1, 1, 0], [0, 1, 0, 1]])
def test_against_all_paths(values: Values, target: list[int]) -> None:
    p = np.random.default_rng(1).dirichlet(np.ones(3), 5)
    data = f'<|"Input" -> {wl_list(p)}, "Target" -> {wl_list([c + 1 for c in target])}|>'
    net = 'CTCLossLayer["Input" -> {"Varying", 3}, "Target" -> {"Varying", "Integer"}]'
    assert float(values(f"{net}[{data}]")) == pytest.approx(by_paths(p, target), rel=1e-5)


def wl_list(x: Any) -> str:
    return repr(np.asarray(x).tolist()).replace("[", "{").replace("]", "}").replace("e-", "*^-")


def test_a_target_that_does_not_fit_costs_infinitely_much(values: Values) -> None:
    net = 'CTCLossLayer["Input" -> {"Varying", 3}, "Target" -> {"Varying", "Integer"}]'
    p = "{{0.2, 0.3, 0.5}, {0.2, 0.3, 0.5}}"
    assert np.isinf(float(values(f'{net}[<|"Input" -> {p}, "Target" -> {{1, 1}}|>]')))


@pytest.mark.parametrize("steps", [1, 1 << 20], ids=["numpy", "numba"])
def test_against_pytorch(steps: int) -> None:
    """Unequal lengths, values and gradients of the scores in front of a softmax."""
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(0)
    n, t, c, most = 7, 33, 6, 9
    x = random.normal(size=(n, t, c)).astype("f4")
    labels = random.integers(0, c - 1, (n, most))
    lengths, counts = random.integers(20, t + 1, n), random.integers(1, most + 1, n)
    b = ir.Builder()
    value = b.input("x", types.type_of(x))
    ins = [
        b.input(name, types.Type("i64", a.shape))
        for name, a in (("l", labels), ("t", lengths), ("n", counts))
    ]
    loss = b.ctc(b.log_floor(b.softmax(value)), *ins)[0]
    b.output("loss", loss)
    b.output("gradient", autodiff.gradient(b, b.sum(loss), [value])[0])
    found = compile.compile(b.program(), steps=steps)({"x": x, "l": labels, "t": lengths, "n": counts})
    score = torch.tensor(x, requires_grad=True)
    theirs = torch.nn.functional.ctc_loss(
        score.log_softmax(2).transpose(0, 1),
        torch.tensor(labels),
        torch.tensor(lengths),
        torch.tensor(counts),
        blank=c - 1,
        reduction="none",
    )
    theirs.sum().backward()
    np.testing.assert_allclose(found["loss"], theirs.detach().numpy(), rtol=1e-5)
    wanted = score.grad.numpy().copy()
    np.testing.assert_allclose(found["gradient"], wanted, atol=3e-5)


def test_training_learns_where_the_labels_are(values: Values) -> None:
    code = """
    SeedRandom[3];
    ys = Table[RandomInteger[{1, 3}, RandomInteger[{1, 4}]], 120];
    xs = Map[Join @@ Map[Function[c, Table[UnitVector[4, c] + RandomReal[{-0.2, 0.2}, 4],
      RandomInteger[{2, 4}]]], Riffle[#, 4, {1, -1, 2}]] &, ys];
    net = NetTrain[NetChain[{NetMapOperator[LinearLayer[4]], SoftmaxLayer[]}, "Input" -> {"Varying", 4}],
      <|"Input" -> xs, "Output" -> ys|>,
      LossFunction -> CTCLossLayer["Target" -> {"Varying", Restricted["Integer", 3]}],
      MaxTrainingRounds -> 60, LearningRate -> 0.02, RandomSeeding -> 1, TrainingProgressReporting -> None];
    best = Map[DeleteCases[First /@ Split[First[Ordering[#, -1]] & /@ #], 4] &, net[xs]];
    Count[MapThread[SameQ, {best, ys}], True]
    """
    assert int(values(code)) >= 115


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        (
            'CTCLossLayer["Input" -> {5, 1}]',
            'CTCLossLayer::shape: CTCLossLayer[] got "Input" of shape (5, 1), but takes probabilities of at '
            "least one class and, last, of the blank.",
        ),
        (
            'CTCLossLayer["Input" -> {2, 3}][<|"Input" -> {{.2, .3, .5}, {.2, .3, .5}}, "Target" -> {3}|>]',
            'CTCLossLayer::range: CTCLossLayer[] takes integers between 1 and 2 at "Target"; found 3.',
        ),
    ],
)
def test_messages(wl: Any, code: str, wanted: str) -> None:
    assert wl.error(code) == wanted
