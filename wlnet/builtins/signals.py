"""Convolution, correlation and Fourier transforms of lists."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from wlnet.expr import is_list, items, make_list, packed, to_array
from wlnet.kernel.registry import builtin

from . import matrices, numeric
from .matrices import Field

MESSAGES = {
    "kldims": "The kernel `1` and the list `2` are not both non-empty lists of the same rank.",
    "fpopt": "FourierParameters should be a pair {a, b} of numbers with b 1 or -1, not `1`.",
    "fftl": "The argument `1` should be a non-empty rectangular array of numbers.",
}


def _aligned(values: list[Any], start: int, count: int, width: int, padding: Any) -> list[list[Any]]:
    """The windows of `width` values that begin at start, start + 1, ... (0-based); beyond the ends: padding.

    padding None repeats the list cyclically, a list repeats itself cyclically, anything else is a constant.
    """
    n = len(values)

    def at(i: int) -> Any:
        if 0 <= i < n:
            return values[i]
        if padding is None:
            return values[i % n]
        return items(padding)[i % len(items(padding))] if is_list(padding) else padding

    return [[at(start + s + r) for r in range(width)] for s in range(count)]


def _overhangs(spec: Any, m: int) -> tuple[int, int] | None:
    """{kL, kR} or k as 1-based places in a kernel of m elements."""
    pair = items(spec) if is_list(spec) else (spec, spec)
    if len(pair) != 2 or not all(type(k) is int and k and abs(k) <= m for k in pair):
        return None
    left, right = (k if k > 0 else m + 1 + k for k in pair)
    return left, right


def _correlated(ev: Any, name: str, kernel: Any, data: Any, spec: Any, padding: Any, reverse: bool) -> Any:
    if not is_list(kernel) or not is_list(data) or not len(items(kernel)) or not len(items(data)):
        ev.message(name, "kldims", kernel, data)
        return None
    k, a = list(items(kernel)), list(items(data))
    if any(map(is_list, k)) or any(map(is_list, a)):
        return _matrix_correlation(ev, name, kernel, data, reverse) if spec is None else None
    m, n = len(k), len(a)
    if reverse:
        k.reverse()
    places = (1, m) if spec is None else _overhangs(spec, m)
    if places is None:
        return None
    left, right = places
    if reverse and spec is not None:
        left, right = m + 1 - left, m + 1 - right
    start, last = 1 - left, n - right
    if spec is None:
        fast = _machine_correlation(k, a)
        if fast is not None:
            return fast
    windows = _aligned(a, start, max(0, last - start + 1), m, padding)
    field = Field(ev)
    return make_list(matrices.dot(k, w, field) for w in windows)


def _machine_correlation(k: list[Any], a: list[Any]) -> Any:
    x, y = to_array(make_list(k), exact=False), to_array(make_list(a), exact=False)
    if x is None or y is None or len(y) < len(x):
        return None
    if x.dtype == y.dtype == np.int64:
        bound = int(np.abs(x).max()) * int(np.abs(y).max()) * len(x)
        return packed(np.correlate(y, x, "valid")) if bound < 1 << 62 else None
    if any(type(v) is Fraction for v in k + a):
        return None
    return packed(np.convolve(y, x[::-1], "valid"))


def _matrix_correlation(ev: Any, name: str, kernel: Any, data: Any, reverse: bool) -> Any:
    """Matrices, without overhang."""
    k, a = matrices.rows_of(kernel), matrices.rows_of(data)
    if k is None or a is None:
        ev.message(name, "kldims", kernel, data)
        return None
    if reverse:
        k = [r[::-1] for r in k[::-1]]
    h, w = len(k), len(k[0])
    flat = [x for r in k for x in r]
    field = Field(ev)
    return matrices.to_list(
        [
            [
                matrices.dot(flat, [a[i + p][j + q] for p in range(h) for q in range(w)], field)
                for j in range(len(a[0]) - w + 1)
            ]
            for i in range(len(a) - h + 1)
        ]
    )


@builtin("ListConvolve", messages=MESSAGES)
def list_convolve(ev: Any, kernel: Any, data: Any, spec: Any = None, padding: Any = None) -> Any:
    """ListConvolve[ker, list] gives the convolution of a kernel and a list, without overhang at the ends.
    ListConvolve[ker, list, k] is cyclic with overhang; ListConvolve[ker, list, {kL, kR}, p] pads with p.

    >>> {ListConvolve[{x, y}, {a, b, c}], ListConvolve[{1, 1}, {1, 2, 3}, 1]}
    {{b x + a y, c x + b y}, {4, 3, 5}}
    """
    return _correlated(ev, "ListConvolve", kernel, data, spec, padding, True)


@builtin("ListCorrelate", messages=MESSAGES)
def list_correlate(ev: Any, kernel: Any, data: Any, spec: Any = None, padding: Any = None) -> Any:
    """ListCorrelate[ker, list] gives the correlation of a kernel and a list, without overhang at the ends.

    >>> {ListCorrelate[{x, y}, {a, b, c}], ListCorrelate[{1, 2}, {1, 2, 3}, 1]}
    {{a x + b y, b x + c y}, {5, 8, 5}}
    """
    return _correlated(ev, "ListCorrelate", kernel, data, spec, padding, False)


def _transform(ev: Any, name: str, data: Any, parameters: Any, sign: int) -> Any:
    array = to_array(numeric.approximate(ev, data, None), exact=False) if is_list(data) else None
    if array is None or array.size == 0:
        ev.message(name, "fftl", data)
        return None
    pair = items(parameters) if is_list(parameters) else ()
    if len(pair) != 2 or type(pair[0]) not in (int, float) or pair[1] not in (1, -1):
        ev.message(name, "fpopt", parameters)
        return None
    a, b = pair
    n = array.size
    forward = b * sign < 0
    plain = np.fft.fftn(array) if forward else np.fft.ifftn(array) * n
    return packed(np.asarray(plain / n ** ((1 - sign * a) / 2), dtype=np.complex128))


_DEFAULT = make_list((0, 1))


@builtin("Fourier", messages=MESSAGES)
def fourier(ev: Any, data: Any, *, fourier_parameters: Any = _DEFAULT) -> Any:
    """Fourier[list] gives the discrete Fourier transform, sums of u_r E^(2 Pi I (r - 1) (s - 1)/n) divided
    by Sqrt[n].
    The option FourierParameters -> {1, -1} gives the convention of signal processing.

    >>> Chop[Fourier[{1, 0, 0, 0}]]
    {0.5, 0.5, 0.5, 0.5}
    """
    return _transform(ev, "Fourier", data, fourier_parameters, 1)


@builtin("InverseFourier", messages=MESSAGES)
def inverse_fourier(ev: Any, data: Any, *, fourier_parameters: Any = _DEFAULT) -> Any:
    """InverseFourier[list] gives the list whose Fourier transform is list.

    >>> Chop[InverseFourier[Fourier[{1, 2, 3}]]]
    {1., 2., 3.}
    """
    return _transform(ev, "InverseFourier", data, fourier_parameters, -1)
