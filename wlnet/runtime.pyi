# For type checkers only: a checkout keeps `runtime/` beside this package and joins them by `__path__` at run time.
from runtime import *
from runtime import autodiff as autodiff
from runtime import backends as backends
from runtime import blocks as blocks
from runtime import checks as checks
from runtime import compile as compile
from runtime import cost as cost
from runtime import fuse as fuse
from runtime import ir as ir
from runtime import memory as memory
from runtime import ops as ops
from runtime import plan as plan
from runtime import profile as profile
from runtime import reference as reference
from runtime import rewrite as rewrite
from runtime import simplify as simplify
from runtime import store as store
from runtime import threads as threads
from runtime import types as types
from runtime import verify as verify
