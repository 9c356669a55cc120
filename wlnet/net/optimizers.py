"""Training methods: one record each, the grammar of the option Method, and the updates of a training step.

Formulas and constants: nettrain.md, section 3, and decisions.md, "Training". The order within a step is:
gradients are clipped, then lambda w is added to them, then the method updates the arrays,
then weights are clipped.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from wlnet.expr import Expr, S, Symbol, is_list, items, system
from wlnet.runtime import types

from .errors import NetError
from .quantities import real_number

if TYPE_CHECKING:
    from wlnet.runtime import ir

NONE, AUTOMATIC = system("None"), S.Automatic
INFINITY = float("inf")

# The store's groups: what is learned, and what the optimiser remembers of each learned number.
PARAMETERS = "parameters"


class Method(NamedTuple):
    """One training method.

    rate      the automatic learning rate
    settings  its own suboptions with their defaults
    states    names of the vectors it keeps, each as long as the parameters
    step      (b, parameters, gradient, states, rate, count, settings) -> (new parameters, *new states);
              vectors in the layout of the flat parameters, `rate` a scalar or such a vector, `count` the
              step's number from 1
    """

    name: str
    rate: float
    settings: dict[str, float]
    states: tuple[str, ...]
    step: Callable[..., tuple[ir.Value, ...]]


def _adam(
    b: ir.Builder,
    w: ir.Value,
    g: ir.Value,
    states: Sequence[ir.Value],
    rate: ir.Value,
    count: ir.Value,
    s: dict[str, float],
) -> Any:
    return b.adam(w, g, *states, rate, count, beta1=s["Beta1"], beta2=s["Beta2"], epsilon=s["Epsilon"])


def _rmsprop(
    b: ir.Builder,
    w: ir.Value,
    g: ir.Value,
    states: Sequence[ir.Value],
    rate: ir.Value,
    _: ir.Value,
    s: dict[str, float],
) -> Any:
    return b.rmsprop(w, g, *states, rate, beta=s["Beta"], epsilon=s["Epsilon"], momentum=s["Momentum"])


def _sgd(
    b: ir.Builder,
    w: ir.Value,
    g: ir.Value,
    states: Sequence[ir.Value],
    rate: ir.Value,
    _: ir.Value,
    s: dict[str, float],
) -> Any:
    return b.sgd_momentum(w, g, *states, rate, momentum=s["Momentum"])


def _sign(
    b: ir.Builder,
    w: ir.Value,
    g: ir.Value,
    states: Sequence[ir.Value],
    rate: ir.Value,
    _: ir.Value,
    s: dict[str, float],
) -> Any:
    return b.sign_sgd(w, g, *states, rate, momentum=s["Momentum"])


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("ADAM", 0.001, {"Beta1": 0.9, "Beta2": 0.999, "Epsilon": 1e-5}, ("mean", "square"), _adam),
        Method(
            "RMSProp",
            0.001,
            {"Beta": 0.95, "Epsilon": 1e-6, "Momentum": 0.9},
            ("square", "mean", "change"),
            _rmsprop,
        ),
        Method("SGD", 0.01, {"Momentum": 0.93}, ("change",), _sgd),
        Method("SignSGD", 0.001, {"Momentum": 0.93}, ("change",), _sign),
    )
}

# Suboptions that every method takes, with their defaults.
COMMON: dict[str, Any] = {
    "LearningRate": AUTOMATIC,
    "LearningRateSchedule": AUTOMATIC,
    "L2Regularization": NONE,
    "GradientClipping": NONE,
    "WeightClipping": NONE,
}


class Optimizer(NamedTuple):
    """A method with everything set. The last three are a number, None, or the user's rules as they stand."""

    method: Method
    settings: dict[str, float]
    rate: float
    schedule: Any
    regularization: Any
    gradient_clipping: Any
    weight_clipping: Any

    def expression(self) -> Expr:
        """The method with all its suboptions, as the property "OptimizationMethod" gives it."""
        rules: list[tuple[str, Any]] = list(self.settings.items())
        rules += [("LearningRate", self.rate), ("LearningRateSchedule", self.schedule)]
        rules += [
            ("L2Regularization", self.regularization),
            ("GradientClipping", self.gradient_clipping),
            ("WeightClipping", self.weight_clipping),
        ]
        made = (Expr(S.Rule, (name, NONE if value is None else value)) for name, value in rules)
        return Expr(S.List, (self.method.name, *made))


def bad(text: str) -> NetError:
    return NetError("NetTrain", "method", text)


def near(name: str, known: Sequence[str]) -> str:
    """A sentence that names the nearest of `known`, and all of them."""
    close = difflib.get_close_matches(name, known, 1)
    start = f'Did you mean "{close[0]}"? ' if close else ""
    return start + "Possible are " + ", ".join(f'"{each}"' for each in known) + "."


