"""Every op of the runtime: one record each, one module a family.  Importing this package fills the
registry.
"""

from . import (
    activation,
    convolution,
    elementwise,
    indexing,
    layout,
    normalization,
    optimizers,
    pooling,
    products,
    randoms,
    recurrent,
    reductions,
    resize,
    scan,
    shapes,
    softmax,
    source,
    special,
    transcendental,
)
from .record import COMPOSITES, OPS, Op

__all__ = [
    "COMPOSITES",
    "OPS",
    "Op",
    "activation",
    "convolution",
    "elementwise",
    "indexing",
    "layout",
    "normalization",
    "optimizers",
    "pooling",
    "products",
    "randoms",
    "recurrent",
    "reductions",
    "resize",
    "scan",
    "shapes",
    "softmax",
    "source",
    "special",
    "transcendental",
]
