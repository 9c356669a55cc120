"""Nets: layers, their composition, training, files. Importing this package declares every layer."""

from . import layers

__all__ = ["layers"]
