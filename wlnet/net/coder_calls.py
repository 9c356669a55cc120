"""Coders applied by themselves: encoder[x], encoder[{x1, ...}], decoder[array], decoder[array, property]."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import is_list, items, make_list

from .coders import Decoder, Encoder, numeric, show
from .errors import NetError
from .evaluate import number


def encode(ev: Any, coder: Encoder, args: Sequence[Any]) -> Any:
    """coder[x] and coder[{x1, ...}]: an array, or a list of arrays."""
    if len(args) != 1:
        raise NetError("NetEncoder", "arguments", f"An encoder takes one argument; found {len(args)}.")
    value = args[0]
    if is_list(value) and not coder.accepts(value):
        rows = coder.encode_batch(ev, items(value))
        return (
            number(rows, False) if isinstance(rows, np.ndarray) else make_list(number(x, False) for x in rows)
        )
    return number(coder.encode_batch(ev, (value,))[0], False)


def decode(ev: Any, coder: Decoder, args: Sequence[Any]) -> Any:
    """coder[array], coder[{array1, ...}], and the same with a property."""
    if not 1 <= len(args) <= 2:
        raise NetError(
            "NetDecoder",
            "arguments",
            f"A decoder takes an array and a property; found {len(args)} arguments.",
        )
    prop = args[1] if len(args) == 2 else None
    array = numeric(args[0])
    rank = coder.port_type.rank or 0
    ranks = (rank - 1, rank) if coder.side.shallow else (rank,)
    if array is not None and array.ndim in ranks:
        return coder.decode(ev, array.astype(np.float64), prop)
    if array is not None and array.ndim == rank + 1:
        return make_list(coder.decode_batch(ev, array.astype(np.float64), prop))
    ragged = [numeric(x) for x in items(args[0])] if array is None and is_list(args[0]) else []
    if ragged and all(x is not None and x.ndim == rank for x in ragged):
        return make_list(coder.decode(ev, x.astype(np.float64), prop) for x in ragged if x is not None)
    wanted = "a number" if rank == 0 else f"an array of depth {rank}"
    text = f'The decoder "{coder.name}" takes {wanted}, or a list of such; found {show(args[0])}.'
    raise NetError("NetDecoder", "invalid", text)
