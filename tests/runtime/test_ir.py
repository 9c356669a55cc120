"""Programs: printing, merging of equal instructions, broadcasting, promotion, errors."""

from __future__ import annotations

import numpy as np
import pytest
from wlnet.runtime.ir import Builder
from wlnet.runtime.types import ShapeError, TensorError, Type

from wlnet.runtime import reference


def vector(n: int, dtype: str = "f32") -> Type:
    return Type(dtype, (n,))


def test_a_program_prints_one_line_an_instruction() -> None:
    b = Builder()
    x = b.input("Input", Type("f32", (64, 20)))
    w = b.variable("net/1/Weights", Type("f32", (10, 20)))
    y = b.dot(x, w, transpose_b=True) + 0.5
    b.output("Output", b.mean(y, axes=1))
    b.update(w, w * 0.9)
    assert str(b.program()) == "\n".join(
        [
            '%0 = input "Input" : f32(64, 20)',
            '%1 = variable "net/1/Weights" : f32(10, 20)',
            "%2 = dot %0 %1 {transpose_b} : f32(64, 10)",
            "%3 = const 0.5 : f32(64, 10)",
            "%4 = add %2 %3 : f32(64, 10)",
            "%5 = sum %4 {axes=(1,)} : f32(64)",
            "%6 = const 0.1 : f32(64)",
            "%7 = mul %5 %6 : f32(64)",
            "%8 = const 0.9 : f32(10, 20)",
            "%9 = mul %1 %8 : f32(10, 20)",
            'output "Output" %7',
            'update "net/1/Weights" %9',
        ]
    )


def test_array_constants_print_a_digest() -> None:
    def text(array: np.ndarray) -> str:
        b = Builder()
        b.output("y", b.input("x", vector(2)) + array)
        return str(b.program())

    same, other = text(np.array([1, 2], "f4")), text(np.array([1, 3], "f4"))
    assert same == text(np.array([1, 2], "f4"))
    assert same != other


def test_equal_instructions_are_merged_also_with_operands_exchanged() -> None:
    b = Builder()
    x, y = b.input("x", vector(3)), b.input("y", vector(3))
    assert b.add(x, y) is b.add(y, x)
    assert b.sub(x, y) is not b.sub(y, x)
    assert b.mul(x, 2) is b.mul(2.0, x)
    assert b.constant(1) is not b.constant(1.0)
    assert b.constant(0.0) is not b.constant(-0.0)


def test_random_instructions_are_never_merged() -> None:
    b = Builder()
    assert b.random_uniform((3,)) is not b.random_uniform((3,))


def test_dead_instructions_are_left_out() -> None:
    b = Builder()
    x = b.input("x", vector(3))
    b.exp(x)
    b.output("y", b.tanh(x))
    assert [instr.op.name for instr in b.program().instrs] == ["input", "tanh"]


def test_broadcasting_becomes_explicit() -> None:
    b = Builder()
    x, y = b.input("x", Type("f32", (4, 1))), b.input("y", vector(3))
    z = b.add(x, y)
    assert z.type == Type("f32", (4, 3))
    assert [value.instr.op.name for value in z.instr.operands] == ["broadcast_to", "broadcast_to"]
    with pytest.raises(ShapeError, match="add wants shapes that broadcast together; found"):
        b.add(b.input("a", vector(3)), b.input("b", vector(4)))


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [("i64", "f32", "f32"), ("bool", "i64", "i64"), ("f32", "f64", "f64"), ("i32", "i64", "i64")],
)
def test_promotion(left: str, right: str, wanted: str) -> None:
    b = Builder()
    assert b.add(b.input("x", vector(3, left)), b.input("y", vector(3, right))).dtype == wanted


def test_python_numbers_do_not_widen() -> None:
    b = Builder()
    x, n = b.input("x", vector(3)), b.input("n", vector(3, "i64"))
    assert (x + 1.5).dtype == "f32"
    assert (n + 1).dtype == "i64"
    assert (n + 1.5).dtype == "f32"
    assert b.exp(n).dtype == "f32"
    assert b.select(b.greater(x, 0), x, 0).dtype == "f32"
    assert b.select(b.greater(x, 0), 1.5, 0).dtype == "f32"


