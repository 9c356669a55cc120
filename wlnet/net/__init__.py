"""Nets: layers, their composition, training, files. Importing this package declares every layer."""

from . import (
    audio_coders,
    beam_search,
    function_coders,
    image_coders,
    label_coders,
    layers,
    subword_coders,
    text_coders,
    token_coders,
)

__all__ = [
    "audio_coders",
    "beam_search",
    "function_coders",
    "image_coders",
    "label_coders",
    "layers",
    "subword_coders",
    "text_coders",
    "token_coders",
]
