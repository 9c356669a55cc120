"""Images: the atom, its data, and elementary operations on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import AtomType, Expr, NumericArray, S, is_list, make_list, packed, register, to_array
from wlnet.kernel.registry import builtin, symbol

from .colors import number

# Type names and the dtype of the stored array; "Byte" and "Bit16" count from 0 to the largest integer.
TYPES: dict[str, Any] = {
    "Bit": np.uint8,
    "Byte": np.uint8,
    "Bit16": np.uint16,
    "Real32": np.float32,
    "Real64": np.float64,
}
LARGEST = {"Bit": 1.0, "Byte": 255.0, "Bit16": 65535.0, "Real32": 1.0, "Real64": 1.0}
MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}

NOT_IMAGE = {
    "imginv": "`1` is not an image or an array from which one can be made.",
    "size": "`1` is not a size: a width, {width, height} with positive integers, is expected.",
}


class Image:
    """Pixels (rows, columns) or (rows, columns, channels), top row first, read-only; type name and colour
    space.
    """

    __slots__ = ("array", "kind", "space")

    def __init__(self, array: np.ndarray, kind: str, space: str | None = None) -> None:
        array = np.ascontiguousarray(array, TYPES[kind])
        if array.flags.writeable:
            array = array.copy() if array.base is not None else array
            array.setflags(write=False)
        self.array = array
        self.kind = kind
        self.space = space or ("Grayscale" if self.channels < 3 else "RGB")

    @property
    def channels(self) -> int:
        return 1 if self.array.ndim == 2 else int(self.array.shape[2])

    @property
    def dimensions(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return int(self.array.shape[1]), int(self.array.shape[0])

    def unit(self) -> np.ndarray:
        """The data as float64 from 0 (black) to 1."""
        found: np.ndarray = self.array.astype(np.float64) / LARGEST[self.kind]
        return found

    def __eq__(self, other: object) -> bool:
        return type(other) is Image and self.kind == other.kind and np.array_equal(self.array, other.array)

    def __hash__(self) -> int:
        return hash((Image, self.kind, self.array.shape, self.array.tobytes()))

    def __repr__(self) -> str:
        width, height = self.dimensions
        return f"Image[<{width} x {height}, {self.kind}, {self.space}>]"


def full(image: Image) -> Any:
    kinds = {"Bit": "UnsignedInteger8", "Byte": "UnsignedInteger8", "Bit16": "UnsignedInteger16"}
    data = Expr(S.NumericArray, (packed(image.array), kinds.get(image.kind, image.kind)))
    return Expr(S.Image, (data, image.kind, Expr(S.Rule, (S.ColorSpace, image.space))))


register(Image, AtomType(head=lambda x: S.Image, full=full, output=lambda x: "-Image-"))


def shown_array(image: Image) -> np.ndarray:
    """Pixels as matplotlib and Pillow take them: float64 0 ... 1, grey (rows, columns) or RGB(A)."""
    data = np.clip(image.unit(), 0, 1)
    if data.ndim == 3 and data.shape[2] == 1:
        return data[..., 0]
    if data.ndim == 3 and data.shape[2] == 2:
        return np.concatenate([np.repeat(data[..., :1], 3, 2), data[..., 1:]], 2)
    return data


def image_of(data: Any, kind: str | None = None) -> Image | None:
    """An image from a matrix of greys, or of lists of channels; None for anything else."""
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
    if array.ndim == 3 and array.shape[2] > 4:
        return None
    if kind in ("Byte", "Bit16", "Bit"):
        array = np.clip(np.rint(array), 0, LARGEST[kind])
    return Image(array, kind)


@builtin("Image", messages=NOT_IMAGE, options={"ColorSpace": S.Automatic})
def image(ev: Any, data: Any, kind: Any = None, *, color_space: Any = S.Automatic, **options: Any) -> Any:
    """Image[matrix] is a grey image, Image[{{{r, g, b}, ...}, ...}] a coloured one, with values from 0 to 1.
    Image[data, "Byte"] takes integers from 0 to 255.

    >>> ImageDimensions[Image[{{0, 0.5, 1}, {1, 0.5, 0}}]]
    {3, 2}
    """
    if type(data) is Image:
        return data if kind is None else converted(data, kind)
    if kind is not None and kind not in TYPES:
        return None
    found = image_of(data, kind)
    if found is None:
        if is_list(data):
            ev.message("Image", "imginv", data)
        return None
    return found


def converted(e: Image, kind: str) -> Image | None:
    if kind not in TYPES:
        return None
    data = e.unit() * LARGEST[kind]
    return Image(np.rint(data) if kind in ("Byte", "Bit16", "Bit") else data, kind, e.space)


def declared(name: str) -> Any:
    """A function of one image (and more arguments), which is not applied to anything else."""

    def register_function(function: Any) -> Any:
        def call(ev: Any, e: Any, *more: Any) -> Any:
            if type(e) is not Image:
                if type(e) not in (Expr,) or e.head is not S.Image:
                    ev.message(name, "imginv", e)
                return None
            return function(ev, e, *more)

        call.__doc__, call.__module__ = function.__doc__, function.__module__
        builtin(name, messages=NOT_IMAGE)(call)
        return function

    return register_function


@declared("ImageData")
def image_data(ev: Any, e: Image, kind: Any = None) -> Any:
    """ImageData[image] is the array of pixel values from 0 to 1; ImageData[image, "Byte"] those from 0 to
    255.

    >>> ImageData[Image[{{0, 1}}]]
    {{0., 1.}}
    """
    if kind in ("Byte", "Bit16", "Bit"):
        found = converted(e, kind)
        return None if found is None else packed(found.array)
    return packed(e.unit())


@declared("ImageDimensions")
def image_dimensions(ev: Any, e: Image) -> Any:
    """ImageDimensions[image] is {width, height} in pixels.

    >>> ImageDimensions[Image[{{0, 1, 0}}]]
    {3, 1}
    """
    return make_list(e.dimensions)


@declared("ImageChannels")
def image_channels(ev: Any, e: Image) -> Any:
    """ImageChannels[image] is the number of channels.

    >>> ImageChannels[Image[{{{1, 0, 0}}}]]
    3
    """
    return e.channels


@declared("ImageType")
def image_type(ev: Any, e: Image) -> Any:
    """ImageType[image] is the type of the pixel values: "Bit", "Byte", "Bit16", "Real32" or "Real64".

    >>> ImageType[Image[{{0, 1}}]]
    Real32
    """
    return e.kind


@declared("ImageColorSpace")
def image_color_space(ev: Any, e: Image) -> Any:
    """ImageColorSpace[image] is the name of the colour space.

    >>> ImageColorSpace[Image[{{0, 1}}]]
    Grayscale
    """
    return e.space


@declared("ImageResize")
def image_resize(ev: Any, e: Image, size: Any = None) -> Any:
    """ImageResize[image, width] scales an image; ImageResize[image, {width, height}] to both.

    >>> ImageDimensions[ImageResize[Image[{{0, 1}, {1, 0}}], 4]]
    {4, 4}
    """
    from PIL import Image as Pillow

    width, height = e.dimensions
    array = to_array(size) if is_list(size) else None
    wide = number(size) if array is None else float(array[0])
    if wide is None or wide < 1 or (array is not None and (array.shape != (2,) or array[1] < 1)):
        ev.message("ImageResize", "size", size)
        return None
    target = (int(wide), int(array[1]) if array is not None else max(1, round(height * wide / width)))
    planes = e.unit()[..., None] if e.array.ndim == 2 else e.unit()
    scaled = [
        np.asarray(
            Pillow.fromarray(planes[..., k].astype(np.float32)).resize(target, Pillow.Resampling.BICUBIC)
        )
        for k in range(planes.shape[2])
    ]
    stacked = np.clip(np.stack(scaled, -1), 0, 1)
    return converted(Image(stacked[..., 0] if e.array.ndim == 2 else stacked, "Real32", e.space), e.kind)


@declared("ColorNegate")
def color_negate(ev: Any, e: Image) -> Any:
    """ColorNegate[image] has every value v replaced by 1 - v.

    >>> ImageData[ColorNegate[Image[{{0, 1}}]]]
    {{1., 0.}}
    """
    return converted(Image(1 - e.unit(), "Real64", e.space), e.kind)


@builtin("ImageQ")
def is_image(ev: Any, e: Any) -> Any:
    """ImageQ[e] tells whether e is an image.

    >>> {ImageQ[Image[{{0, 1}}]], ImageQ[7]}
    {True, False}
    """
    from wlnet.expr import truth

    return truth(type(e) is Image)


symbol("ColorSpace", usage="ColorSpace is an option of Image.")
