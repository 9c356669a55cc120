"""Layers that arrange the same numbers anew: FlattenLayer, ReshapeLayer,
TransposeLayer, ReplicateLayer, PartLayer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wlnet.expr import Expr, S, is_infinity, is_list, items, make_list
from wlnet.net import types
from wlnet.net.errors import ConflictError
from wlnet.net.layer import REQUIRED, Example, Parameter, Params, layer
from wlnet.net.types import ANY, VARYING, Dims, Extent

from .arguments import AUTOMATIC, INHERITED

if TYPE_CHECKING:
    from wlnet.net.infer import Typing
    from wlnet.net.lower import Lowering
    from wlnet.runtime import ir


def carry_kind(t: Typing) -> None:
    """Input and output hold the same values: integers stay integers."""
    for first, second in (("Input", "Output"), ("Output", "Input")):
        if t[first].kind is not None:
            t.meet(second, types.PortType(t[first].kind, None, t[first].range))


def varying_first(t: Typing) -> None:
    """A dimension that varies must be the first of the result, too."""
    result = t["Output"].shape
    if result is not None and VARYING in result[1:]:
        raise t.fail("Input", "arrays whose varying dimension stays first")


# ---- FlattenLayer


def read_flatten(value: Any) -> Any:
    """Infinity, a number of levels, or lists of levels."""
    if is_infinity(value):
        return S.Infinity
    if type(value) is int:
        return value
    if not is_list(value) or not items(value):
        return None
    groups = [items(x) for x in items(value) if is_list(x)]
    levels = [x for group in groups for x in group]
    good = len(groups) == len(items(value)) and all(type(x) is int and x > 0 for x in levels)
    return make_list(map(make_list, groups)) if good and len(set(levels)) == len(levels) else None


def flatten_groups(spec: Any, rank: int) -> list[list[int]] | None:
    """The axes, from 0, that make up each dimension of the result; None where the levels do not exist."""
    if spec is S.Infinity:
        return [list(range(rank))]
    if type(spec) is int:
        joined = min(abs(spec) + 1, rank)
        if spec >= 0:
            return [list(range(joined)), *([x] for x in range(joined, rank))] if rank else []
        return [*([x] for x in range(rank - joined)), list(range(rank - joined, rank))] if rank else []
    groups = [[x - 1 for x in items(group)] for group in items(spec)]
    named = [axis for group in groups for axis in group]
    if any(axis >= rank for axis in named):
        return None
    return [*groups, *([axis] for axis in range(rank) if axis not in named)]


def flatten_types(t: Typing) -> None:
    carry_kind(t)
    shape = t["Input"].shape
    if shape is None:
        if t.params["Level"] is S.Infinity:
            t.rank("Output", 1)
        return
    groups = flatten_groups(t.params["Level"], len(shape))
    if groups is None:
        raise t.fail("Input", "arrays that have the levels to be flattened")
    if any(VARYING in [shape[axis] for axis in group] for group in groups if len(group) > 1):
        raise t.fail("Input", "arrays whose flattened dimensions are fixed")
    t.shape("Output", tuple(joined([shape[axis] for axis in group]) for group in groups))
    result = t["Output"].shape
    assert result is not None
    full: list[Extent] = list(shape)
    for group, extent in zip(groups, result, strict=True):
        solved = types.solve_extent(
            tuple(shape[axis] for axis in group), extent if type(extent) is int else None
        )
        for axis, found in zip(group, solved or (), strict=False):
            full[axis] = found
    t.shape("Input", tuple(full))
    varying_first(t)


def joined(extents: list[Extent]) -> Extent:
    """The extent of several dimensions as one."""
    return extents[0] if len(extents) == 1 else types.size(tuple(extents))


def flatten_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    groups = flatten_groups(at.params["Level"], x.rank - 1)
    assert groups is not None
    order = [axis for group in groups for axis in group]
    moved = b.transpose(x, (0, *(axis + 1 for axis in order)))
    shape = [x.shape[0]]
    for group in groups:
        extent = 1
        for axis in group:
            extent *= x.shape[axis + 1]
        shape.append(extent)
    return b.reshape(moved, shape)


layer(
    "FlattenLayer",
    usage="FlattenLayer[] is a layer that turns its input into a vector.\n"
    "FlattenLayer[n] joins the first n + 1 dimensions, FlattenLayer[-n] the last ones.\n"
    "FlattenLayer[{{s11, s12, ...}, {s21, ...}, ...}] joins the given levels.",
    arguments=(
        Parameter("Level", read_flatten, "Infinity, an integer, or a list of lists of levels", S.Infinity),
    ),
    infer=flatten_types,
    lower=flatten_lower,
    padded=True,
    examples=(
        Example("FlattenLayer[][{{1, 2}, {3, 4}}]", "{1., 2., 3., 4.}"),
        Example("FlattenLayer[{{2, 1}}][{{1, 2}, {3, 4}}]", "{1., 3., 2., 4.}"),
        Example("FlattenLayer[-1][{{{1, 2}, {3, 4}}}]", "{{1., 2., 3., 4.}}"),
    ),
)

# ---- ReshapeLayer

REFERENCE = "ReferenceShape"


def read_reshape(value: Any) -> Any:
    if value == REFERENCE:
        return value
    if type(value) is int:
        value = make_list((value,))
    if not is_list(value):
        return None
    parts = items(value)
    if not all((type(x) is int and x > 0) or x in (AUTOMATIC, INHERITED, S.All) for x in parts):
        return None
    open_ = [x for x in parts if x is AUTOMATIC or x is S.All]
    return make_list(parts) if len(open_) <= 1 else None


def reshape_inputs(params: Params) -> dict[str, types.PortType]:
    return {"Input": ANY, REFERENCE: ANY} if params["Dimensions"] == REFERENCE else {"Input": ANY}


def reshape_dims(parts: tuple[Any, ...], shape: Dims | None, t: Typing | None = None) -> Dims | None:
    """The output's extents as far as they are known; None where their number is not."""
    found: list[Extent] = []
    for place, part in enumerate(parts):
        if type(part) is int:
            found.append(part)
        elif part is INHERITED:
            if shape is not None and place >= len(shape):
                raise ConflictError(
                    "Input", f"arrays of at least {place + 1} dimensions", types.dims_text(shape)
                )
            found.append(None if shape is None else shape[place])
        elif part is S.All:
            if shape is None:
                return None
            after = len(parts) - place - 1
            found += shape[place : len(shape) - after if after else None]
        else:
            found.append(None)
    return tuple(found)


