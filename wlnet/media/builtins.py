"""The chapter of images and sounds: it declares the symbols of this room and registers its formats."""

from __future__ import annotations
