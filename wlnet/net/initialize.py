"""Filling the arrays of a net: NetInitialize, and the start of every training."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from wlnet.expr import Expr, S, is_list, items, system

from .conflicts import describe
from .errors import NetError, nearest
from .infer import array_dims
from .layer import ArrayField
from .net import ABSENT, SHARED, Net, Path, SharedArray
from .types import dims_text

NONE = system("None")
DEFAULT_SEED = 1234

Draw = Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]
Fill = Callable[[np.random.Generator, tuple[int, ...], int, int], np.ndarray]


class Method(NamedTuple):
    """How weights and biases are filled; biases None: zeros."""

    weights: Fill
    biases: Draw | None = None


# ---- methods


def scaled(kind: str, gain: Callable[[int, int], float]) -> Fill:
    """Numbers of standard deviation gain(fan in, fan out): normal, or uniform of the same deviation."""

    def fill(random: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        deviation = gain(max(1, fan_in), max(1, fan_out))
        if kind == "Uniform":
            limit = math.sqrt(3) * deviation
            return random.uniform(-limit, limit, shape)
        return random.normal(0, deviation, shape)

    return fill


def orthogonal(random: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
    """A random matrix (first dimension x rest) with orthonormal rows, or columns where there are more rows.

    Source: Saxe, McClelland, Ganguli 2014; the signs make the distribution uniform (Mezzadri 2007).
    """
    rows = shape[0] if shape else 1
    columns = math.prod(shape[1:])
    drawn = random.normal(size=(max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(drawn)
    q = q * np.where(np.diag(r) < 0, -1.0, 1.0)
    return (q if rows >= columns else q.T).reshape(shape)


def identity(draw: Draw) -> Fill:
    """A matrix that passes components through, plus noise."""

    def fill(random: np.random.Generator, shape: tuple[int, ...], fan_in: int, fan_out: int) -> np.ndarray:
        noise = draw(random, shape)
        return noise + np.eye(*shape) if len(shape) == 2 else noise

    return fill


def from_draw(draw: Draw) -> Fill:
    return lambda random, shape, fan_in, fan_out: draw(random, shape)


# Sources: He et al. 2015 (Kaiming), Glorot and Bengio 2010 (Xavier).
GAINS: dict[str, Callable[[int, int], float]] = {
    "Kaiming": lambda fan_in, fan_out: math.sqrt(2 / fan_in),
    "Xavier": lambda fan_in, fan_out: math.sqrt(2 / (fan_in + fan_out)),
}
SUBOPTIONS: dict[str, tuple[str, ...]] = {
    "Kaiming": ("Distribution",),
    "Xavier": ("Distribution",),
    "Orthogonal": (),
    "Random": ("Weights", "Biases"),
    "Identity": ("Distribution",),
}


def read_method(spec: Any) -> Method:
    """The option Method of NetInitialize: "name", {"name", suboption -> value, ...}, or Automatic."""
    if spec is S.Automatic:
        spec = "Kaiming"
    parts = items(spec) if is_list(spec) else (spec,)
    name, rules = (parts[0], parts[1:]) if parts else (None, ())
    if name not in SUBOPTIONS:
        hint = nearest(name, list(SUBOPTIONS)) if type(name) is str else nearest("", list(SUBOPTIONS))
        raise bad(f"There is no such Method. {hint}")
    options: dict[str, Any] = {}
    for rule in rules:
        if type(rule) is not Expr or rule.head is not S.Rule or rule.args[0] not in SUBOPTIONS[name]:
            known = ", ".join(f'"{x}"' for x in SUBOPTIONS[name]) or "no suboptions"
            raise bad(f'The method "{name}" takes {known}.')
        options[rule.args[0]] = rule.args[1]
    if name in GAINS:
        kind = options.get("Distribution", "Normal")
        if kind not in ("Normal", "Uniform"):
            raise bad(f'"Distribution" of the method "{name}" is "Normal" or "Uniform".')
        return Method(scaled(kind, GAINS[name]))
    if name == "Orthogonal":
        return Method(orthogonal)
    if name == "Identity":
        return Method(identity(read_distribution(options.get("Distribution", 0.01))))
    weights = read_distribution(options.get("Weights", 1))
    biases = options.get("Biases", NONE)
    return Method(from_draw(weights), None if biases is NONE else read_distribution(biases))


def read_distribution(spec: Any) -> Draw:
    """A standard deviation, NormalDistribution[m, s], or UniformDistribution[{a, b}]; NetError for others."""
    if type(spec) in (int, float) and spec >= 0:
        return lambda random, shape: random.normal(0, float(spec), shape)
    if type(spec) is Expr:
        try:
            if spec.head is S.NormalDistribution:
                mean, deviation = map(float, spec.args) if spec.args else (0.0, 1.0)
                return lambda random, shape: random.normal(mean, deviation, shape)
            if spec.head is S.UniformDistribution and len(spec.args) <= 1:
                low, high = map(float, items(spec.args[0])) if spec.args else (0.0, 1.0)
                return lambda random, shape: random.uniform(low, high, shape)
        except (TypeError, ValueError):
            pass
    raise bad(
        "A distribution is a standard deviation, NormalDistribution[mean, deviation] or "
        "UniformDistribution[{low, high}]."
    )


def bad(text: str) -> NetError:
    return NetError("NetInitialize", "method", text)


# ---- nets


def initialize(
    net: Net,
    seed: int | np.random.Generator = DEFAULT_SEED,
    method: Any = "Kaiming",
    replace: bool = False,
    symbol: str = "NetInitialize",
) -> Net:
    """`net` with every array set: those not set yet, or with `replace` all of them.

    The same seed gives the same arrays. NetError where the shape of an array is not known.
    """
    how = method if type(method) is Method else read_method(method)
    if isinstance(seed, np.random.Generator):
        random = seed
    else:
        random = np.random.Generator(np.random.Philox(seed % 2**128))
    check_specified(net, symbol)
    values: dict[Path, np.ndarray | None] = {}
    for path, inner in net.walk():
        dims = array_dims(inner)
        for field in inner.record.array_fields(inner.params):
            held = inner.arrays.get(field.name, ABSENT)
            place = (SHARED, held.name) if type(held) is SharedArray else (*path, field.name)
            known: Any = held.value if type(held) is SharedArray else held
            if held is ABSENT or place in values or (known is not None and not replace):
                continue
            shape: Any = known.shape if known is not None else dims[field.name]
            values[place] = filled(inner, field, shape, how, random)
    return net.with_arrays(values) if values else net


def filled(
    net: Net, field: ArrayField, shape: tuple[int, ...], how: Method, random: np.random.Generator
) -> np.ndarray:
    """A new value for one array."""
    if field.role == "constant":
        return np.full(shape, field.fill, np.float32)
    if field.role == "biases":
        drawn = np.zeros(shape) if how.biases is None else how.biases(random, shape)
        return np.asarray(drawn, np.float32)
    if net.record.fans is not None:
        fan_in, fan_out = net.record.fans(field.name, shape)
    else:
        fan_in, fan_out = math.prod(shape[1:]), shape[0] if shape else 1
    return how.weights(random, shape, fan_in, fan_out).astype(np.float32)


def check_specified(net: Net, symbol: str) -> None:
    """NetError naming what is not known, unless the shape of every array is."""
    for path, inner in net.walk():
        for name, dims in array_dims(inner).items():
            if dims is None or any(type(x) is not int for x in dims):
                where = (
                    f" of the layer {{{', '.join(path)}}} ({describe(inner)})"
                    if path
                    else f" of {describe(inner)}"
                )
                port = unknown_input(net)
                text = f'The shape of the array "{name}"{where} is not known ({dims_text(dims)}). {port}'
                raise NetError(symbol, "unspecified", text)


def unknown_input(net: Net) -> str:
    """The remedy: which port of the net to specify."""
    for name, port in net.inputs.items():
        if not port.known:
            return f'Specify the net, for example with "{name}" -> n.'
    return 'Specify the layers, for example LinearLayer[n], or the port "Output" -> n.'
