"""wlnet.runtime: static tensor programs, their gradients, their plans, and the backends that run them.

Knows nothing of expressions or nets.  Import its modules (`from wlnet.runtime import ir, autodiff, compile`).
"""
