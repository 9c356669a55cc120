"""The root of wlnet's own Python exceptions."""

from __future__ import annotations


class WlnetError(Exception):
    """Raised by wlnet's Python interface; user mistakes inside a program become messages instead."""
