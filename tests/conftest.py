"""Settings of the suite: internal errors are raised; BLAS runs on one thread so that results reproduce."""

from __future__ import annotations

import os

os.environ.setdefault("WLNET_DEBUG", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
