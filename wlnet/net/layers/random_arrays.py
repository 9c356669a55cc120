"""RandomArrayLayer: arrays of random numbers, from fixed distributions or with parameters that are inputs.

Distributions are built from uniform and normal numbers of the runtime, so that gradients reach their
parameters where the numbers depend on them smoothly (Kingma, Welling 2014: reparametrization); whole numbers
have gradient 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from wlnet.expr import Expr, S, Symbol, is_list, items, system
from wlnet.net import formulas
from wlnet.net.layer import REQUIRED, Example, Parameter, Params, Ports, layer
from wlnet.net.types import REAL, VARYING

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.net.net import Net
    from wlnet.runtime import ir

Shape = tuple[int, ...]
Draw = Callable[..., Any]

# Rounds of the rejection method for gamma numbers: at least 95 % of the numbers pass in each (Marsaglia,
# Tsang 2000, table 1), so that one in 10^9 takes the mean instead.
ROUNDS = 7


class Source:
    """Random numbers of one shape and dtype."""

    def __init__(self, b: ir.Builder, shape: Shape, dtype: str) -> None:
        self.b = b
        self.shape = shape
        self.dtype = dtype

    def uniform(self) -> ir.Value:
        """Numbers in (0, 1]: their logarithm exists."""
        return self.b.sub(1.0, self.b.random_uniform(self.shape, dtype=self.dtype))

    def normal(self) -> ir.Value:
        return self.b.random_normal(self.shape, dtype=self.dtype)

    def value(self, x: Any) -> ir.Value:
        return self.b.broadcast_to(self.b.constant(float(x), self.dtype) if is_number(x) else x, self.shape)


def is_number(x: Any) -> bool:
    return isinstance(x, int | float)


# ---- distributions: (source, parameters) -> numbers


def normal(r: Source, mean: Any = 0.0, deviation: Any = 1.0) -> Any:
    return r.b.add(r.b.mul(r.normal(), deviation), mean)


def uniform(r: Source, low: Any = 0.0, high: Any = 1.0) -> Any:
    b = r.b
    return b.add(b.mul(b.random_uniform(r.shape, dtype=r.dtype), b.sub(r.value(high), r.value(low))), low)


def exponential(r: Source, rate: Any = 1.0) -> Any:
    return r.b.div(r.b.mul(r.b.log(r.uniform()), -1.0), rate)


def gamma(r: Source, shape: Any, scale: Any = 1.0) -> Any:
    """Marsaglia and Tsang 2000: d v with v = (1 + x/sqrt(9 d))^3, d = a - 1/3; for a < 1 the number for a + 1
    times u^(1/a).
    """
    b, a = r.b, r.value(shape)
    small = b.less(a, 1.0)
    d = b.sub(b.select(small, b.add(a, 1.0), a), 1 / 3)
    c = b.reciprocal(b.sqrt(b.mul(d, 9.0)))
    found, done = d, None
    for _ in range(ROUNDS):
        x, u = r.normal(), r.uniform()
        root = b.add(b.mul(x, c), 1.0)
        inside = b.greater(root, 0.0)
        v = b.mul(root, b.square(root))
        log_v = b.log(b.select(inside, v, 1.0))
        bound = b.add(b.mul(b.square(x), 0.5), b.mul(d, b.add(b.sub(1.0, v), log_v)))
        passes = b.logical_and(inside, b.less(b.log(u), bound))
        fresh = passes if done is None else b.logical_and(passes, b.logical_not(done))
        found = b.select(fresh, b.mul(d, v), found)
        done = passes if done is None else b.logical_or(done, passes)
    boost = b.exp(b.div(b.log(r.uniform()), b.select(small, a, 1.0)))
    return b.mul(b.select(small, b.mul(found, boost), found), scale)


def maxwell(r: Source, deviation: Any) -> Any:
    b = r.b
    total = b.add(b.add(b.square(r.normal()), b.square(r.normal())), b.square(r.normal()))
    return b.mul(b.sqrt(total), deviation)


def rayleigh(r: Source, deviation: Any) -> Any:
    return r.b.mul(r.b.sqrt(r.b.mul(r.b.log(r.uniform()), -2.0)), deviation)


def half_normal(r: Source, theta: Any) -> Any:
    """Of the language's parameter theta: |x| for x of deviation Sqrt[Pi/2]/theta."""
    return r.b.div(r.b.mul(r.b.abs(r.normal()), math.sqrt(math.pi / 2)), theta)


