"""Text to expressions and back: the reader, the printer, and the operator table that both ask."""

from .diagnose import Incomplete, ReadError
from .reader import Reader, parse, read

__all__ = ["Incomplete", "ReadError", "Reader", "parse", "read"]
