"""From expressions to text: InputForm, OutputForm, FullForm, TeXForm.

InputForm reads back to the same expression (once evaluated, where a number such as 1/2 has no literal of its
own). OutputForm is plain text with strings unquoted and products by juxtaposition.
"""

from __future__ import annotations

from typing import Any

from . import inputs, tex
from .layout import FullPrinter, Name, Printer, short_name
from .outputs import OutputPrinter

_SMALL = 10**18  # below it integers look the same in every form
FORMS = ("InputForm", "OutputForm", "FullForm", "TeXForm")


def printer(form: str, name: Name) -> Printer:
    """The printer of a form."""
    if form == "FullForm":
        return FullPrinter(form, name, {})
    if form == "OutputForm":
        return OutputPrinter(name)
    if form == "TeXForm":
        return tex.TeXPrinter(name)
    return Printer(form, name, inputs.forms())


def to_text(expr: Any, form: str = "InputForm", name: Name | None = None) -> str:
    """The text of `expr` in `form`: InputForm, OutputForm, FullForm or TeXForm.

    `name` gives the printed name of a symbol; by default contexts show unless they are System` or Global`.
    """
    if form not in FORMS:
        raise ValueError(f"no form {form!r}: one of {', '.join(FORMS)}")
    if type(expr) is int and -_SMALL < expr < _SMALL:
        return str(expr)
    return printer(form, name or short_name).text(expr)