def read_method(setting: Any, learning_rate: Any = AUTOMATIC) -> Optimizer:
    """The optimizer that Method -> `setting` and LearningRate -> `learning_rate` ask for.

    Raises NetError for an unknown method, an unknown suboption, or a value out of its range.
    """
    name, rules = _split(setting)
    if name not in METHODS:
        raise bad(f"There is no training method {name!r}. ".replace("'", '"') + near(name, list(METHODS)))
    method = METHODS[name]
    given: dict[str, Any] = {}
    for rule in rules:
        if type(rule) is not Expr or rule.head not in (S.Rule, S.RuleDelayed) or len(rule.args) != 2:
            raise bad(
                f'Method -> {{"{name}", ...}} takes rules such as "LearningRate" -> 0.01; found {rule}.'
            )
        key, value = rule.args
        key = key.name if type(key) is Symbol else key
        if key not in COMMON and key not in method.settings:
            names = [*method.settings, *COMMON]
            raise bad(f'The method "{name}" has no suboption "{key}". ' + near(str(key), names))
        given[key] = value
    settings = {key: _setting(key, given.get(key, value)) for key, value in method.settings.items()}
    return Optimizer(
        method,
        settings,
        _rate(method, given.get("LearningRate", AUTOMATIC), learning_rate),
        given.get("LearningRateSchedule", AUTOMATIC),
        *(
            _bound(key, given.get(key, NONE))
            for key in ("L2Regularization", "GradientClipping", "WeightClipping")
        ),
    )


def _split(setting: Any) -> tuple[str, tuple[Any, ...]]:
    """The method's name and the rules after it."""
    if setting is AUTOMATIC:
        return "ADAM", ()
    if type(setting) is str:
        return setting, ()
    if (
        is_list(setting)
        and len(items(setting))
        and (type(items(setting)[0]) is str or items(setting)[0] is AUTOMATIC)
    ):
        first, *rules = items(setting)
        return ("ADAM" if first is AUTOMATIC else first), tuple(rules)
    raise bad(
        'Method takes a name such as "ADAM" or a list such as {"SGD", "Momentum" -> 0}. '
        + near("", list(METHODS))
    )


def _setting(key: str, value: Any) -> float:
    """A method's own constant: momenta and decays in 0 <= x < 1 (None is 0), epsilons above 0."""
    number = 0.0 if value is NONE and key == "Momentum" else real_number(value)
    low_ok = number is not None and (number > 0 if key == "Epsilon" else 0 <= number < 1)
    if not low_ok:
        wanted = "a number above 0" if key == "Epsilon" else "a number at least 0 and below 1"
        raise bad(f'"{key}" must be {wanted}.')
    assert number is not None
    return number


def _rate(method: Method, inside: Any, outside: Any) -> float:
    """The base learning rate: NetTrain's own option first, then the suboption, then the method's."""
    value = outside if outside is not AUTOMATIC else inside
    if value is AUTOMATIC:
        return method.rate
    number = real_number(value)
    if number is None or number <= 0:
        raise NetError("NetTrain", "rate", "LearningRate must be a positive number or Automatic.")
    return number


def _bound(key: str, value: Any) -> Any:
    """A regularization or clipping setting: None, a number not below 0,
    or a list of rules (kept for later).
    """
    if value is NONE:
        return None
    number = real_number(value)
    if number is not None and number >= 0:
        return number
    rules = items(value) if is_list(value) else (value,)
    if rules and all(type(rule) is Expr and rule.head is S.Rule for rule in rules):
        return value if is_list(value) else Expr(S.List, (value,))
    raise bad(f'"{key}" must be a number not below 0, None, or rules from parts of the net to such numbers.')


class Arrays(NamedTuple):
    """What holds for each learned array, in the order of the flat parameters:
    one entry an array in each list.

    rates            learning-rate multipliers; 0 leaves an array as it is
    held             arrays that sit out this step: neither they nor what is remembered of them changes
    regularization   lambda of each, or None where none has one; likewise the clipping bounds (infinity:
    unclipped)
    """

    rates: list[float]
    regularization: list[float] | None = None
    gradient_clipping: list[float] | None = None
    weight_clipping: list[float] | None = None
    held: list[bool] | None = None


def emit(
    b: ir.Builder, optimizer: Optimizer, gradients: Sequence[ir.Value], rate: ir.Value, arrays: Arrays
) -> None:
    """Append the update of every learned array to the training step `b`.

    `gradients` holds one value for each variable of the group "parameters", in order; `rate` is the scalar
    learning rate of this step. The method's own vectors become the groups "optimizer/<name>".
    """
    w = b.flat(PARAMETERS)
    g = b.pack(gradients, PARAMETERS)
    if arrays.gradient_clipping is not None:
        bound = _spread(b, arrays.gradient_clipping)
        g = b.minimum(b.maximum(g, b.neg(bound)), bound)
    if arrays.regularization is not None:
        g = g + _spread(b, arrays.regularization) * w
    if any(each != 1 for each in arrays.rates):
        rate = rate * b.spread(arrays.rates, PARAMETERS)
    held = None
    if arrays.held is not None:
        held = b.greater(b.spread([float(each) for each in arrays.held], PARAMETERS), 0.5)
    states = [
        b.variable(f"optimizer/{name}", w.type, group=f"optimizer/{name}") for name in optimizer.method.states
    ]
    count = b.variable("optimizer/count", types.Type("i64", ()), group="optimizer/count")
    next_count = count + 1
    new, *after = optimizer.method.step(b, w, g, states, rate, next_count, optimizer.settings)
    if arrays.weight_clipping is not None:
        bound = _spread(b, arrays.weight_clipping)
        new = b.minimum(b.maximum(new, b.neg(bound)), bound)
    for target, value in zip((w, *states), (new, *after), strict=True):
        b.update(target, value if held is None else b.select(held, target, value))
    b.update(count, next_count)


def _spread(b: ir.Builder, numbers: list[float]) -> Any:
    """One number for all arrays as it is, else a vector in the layout of the flat parameters."""
    if len(set(numbers)) == 1:
        return b.constant(numbers[0], b.flat(PARAMETERS).type.dtype)
    return b.spread(numbers, PARAMETERS)
