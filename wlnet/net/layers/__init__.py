"""Every layer, one record each. Importing this package fills the registry `wlnet.net.layer.LAYERS`."""

from wlnet.net.layer import LAYERS

from . import basic, elementwise, losses, softmax, threading

__all__ = ["LAYERS", "basic", "elementwise", "losses", "softmax", "threading"]
