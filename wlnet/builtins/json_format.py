"""The formats JSON and RawJSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from wlnet.expr import (
    FALSE,
    NULL,
    TRUE,
    Association,
    BigReal,
    Expr,
    S,
    Symbol,
    is_list,
    items,
    make_list,
    system,
    truth,
)
from wlnet.kernel import formats
from wlnet.kernel.formats import FormatError, source_text

from .table_formats import option


def is_rule(x: Any) -> bool:
    """Whether `x` is a rule."""
    return type(x) is Expr and x.head in (S.Rule, S.RuleDelayed)


def from_json(value: Any, *, rules: bool) -> Any:
    """A JSON value: objects become associations, or lists of rules where `rules`."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return truth(value)
    if isinstance(value, dict):
        pairs = [(k, from_json(v, rules=rules)) for k, v in value.items()]
        return make_list(Expr(S.Rule, p) for p in pairs) if rules else Association.of(pairs)
    if isinstance(value, list):
        return make_list(from_json(v, rules=rules) for v in value)
    return value


def to_json(x: Any) -> Any:
    """A value as what Python's json writes. Raises FormatError for what JSON has no words for."""
    kind = type(x)
    if kind in (int, str):
        return x
    if kind is float:
        if not math.isfinite(x):
            raise FormatError(f"{x} is no JSON number")
        return x
    if x is TRUE or x is FALSE:
        return x is TRUE
    if x is NULL or x is system("None"):
        return None
    if kind is np.ndarray:
        return x.tolist()
    if kind is Association:
        return {_json_key(k): to_json(v) for k, v in x.pairs()}
    if is_list(x):
        if items(x) and all(is_rule(r) for r in items(x)):
            return {_json_key(r.args[0]): to_json(r.args[1]) for r in items(x)}
        return [to_json(a) for a in items(x)]
    if kind in (BigReal,) or kind.__name__ == "Fraction":
        return float(x.value if kind is BigReal else x)
    raise FormatError(
        f"JSON has no form for {x!r}; use strings, numbers, True, False, Null, lists and associations"
    )


def _json_key(k: Any) -> str:
    if type(k) is str:
        return k
    if type(k) is Symbol:
        return k.name
    if type(k) is int:
        return str(k)
    raise FormatError(f"the key {k!r} of an object should be a string")


def _read_json(rules: bool) -> formats.Read:
    def read(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
        text = source_text(source)
        try:
            value = json.loads(text)
        except json.JSONDecodeError as error:
            raise FormatError(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
        if element == "Dataset":
            return Expr(S.Dataset, (from_json(value, rules=False),))
        return from_json(value, rules=rules)

    return read


def _json(ev: Any, value: Any, options: dict[str, Any]) -> str:
    compact = option(options, "Compact", FALSE) is TRUE
    spec: dict[str, Any] = (
        {"separators": (",", ":")} if compact else {"indent": "\t", "separators": (",", ":")}
    )
    return json.dumps(to_json(value), ensure_ascii=False, **spec)


formats.register("JSON", ("json",), read=_read_json(True), text=_json, elements=("Data", "Dataset"))
formats.register("RawJSON", (), read=_read_json(False), text=_json, elements=("Data", "Dataset"))
