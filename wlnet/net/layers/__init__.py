"""Every layer, one record each. Importing this package fills the registry `wlnet.net.layer.LAYERS`."""

from wlnet.net.layer import LAYERS

from . import (
    adversarial,
    aggregation,
    basic,
    bidirectional,
    convolution,
    elementwise,
    folding,
    function,
    images,
    losses,
    normalization,
    operators,
    pooling,
    recurrent,
    reshaping,
    selecting,
    sequences,
    softmax,
    threading,
)

__all__ = [
    "LAYERS",
    "adversarial",
    "aggregation",
    "basic",
    "bidirectional",
    "convolution",
    "elementwise",
    "folding",
    "function",
    "images",
    "losses",
    "normalization",
    "operators",
    "pooling",
    "recurrent",
    "reshaping",
    "selecting",
    "sequences",
    "softmax",
    "threading",
]
