"""Nets: layers, their composition, training, files. Importing this package declares every layer."""

from . import function_coders, label_coders, layers

__all__ = ["function_coders", "label_coders", "layers"]
