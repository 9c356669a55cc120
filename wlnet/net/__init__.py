"""Nets: layers, their composition, training, files. Importing this package declares every layer."""

from . import function_coders, image_coders, label_coders, layers, subword_coders, text_coders, token_coders

__all__ = [
    "function_coders",
    "image_coders",
    "label_coders",
    "layers",
    "subword_coders",
    "text_coders",
    "token_coders",
]
