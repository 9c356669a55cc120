"""The System` functions, one module a chapter; `wlnet.kernel.registry` finds and loads them."""