def weibull(r: Source, shape: Any, scale: Any, place: Any = 0.0) -> Any:
    b = r.b
    log = b.log(b.mul(b.log(r.uniform()), -1.0))
    return b.add(b.mul(b.exp(b.div(log, shape)), scale), place)


def chi_square(r: Source, degrees: Any) -> Any:
    return gamma(r, r.b.mul(r.value(degrees), 0.5), 2.0)


def chi(r: Source, degrees: Any) -> Any:
    return r.b.sqrt(chi_square(r, degrees))


def nakagami(r: Source, mu: Any, omega: Any) -> Any:
    return r.b.sqrt(gamma(r, mu, r.b.div(r.value(omega), mu)))


def erlang(r: Source, shape: Any, rate: Any) -> Any:
    return gamma(r, shape, r.b.reciprocal(r.value(rate)))


def exp_gamma(r: Source, shape: Any, scale: Any = 1.0, place: Any = 0.0) -> Any:
    return r.b.add(r.b.mul(r.b.log(gamma(r, shape)), scale), place)


def log_gamma(r: Source, alpha: Any, beta: Any, place: Any = 0.0) -> Any:
    """Of the language: place - 1 + Exp[x] for gamma x."""
    return r.b.add(r.b.sub(r.b.exp(gamma(r, alpha, beta)), 1.0), place)


def inverse_gamma(r: Source, alpha: Any, beta: Any) -> Any:
    return r.b.div(r.value(beta), gamma(r, alpha))


def bernoulli(r: Source, probability: Any) -> Any:
    return r.b.select(r.b.less(r.b.random_uniform(r.shape, dtype=r.dtype), r.value(probability)), 1.0, 0.0)


def discrete_uniform(r: Source, low: Any, high: Any) -> Any:
    b, least = r.b, r.value(low)
    count = b.add(b.sub(r.value(high), least), 1.0)
    return b.minimum(b.add(b.floor(b.mul(b.random_uniform(r.shape, dtype=r.dtype), count)), least), high)


def poisson(r: Source, mean: Any) -> Any:
    return r.b.poisson_quantile(r.uniform(), r.value(mean))


def binomial(r: Source, count: Any, probability: Any) -> Any:
    return r.b.binomial_quantile(r.uniform(), r.value(count), r.value(probability))


def negative_binomial(r: Source, count: Any, probability: Any) -> Any:
    """Poisson numbers of gamma means (Greenwood, Yule 1920)."""
    b, p = r.b, r.value(probability)
    return poisson(r, gamma(r, count, b.div(b.sub(1.0, p), p)))


# Distribution -> (draw, least and most parameters).
DISTRIBUTIONS: dict[str, tuple[Draw, int, int]] = {
    "Normal": (normal, 0, 2),
    "Uniform": (uniform, 0, 2),
    "Gamma": (gamma, 2, 2),
    "Exponential": (exponential, 1, 1),
    "Poisson": (poisson, 1, 1),
    "Maxwell": (maxwell, 1, 1),
    "Rayleigh": (rayleigh, 1, 1),
    "Chi": (chi, 1, 1),
    "HalfNormal": (half_normal, 1, 1),
    "Weibull": (weibull, 2, 3),
    "Nakagami": (nakagami, 2, 2),
    "ChiSquare": (chi_square, 1, 1),
    "Erlang": (erlang, 2, 2),
    "LogGamma": (log_gamma, 2, 3),
    "ExpGamma": (exp_gamma, 1, 3),
    "InverseGamma": (inverse_gamma, 2, 2),
    "Bernoulli": (bernoulli, 1, 1),
    "Binomial": (binomial, 2, 2),
    "NegativeBinomial": (negative_binomial, 2, 2),
    "DiscreteUniform": (discrete_uniform, 1, 2),
}
WHOLE = ("Poisson", "Bernoulli", "Binomial", "NegativeBinomial", "DiscreteUniform")


# ---- the layer


