"""wlnet inside a Python program: arrays in, a trained net out, which is called like a function."""

from pathlib import Path

import numpy as np

from wlnet import Session

table = np.loadtxt(Path(__file__).parent / "data" / "diabetes.csv", delimiter=",", skiprows=1)
x, y = table[:, :10], table[:, 10:]
x = (x - x.mean(0)) / x.std(0)
y = (y - y.mean()) / y.std()
train, test = slice(0, 353), slice(353, None)

session = Session()
session["x"], session["y"] = np.ascontiguousarray(x[train]), np.ascontiguousarray(y[train])
net = session.evaluate(
    """
    net = NetTrain[NetChain[{16, Tanh, 1}, "Input" -> 10], x -> y,
       LossFunction -> MeanAbsoluteLossLayer[], Method -> {"ADAM", "L2Regularization" -> 0.01},
       MaxTrainingRounds -> 60, RandomSeeding -> 4]
    """,
    check=True,
)

predicted = np.asarray(net(np.ascontiguousarray(x[test])))
explained = 1 - np.sum((predicted - y[test]) ** 2) / np.sum((y[test] - y[train].mean()) ** 2)
print("predictions:", predicted.shape)
print("explains at least 40 % of the held-out variance:", bool(explained >= 0.4))
print("layers:", session.evaluate("Length[net]"))

# what goes wrong comes back as messages
failed = session.evaluate('NetTrain[net, x -> y, LossFunction -> "Losses"]')
print("failed:", failed, "-", session.messages[0].name)
