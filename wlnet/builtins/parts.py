"""Part, Extract, First, Last, Most, Rest, Take, Drop: reading pieces of expressions,
packed arrays and associations."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import ATOMS, Association, Expr, S, head_of, is_list, items, key, make_list, packed
from wlnet.kernel.registry import applied, builtin, symbol

from .levels import children, nth, size
from .sequences import SequenceError, span_range

symbol("All", usage="All stands for every element, level or part, where a specification is asked for.")
symbol(
    "Key", usage="Key[k] stands for the part at key k of an association, in Part and position specifications."
)
symbol("UpTo", usage="UpTo[n] stands for n elements, or as many as there are.")
symbol("Span", usage="i ;; j ;; k, or Span[i, j, k], stands for the elements i to j in steps of k.")


class PartError(Exception):
    """A part that does not exist: the message tag and its arguments."""

    def __init__(self, tag: str, *args: Any) -> None:
        super().__init__(tag)
        self.tag = tag
        self.arguments = args


def part_of(ev: Any, value: Any, specs: tuple[Any, ...]) -> Any:
    """`value[[specs...]]`. Raises PartError, without the arguments of `partd`,
    which only the caller knows."""
    if not specs:
        return value
    kind = type(value)
    if (
        kind is np.ndarray
        and all(type(x) in (int, np.ndarray) or _plain(x) for x in specs)
        and 0 not in _ints(specs)
    ):
        return _array_part(value, specs)
    spec, rest = specs[0], specs[1:]
    atom = ATOMS.get(kind)
    if atom is not None and kind is not Association and atom.part is not None:
        found = atom.part(ev, value, specs)
        if found is None:
            raise PartError("partw", _as_spec(specs), value)
        return found
    if type(spec) is int:
        return part_of(ev, element(value, spec), rest)
    if is_key(spec):
        found = at_key(value, spec)
        return found if is_missing(found) else part_of(ev, found, rest)
    return _several(ev, value, spec, rest)


def _ints(specs: tuple[Any, ...]) -> list[int]:
    return [x for x in specs if type(x) is int]


def _plain(spec: Any) -> bool:
    """Whether NumPy can index by `spec`: All, a span or a list of nonzero integers."""
    if spec is S.All:
        return True
    if type(spec) is Expr:
        if spec.head is S.Span:
            return True
        return is_list(spec) and bool(spec.args) and all(type(x) is int and x != 0 for x in spec.args)
    return False


def _as_spec(specs: tuple[Any, ...]) -> Any:
    return specs[0] if len(specs) == 1 else make_list(specs)


def _array_part(array: np.ndarray, specs: tuple[Any, ...]) -> Any:
    axis = 0
    for spec in specs:
        if axis >= array.ndim:
            raise PartError("partd")
        length = array.shape[axis]
        index: Any
        if type(spec) is int:
            index = _position(spec, length, array)
        elif spec is S.All:
            axis += 1
            continue
        elif type(spec) is Expr and spec.head is S.Span:
            index = as_slice(span_of(spec, length, array))
        else:
            wanted = np.array([_position(x, length, array, whole=spec) for x in items(spec)], dtype=np.int64)
            array = np.take(array, wanted, axis=axis)
            axis += 1
            continue
        array = array[(slice(None),) * axis + (index,)]
        axis += 0 if type(spec) is int else 1
    return packed(np.asarray(array))


def as_slice(indices: range) -> slice:
    if not indices:
        return slice(0, 0)
    stop = indices.stop if indices.step > 0 or indices.stop >= 0 else None
    return slice(indices.start, stop, indices.step)


def _position(spec: Any, length: int, value: Any, whole: Any = None) -> int:
    """The 0-based index of the 1-based or negative `spec`; PartError partw when there is none."""
    if type(spec) is not int:
        raise PartError("pkspec1", spec)
    if 0 < spec <= length:
        return spec - 1
    if -length <= spec < 0:
        return length + spec
    raise PartError("partw", spec if whole is None else whole, value)


def element(value: Any, index: int) -> Any:
    """`value[[index]]` for one integer: 0 is the head. Raises PartError."""
    if index == 0:
        return head_of(value)
    count = size(value)
    if count is None:
        raise PartError("partd")
    return nth(value, _position(index, count, value))


def is_key(spec: Any) -> bool:
    """Whether `spec` names one element by its key: a string or Key[k]."""
    return type(spec) is str or (type(spec) is Expr and spec.head is S.Key and len(spec.args) == 1)


def key_of(spec: Any) -> Any:
    """The key that a string or Key[k] names."""
    return spec if type(spec) is str else spec.args[0]


def missing_key(k: Any) -> Expr:
    """`Missing["KeyAbsent", k]`."""
    return Expr(S.Missing, ("KeyAbsent", k))


def is_missing(value: Any) -> bool:
    """Whether `value` is `Missing[...]`."""
    return type(value) is Expr and value.head is S.Missing


def at_key(value: Any, spec: Any) -> Any:
    """The value at a key, Missing["KeyAbsent", k] when there is none; PartError on what has no keys."""
    k = key_of(spec)
    if type(value) is Association:
        entry = value.entries.get(key(k))
        return missing_key(k) if entry is None else entry[1]
    atom = ATOMS.get(type(value))
    if atom is not None and atom.keys is not None and atom.values is not None:
        for name, found in zip(atom.keys(value), atom.values(value), strict=True):
            if name == k:
                return found
        return missing_key(k)
    raise PartError("pkspec1", spec) if children(value) is not None else PartError("partd")


@applied("Key")
def apply_key(ev: Any, head: Expr, args: tuple[Any, ...]) -> Any:
    """Key[k][assoc] is the value at k."""
    if len(head.args) != 1 or len(args) != 1 or type(args[0]) is not Association:
        return None
    value = args[0].get(head.args[0])
    return ev.evaluate(missing_key(head.args[0]) if value is None else value)


def span_of(span: Expr, length: int, value: Any) -> range:
    """`span_range`, failing with PartError take or span."""
    try:
        return span_range(span, length)
    except SequenceError as error:
        if error.start is None:
            raise PartError("span", span) from None
        raise PartError("take", error.start, error.stop, value) from None


def indices_of(value: Any, spec: Any) -> list[int]:
    """The 0-based elements that All, a span or a list of integers and keys names
    in `value`. Raises PartError.

    The head (0) is index -1. Keys that an association lacks raise partw.
    """
    count = size(value)
    if count is None:
        raise PartError("partd")
    if spec is S.All:
        return list(range(count))
    if type(spec) is Expr and spec.head is S.Span:
        return list(span_of(spec, count, value))
    if is_list(spec):
        return [_index(value, x, count, spec) for x in items(spec)]
    if type(spec) is int or is_key(spec):
        return [_index(value, spec, count, None)]
    raise PartError("pkspec1", spec)


def _index(value: Any, spec: Any, length: int, whole: Any) -> int:
    if type(spec) is int and spec == 0:
        return -1
    if is_key(spec) and type(value) is Association:
        k = key(key_of(spec))
        for i, name in enumerate(value.entries):
            if name == k:
                return i
        raise PartError("partw", spec, value)
    return _position(spec, length, value, whole)


def _several(ev: Any, value: Any, spec: Any, rest: tuple[Any, ...]) -> Any:
    """Parts by All, a span or a list: they keep the head of `value`, or the keys of an association."""
    if type(value) is Association:
        return _entries(ev, value, spec, rest)
    inner = children(value)
    wanted = indices_of(value, spec)
    head = head_of(value)
    found = [part_of(ev, head if i < 0 else inner[i], rest) for i in wanted]  # type: ignore[index]
    if type(value) is np.ndarray:
        return make_list(found)
    return Expr(head, tuple(found))


def _entries(ev: Any, value: Association, spec: Any, rest: tuple[Any, ...]) -> Any:
    """Entries of an association; a list of keys gives Missing["KeyAbsent", k] for those it lacks."""
    entries = list(value.entries.items())
    if is_list(spec) and any(is_key(x) for x in items(spec)):
        chosen = []
        for x in items(spec):
            if is_key(x):
                k = key_of(x)
                chosen.append((key(k), value.entries.get(key(k), (k, missing_key(k), False))))
            else:
                chosen.append(entries[_position(x, len(entries), value, spec)])
    else:
        chosen = [entries[i] for i in indices_of(value, spec)]
    if not rest:
        return Association(dict(chosen))
    return Association(
        {name: (k, v if is_missing(v) else part_of(ev, v, rest), False) for name, (k, v, _) in chosen}
    )


PART_MESSAGES = {
    "pkspec1": "The expression `1` cannot be used as a part specification.",
    "take": "Cannot take positions `1` through `2` in `3`.",
    "span": "`1` is not a valid Span specification. A Span specification should be a nonzero integer range.",
}


def complain(ev: Any, name: str, error: PartError, value: Any, specs: tuple[Any, ...]) -> None:
    """Print the message of `error`, met in `value[[specs...]]`."""
    if error.tag == "partd":
        ev.message(name, "partd", Expr(S.Part, (value, *specs)))
    else:
        ev.message(name, error.tag, *error.arguments)


@builtin("Part", messages=PART_MESSAGES)
def part(ev: Any, expr: Any, *specs: Any) -> Any:
    """expr[[i]] gives the i-th element of expr, counted from the end when i is negative;
    expr[[0]] is the head.
    expr[[i, j, ...]] gives element j of element i, and so on.
    expr[[{i1, i2, ...}]], expr[[i ;; j ;; k]] and expr[[All]] give several elements under the same head.
    assoc[[key]] and assoc[[Key[k]]] give the value at a key of an association.

    >>> {a, b, c}[[2]]
    b
    >>> {{1, 2}, {3, 4}}[[All, -1]]
    {2, 4}
    >>> f[a, b, c, d][[2 ;; ;; 2]]
    f[b, d]
    >>> <|"x" -> 1, "y" -> {5, 6}|>[["y", 1]]
    5
    """
    if len(specs) == 1 and type(specs[0]) is int and type(expr) is Expr:
        index, length = specs[0], len(expr.args)
        if 0 < index <= length or -length <= index < 0:
            return expr.args[index - 1 if index > 0 else index]
    try:
        return part_of(ev, expr, specs)
    except PartError as error:
        complain(ev, "Part", error, expr, specs)
        return None


@builtin(
    "Extract",
    operator=0,
    messages=PART_MESSAGES | {"psl1": "Position specification `1` in `2` is not applicable."},
)
def extract(ev: Any, expr: Any, position: Any, wrapper: Any = None) -> Any:
    """Extract[expr, pos] gives the part of expr at position pos: n, {i, j, ...} or Key[k].
    Extract[expr, {pos1, pos2, ...}] gives a list of parts.
    Extract[expr, pos, h] wraps each part in h before it is evaluated.

    >>> Extract[{a, {b, c}}, {2, 1}]
    b
    >>> Extract[{a, {b, c}}, {{1}, {2, 2}}]
    {a, c}
    >>> Extract[{1 + x, y}, 1, Hold]
    Hold[1 + x]
    """

    def one(specs: tuple[Any, ...]) -> Any:
        found = part_of(ev, expr, specs)
        return found if wrapper is None else Expr(wrapper, (found,))

    many = is_position_list(position)
    try:
        if many:
            return make_list([one(items(p) if is_list(p) else (p,)) for p in items(position)])
        return one(items(position) if is_list(position) else (position,))
    except PartError as error:
        if many:
            ev.message("Extract", "partw", position, expr)
        else:
            complain(ev, "Extract", error, expr, items(position) if is_list(position) else (position,))
        return None


def is_position_list(position: Any) -> bool:
    """Whether `position` is a list of positions, `{{i, j}, ...}`, not one position.
    The empty list is one too."""
    if not is_list(position):
        return False
    inner = items(position)
    return not inner or all(is_list(x) for x in inner)
