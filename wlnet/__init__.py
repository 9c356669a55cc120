"""wlnet: an interpreter for Wolfram-style symbolic expressions whose main job is neural nets."""

import os as _os

# In a checkout `grammar/` and `runtime/` lie beside this package; installed, they lie inside it. Either way they are
# imported as wlnet.grammar and wlnet.runtime.
if not _os.path.isdir(_os.path.join(_os.path.dirname(__file__), "runtime")):
    __path__.append(_os.path.dirname(_os.path.dirname(_os.path.abspath(__file__))))

__version__ = "0.1.0"
