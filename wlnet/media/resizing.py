"""Arrays of pixels scaled, fitted and padded: what ImageResize, ImageCrop, ImagePad and the encoders share.

Arrays are (H, W, C); sizes are (width, height).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import S

Size = tuple[int, int]

# Settings of Resampling -> Pillow's filters. All but "Nearest" average over the pixels that are left out.
RESAMPLINGS = {
    "Nearest": "NEAREST",
    "Constant": "NEAREST",
    "Linear": "BILINEAR",
    "Bilinear": "BILINEAR",
    "Cubic": "BICUBIC",
    "Bicubic": "BICUBIC",
    "Lanczos": "LANCZOS",
    "Box": "BOX",
    "Hamming": "HAMMING",
}
# Settings of Padding -> modes of np.pad.
PADDINGS = {
    "Fixed": "edge",
    "Reflected": "symmetric",
    "Reversed": "symmetric",
    "Periodic": "wrap",
    "ReflectedDifferences": "reflect",
}


def resampling(setting: Any) -> str | None:
    """The name of Pillow's filter for a setting of Resampling; None where it is none."""
    if setting is S.Automatic or setting is None:
        return "BICUBIC"
    return RESAMPLINGS.get(getattr(setting, "name", setting)) if not isinstance(setting, float) else None


def resized(array: np.ndarray, size: Size, how: str = "BICUBIC") -> np.ndarray:
    """Pixels scaled to `size`: uint8 stays uint8, all else becomes float32. Values stay in their range."""
    from PIL import Image as Pillow

    height, width, channels = array.shape
    if (width, height) == size:
        return array
    method = Pillow.Resampling[how]
    if array.dtype == np.uint8 and channels in (1, 3, 4):
        # Pillow would weigh the colours of RGBA by their opacity: channels one by one keep them apart.
        if channels == 4:
            parts = [resized(array[..., k : k + 1], size, how) for k in range(4)]
            return np.concatenate(parts, -1)
        flat = array[..., 0] if channels == 1 else array
        made = np.asarray(Pillow.fromarray(np.ascontiguousarray(flat)).resize(size, method))
        return made[..., None] if channels == 1 else made
    planes = [np.ascontiguousarray(array[..., k], np.float32) for k in range(channels)]
    made = np.stack([np.asarray(Pillow.fromarray(x).resize(size, method)) for x in planes], -1)
    return np.clip(made, array.min(), array.max())


def fitted_size(size: Size, box: Size, fill: bool) -> Size:
    """`size` scaled, its aspect kept, to fit into `box`, or to fill it; at least a pixel each way."""
    factors = [want / have for want, have in zip(box, size, strict=True)]
    factor = max(factors) if fill else min(factors)
    width, height = (max(1, round(factor * x)) for x in size)
    return width, height


def offsets(inner: Size, outer: Size, alignment: tuple[float, float]) -> tuple[int, int]:
    """(left, top) of a box within a larger one. `alignment` is from -1 (left, bottom) to 1 (right, top)."""
    right, up = alignment
    left = round((outer[0] - inner[0]) * (right + 1) / 2)
    top = round((outer[1] - inner[1]) * (1 - up) / 2)
    return left, top


def padded(array: np.ndarray, margins: Sequence[tuple[int, int]], padding: Any) -> np.ndarray:
    """Pixels with `margins` ((left, right), (bottom, top)) added; negative ones cut off.

    `padding`: the channel values (C,) of what is added, in the array's own units, or a mode of np.pad.
    """
    (left, right), (bottom, top) = margins
    height, width = array.shape[:2]
    array = array[max(0, -top) : height - max(0, -bottom), max(0, -left) : width - max(0, -right)]
    around = ((max(0, top), max(0, bottom)), (max(0, left), max(0, right)), (0, 0))
    if isinstance(padding, str):
        return np.pad(array, around, padding)  # type: ignore[call-overload,no-any-return]
    shape = tuple(n + a + b for n, (a, b) in zip(array.shape, around, strict=True))
    made = np.empty(shape, array.dtype)
    made[...] = padding
    made[around[0][0] : around[0][0] + array.shape[0], around[1][0] : around[1][0] + array.shape[1]] = array
    return made


def fit(
    array: np.ndarray, size: Size, method: str, how: str, alignment: tuple[float, float], padding: Any
) -> np.ndarray:
    """Pixels brought to `size`: "Stretch" changes the aspect, "Fit" keeps it and pads, "Fill" crops."""
    have: Size = (array.shape[1], array.shape[0])
    if have == size:
        return array
    if method == "Stretch":
        return resized(array, size, how)
    inner = fitted_size(have, size, method == "Fill")
    array = resized(array, inner, how)
    if method == "Fill":
        left, top = offsets(size, inner, alignment)
        return array[top : top + size[1], left : left + size[0]]
    left, top = offsets(inner, size, alignment)
    return padded(array, ((left, size[0] - inner[0] - left), (size[1] - inner[1] - top, top)), padding)
