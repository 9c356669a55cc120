"""Optimiser steps over flat buffers: one instruction updates every parameter of a group.

Each takes the parameters, their gradient, its own state and the learning rate, and gives the new parameters
and state in the buffers of the old.  The rate is a scalar, or a vector like the parameters (rates of their
own for some arrays, see Builder.spread).  All work on one vector; `expand` states each formula in
elementwise ops. Formulas and constants: nettrain.md, section 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..types import ShapeError, Type
from .launches import Kernel, optimizer_rule
from .record import UPDATE, Op, Params, Types, case, op

if TYPE_CHECKING:
    from ..ir import Builder, Value

# Elements.  Ten passes over one chunk of five float32 streams stay in a 1 MiB second-level cache
# (performance.md, section 4: Adam over 670 K parameters, 806 us in chunks of 32 K).
CHUNK = 32768


def check(name: str, w: Type, states: tuple[Type, ...], rate: Type) -> None:
    if not w.is_float or any(each != w for each in states):
        raise ShapeError(name, f"gradient and state like the parameters, {w}", ", ".join(map(str, states)))
    if rate.shape not in ((), w.shape):
        raise ShapeError(name, f"a rate of shape () or {w.shape}", str(rate))


def chunks(*arrays: np.ndarray) -> list[tuple[np.ndarray, ...]]:
    """The same stretch of every vector, CHUNK elements at a time,
    and a temporary; scalars stand whole in each.
    """
    size, dtype = arrays[0].size, arrays[0].dtype
    temporary = np.empty(min(CHUNK, size), dtype)
    found = []
    for start in range(0, size, CHUNK):
        stop = min(start + CHUNK, size)
        found.append(
            (*(each[start:stop] if each.ndim else each for each in arrays), temporary[: stop - start])
        )
    return found


def constant(value: float, like: np.ndarray) -> np.ndarray:
    """A number as the array without axes that ufuncs take fastest
    (0.48 us a call against 0.79 for a float).
    """
    return np.array(value, like.dtype)


# What an optimiser's bind gives for its prepared chunks: a call a step.
Step = Callable[[], None]


def run_bound(bind: Callable[..., Step]) -> Callable[..., None]:
    """The NumPy reference of an op from its prepared form."""

    def numpy(out: tuple[np.ndarray, ...], *operands: np.ndarray, **params: Any) -> None:
        bind(out, operands, params)()

    return numpy


def optimizer(name: str, states: Sequence[tuple[float, float]], scalars: int, **fields: Any) -> Op:
    """An optimiser's record; `states`: the intervals from which tests draw each state.

    Operands: parameters, gradient, states, scalars (the rate first); results: parameters, states.
    """
    count, n = len(states), (5,)
    pairs = ((0, 0), *((k + 1, k + 2) for k in range(count)))

    def cost(operands: Types, results: Types, params: Params) -> int:
        return 4 * (1 + count) * results[0].size

    return op(
        name,
        kind=UPDATE,
        inplace=pairs,
        cost=cost,
        numpy=run_bound(fields["bind"]),
        numba=name,
        domain=((-1.0, 1.0),) * 2 + tuple(states) + ((0.01, 0.1),) + ((1.0, 3.0),) * (scalars - 1),
        examples=[
            case(*[n] * (2 + count), *[()] * scalars),
            case(*[(1025,)] * (2 + count), (1025,), *[()] * (scalars - 1)),
        ],
        **fields,
    )


# ---- Adam


def adam_type(
    w: Type,
    g: Type,
    m: Type,
    v: Type,
    rate: Type,
    step: Type,
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-5,
) -> Types:
    check("adam", w, (g, m, v), rate)
    return w, w, w


def adam_bind(out: tuple[np.ndarray, ...], operands: tuple[np.ndarray, ...], params: Params) -> Step:
    """Ten passes.  The bias corrections and the factors (1 - beta), which the stored moments lack, are two
    scalars:

    rate mhat/(sqrt(vhat) + eps) = rate a/sqrt(c) m/(sqrt(v) + eps/sqrt(c)),  a = (1-b1)/(1-b1^t), c likewise.
    """
    *vectors, rate, step = operands
    beta1, beta2, epsilon = params["beta1"], params["beta2"], params["epsilon"]
    decay1, decay2 = constant(beta1, out[0]), constant(beta2, out[0])
    factor, small = constant(0, out[0]), constant(0, out[0])
    rates = rate.ndim > 0
    parts = chunks(*out, *vectors, rate)

    def call() -> None:
        t = float(step)
        a, root = (1 - beta1) / (1 - beta1**t), ((1 - beta2) / (1 - beta2**t)) ** 0.5
        factor[...] = a / root if rates else a / root * float(rate)
        small[...] = epsilon / root
        for w1, m1, v1, w, g, m, v, scale, t1 in parts:
            np.multiply(m, decay1, m1)
            np.add(m1, g, m1)
            np.multiply(g, g, t1)
            np.multiply(v, decay2, v1)
            np.add(v1, t1, v1)
            np.sqrt(v1, t1)
            np.add(t1, small, t1)
            np.divide(m1, t1, t1)
            np.multiply(t1, factor, t1)
            if rates:
                np.multiply(t1, scale, t1)
            np.subtract(w, t1, w1)

    return call


def adam_expand(
    b: Builder, w: Value, g: Value, m: Value, v: Value, rate: Value, step: Value, **p: float
) -> tuple[Value, ...]:
    step = b.cast(step, w.dtype)
    m1 = b.add(b.mul(m, p["beta1"]), g)
    v1 = b.add(b.mul(v, p["beta2"]), b.square(g))
    mhat = b.mul(m1, b.div(1 - p["beta1"], b.sub(1, b.power(p["beta1"], step))))
    vhat = b.mul(v1, b.div(1 - p["beta2"], b.sub(1, b.power(p["beta2"], step))))
    return b.sub(w, b.mul(rate, b.div(mhat, b.add(b.sqrt(vhat), p["epsilon"])))), m1, v1


optimizer(
    "adam",
    [(-1.0, 1.0), (0.1, 1.0)],
    2,
    shape=adam_type,
    bind=adam_bind,
    cuda=Kernel("adam.cu", optimizer_rule("adam", 2, ("beta1", "beta2", "epsilon"))),
    expand=adam_expand,
    doc="Adam (Kingma, Ba 2015, algorithm 1): parameters, gradient, moments, rate, step (from 1).  Moments "
    "are stored divided by (1 - beta), which saves two passes.",
)

# ---- RMSProp


def rmsprop_type(
    w: Type,
    g: Type,
    n: Type,
    a: Type,
    delta: Type,
    rate: Type,
    *,
    beta: float = 0.95,
    epsilon: float = 1e-6,
    momentum: float = 0.9,
) -> Types:
    check("rmsprop", w, (g, n, a, delta), rate)
    return w, w, w, w


def rmsprop_bind(out: tuple[np.ndarray, ...], operands: tuple[np.ndarray, ...], params: Params) -> Step:
    *vectors, rate = operands
    keep, new = constant(params["beta"], out[0]), constant(1 - params["beta"], out[0])
    small, friction = constant(params["epsilon"], out[0]), constant(params["momentum"], out[0])
    parts = chunks(*out, *vectors, rate)

    def call() -> None:
        for w1, n1, a1, d1, w, g, n, a, d, scale, t in parts:
            np.multiply(g, g, t)
            np.multiply(t, new, t)
            np.multiply(n, keep, n1)
            np.add(n1, t, n1)
            np.multiply(g, new, t)
            np.multiply(a, keep, a1)
            np.add(a1, t, a1)
            np.multiply(a1, a1, t)
            np.subtract(n1, t, t)
            np.add(t, small, t)
            np.sqrt(t, t)
            np.divide(g, t, t)
            np.multiply(t, scale, t)
            np.multiply(d, friction, d1)
            np.subtract(d1, t, d1)
            np.add(w, d1, w1)

    return call


def rmsprop_expand(
    b: Builder, w: Value, g: Value, n: Value, a: Value, delta: Value, rate: Value, **p: float
) -> tuple[Value, ...]:
    n1 = b.add(b.mul(n, p["beta"]), b.mul(b.square(g), 1 - p["beta"]))
    a1 = b.add(b.mul(a, p["beta"]), b.mul(g, 1 - p["beta"]))
    root = b.sqrt(b.add(b.sub(n1, b.square(a1)), p["epsilon"]))
    d1 = b.sub(b.mul(delta, p["momentum"]), b.mul(rate, b.div(g, root)))
    return b.add(w, d1), n1, a1, d1


optimizer(
    "rmsprop",
    [(1.0, 2.0), (-0.5, 0.5), (-1.0, 1.0)],
    1,
    shape=rmsprop_type,
    bind=rmsprop_bind,
    cuda=Kernel("rmsprop.cu", optimizer_rule("rmsprop", 3, ("beta", "epsilon", "momentum"))),
    expand=rmsprop_expand,
    doc="Centred RMSProp with momentum (Graves 2013, equations 38-41): parameters, gradient, mean square, "
    "mean, last change, rate.",
)

# ---- SGD with momentum


def sgd_type(w: Type, g: Type, delta: Type, rate: Type, *, momentum: float = 0.93) -> Types:
    check("sgd_momentum", w, (g, delta), rate)
    return w, w


def sgd_bind(out: tuple[np.ndarray, ...], operands: tuple[np.ndarray, ...], params: Params) -> Step:
    *vectors, rate = operands
    friction = constant(params["momentum"], out[0])
    parts = chunks(*out, *vectors, rate)

    def call() -> None:
        for w1, d1, w, g, d, scale, t in parts:
            np.multiply(g, scale, t)
            np.multiply(d, friction, d1)
            np.subtract(d1, t, d1)
            np.add(w, d1, w1)

    return call


def sgd_expand(
    b: Builder, w: Value, g: Value, delta: Value, rate: Value, *, momentum: float
) -> tuple[Value, ...]:
    d1 = b.sub(b.mul(delta, momentum), b.mul(rate, g))
    return b.add(w, d1), d1


optimizer(
    "sgd_momentum",
    [(-1.0, 1.0)],
    1,
    shape=sgd_type,
    bind=sgd_bind,
    cuda=Kernel("sgd_momentum.cu", optimizer_rule("sgd_momentum", 1, ("momentum",))),
    expand=sgd_expand,
    doc="Gradient descent with momentum: change = momentum change - rate gradient.  Parameters, gradient, "
    "last change, rate.",
)

# ---- SignSGD with momentum


def sign_type(w: Type, g: Type, delta: Type, rate: Type, *, momentum: float = 0.93) -> Types:
    check("sign_sgd", w, (g, delta), rate)
    return w, w


def sign_bind(out: tuple[np.ndarray, ...], operands: tuple[np.ndarray, ...], params: Params) -> Step:
    *vectors, rate = operands
    friction, new = constant(params["momentum"], out[0]), constant(1 - params["momentum"], out[0])
    parts = chunks(*out, *vectors, rate)

    def call() -> None:
        for w1, d1, w, g, d, scale, t in parts:
            np.multiply(g, new, t)
            np.multiply(d, friction, d1)
            np.subtract(d1, t, d1)
            np.sign(d1, t)
            np.multiply(t, scale, t)
            np.add(w, t, w1)

    return call


def sign_expand(
    b: Builder, w: Value, g: Value, delta: Value, rate: Value, *, momentum: float
) -> tuple[Value, ...]:
    d1 = b.sub(b.mul(delta, momentum), b.mul(g, 1 - momentum))
    return b.add(w, b.mul(rate, b.sign(d1))), d1


optimizer(
    "sign_sgd",
    [(-1.0, 1.0)],
    1,
    shape=sign_type,
    bind=sign_bind,
    cuda=Kernel("sign_sgd.cu", optimizer_rule("sign_sgd", 1, ("momentum",))),
    expand=sign_expand,
    doc="Signed momentum (Bernstein et al. 2018, algorithm 1): parameters, gradient, momentum, rate.",
)