def test_arithmetic_on_values() -> None:
    b = Builder()
    x = b.input("x", vector(2, "f64"))
    b.output("y", (2 - x) / (1 + x) * 3 - (-x) ** 2)
    have, _ = reference.run(b.program(), {"x": np.array([1.0, 3.0])})
    np.testing.assert_allclose(have["y"], [0.5, -9.75])


def test_parameters_by_position_by_name_and_wrong() -> None:
    b = Builder()
    x = b.input("x", Type("f32", (2, 6)))
    assert b.reshape(x, (3, 4)) is b.reshape(x, shape=(3, -1))
    with pytest.raises(TypeError, match="no parameter"):
        b.emit("tanh", x, axis=1)
    with pytest.raises(TypeError, match="needs the parameter"):
        b.emit("slice", x)
    with pytest.raises(AttributeError, match="no op and no composite is called 'nonsense'"):
        b.nonsense(x)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda b, x: b.dot(x, x), "dot wants 3 rows in the second factor; found 4"),
        (lambda b, x: b.reshape(x, (5, 2)), "reshape wants 12 elements"),
        (lambda b, x: b.sum(x, axes=2), "sum wants an axis between -2 and 1; found 2"),
        (lambda b, x: b.sum(x, axes=(0, -2)), "sum wants different axes"),
        (lambda b, x: b.concat([x, b.transpose(x)], axis=0), "concat wants parts like"),
        (lambda b, x: b.slice(x, (0, 0), (5, 3)), "slice wants bounds within"),
        (lambda b, x: b.gather(x, x), "gather wants integer positions"),
        (lambda b, x: b.broadcast_to(x, (4, 4)), "broadcast_to wants a shape"),
        (lambda b, x: b.transpose(x, (0, 0)), "transpose wants a permutation"),
        (lambda b, x: b.pad(x, [(1, 1)]), "pad wants 2 pairs"),
        (lambda b, x: b.logical_and(x, x), "logic wants truth values"),
        (lambda b, x: b.bernoulli((3,), 1.5), "a probability between 0 and 1"),
    ],
)
def test_shape_errors_say_op_wanted_and_found(call, text: str) -> None:  # type: ignore[no-untyped-def]
    b = Builder()
    x = b.input("x", Type("f32", (4, 3)))
    with pytest.raises(ShapeError, match=text):
        call(b, x)


def test_names_are_declared_once() -> None:
    b = Builder()
    x = b.input("x", vector(3))
    w = b.variable("w", vector(3))
    b.output("y", x)
    b.update(w, x)
    for again in (
        lambda: b.input("x", vector(3)),
        lambda: b.variable("w", vector(3)),
        lambda: b.output("y", x),
        lambda: b.update(w, x),
        lambda: b.update(x, x),
        lambda: Builder().exp(x),
    ):
        with pytest.raises(TensorError):
            again()


def test_flat_group_fixes_its_layout() -> None:
    b = Builder()
    b.variable("a", vector(5))
    b.variable("b", Type("f32", (4, 5)))
    flat = b.flat("parameters")
    assert flat.type == vector(16 + 32)
    with pytest.raises(TensorError, match="comes too late"):
        b.variable("c", vector(1))
    assert b.spread([2, 3]).instr.params["value"].tolist() == [2.0] * 5 + [0.0] * 11 + [3.0] * 20 + [0.0] * 12


def test_pack_wants_values_like_the_group() -> None:
    b = Builder()
    w = b.variable("w", vector(5))
    with pytest.raises(ShapeError, match=r"f32\(5\)"):
        b.pack([b.exp(w), w])


# ---- matrix products


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((5, 2, 3), (3, 4)),
        ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (3,)), ((3,), (5, 3, 4)),
        ((1, 2, 3), (5, 3, 4)),
        ((2, 3), (5, 3, 4)),
    ],
)  # fmt: skip
def test_dot_has_numpy_shapes(left: tuple[int, ...], right: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=left), rng.normal(size=right)
    b = Builder()
    b.output("z", b.dot(b.input("x", Type("f64", left)), b.input("y", Type("f64", right))))
    have, _ = reference.run(b.program(), {"x": x, "y": y})
    np.testing.assert_allclose(have["z"], np.matmul(x, y), rtol=1e-12)
    assert have["z"].shape == np.matmul(x, y).shape
