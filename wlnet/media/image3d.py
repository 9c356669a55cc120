"""The atom Image3D: voxels, and what can be asked of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from wlnet.expr import AtomType, Expr, S, array_in, is_list, packed, register, system
from wlnet.kernel.registry import builtin

from .image import ELEMENTS, LARGEST, TYPES, WHOLE, Image, read_kind
from .image_values import NOT_IMAGE


class Image3D:
    """Voxels (D, H, W) or (D, H, W, C): slices from front to back, rows from the top; read-only."""

    __slots__ = ("array", "kind", "space")

    def __init__(self, array: np.ndarray, kind: str, space: str | None = None) -> None:
        if array.ndim == 4 and array.shape[3] == 1:
            array = array[..., 0]
        self.array = np.array(array, TYPES[kind])
        self.array.setflags(write=False)
        self.kind = kind
        self.space = space or ("RGB" if self.channels >= 3 else "Grayscale")

    @property
    def channels(self) -> int:
        return 1 if self.array.ndim == 3 else int(self.array.shape[3])

    @property
    def dimensions(self) -> tuple[int, int, int]:
        """Width, depth and height in voxels."""
        depth, height, width = self.array.shape[:3]
        return int(width), int(depth), int(height)

    def unit(self) -> np.ndarray:
        """The data as float64 from 0 to 1."""
        found: np.ndarray = self.array.astype(np.float64) / LARGEST[self.kind]
        return found

    def unit_planes(self) -> np.ndarray:
        """The data as float64 from 0 to 1, always (D, H, W, C)."""
        found = self.unit()
        return found[..., None] if found.ndim == 3 else found

    def __eq__(self, other: object) -> bool:
        same_kind = type(other) is Image3D and self.kind == other.kind
        return same_kind and np.array_equal(self.array, other.array)  # type: ignore[union-attr]

    def __hash__(self) -> int:
        return hash((Image3D, self.kind, self.array.shape, self.array.tobytes()))

    def __repr__(self) -> str:
        return f"Image3D[<{' x '.join(map(str, self.dimensions))}, {self.kind}>]"


def full(e: Image3D) -> Any:
    data = Expr(S.NumericArray, (packed(e.array), ELEMENTS.get(e.kind, e.kind)))
    return Expr(S.Image3D, (data, e.kind, Expr(S.Rule, (S.ColorSpace, e.space))))


register(Image3D, AtomType(head=lambda x: S.Image3D, full=full, output=lambda x: "-Image3D-"))


@builtin("Image3D", messages=NOT_IMAGE, options={"ColorSpace": S.Automatic})
def image_3d(ev: Any, data: Any, kind: Any = None, **options: Any) -> Any:
    """Image3D[array] is a grey image in space, of slices {slice1, slice2, ...} of rows; with one level more
    it is coloured. Image3D[{image1, image2, ...}] stacks images; Image3D[data, "Byte"] counts to 255.

    >>> ImageDimensions[Image3D[{{{0, 1, 0}, {1, 0, 1}}}]]
    {3, 1, 2}
    """
    if type(data) is Image3D:
        return data
    wanted = None if kind is None else read_kind(kind)
    parts = list(data.args) if type(data) is Expr and is_list(data) else []
    if parts and all(type(x) is Image for x in parts):
        if len({(x.dimensions, x.channels, x.kind) for x in parts}) == 1:
            return Image3D(np.stack([x.array for x in parts]), parts[0].kind, parts[0].space)
        ev.message("Image3D", "imginv", data)
        return None
    array = array_in(data)
    if array is None or array.ndim not in (3, 4) or not array.size or array.dtype.kind not in "iuf":
        if is_list(data):
            ev.message("Image3D", "imginv", data)
        return None
    if wanted is None:
        wanted = "Byte" if array.dtype == np.uint8 else "Real32"
    if wanted in WHOLE:
        array = np.clip(np.rint(array), 0, LARGEST[wanted])
    space = options.get("ColorSpace")
    return Image3D(array, wanted, space if type(space) is str else None)


def overload(name: str, function: Any) -> None:
    """What the function `name` of images does with an Image3D in the first place."""
    record = system(name).builtin
    general = record.call

    def call(ev: Any, args: tuple[Any, ...]) -> Any:
        return function(*args) if args and type(args[0]) is Image3D else general(ev, args)

    record.call = call


def data_of(e: Image3D, kind: Any = None) -> Any:
    wanted = read_kind(kind)
    unit = e.unit()
    return packed(np.rint(unit * LARGEST[wanted]).astype(np.int64) if wanted in WHOLE else unit)


overload("ImageDimensions", lambda e: packed(np.array(e.dimensions)))
overload("ImageChannels", lambda e: e.channels)
overload("ImageType", lambda e: e.kind)
overload("ImageColorSpace", lambda e: e.space)
overload("ImageData", data_of)


def resized(array: np.ndarray, size: tuple[int, int, int], order: int = 1) -> np.ndarray:
    """Voxels (D, H, W, C) at another size (D, H, W): by splines of `order` (0: nearest, 3: cubic)."""
    from scipy import ndimage  # loaded on first use

    if array.shape[:3] == size:
        return array
    factors = [new / old for new, old in zip(size, array.shape[:3], strict=True)]
    made = ndimage.zoom(
        array, (*factors, 1), order=order, mode="grid-constant" if order == 0 else "nearest", grid_mode=True
    )
    return np.clip(made, array.min(), array.max())  # type: ignore[no-any-return]
