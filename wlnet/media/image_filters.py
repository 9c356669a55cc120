"""Filters of images and of arrays: blurring, sharpening, ranks in neighbourhoods, convolution."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from wlnet.expr import is_list, items, packed, to_array
from wlnet.kernel.registry import builtin

from .colors import number
from .image import Image, to_space
from .image_pixels import on_colors
from .image_values import NOT_IMAGE, drawn_image, image_function

FILTER = {**NOT_IMAGE, "radius": "`1` is not a radius: a number from 0 to 1000 pixels, or {r1, r2}."}


# Pixels; neighbourhoods of a larger reach would need gigabytes.
MOST_RADIUS = 1000


def ndimage() -> Any:
    """SciPy's filters, loaded on first use."""
    from scipy import ndimage as found

    return found


def apply_filter(
    ev: Any, name: str, data: Any, radius: Any, apply: Callable[[np.ndarray, tuple[float, ...]], np.ndarray]
) -> Any:
    """A filter of one array, on every channel of an image, or on an array of numbers of any rank."""
    drawn = drawn_image(ev, data)
    data = data if drawn is None else drawn
    array = to_array(data, exact=False) if is_list(data) else None
    if type(data) is not Image and (array is None or array.dtype.kind not in "if"):
        ev.message(name, "imginv", data)
        return None
    rank = 2 if array is None else array.ndim
    parts = items(radius) if is_list(radius) else (radius,) * rank
    radii = tuple(-1.0 if (r := number(x)) is None else r for x in parts)
    if len(radii) != rank or not all(0 <= r <= MOST_RADIUS for r in radii):
        ev.message(name, "radius", radius)
        return None
    if array is not None:
        return packed(apply(array.astype(float), radii))
    return on_colors(data, lambda v: np.stack([apply(v[..., k], radii) for k in range(v.shape[2])], -1))


def gaussian(
    array: np.ndarray, radii: tuple[float, ...], sigmas: tuple[float, ...] | None = None
) -> np.ndarray:
    """Convolved with normal densities, cut at the radii (default standard deviation: half a radius)."""
    for axis, radius in enumerate(radii):
        sigma = radius / 2 if sigmas is None else sigmas[axis]
        if sigma > 0:
            array = ndimage().gaussian_filter1d(
                array, sigma, axis, mode="nearest", radius=max(1, round(radius))
            )
    return array


@builtin("GaussianFilter", messages=FILTER)
def gaussian_filter(ev: Any, data: Any, radius: Any) -> Any:
    """GaussianFilter[image, r] blurs an image, or an array, by a normal density of standard deviation r/2
    within the radius r; GaussianFilter[image, {r, sigma}] gives the deviation.

    >>> Round[GaussianFilter[{0, 0, 1, 0, 0}, 1], 0.001]
    {0., 0.107, 0.787, 0.107, 0.}
    """
    if is_list(radius) and len(items(radius)) == 2 and not is_list(items(radius)[0]):
        reach, sigma = items(radius)
        value = number(sigma)
        if value is None or value <= 0:
            ev.message("GaussianFilter", "radius", radius)
            return None
        return apply_filter(ev, "GaussianFilter", data, reach, lambda a, r: gaussian(a, r, (value,) * len(r)))
    return apply_filter(ev, "GaussianFilter", data, radius, gaussian)


@image_function("Blur", **{"radius": FILTER["radius"]})
def blur(ev: Any, e: Image, radius: Any = 2) -> Any:
    """Blur[image] is blurred over 2 pixels, Blur[image, r] over r.

    >>> ImageDimensions[Blur[Image[{{0, 1, 0}}]]]
    {3, 1}
    """
    return apply_filter(ev, "Blur", e, radius, gaussian)


@image_function("Sharpen", **{"radius": FILTER["radius"]})
def sharpen(ev: Any, e: Image, radius: Any = 2) -> Any:
    """Sharpen[image] is a sharper image: what blurring over r pixels (default 2) takes away is added.

    >>> ImageData[Sharpen[Image[{{0.5, 0.5}}]]]
    {{0.5, 0.5}}
    """
    return apply_filter(ev, "Sharpen", e, radius, lambda a, r: np.clip(2 * a - gaussian(a, r), 0, 1))


def sizes(radii: tuple[float, ...]) -> tuple[int, ...]:
    return tuple(2 * round(r) + 1 for r in radii)


def declare_rank(name: str, function: str, adjective: str, example: str, value: str) -> None:
    """A filter that takes one number of every neighbourhood."""

    def call(ev: Any, data: Any, radius: Any) -> Any:
        apply = getattr(ndimage(), function)
        return apply_filter(ev, name, data, radius, lambda a, r: apply(a, sizes(r), mode="nearest"))

    call.__doc__ = (
        f"{name}[image, r] has every value, also of an array, replaced by the {adjective} of those at most r "
        f"away.\n\n>>> {example}\n{value}\n"
    )
    call.__module__ = __name__
    builtin(name, messages=FILTER)(call)


declare_rank("MeanFilter", "uniform_filter", "mean", "MeanFilter[{0, 0, 3, 0, 0}, 1]", "{0., 1., 1., 1., 0.}")
declare_rank("MedianFilter", "median_filter", "median", "MedianFilter[{1, 9, 1, 1}, 1]", "{1., 1., 1., 1.}")
declare_rank("MinFilter", "minimum_filter", "smallest", "MinFilter[{1, 2, 3}, 1]", "{1., 1., 2.}")
declare_rank("MaxFilter", "maximum_filter", "largest", "MaxFilter[{1, 2, 3}, 1]", "{2., 3., 3.}")


@image_function("ImageConvolve")
def image_convolve(ev: Any, e: Image, kernel: Any) -> Any:
    """ImageConvolve[image, kernel] is every channel convolved with a matrix; beyond the borders the last
    pixels go on.

    >>> ImageData[ImageConvolve[Image[{{0, 1, 0}}], {{1/2, 1/2}}]]
    {{0.5, 0.5, 0.}}
    """
    matrix = to_array(kernel, exact=False) if is_list(kernel) else None
    if matrix is None or matrix.ndim != 2 or not matrix.size or matrix.dtype.kind not in "if":
        ev.message("ImageConvolve", "arg", kernel, "ImageConvolve", "a matrix of numbers")
        return None
    weights = matrix.astype(float)

    def apply(v: np.ndarray) -> np.ndarray:
        made = [ndimage().convolve(v[..., k], weights, mode="nearest") for k in range(v.shape[2])]
        return np.stack(made, -1)

    return on_colors(e, apply)


@image_function("GradientFilter", **{"radius": FILTER["radius"]})
def gradient_filter(ev: Any, e: Image, radius: Any = 1) -> Any:
    """GradientFilter[image, r] is the length of the gradient of the blurred grey at every pixel.

    >>> ImageData[GradientFilter[Image[{{0.5, 0.5}, {0.5, 0.5}}], 1]]
    {{0., 0.}, {0., 0.}}
    """
    reach = number(radius)
    if reach is None or not 0 < reach <= MOST_RADIUS:
        ev.message("GradientFilter", "radius", radius)
        return None
    gray = to_space(e, "Grayscale").unit_planes()[..., 0] if e.channels > 1 else e.unit()
    made = ndimage().gaussian_gradient_magnitude(gray, reach / 2, mode="nearest")
    return Image(made, "Real32", "Grayscale")
