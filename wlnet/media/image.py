"""The atom Image: pixels with a type and a colour space; how it meets Pillow, NumPy and arithmetic."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np

from wlnet.expr import AtomType, Expr, NumericArray, S, packed, register, to_array

from .colors import number
from .spaces import SPACES, convert

# Type names and the dtype of the stored array; "Byte" and "Bit16" count from 0 to the largest integer.
TYPES: dict[str, Any] = {
    "Bit": np.uint8,
    "Byte": np.uint8,
    "Bit16": np.uint16,
    "Real32": np.float32,
    "Real64": np.float64,
}
LARGEST = {"Bit": 1.0, "Byte": 255.0, "Bit16": 65535.0, "Real32": 1.0, "Real64": 1.0}
WHOLE = ("Bit", "Byte", "Bit16")
OLD_TYPES = {"Real": "Real32", "Float": "Real32"}
ELEMENTS = {"Bit": "UnsignedInteger8", "Byte": "UnsignedInteger8", "Bit16": "UnsignedInteger16"}

MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}  # Pillow's names by number of channels


class Image:
    """Pixels (H, W) or (H, W, C), top row first, read-only; type name and colour space (None: none).

    One channel is always stored as (H, W). A channel more than the colour space has is opacity.
    """

    __slots__ = ("array", "kind", "space")

    def __init__(self, array: np.ndarray, kind: str, space: str | None = None) -> None:
        if array.ndim == 3 and array.shape[2] == 1:
            array = array[..., 0]
        array = np.ascontiguousarray(array, TYPES[kind])
        if array.flags.writeable:
            array = array.copy() if array.base is not None else array
            array.setflags(write=False)
        self.array = array
        self.kind = kind
        self.space = space or {1: "Grayscale", 2: "Grayscale", 3: "RGB", 4: "RGB"}.get(self.channels)

    @property
    def channels(self) -> int:
        return 1 if self.array.ndim == 2 else int(self.array.shape[2])

    @property
    def has_alpha(self) -> bool:
        """Whether the last channel is opacity."""
        return self.space is not None and self.channels == SPACES[self.space] + 1

    @property
    def dimensions(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.array.shape[1]), int(self.array.shape[0])

    @property
    def planes(self) -> np.ndarray:
        """The stored values, always (H, W, C)."""
        return self.array[..., None] if self.array.ndim == 2 else self.array

    def unit(self) -> np.ndarray:
        """The data as float64 from 0 (black) to 1."""
        found: np.ndarray = self.array.astype(np.float64) / LARGEST[self.kind]
        return found

    def unit_planes(self) -> np.ndarray:
        """The data as float64 from 0 to 1, always (H, W, C)."""
        found = self.unit()
        return found[..., None] if found.ndim == 2 else found

    def like(self, array: np.ndarray) -> Image:
        """An image of stored values `array` with this one's type and colour space."""
        return Image(array, self.kind, self.space)

    def remade(self, unit: np.ndarray, space: str | None = None) -> Image:
        """An image of this one's type with data from 0 to 1 given; whole-number types are rounded and cut."""
        return of_unit(unit, self.kind, space or self.space)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        """The stored values, so that np.asarray(image) works in Python programs."""
        return np.array(self.array, dtype) if copy or dtype is not None else self.array

    def pillow(self) -> Any:
        """The image as Pillow has it: mode L, LA, RGB or RGBA (8 bits), I;16 for 16-bit greys."""
        return to_pillow(self)

    def _repr_png_(self) -> bytes:
        """What a notebook shows."""
        stream = io.BytesIO()
        to_pillow(self).save(stream, format="PNG")
        return stream.getvalue()

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is Image
            and (self.kind, self.space) == (other.kind, other.space)
            and np.array_equal(self.array, other.array)
        )

    def __hash__(self) -> int:
        return hash((Image, self.kind, self.array.shape, self.array.tobytes()))

    def __repr__(self) -> str:
        width, height = self.dimensions
        return f"Image[<{width} x {height}, {self.kind}, {self.space}>]"


def of_unit(unit: np.ndarray, kind: str, space: str | None = None) -> Image:
    """Data from 0 to 1 as an image of type `kind`."""
    if kind in WHOLE:
        unit = np.rint(np.clip(unit, 0, 1) * LARGEST[kind])
    return Image(unit, kind, space)


def converted(e: Image, kind: str) -> Image:
    """The same image with values of another type."""
    return e if kind == e.kind else of_unit(e.unit(), kind, e.space)


def read_kind(kind: Any) -> str | None:
    """The name of a type of pixel values; None where `kind` is none."""
    found = OLD_TYPES.get(kind, kind) if type(kind) is str else None
    return found if found in TYPES else None


