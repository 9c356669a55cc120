"""`Association`: an ordered map of WL keys to values. Immutable; updates return new associations."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

from .atoms import AtomType, register
from .expression import Expr, key, make_list, same
from .symbols import S


class Association:
    """`<|k1 -> v1, ...|>`. `entries` maps `key(k)` to `(k, v, delayed)` in insertion order.

    `delayed` tells an entry written with `:>`, whose value is evaluated when it is looked up. A later
    duplicate key overrides the value and keeps the place of the first one. `stamp` is the evaluator's mark,
    as in `Expr`.
    """

    __slots__ = ("_hash", "entries", "stamp")

    def __init__(self, entries: dict[Hashable, tuple[Any, Any, bool]] | None = None) -> None:
        self.entries = entries if entries is not None else {}
        self._hash = 0
        self.stamp = 0

    @classmethod
    def of(cls, pairs: Iterable[tuple[Any, Any]]) -> Association:
        """From (key, value) pairs, none of them delayed."""
        return cls({key(k): (k, v, False) for k, v in pairs})

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Any]:
        return (k for k, _, _ in self.entries.values())

    def __contains__(self, k: Any) -> bool:
        return key(k) in self.entries

    def get(self, k: Any, default: Any = None) -> Any:
        """The value at key `k` (unevaluated where delayed), or `default`."""
        entry = self.entries.get(key(k))
        return default if entry is None else entry[1]

    def keys(self) -> list[Any]:
        return [k for k, _, _ in self.entries.values()]

    def values(self) -> list[Any]:
        return [v for _, v, _ in self.entries.values()]

    def pairs(self) -> list[tuple[Any, Any]]:
        return [(k, v) for k, v, _ in self.entries.values()]

    def with_entry(self, k: Any, v: Any, delayed: bool = False) -> Association:
        """This association with `k` set to `v`."""
        entries = dict(self.entries)
        entries[key(k)] = (k, v, delayed)
        return Association(entries)

    def without(self, keys: Iterable[Any]) -> Association:
        """This association without `keys`; absent ones are ignored."""
        entries = dict(self.entries)
        for k in keys:
            entries.pop(key(k), None)
        return Association(entries)

    def rules(self) -> tuple[Expr, ...]:
        """The entries as Rule and RuleDelayed expressions."""
        return tuple(Expr(S.RuleDelayed if d else S.Rule, (k, v)) for k, v, d in self.entries.values())

    def __eq__(self, other: object) -> bool:
        if type(other) is not Association or len(self.entries) != len(other.entries):
            return False
        pairs = zip(self.entries.values(), other.entries.values(), strict=True)
        return all(d1 == d2 and same(k1, k2) and same(v1, v2) for (k1, v1, d1), (k2, v2, d2) in pairs)

    def __hash__(self) -> int:
        if not self._hash:
            self._hash = hash(tuple((k, hash(key(v))) for k, (_, v, _) in self.entries.items())) or 1
        return self._hash

    def __repr__(self) -> str:
        inside = ", ".join(f"{k!r} {':>' if d else '->'} {v!r}" for k, v, d in self.entries.values())
        return f"<|{inside}|>"


register(
    Association,
    AtomType(
        head=lambda x: S.Association,
        length=len,
        keys=Association.keys,
        values=Association.values,
        normal=lambda x: make_list(x.rules()),
        full=lambda x: Expr(S.Association, x.rules()),
    ),
)
