"""Every op of the registry, from its own record: nothing can be added untested."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from wlnet.runtime.ir import Builder, Value
from wlnet.runtime.ops import COMPOSITES, OPS, Op
from wlnet.runtime.ops.record import ELEMENTWISE, UPDATE, Bools, Case
from wlnet.runtime.types import GradientError, type_of

from wlnet.runtime import checks, reference

from .cases import WITHOUT_CASES, cases, label, operands

ALL = list(cases())
# Positions of extrema have no gradient, stop_gradient a false one on purpose; optimisers get theirs through
# `expand`, tested below with the others.
NO_GRADIENT = {"argmax", "argmin", "argsort", "stop_gradient"}
DIFFERENTIABLE = [pair for pair in ALL if pair[0].name not in NO_GRADIENT]


def build(b: Builder, op: Op, values: list[Value], params: dict[str, Any]) -> tuple[Value, ...]:
    """One instruction, exactly as the case says."""
    return b.emit_all(op.name, *values, **params)


def test_every_op_declares_cases_and_a_text() -> None:
    assert {name for name, op in OPS.items() if not op.examples} == WITHOUT_CASES
    assert all(op.doc for op in OPS.values())
    assert all(function.__doc__ or name in {"swap_axes"} for name, function in COMPOSITES.items())


@pytest.mark.parametrize("pair", ALL, ids=label)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_rule_agrees_with_the_result(pair: tuple[Op, Case], dtype: Any) -> None:
    op, case = pair
    arrays = operands(op, case, dtype)
    params = op.parameters(case.params)
    results = reference.evaluate(op, arrays, params)
    wanted = op.types(tuple(type_of(each) for each in arrays), params)
    assert tuple(type_of(each) for each in results) == wanted
    assert all(np.isfinite(each).all() for each in results)


@pytest.mark.parametrize("pair", ALL, ids=label)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_compiled_equals_reference(pair: tuple[Op, Case], dtype: Any) -> None:
    op, case = pair
    arrays = operands(op, case, dtype)
    b = Builder(rewriting=False)
    values = [b.input(f"x{k}", type_of(each)) for k, each in enumerate(arrays)]
    for k, each in enumerate(build(b, op, values, case.params)):
        b.output(f"y{k}", each)
    checks.check_program(b.program(), {f"x{k}": each for k, each in enumerate(arrays)})


@pytest.mark.parametrize("pair", DIFFERENTIABLE, ids=label)
def test_gradient_to_second_order(pair: tuple[Op, Case]) -> None:
    op, case = pair
    arrays = operands(op, case)
    if not any(each.dtype == np.float64 for each in arrays):
        pytest.skip("no real operand")

    def function(b: Builder, *values: Value) -> Value:
        results = build(b, op, list(values), case.params)
        flat = [b.flatten(each if each.type.is_float else b.cast(each, "f64")) for each in results]
        return b.concat(flat, axis=0)

    checks.check_gradient(function, arrays, order=2)


@pytest.mark.parametrize("pair", [pair for pair in ALL if pair[0].expand is not None], ids=label)
def test_expansion_equals_the_op(pair: tuple[Op, Case]) -> None:
    op, case = pair
    arrays = operands(op, case)
    b = Builder()
    values = [b.input(f"x{k}", type_of(each)) for k, each in enumerate(arrays)]
    params = op.parameters(case.params)
    expanded = op.expand(b, *values, **params)
    for k, each in enumerate([expanded] if isinstance(expanded, Value) else expanded):
        b.output(f"y{k}", each)
    found, _ = reference.run(b.program(), {f"x{k}": each for k, each in enumerate(arrays)})
    for wanted, have in zip(reference.evaluate(op, arrays, params), found.values(), strict=True):
        np.testing.assert_allclose(have, wanted, rtol=1e-11, atol=1e-12)


IN_PLACE = [pair for pair in ALL if pair[0].inplace and (pair[0].kind != UPDATE)]


@pytest.mark.parametrize("pair", IN_PLACE, ids=label)
def test_result_may_take_over_the_operands_it_says(pair: tuple[Op, Case]) -> None:
    op, case = pair
    params = op.parameters(case.params)
    wanted = reference.evaluate(op, operands(op, case), params)
    for result, operand in op.inplace:
        arrays = operands(op, case)
        if type_of(arrays[operand]) != type_of(wanted[result]):
            continue
        types = tuple(map(type_of, arrays))
        scratch = (
            [np.empty(each.shape, each.numpy) for each in op.scratch(types, params)] if op.scratch else []
        )
        results = [np.empty_like(each) for each in wanted]
        results[result] = arrays[operand]
        with np.errstate(all="ignore"):
            reference.function(op, params)(
                results[0] if len(results) == 1 else tuple(results), *arrays, *scratch
            )
        for have, want in zip(results, wanted, strict=True):
            np.testing.assert_array_equal(have, want)


def test_missing_gradient_is_reported_by_name() -> None:
    from wlnet.runtime.autodiff import gradient
    from wlnet.runtime.types import Type

    b = Builder()
    x = b.input("x", Type("f32", (3, 5)))
    total = b.sum(b.cast(b.argmax(x, 1), "f32"))
    with pytest.raises(GradientError, match="no gradient for op 'argmax'"):
        # The position is cast to a real number on the way: only then does anyone ask for its derivative.
        gradient(b, total, [x])


# ---- composites of one operand, on both sides of zero where they are defined there

UNARY = {
    "cot": (0.4, 1.2), "sec": (-1, 1), "csc": (0.4, 1.2), "coth": (0.4, 2), "sech": (-2, 2), "csch": (0.4, 2),
    "acot": (0.3, 2), "asec": (1.3, 3), "acsc": (1.3, 3), "acoth": (1.3, 3), "asech": (0.2, 0.8),
    "acsch": (0.4, 2),
    "haversine": (-2, 2), "inverse_haversine": (0.2, 0.8), "gudermannian": (-2, 2),
    "inverse_gudermannian": (-1.2, 1.2), "fractional_part": (-3, 3), "unitize": (0.1, 2),
    "kronecker_delta": (0.1, 2),
    "gelu": (-3, 3), "elu": (-2, 2), "selu": (-2, 2), "swish": (-3, 3), "hard_swish": (-2, 2),
    "mish": (-3, 3),
    "softsign": (-2, 2), "hard_tanh": (-2, 2), "hard_sigmoid": (-2, 2), "digamma": (1, 3),
}  # fmt: skip


@pytest.mark.parametrize("name", UNARY)
def test_unary_composite_has_two_derivatives(name: str) -> None:
    x = np.random.default_rng(1).uniform(*UNARY[name], (3, 5))
    checks.check_gradient(lambda b, v: getattr(b, name)(v), [x])


# Values of the manual's table of named functions at 1 and -1 (nets-layers.md, section 2).
NAMED = {
    "relu": (1, 0),
    "elu": (1, -0.632121),
    "selu": (1.0507, -1.111331),
    "gelu": (0.841345, -0.158655),
    "swish": (0.731059, -0.268941),
    "hard_swish": (0.666667, -0.333333),
    "mish": (0.865098, -0.303401),
    "softsign": (0.5, -0.5),
    "softplus": (1.313262, 0.313262),
    "hard_tanh": (1, -1),
    "hard_sigmoid": (1, 0),
    "sigmoid": (0.731059, 0.268941),
}


@pytest.mark.parametrize("name", NAMED)
def test_named_activation_values(name: str) -> None:
    have = checks.evaluate(lambda b, x: getattr(b, name)(x), [np.array([1.0, -1.0])])
    np.testing.assert_allclose(have, NAMED[name], atol=1e-6)


def test_elementwise_cuda_form_is_stated() -> None:
    missing = [op.name for op in OPS.values() if op.kind == ELEMENTWISE and op.cuda is None]
    assert missing == ["polygamma"]  # CUDA has no polygamma function


@pytest.mark.parametrize("size", [1, 48, 512, 513, 2000])
@pytest.mark.parametrize("taken", [None, 1, 2])
def test_select_bits(size: int, taken: int | None) -> None:
    """All forms of the bound selection, also over NaN and infinity,
    and where the result takes over a branch.
    """
    rng = np.random.default_rng(size)
    for dtype in (np.float32, np.float64, np.int64, np.bool_):
        condition = rng.random(size) < 0.5
        x, y = ((rng.normal(size=size) * 3).astype(dtype) for _ in range(2))
        if dtype == np.float32:
            x[::3], y[::5] = np.nan, np.inf
        wanted = np.where(condition, x, y)
        operands = [condition, x, y]
        out = np.empty_like(x) if taken is None else operands[taken]
        op = OPS["select"]
        scratch = op.scratch(tuple(map(type_of, operands)), {})
        operands += [np.empty(each.shape, each.numpy) for each in scratch]
        op.bind(out, tuple(operands), {})()
        np.testing.assert_array_equal(out, wanted)


# ---- sizes around those that vector units and blocks like

SIZES = [1, 31, 32, 33, 1000, 1025]
ELEMENTWISE_CASES = [
    (op, case) for op, case in ALL if op.kind == ELEMENTWISE and case is op.examples[0] and op.name != "cast"
]


def resized(op: Op, case: Case, size: int) -> list[np.ndarray]:
    """The case's operands with this many elements each."""
    specs = [type(s)((size,)) if isinstance(s, Bools) else (size,) for s in case.operands]
    return operands(op, Case(tuple(specs), case.params), np.float32)