def reshape_types(t: Typing) -> None:
    carry_kind(t)
    if t.params["Dimensions"] == REFERENCE:
        t.shape("Output", t.shape(REFERENCE, t["Output"].shape))
    else:
        t.shape("Output", reshape_dims(items(t.params["Dimensions"]), t["Input"].shape))
    shape, result = t["Input"].shape, t["Output"].shape
    for port, other in (("Output", shape), ("Input", result)):
        count, dims = types.size(other), t[port].shape
        if count is not None and dims is not None:
            t.shape(port, types.solve_extent(dims, count))
    have, want = types.size(t["Input"].shape), types.size(t["Output"].shape)
    if have is not None and want is not None and have != want:
        remedy = (
            f"Its dimensions {types.dims_text(t['Output'].shape)} hold {want} numbers; the input has {have}."
        )
        raise t.fail("Input", f"arrays of {want} numbers", remedy)
    if shape is not None and result is not None and have is None and want is not None and None not in shape:
        raise t.fail("Input", "arrays of fixed shape")


def reshape_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    x = ins["Input"]
    if at.params["Dimensions"] == REFERENCE:
        return at.b.reshape(x, ins[REFERENCE].shape)
    dims = reshape_dims(items(at.params["Dimensions"]), x.shape[1:])
    dims = types.solve_extent(dims, x.type.size // max(1, x.shape[0]))
    return at.b.reshape(x, (x.shape[0], *dims))  # type: ignore[misc]


layer(
    "ReshapeLayer",
    usage="ReshapeLayer[{n1, n2, ...}] is a layer that gives the numbers of its input as an array of these "
    "dimensions.\n"
    "A dimension can be Inherited (that of the input), Automatic (whatever remains) or All (all that "
    "remain).\n"
    'ReshapeLayer["ReferenceShape"] takes the dimensions of a second input.',
    arguments=(
        Parameter(
            "Dimensions",
            read_reshape,
            'a list of positive integers, Inherited, and at most one Automatic or All; or "ReferenceShape"',
            REQUIRED,
        ),
    ),
    inputs=reshape_inputs,
    infer=reshape_types,
    lower=reshape_lower,
    padded=True,
    examples=(
        Example("ReshapeLayer[{2, 2}][{1, 2, 3, 4}]", "{{1., 2.}, {3., 4.}}"),
        Example("ReshapeLayer[{Automatic, 1}][{1, 2}]", "{{1.}, {2.}}"),
        Example("ReshapeLayer[{}][{5}]", "5."),
    ),
)

# ---- TransposeLayer


def read_transpose(value: Any) -> Any:
    """Read m <-> n, a list of such, or a permutation."""
    if is_swap(value):
        return value
    if not is_list(value) or not items(value):
        return None
    parts = items(value)
    if all(is_swap(x) for x in parts):
        return make_list(parts)
    if all(type(x) is int for x in parts) and sorted(parts) == list(range(1, len(parts) + 1)):
        return make_list(parts)
    return None


def is_swap(value: Any) -> bool:
    if type(value) is not Expr or value.head is not S.TwoWayRule or len(value.args) != 2:
        return False
    return all(type(x) is int and x for x in value.args)


def transpose_order(spec: Any, rank: int) -> list[int] | None:
    """Axis k of the result is axis order[k] of the input; None where a level does not exist."""
    order = list(range(rank))
    swaps = [spec] if is_swap(spec) else [x for x in items(spec) if is_swap(x)]
    if not swaps:
        levels = items(spec)
        if len(levels) > rank:
            return None
        for axis, level in enumerate(levels):
            order[level - 1] = axis
        return order
    for swap in swaps:
        first, second = (x - 1 if x > 0 else rank + x for x in swap.args)
        if not (0 <= first < rank and 0 <= second < rank):
            return None
        order[first], order[second] = order[second], order[first]
    return order


def transpose_types(t: Typing) -> None:
    carry_kind(t)
    for port, other in (("Input", "Output"), ("Output", "Input")):
        shape = t[port].shape
        if shape is None:
            continue
        order = transpose_order(t.params["Levels"], len(shape))
        if order is None:
            raise t.fail(port, "arrays that have the levels to be exchanged")
        if port == "Input":
            t.shape(other, tuple(shape[axis] for axis in order))
        else:
            t.shape(other, tuple(shape[order.index(axis)] for axis in range(len(shape))))
    varying_first(t)


def transpose_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    x = ins["Input"]
    order = transpose_order(at.params["Levels"], x.rank - 1)
    assert order is not None
    return at.b.transpose(x, (0, *(axis + 1 for axis in order)))


layer(
    "TransposeLayer",
    usage="TransposeLayer[] is a layer that exchanges the first two levels of its input.\n"
    "TransposeLayer[m <-> n] exchanges levels m and n; TransposeLayer[{m1 <-> n1, ...}] does so one after "
    "another.\n"
    "TransposeLayer[{n1, n2, ...}] makes level k of the input level nk of the output.",
    arguments=(
        Parameter(
            "Levels",
            read_transpose,
            "m <-> n, a list of such, or a permutation of levels",
            Expr(S.TwoWayRule, (1, 2)),
        ),
    ),
    infer=transpose_types,
    lower=transpose_lower,
    padded=True,
    examples=(
        Example("TransposeLayer[][{{1, 2, 3}, {4, 5, 6}}]", "{{1., 4.}, {2., 5.}, {3., 6.}}"),
        Example(
            "Dimensions[TransposeLayer[{1 <-> 3, 1 <-> 4}][ConstantArray[1, {3, 4, 5, 6}]]]", "{6, 4, 3, 5}"
        ),
    ),
)

# ---- ReplicateLayer


def read_counts(value: Any) -> Any:
    parts = items(value) if is_list(value) else (value,)
    good = parts and all((type(x) is int and x > 0) or x is AUTOMATIC for x in parts)
    return (make_list(parts) if is_list(value) else value) if good else None


def replicate_place(position: int, rank: int, count: int) -> int | None:
    """Where the `count` new dimensions begin, from 0, in arrays of `rank`; None where they cannot."""
    at = position - 1 if position > 0 else rank + 1 + position
    return at if 0 <= at <= rank else None


def replicate_types(t: Typing) -> None:
    carry_kind(t)
    counts = t.params["Counts"]
    new: Dims = tuple(
        None if x is AUTOMATIC else x for x in (items(counts) if is_list(counts) else (counts,))
    )
    shape, result, position = t["Input"].shape, t["Output"].shape, t.params["Position"]
    rank = len(shape) if shape is not None else len(result) - len(new) if result is not None else None
    if rank is None:
        return
    at = replicate_place(position, rank, len(new)) if rank >= 0 else None
    if at is None:
        raise t.fail(
            "Input" if shape is not None else "Output",
            f"arrays with a position {position} for new dimensions",
        )
    if shape is not None:
        t.shape("Output", (*shape[:at], *new, *shape[at:]))
    result = t["Output"].shape
    if result is not None:
        t.shape("Input", (*result[:at], *result[at + len(new) :]))
    varying_first(t)


def replicate_lower(at: Lowering, ins: dict[str, ir.Value]) -> ir.Value:
    b, x = at.b, ins["Input"]
    result = at.net.outputs["Output"].shape
    assert result is not None
    begin = replicate_place(at.params["Position"], x.rank - 1, len(result) - x.rank + 1)
    assert begin is not None
    new = [extent for extent in result[begin : begin + len(result) - x.rank + 1] if type(extent) is int]
    thin = b.reshape(x, (*x.shape[: begin + 1], *(1 for _ in new), *x.shape[begin + 1 :]))
    return b.broadcast_to(thin, (*x.shape[: begin + 1], *new, *x.shape[begin + 1 :]))


layer(
    "ReplicateLayer",
    usage="ReplicateLayer[n] is a layer that repeats its input n times along a new first dimension.\n"
    "ReplicateLayer[{n1, n2, ...}] adds several dimensions; ReplicateLayer[counts, p] puts them at level p.",
    arguments=(
        Parameter("Counts", read_counts, "a positive integer, Automatic, or a list of these", REQUIRED),
        Parameter(
            "Position", lambda x: x if type(x) is int and x else None, "a level: an integer other than 0", 1
        ),
    ),
    infer=replicate_types,
    lower=replicate_lower,
    padded=True,
    examples=(
        Example("ReplicateLayer[2][{1, 2}]", "{{1., 2.}, {1., 2.}}"),
        Example("ReplicateLayer[2, -1][{1, 2}]", "{{1., 1.}, {2., 2.}}"),
        Example('ReplicateLayer[{2, 2}, "Input" -> "Real"][3]', "{{3., 3.}, {3., 3.}}"),
    ),
)
