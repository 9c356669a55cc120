"""The tensor program: values, instructions, programs, and the builder that makes them.

A program is a list of instructions in single-assignment form with static types.  Printed grammar, one line
each:

    %7 = dot %3 %5 {transpose_b} : f32(64, 10)         result = op operands {parameters} : type
    output "Loss" %9                                   a value handed out
    update "net/1/Weights" %12                         the variable's value after the step
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .ops.record import COMPOSITES, ELEMENTWISE, OPS, SOURCE, Op, Params
from .rewrite import rewrite
from .types import RANKS, Shape, ShapeError, TensorError, Type, broadcast_shape, promote, segments, type_of

Operand = "Value | float | int | bool | np.ndarray"


class Value:
    """One result of one instruction; arithmetic on it appends instructions to its builder."""

    __slots__ = ("builder", "instr", "type", "index")

    def __init__(self, builder: Builder, instr: Instr, type_: Type, index: int) -> None:
        self.builder = builder
        self.instr = instr
        self.type = type_
        self.index = index  # which result of the instruction

    @property
    def shape(self) -> Shape:
        return self.type.shape

    @property
    def dtype(self) -> str:
        return self.type.dtype

    @property
    def rank(self) -> int:
        return len(self.type.shape)

    def __repr__(self) -> str:
        return f"<{self.instr.op.name} : {self.type}>"

    def __add__(self, other: Any) -> Value:
        return self.builder.emit_elementwise("add", self, other)

    def __radd__(self, other: Any) -> Value:
        return self.builder.emit_elementwise("add", other, self)

    def __sub__(self, other: Any) -> Value:
        return self.builder.emit_elementwise("sub", self, other)

    def __rsub__(self, other: Any) -> Value:
        return self.builder.emit_elementwise("sub", other, self)

    def __mul__(self, other: Any) -> Value:
        return self.builder.emit_elementwise("mul", self, other)

    def __rmul__(self, other: Any) -> Value:
        return self.builder.emit_elementwise("mul", other, self)

    def __truediv__(self, other: Any) -> Value:
        return self.builder.emit_elementwise("div", self, other)

    def __rtruediv__(self, other: Any) -> Value:
        return self.builder.emit_elementwise("div", other, self)

    def __pow__(self, other: Any) -> Value:
        return self.builder.emit_elementwise("power", self, other)

    def __neg__(self) -> Value:
        return self.builder.emit_elementwise("neg", self)


class Instr:
    """One use of an op: operands, all parameters in declared order, and the values it defines."""

    __slots__ = ("op", "operands", "params", "results", "number")

    def __init__(self, op: Op, operands: tuple[Value, ...], params: Params, number: int) -> None:
        self.op = op
        self.operands = operands
        self.params = params
        self.results: tuple[Value, ...] = ()
        self.number = number  # position in its builder: operands always have smaller ones

    def __repr__(self) -> str:
        return f"<{self.op.name} #{self.number}>"


class Variable(NamedTuple):
    """State that lives in a Store between steps."""

    name: str
    type: Type
    group: str
    initial: Any  # a number or an array: what a new Store holds


class Update(NamedTuple):
    """`target` (a variable or the flat form of a group) holds `value` after the step."""

    name: str
    target: Value
    value: Value


class Program:
    """An immutable list of live instructions with named inputs, variables, outputs and updates."""

    __slots__ = ("instrs", "inputs", "variables", "outputs", "updates", "_text")

    def __init__(
        self,
        instrs: Sequence[Instr],
        inputs: Mapping[str, Value],
        variables: Mapping[str, Variable],
        outputs: Mapping[str, Value],
        updates: Sequence[Update],
    ) -> None:
        self.instrs = tuple(instrs)
        self.inputs = dict(inputs)
        self.variables = dict(variables)
        self.outputs = dict(outputs)
        self.updates = tuple(updates)
        self._text: str | None = None

    def __str__(self) -> str:
        """The program as text: equal texts mean equal programs (array constants show a digest
        of their bytes).
        """
        if self._text is None:
            self._text = "\n".join(self.lines())
        return self._text

    def numbers(self) -> dict[Value, str]:
        """The printed name of every value, in order of definition."""
        names: dict[Value, str] = {}
        for instr in self.instrs:
            for value in instr.results:
                names[value] = f"%{len(names)}"
        return names

    def lines(self) -> list[str]:
        names = self.numbers()
        found = [line_of(instr, names) for instr in self.instrs]
        found += [f'output "{name}" {names[value]}' for name, value in self.outputs.items()]
        found += [f'update "{each.name}" {names[each.value]}' for each in self.updates]
        return found


def line_of(instr: Instr, names: Mapping[Value, str]) -> str:
    """One printed line."""
    parts = [" ".join(names[value] for value in instr.results), "=", instr.op.name]
    parts += [names[value] for value in instr.operands]
    defaults = instr.op.defaults
    shown = [
        show_param(k, v) for k, v in instr.params.items() if k != "type" and not same_param(v, defaults[k])
    ]
    if instr.op.kind == SOURCE:
        parts += shown
    elif shown:
        parts.append("{" + ", ".join(shown) + "}")
    return " ".join(parts) + " : " + ", ".join(str(value.type) for value in instr.results)


def same_param(value: Any, default: Any) -> bool:
    return type(value) is type(default) and not isinstance(value, np.ndarray) and value == default


def show_param(name: str, value: Any) -> str:
    if value is True:
        return name
    if isinstance(value, np.ndarray):
        value = "#" + hashlib.sha1(np.ascontiguousarray(value).tobytes()).hexdigest()[:16]
    if isinstance(value, Program):
        value = "(\n    " + str(value).replace("\n", "\n    ") + "\n)"
    if name in ("name", "group"):
        return f'"{value}"'
    return str(value) if name == "value" else f"{name}={value}"


def key_of(value: Any) -> Any:
    """A hashable stand-in for a parameter: equal keys mean equal parameters (1, 1.0 and True differ)."""
    kind = type(value)
    if kind is np.ndarray:
        return (value.dtype.str, value.shape, value.tobytes())
    if kind is float:
        return (float, value.hex())
    if kind is Program:
        return str(value)
    return (kind, value)


class Builder:
    """Appends instructions to one growing list; equal ones are merged, broadcasting is made explicit.

    Every op of the registry and every composite is a method: operands first, then parameters (by name, or by
    position in declared order).  Python numbers and NumPy arrays are accepted as operands.
    `rewriting=False` keeps every instruction as written: for tests that compare both forms.
    """

    def __init__(self, rewriting: bool = True) -> None:
        self.rewriting = rewriting
        self.instrs: list[Instr] = []
        self.inputs: dict[str, Value] = {}
        self.variables: dict[str, Variable] = {}
        self.values: dict[str, Value] = {}  # of the variables
        self.outputs: dict[str, Value] = {}
        self.updates: dict[str, Update] = {}
        self.flats: dict[str, Value] = {}
        self.streams = 0
        self.known: dict[Any, tuple[Value, ...]] = {}

    # ---- what a program is made of

    def input(self, name: str, type_: Type) -> Value:
        """Data of each call."""
        if name in self.inputs:
            raise TensorError(f"there is an input {name!r} already")
        value = self.inputs[name] = self.emit("input", name=name, type=type_)
        return value

    def variable(self, name: str, type_: Type, group: str = "parameters", initial: Any = 0) -> Value:
        """State kept in the Store; the variables of a group lie in one flat buffer
        in order of declaration.
        """
        if name in self.variables:
            raise TensorError(f"there is a variable {name!r} already")
        if group in self.flats:
            raise TensorError(f"variable {name!r} comes too late: the flat form of group {group!r} is in use")
        self.variables[name] = Variable(name, type_, group, initial)
        value = self.values[name] = self.emit("variable", name=name, type=type_)
        return value

    def constant(self, value: Any, dtype: str | None = None, shape: Sequence[int] | None = None) -> Value:
        """A constant: a number (of any shape: all elements equal) or an array."""
        if isinstance(value, np.ndarray | np.generic) and np.ndim(value):
            array = np.array(value, type_dtype(dtype) if dtype else None)
            array.setflags(write=False)
            return self.emit("const", value=array, type=type_of(array))
        number = value.item() if isinstance(value, np.ndarray | np.generic) else value
        if dtype is None:
            dtype = "bool" if isinstance(number, bool) else "f32" if isinstance(number, float) else "i64"
        kind: Callable[[Any], Any] = bool if dtype == "bool" else float if dtype[0] == "f" else int
        return self.emit("const", value=kind(number), type=Type(dtype, tuple(shape or ())))

    def zeros(self, type_: Type) -> Value:
        return self.constant(0, type_.dtype, type_.shape)

    def ones(self, type_: Type) -> Value:
        return self.constant(1, type_.dtype, type_.shape)

    def output(self, name: str, value: Value) -> None:
        if name in self.outputs:
            raise TensorError(f"there is an output {name!r} already")
        self.outputs[name] = value

    def update(self, target: Value, value: Value) -> None:
        """`target`, a variable or `flat(group)`, holds `value` after the step
        (reads within the step see the old).
        """
        kind = target.instr.op.name
        if kind not in ("variable", "flat"):
            raise TensorError(f"only a variable or a flat group can be updated, not the result of {kind}")
        if target.type != value.type:
            raise ShapeError("update", str(target.type), str(value.type))
        name = target.instr.params["name"] if kind == "variable" else f"group {target.instr.params['group']}"
        if name in self.updates:
            raise TensorError(f"{name!r} is updated twice")
        self.updates[name] = Update(name, target, value)

    def group(self, group: str) -> list[Variable]:
        """Variables of a group in order of declaration."""
        return [each for each in self.variables.values() if each.group == group]

    def flat(self, group: str) -> Value:
        """The whole group as one vector, gaps of alignment included;
        no variable can join the group afterwards.
        """
        if group not in self.flats:
            dtype, _, size = self.layout(group)
            self.flats[group] = self.emit("flat", group=group, type=Type(dtype, (size,)))
        return self.flats[group]

    def layout(self, group: str) -> tuple[str, tuple[int, ...], int]:
        """dtype, first element of every variable, and length of the flat form of `group`, in elements."""
        types = [each.type for each in self.group(group)]
        dtypes = {each.dtype for each in types}
        if len(dtypes) != 1:
            raise TensorError(f"group {group!r} has no flat form: its variables have dtypes {sorted(dtypes)}")
        offsets, nbytes = segments(types)
        itemsize = types[0].numpy.itemsize
        return types[0].dtype, tuple(each // itemsize for each in offsets), nbytes // itemsize

    def pack(self, values: Sequence[Value], group: str = "parameters") -> Value:
        """One vector in the layout of `flat(group)` from one value for each of the group's variables,
        in order.
        """
        dtype, offsets, size = self.layout(group)
        wanted = [each.type for each in self.group(group)]
        found = [each.type for each in values]
        if wanted != found:
            raise ShapeError("pack", f"values like group {group!r}: {show(wanted)}", show(found))
        return self.emit("pack", *values, offsets=offsets, size=size)

    def spread(self, numbers: Sequence[float], group: str = "parameters") -> Value:
        """A constant vector in the layout of `flat(group)`: one number for all elements of each variable, 0
        in gaps.

        Per-array rates, regularization and clipping bounds are written with it.
        """
        dtype, offsets, size = self.layout(group)
        vector = np.zeros(size, type_dtype(dtype))
        for each, offset, number in zip(self.group(group), offsets, numbers, strict=True):
            vector[offset : offset + each.type.size] = number
        return self.constant(vector)

    def stream(self) -> int:
        """A random stream number that no other instruction of this builder has."""
        self.streams += 1
        return self.streams - 1

    def program(self) -> Program:
        """What outputs and updates need, in order of definition."""
        roots = [*self.outputs.values(), *(each.value for each in self.updates.values())]
        roots += [each.target for each in self.updates.values()]
        instrs = live_instrs(roots)
        return Program(instrs, self.inputs, self.variables, self.outputs, list(self.updates.values()))

    # ---- instructions

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """The method for an op or a composite; kept on the instance, so that it is made once."""
        record = OPS.get(name)
        if record is None:
            function = COMPOSITES.get(name)
            if function is None:
                raise AttributeError(f"no op and no composite is called {name!r}")
            method = bind_first(self, function)
        elif record.build is not None:
            method = bind_first(self, record.build)
        elif record.kind == ELEMENTWISE:
            method = self.elementwise_method(record)
        else:
            method = self.plain_method(record)
        self.__dict__[name] = method
        return method

    def elementwise_method(self, record: Op) -> Callable[..., Any]:
        def method(*operands: Any, **params: Any) -> Value:
            return self.emit_elementwise(record.name, *operands, **params)

        return method

    def plain_method(self, record: Op) -> Callable[..., Any]:
        names, arity = list(record.defaults), record.arity

        def method(*args: Any, **params: Any) -> Any:
            count = len(args) if arity is None else arity
            params.update(zip(names, args[count:]))
            found = self.emit_all(record.name, *args[:count], **params)
            return found[0] if len(found) == 1 else found

        return method

    def emit_elementwise(self, name: str, /, *operands: Any, **params: Any) -> Value:
        """An elementwise instruction; operands are brought to one dtype and one shape first."""
        record = OPS[name]
        dtypes = [each.type.dtype for each in operands if isinstance(each, Value)]
        dtypes += [operand_dtype(each, dtypes) for each in operands if not isinstance(each, Value)]
        dtype = promote(dtypes)
        if record.float_only and RANKS[dtype] < RANKS["f32"]:
            dtype = "f32"
        return self.emit(name, *self.align(name, operands, dtype), **params)

    def align(self, name: str, operands: Sequence[Any], dtype: str | None) -> list[Value]:
        """Operands cast to `dtype` (None: each keeps its own) and broadcast to their common shape."""
        shape = broadcast_shape(
            name, [each.type.shape if isinstance(each, Value) else np.shape(each) for each in operands]
        )
        found = []
        for each in operands:
            if not isinstance(each, Value):
                number = not isinstance(each, np.ndarray) or each.ndim == 0
                value = self.constant(each, dtype, shape if number else None)
            else:
                value = each if dtype is None or each.type.dtype == dtype else self.cast(each, dtype)
            found.append(value if value.type.shape == shape else self.broadcast_to(value, shape))
        return found

    def value(self, operand: Any, dtype: str | None = None) -> Value:
        """`operand` as a value of this builder: numbers and arrays become constants."""
        if isinstance(operand, Value):
            return operand
        return self.constant(
            operand if isinstance(operand, bool | int | float) else np.asarray(operand), dtype
        )

    def emit(self, name: str, /, *operands: Any, **given: Any) -> Value:
        """The value of an instruction with one result: see `emit_all`."""
        (found,) = self.emit_all(name, *operands, **given)
        return found

    def emit_all(self, name: str, /, *operands: Any, **given: Any) -> tuple[Value, ...]:
        """Append `name` unless an equal instruction exists or a rewriting rule knows better; its values.

        Operands are taken as they are, but for numbers and arrays, which become constants.  ShapeError from
        the shape rule.
        """
        record = OPS[name]
        values = tuple(each if isinstance(each, Value) else self.value(each) for each in operands)
        for each in values:
            if each.builder is not self:
                raise TensorError(f"an operand of {name} belongs to another builder")
        if record.commutative:
            values = tuple(sorted(values, key=commutative_order))
        params = record.parameters(given)
        key = (name, tuple(map(id, values)), tuple(key_of(each) for each in params.values()))
        known = self.known.get(key)
        if known is None:
            better = rewrite(self, record, values, params) if self.rewriting else None
            known = (better,) if better is not None else self.append(record, values, params)
            self.known[key] = known
        return known

    def append(self, record: Op, operands: tuple[Value, ...], params: Params) -> tuple[Value, ...]:
        types = record.types(tuple(each.type for each in operands), params)
        instr = Instr(record, operands, params, len(self.instrs))
        instr.results = tuple(Value(self, instr, type_, k) for k, type_ in enumerate(types))
        self.instrs.append(instr)
        return instr.results


def bind_first(builder: Builder, function: Callable[..., Any]) -> Callable[..., Any]:
    def method(*args: Any, **params: Any) -> Any:
        return function(builder, *args, **params)

    method.__doc__ = function.__doc__
    return method


def operand_dtype(operand: Any, dtypes: Sequence[str]) -> str:
    """The dtype of a number or array beside operands of `dtypes`:
    a Python number never widens what it meets.
    """
    if isinstance(operand, np.ndarray | np.generic) and np.ndim(operand):
        return type_of(np.asarray(operand)).dtype
    if isinstance(operand, bool | np.bool_):
        return "bool"
    if isinstance(operand, float | np.floating):
        return promote([*dtypes, "f32"])
    return promote(dtypes) if dtypes and promote(dtypes) != "bool" else "i64"


def commutative_order(value: Value) -> tuple[bool, int, int]:
    """Constants last, otherwise older values first."""
    return (value.instr.op.name == "const", value.instr.number, value.index)


def live_instrs(roots: Iterable[Value]) -> list[Instr]:
    """Every instruction that `roots` need, in order of definition."""
    seen: dict[int, Instr] = {}
    todo = [each.instr for each in roots]
    while todo:
        instr = todo.pop()
        if instr.number not in seen:
            seen[instr.number] = instr
            todo += [each.instr for each in instr.operands]
    return [seen[number] for number in sorted(seen)]


def type_dtype(name: str) -> np.dtype:
    return Type(name, ()).numpy


def show(types: Sequence[Type]) -> str:
    return ", ".join(map(str, types))