def image_of(data: Any, kind: str | None = None, interleaved: bool = True) -> Image | None:
    """An image from a matrix of greys, or of lists of channels; None for anything else.

    `interleaved` False: the data are (C, H, W). The type of a NumericArray is that of its elements; numbers
    in a list are "Real32".
    """
    if type(data) is NumericArray:
        array: np.ndarray | None = data.array
        if kind is None:
            names = {np.dtype(np.uint8): "Byte", np.dtype(np.uint16): "Bit16", np.dtype(np.float64): "Real64"}
            kind = names.get(data.array.dtype, "Real32")
    else:
        array = to_array(data, exact=False)
        kind = kind or "Real32"
    if array is None or array.ndim not in (2, 3) or not array.size or array.dtype.kind not in "iuf":
        return None
    if array.ndim == 3 and not interleaved:
        array = np.moveaxis(array, 0, -1)
    if kind in WHOLE:
        array = np.clip(np.rint(array), 0, LARGEST[kind])
    return Image(array, kind)


def full(image: Image) -> Any:
    data = Expr(S.NumericArray, (packed(image.array), ELEMENTS.get(image.kind, image.kind)))
    return Expr(S.Image, (data, image.kind, Expr(S.Rule, (S.ColorSpace, image.space or S.Automatic))))


def to_space(e: Image, space: str) -> Image:
    """The image in another colour space, with its opacity. One without a space counts as grey, or as RGB.

    A type of whole numbers cannot hold LAB, whose coordinates are negative too: that becomes "Real32".
    """
    if e.space == space:
        return e
    unit = e.unit_planes()
    old = e.space or ("RGB" if e.channels >= 3 else "Grayscale")
    count = SPACES[old]
    made = convert(unit[..., :count], old, space)
    if e.has_alpha:
        made = np.concatenate([made, unit[..., count : count + 1]], -1)
    return of_unit(made, "Real32" if space == "LAB" and e.kind in WHOLE else e.kind, space)


# ---- Pillow


def to_pillow(e: Image) -> Any:
    """A Pillow image that shows `e`: 8 bits a channel, colours as RGB; greys of 16 bits keep them."""
    from PIL import Image as Pillow

    if e.kind == "Bit16" and e.array.ndim == 2:
        return Pillow.fromarray(e.array)
    return Pillow.fromarray(byte_array(e))


def byte_array(e: Image) -> np.ndarray:
    """The image as it is seen, uint8 (H, W) or (H, W, C) with C 2, 3 or 4; other colour spaces as RGB."""
    if e.space not in ("Grayscale", "RGB"):
        e = to_space(e, "RGB") if e.space is not None else e.like(e.planes[..., :3])
    if e.kind == "Byte":
        return e.array
    return np.asarray(np.rint(np.clip(e.unit(), 0, 1) * 255), np.uint8)


def from_pillow(opened: Any) -> Image:
    """Grey, coloured and 16-bit images as they are; palettes become colours."""
    if opened.mode.startswith("I"):
        return Image(np.clip(np.asarray(opened), 0, 65535), "Bit16")
    if opened.mode == "1":
        return Image(np.asarray(opened).astype(np.uint8), "Bit")
    if opened.mode == "F":
        return Image(np.asarray(opened), "Real32")
    if opened.mode == "CMYK":
        return Image(np.asarray(opened), "Byte", "CMYK")
    if opened.mode not in MODES.values():
        clear = "transparency" in opened.info or opened.mode in ("PA", "La", "RGBa")
        opened = opened.convert("RGBA" if clear else "RGB")
    return Image(np.asarray(opened), "Byte")


def shown_array(image: Image) -> np.ndarray:
    """Pixels as matplotlib takes them: float64 0 ... 1, grey (H, W) or RGB(A)."""
    data = byte_array(image) / 255.0
    if data.ndim == 3 and data.shape[2] == 2:
        return np.concatenate([np.repeat(data[..., :1], 3, 2), data[..., 1:]], 2)
    return data


# ---- arithmetic


def arithmetic(ev: Any, name: str, args: Sequence[Any]) -> Any:
    """Plus, Times or Power of images and numbers, pixel by pixel, as an image of type "Real32" (or "Real64").

    Opacity is that of the first image. Images of different sizes share their upper left part. None where an
    operand is neither image nor number, or where numbers of channels do not go together.
    """
    images = [x for x in args if type(x) is Image]
    first = images[0]
    kind = "Real64" if any(x.kind == "Real64" for x in images) else "Real32"
    width, height = (min(x.dimensions[k] for x in images) for k in (0, 1))
    operands: list[Any] = []
    for x in args:
        if type(x) is Image:
            planes = x.unit_planes()[:height, :width]
            operands.append(planes[..., :-1] if x.has_alpha else planes)
        else:
            value = number(x)
            if value is None:
                return None
            operands.append(value)
    if len({x.shape[2] for x in operands if isinstance(x, np.ndarray)} - {1}) > 1:
        return None
    apply = {"Plus": np.add, "Times": np.multiply, "Power": np.power}[name]
    result = operands[0]
    with np.errstate(all="ignore"):
        for x in operands[1:]:
            result = apply(result, x)
    most = max(images, key=lambda x: x.channels - x.has_alpha)
    if first.has_alpha:
        result = np.concatenate([result, first.unit_planes()[:height, :width, -1:]], -1)
    return Image(result, kind, most.space)


register(
    Image,
    AtomType(head=lambda x: S.Image, full=full, output=lambda x: "-Image-", arithmetic=arithmetic),
)
