"""Image files: PNG, JPEG, GIF, BMP, TIFF and WebP read and written by Pillow."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from wlnet.expr import S, make_list, packed
from wlnet.kernel.formats import FORMATS, FormatError, register, source_bytes
from wlnet.kernel.loading import load_name

from .colors import number
from .image import Image, byte_array, from_pillow, to_pillow

EXTENSIONS = {
    "PNG": ("png",),
    "JPEG": ("jpg", "jpeg"),
    "GIF": ("gif",),
    "BMP": ("bmp",),
    "TIFF": ("tif", "tiff"),
    "WebP": ("webp",),
}
ELEMENTS = ("Image", "ImageList", "Data", "ImageSize", "ColorSpace", "ImageCount", "BitDepth", "Graphics")
JPEG_QUALITY = 92  # as matplotlib and most viewers take it: no visible loss


def encoded(e: Image, name: str, options: dict[str, Any]) -> bytes:
    """The bytes of an image file. JPEG and BMP have no opacity; PNG and TIFF keep 16 bits of greys."""
    from PIL import Image as Pillow

    flat = name in ("JPEG", "BMP") and e.has_alpha
    if e.kind == "Bit16" and e.array.ndim == 2 and name not in ("PNG", "TIFF") or flat:
        array = byte_array(e)
        opened = Pillow.fromarray(
            array[..., 0] if flat and array.shape[2] == 2 else array[..., :3] if flat else array
        )
    elif e.kind == "Bit" and name in ("PNG", "TIFF", "BMP", "GIF"):
        opened = to_pillow(e).convert("1") if e.array.ndim == 2 else to_pillow(e)
    else:
        opened = to_pillow(e)
    stream = io.BytesIO()
    opened.save(stream, format=name, **settings(name, options))
    return stream.getvalue()


def settings(name: str, options: dict[str, Any]) -> dict[str, Any]:
    """What Pillow is told of a format's own options: "CompressionLevel" from 0 to 1, where 1 is smallest."""
    level = options.get("CompressionLevel")
    found: dict[str, Any] = {"quality": JPEG_QUALITY} if name in ("JPEG", "WebP") else {}
    if level is None or level is S.Automatic:
        return found
    value = number(level)
    if value is None or not 0 <= value <= 1:
        raise FormatError('"CompressionLevel" is a number from 0 (largest file) to 1 (smallest).')
    if name in ("JPEG", "WebP"):
        return {"quality": round(100 - 95 * value)}
    return {"compress_level": round(9 * value)} if name == "PNG" else found


def opened_image(source: Path | bytes) -> Any:
    """The Pillow image of a file. FormatError where it holds none."""
    from PIL import Image as Pillow
    from PIL import UnidentifiedImageError

    try:
        found = Pillow.open(source if isinstance(source, Path) else io.BytesIO(source_bytes(source)))
        found.load()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as fault:
        if isinstance(fault, FileNotFoundError):
            raise
        raise FormatError(f"the file holds no image that can be read ({fault}).") from None
    return found


def load(source: Path | bytes) -> Image:
    """The (first) image in a file. FormatError where it holds none."""
    with opened_image(source) as opened:
        return from_pillow(opened)


def frames(source: Path | bytes) -> list[Image]:
    """All images of a file that may hold several, such as GIF and TIFF."""
    found = []
    with opened_image(source) as opened:
        for k in range(getattr(opened, "n_frames", 1)):
            opened.seek(k)
            found.append(from_pillow(opened))
    return found


def read(ev: Any, source: Path | bytes, element: str | None, options: dict[str, Any]) -> Any:
    """An image file as an Image; elements give the array, {width, height}, all images, ..."""
    if element in ("ImageList", "ImageCount"):
        several = frames(source)
        return len(several) if element == "ImageCount" else make_list(several)
    found = load(source)
    answers = {
        "ImageSize": lambda: make_list(found.dimensions),
        "Data": lambda: packed(found.array.astype(np.int64)),
        "ColorSpace": lambda: found.space or S.Automatic,
        "BitDepth": lambda: {"Bit": 1, "Bit16": 16}.get(found.kind, 8),
    }
    return answers[element]() if element in answers else found


def text(name: str) -> Any:
    def make(ev: Any, value: Any, options: dict[str, Any]) -> bytes:
        if type(value) is Image:
            return encoded(value, name, options)
        # Loading the graphics puts a writer of pictures in the place of this one.
        drawing = FORMATS[name].text if load_name("Rasterize") else None
        if drawing is None or drawing is make:
            raise FormatError("it holds no image.")
        return drawing(ev, value, options)  # type: ignore[return-value]

    return make


for _name, _extensions in EXTENSIONS.items():
    register(_name, _extensions, read=read, text=text(_name), elements=ELEMENTS)
