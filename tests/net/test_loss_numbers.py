"""E13 of the LossFunction page: one step of plain gradient descent, against the same step computed by hand.

Every setting of families 1 to 4, and {"Loss", "Out" -> MeanSquaredLossLayer[] -> Scaled[0.5]}; one batch,
given arrays, every array of the net within 1e-6.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from wlnet.session import Session

RATE = 0.125
STEP = f'Method -> {{"SGD", "Momentum" -> 0}}, LearningRate -> {RATE}, MaxTrainingRounds -> 1'
RNG = np.random.default_rng(13)


@pytest.fixture(scope="module")
def session() -> Session:
    return Session()


def evaluate(session: Session, code: str) -> object:
    return session.evaluate(code, check=True)


def close(found: object, expected: np.ndarray) -> None:
    found = np.asarray(found, np.float64)
    assert found.shape == np.shape(expected)
    assert np.max(np.abs(found - expected)) < 1e-6


# ---- family 1: a line through points


def line_step(slope: Callable[[np.ndarray], np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias of 0.5 x + 0.25 after one step; `slope` is the derivative of the loss by the error."""
    x, y = np.array([1.0, 2, 3, 4]), np.array([1.9, 4.1, 6.0, 8.1])
    g = slope(0.5 * x + 0.25 - y)
    return np.array([[0.5 - RATE * np.mean(g * x)]]), np.array([0.25 - RATE * np.mean(g)])


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        ("Automatic", lambda e: 2 * e),
        ("MeanAbsoluteLossLayer[]", np.sign),
        ("MeanSquaredLossLayer[]", lambda e: 2 * e),
    ],
)
def test_family_1(session: Session, loss: str, slope: Callable[[np.ndarray], np.ndarray]) -> None:
    evaluate(
        session,
        f"""t = NetTrain[LinearLayer[{{}}, "Weights" -> {{{{0.5}}}}, "Biases" -> {{0.25}}, "Input" -> "Real"],
            {{1 -> 1.9, 2 -> 4.1, 3 -> 6.0, 4 -> 8.1}}, LossFunction -> {loss}, {STEP}];""",
    )
    weights, biases = line_step(slope)
    close(evaluate(session, 'Normal[NetExtract[t, "Weights"]]'), weights)
    close(evaluate(session, 'Normal[NetExtract[t, "Biases"]]'), biases)


# ---- family 2: classes


def softmax(z: np.ndarray) -> np.ndarray:
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


X = np.array([[1.0, 2], [2, 1], [3, 4], [5, 2], [0, 3], [4, 0]])
W, B = np.array([[0.2, -0.1], [0.05, 0.3]]), np.array([0.1, -0.2])


@pytest.mark.parametrize("form", ["Index", "Probabilities"])
def test_family_2(session: Session, form: str) -> None:
    if form == "Index":
        targets, loss = "{Less, Greater, Less, Greater, Less, Greater}", "Automatic"
        t = np.array([[1.0, 0], [0, 1]] * 3)
    else:
        t = np.array([[1, 0], [0, 1], [0.9, 0.1], [0.05, 0.95], [0.5, 0.5], [0.25, 0.75]])
        session["targets"] = t
        targets, loss = "targets", 'CrossEntropyLossLayer["Probabilities"]'
    session["x"], session["w"], session["b"] = X, W, B
    evaluate(
        session,
        f"""t = NetTrain[NetChain[{{LinearLayer[2, "Weights" -> w, "Biases" -> b], SoftmaxLayer[]}},
            "Input" -> 2, "Output" -> NetDecoder[{{"Class", {{Less, Greater}}}}]], x -> {targets},
            LossFunction -> {loss}, {STEP}];""",
    )
    g = (softmax(X @ W.T + B) - t) / len(X)
    close(evaluate(session, 'Normal[NetExtract[t, {1, "Weights"}]]'), W - RATE * g.T @ X)
    close(evaluate(session, 'Normal[NetExtract[t, {1, "Biases"}]]'), B - RATE * g.sum(0))


# ---- families 3 and 4, and the sentence: one hidden layer, any derivative by the output


class Hidden:
    """A chain Linear, f, Linear with given arrays; its step for a given derivative of the mean loss by
    the output.
    """

    def __init__(self, inputs: int, hidden: int, f: str) -> None:
        self.f = f
        self.arrays = [
            RNG.normal(size=(hidden, inputs)),
            RNG.normal(size=hidden),
            RNG.normal(size=(1, hidden)),
            RNG.normal(size=1),
        ]
        self.arrays = [np.asarray(a, np.float32).astype(np.float64) for a in self.arrays]

    def code(self, session: Session) -> str:
        for name, array in zip(("w1", "b1", "w2", "b2"), self.arrays, strict=True):
            session[name] = array
        size = len(self.arrays[1])
        first = f'LinearLayer[{size}, "Weights" -> w1, "Biases" -> b1]'
        second = 'LinearLayer[1, "Weights" -> w2, "Biases" -> b2]'
        return f'NetChain[{{{first}, {self.f}, {second}}}, "Input" -> {self.arrays[0].shape[1]}]'

    def output(self, x: np.ndarray) -> np.ndarray:
        w1, b1, w2, b2 = self.arrays
        self.z = x @ w1.T + b1
        self.h = np.tanh(self.z) if self.f == "Tanh" else np.maximum(self.z, 0)
        return self.h @ w2.T + b2

    def step(self, x: np.ndarray, g: np.ndarray) -> list[np.ndarray]:
        """`g` (N, 1): derivative of the loss of each example by its output."""
        w1, b1, w2, b2 = self.arrays
        g = g / len(x)
        gh = g @ w2 * (1 - self.h**2 if self.f == "Tanh" else (self.z > 0))
        changes = [gh.T @ x, gh.sum(0), g.T @ self.h, g.sum(0)]
        return [a - RATE * c for a, c in zip(self.arrays, changes, strict=True)]