def distribution_of(value: Any) -> Expr | None:
    """The distribution of RandomArrayLayer[dist] or of the body of a function."""
    body = (
        value.args[0] if type(value) is Expr and value.head is S.Function and len(value.args) == 1 else value
    )
    if type(body) is Symbol:
        body = Expr(body, ())
    return body if type(body) is Expr else None


def parameters_of(dist: Expr) -> tuple[Any, ...]:
    """Its parameters; UniformDistribution[{a, b}] and DiscreteUniformDistribution[{a, b}] have two."""
    if len(dist.args) == 1 and is_list(dist.args[0]):
        return tuple(items(dist.args[0]))
    return tuple(dist.args)


def read_distribution(value: Any) -> Any:
    dist = distribution_of(value)
    if dist is None or type(dist.head) is not Symbol or not dist.head.name.endswith("Distribution"):
        return None
    known = DISTRIBUTIONS.get(dist.head.name.removesuffix("Distribution"))
    if known is None or not known[1] <= len(parameters_of(dist)) <= known[2]:
        return None
    names = formulas.slots_of(dist)
    good = all(plain(x) for x in parameters_of(dist)) and all(type(x) is str or x == 1 for x in names)
    return value if good else None


def plain(e: Any) -> bool:
    """Whether a parameter is a number or a formula of slots."""
    if type(e) is Expr and e.head is S.Slot:
        return True
    if type(e) is Expr:
        return formulas.allowed(e.head) and all(map(plain, e.args))
    return is_number(e) or hasattr(e, "numerator") or (type(e) is Symbol and e.name in formulas.CONSTANTS)


def random_inputs(params: Params) -> Ports:
    """The slots of the function: named ones, or one "Input"."""
    dist = distribution_of(params["Distribution"])
    slots = formulas.slots_of(dist) if type(params["Distribution"]) is Expr and dist is not None else []
    return {x if type(x) is str else "Input": REAL for x in slots}


def random_types(t: Typing) -> None:
    t.real(*t.inputs, "Output")
    t.same(*t.inputs, "Output")
    shape = t["Output"].shape
    if shape is not None and VARYING in shape and not t.inputs:
        raise t.fail("Output", "arrays of fixed dimensions")


def random_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b = at.b
    dist = distribution_of(at.params["Distribution"])
    assert dist is not None
    shape = next(iter(ins.values())).shape if ins else (at.batch, *at.extents("Output"))
    slots: dict[Any, ir.Value] = {name: at.real(x) for name, x in ins.items()}
    if "Input" in slots:
        slots[1] = slots["Input"]
    given = [formulas.emit(b, x, slots) for x in parameters_of(dist)]
    name = dist.head.name.removesuffix("Distribution")
    if name == "DiscreteUniform" and len(given) == 1:
        given.insert(0, 1)
    found = DISTRIBUTIONS[name][0](Source(b, shape, at.dtype), *given)
    return at.real(b.stop_gradient(found) if name in WHOLE else found)


def short(net: Net) -> str:
    dist = distribution_of(net.params["Distribution"])
    return f"RandomArrayLayer[{dist.head.name if dist is not None else ''}]"


KNOWN = ", ".join(DISTRIBUTIONS)

layer(
    "RandomArrayLayer",
    usage='RandomArrayLayer[dist, "Output" -> {n1, n2, ...}] is a layer without inputs that gives random '
    "numbers of\na distribution, new ones at every use.\n"
    "RandomArrayLayer[NormalDistribution[#Mean, #Std] &] takes the parameters as inputs, element by "
    f"element.\nDistributions: {KNOWN}.",
    arguments=(
        Parameter(
            "Distribution",
            read_distribution,
            f"one of these distributions with its parameters, or a function that gives one: {KNOWN}",
            REQUIRED,
        ),
    ),
    inputs=random_inputs,
    outputs={"Output": REAL},
    infer=random_types,
    lower=random_lower,
    random=True,
    padded=True,
    short=short,
    examples=(
        Example('RandomArrayLayer[UniformDistribution[{2, 2}], "Output" -> 3][]', "{2., 2., 2.}"),
        Example('Dimensions[RandomArrayLayer[NormalDistribution[0, 1], "Output" -> {2, 3}][]]', "{2, 3}"),
    ),
)
for _name in (f"{each}Distribution" for each in DISTRIBUTIONS):
    system(_name)  # formulas of files name them
