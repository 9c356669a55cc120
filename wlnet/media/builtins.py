"""The chapter of images and sounds: it declares the symbols of this room and registers its formats."""

from __future__ import annotations

from . import (
    audio,
    color_values,
    image3d,
    image_collections,
    image_files,
    image_filters,
    image_pixels,
    image_shapes,
    image_values,
)

__all__ = [
    "audio",
    "color_values",
    "image3d",
    "image_collections",
    "image_files",
    "image_filters",
    "image_pixels",
    "image_shapes",
    "image_values",
]
