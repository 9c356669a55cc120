"""The chapter of images and sounds: it declares the symbols of this room and registers its formats."""

from __future__ import annotations

from . import color_values, image3d, image_files, image_filters, image_pixels, image_shapes, image_values  # noqa: F401