@pytest.mark.parametrize("pair", ELEMENTWISE_CASES, ids=label)
def test_elementwise_on_odd_sizes(pair: tuple[Op, Case]) -> None:
    """Twice in a row, so that the second may take over the memory of the first."""
    op, case = pair
    for size in SIZES:
        arrays = resized(op, case, size)
        b = Builder(rewriting=False)
        values = [b.input(f"x{k}", type_of(each)) for k, each in enumerate(arrays)]
        (y,) = build(b, op, values, case.params)
        b.output("y", b.emit("logical_not", y) if y.dtype == "bool" else b.emit("neg", y))
        checks.check_program(b.program(), {f"x{k}": each for k, each in enumerate(arrays)})


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "name", ["sum", "max", "prod", "softmax", "log_softmax", "cumsum", "argmax", "argsort"]
)
@pytest.mark.parametrize("axis", [0, 1])
def test_lines_on_odd_sizes(name: str, size: int, axis: int) -> None:
    x = np.random.default_rng(size).uniform(0.9, 1.1, (3, size) if axis else (size, 3)).astype("f4")
    b = Builder()
    b.output("y", getattr(b, name)(b.input("x", type_of(x)), axis))
    checks.check_program(b.program(), {"x": x}, tolerance=2e-5)


@pytest.mark.parametrize("size", [1023, 1024, 16384, 40000])
def test_erf_in_float32(size: int) -> None:
    """Relative error of the rational function, from denormals to where it is 1; also in place."""
    x = np.concatenate([np.linspace(-6, 6, size - 6), [0, 1e-40, -1e-20, np.inf, -np.inf, np.nan]]).astype(
        "f4"
    )
    wanted = reference.evaluate(OPS["erf"], [x.astype("f8")], {})[0]
    for out in (np.empty_like(x), x.copy()):
        with np.errstate(all="ignore"):
            OPS["erf"].bind(out, (x if out[0] != x[0] else out,), {})()
        np.testing.assert_allclose(out, wanted, rtol=5e-7, atol=1e-44)