def check_arrays(session: Session, place: str, expected: list[np.ndarray]) -> None:
    names = ['1, "Weights"', '1, "Biases"', '3, "Weights"', '3, "Biases"']
    for name, array in zip(names, expected, strict=True):
        close(evaluate(session, f"Normal[NetExtract[t, {{{place}, {name}}}]]"), array)


def test_family_3(session: Session) -> None:
    net = Hidden(2, 8, "Tanh")
    x = RNG.uniform(-2, 2, (10, 2))
    y = np.exp(-(x**2).sum(1, keepdims=True) / 2)
    session["x"], session["y"] = x, y
    evaluate(
        session,
        f"""t = NetTrain[NetGraph[<|"net" -> {net.code(session)}, "sq" -> ThreadingLayer[(#1 - #2)^2 &],
            "avg" -> AggregationLayer[Mean, 1]|>, {{NetPort["Input"] -> "net",
            {{"net", NetPort["Target"]}} -> "sq" -> "avg" -> NetPort["Loss"]}}],
            <|"Input" -> x, "Target" -> y|>, LossFunction -> "Loss", {STEP}];""",
    )
    check_arrays(session, '"net"', net.step(x, 2 * (net.output(x) - y)))


@pytest.mark.parametrize(
    ("loss", "l1", "l2"),
    [
        ('"L1Loss"', 1.0, 0.0),
        ('"L2Loss"', 0.0, 1.0),
        ('{"L1Loss", "L2Loss"}', 1.0, 1.0),
        ('{"L1Loss", "L2Loss" -> Scaled[0.1]}', 1.0, 0.1),
        ("Automatic", 1.0, 1.0),
        ('<"L1Loss" -> Scaled[-2], "L2Loss">', -2.0, 1.0),
    ],
)
def test_family_4(session: Session, loss: str, l1: float, l2: float) -> None:
    net = Hidden(1, 16, "Ramp")
    x = np.linspace(0.03, 1, 9).reshape(-1, 1)
    y = np.sin(6 * x)
    session["x"], session["y"] = x, y
    evaluate(
        session,
        f"""t = NetTrain[NetGraph[<|"net" -> {net.code(session)}, "l1" -> MeanAbsoluteLossLayer[],
            "l2" -> MeanSquaredLossLayer[]|>, {{NetPort["Input"] -> "net" -> NetPort["Output"],
            "net" -> NetPort["l1", "Input"], NetPort["Target"] -> NetPort["l1", "Target"],
            "net" -> NetPort["l2", "Input"], NetPort["Target"] -> NetPort["l2", "Target"],
            NetPort["l1", "Loss"] -> NetPort["L1Loss"], NetPort["l2", "Loss"] -> NetPort["L2Loss"]}}],
            <|"Input" -> x, "Target" -> y|>, LossFunction -> {loss}, {STEP}];""",
    )
    error = net.output(x) - y
    check_arrays(session, '"net"', net.step(x, l1 * np.sign(error) + l2 * 2 * error))


@pytest.mark.parametrize("spelling", ["{{{}}}", "<{}>"])
def test_the_sentence(session: Session, spelling: str) -> None:
    """A bare port and an attached, scaled loss on another output of the same net."""
    net = Hidden(2, 5, "Tanh")
    x = RNG.uniform(-1, 1, (7, 2))
    y, z = RNG.normal(size=(7, 1)), RNG.normal(size=(7, 1))
    session["x"], session["y"], session["z"] = x, y, z
    loss = spelling.format('"Loss", "Out" -> MeanSquaredLossLayer[] -> Scaled[0.5]')
    evaluate(
        session,
        f"""t = NetTrain[NetGraph[<|"net" -> {net.code(session)}, "abs" -> MeanAbsoluteLossLayer[]|>,
            {{NetPort["Input"] -> "net" -> NetPort["Out"], "net" -> NetPort["abs", "Input"],
            NetPort["Target"] -> NetPort["abs", "Target"], NetPort["abs", "Loss"] -> NetPort["Loss"]}}],
            <|"Input" -> x, "Target" -> y, "Out" -> z|>, LossFunction -> {loss}, {STEP}];""",
    )
    out = net.output(x)
    check_arrays(session, '"net"', net.step(x, np.sign(out - y) + 0.5 * 2 * (out - z)))
    assert sorted(evaluate(session, 'Keys[Information[t, "OutputPorts"]]')) == ["Loss", "Out"]
