"""The chapter of pictures: loading it declares every symbol of this room and registers its formats."""

from __future__ import annotations

from . import symbols  # noqa: F401  (first: the others' options are declared there)

from . import arrays, charts, combine, curves, export, fields, lists, surfaces  # noqa: F401  isort: skip
