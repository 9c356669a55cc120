"""`Session`: one user's definitions, history, messages and random state; the door for Python."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from wlnet.expr import NULL, SYSTEM, Expr, Symbol, make_list, system
from wlnet.interop import Applicable, Text, from_python, to_python
from wlnet.kernel import registry
from wlnet.kernel.control import Quit
from wlnet.kernel.definitions import set_own
from wlnet.kernel.errors import WlnetError
from wlnet.kernel.evaluator import Evaluator
from wlnet.kernel.state import Message, State
from wlnet.syntax import ReadError
from wlnet.worker import WORKER

# Messages after which an input counts as failed although it has a value: nothing caught what it threw.
UNCAUGHT = ("Throw::nocatch",)
LACKING = "General::lacking"  # a name of the language that wlnet does not have
DEBUG = "WLNET_DEBUG"  # environment variable: raise internal errors instead of reporting them


class EvaluationError(WlnetError):
    """Raised by `evaluate(..., check=True)` when there were messages; holds `messages` and the `value`."""

    def __init__(self, messages: list[Message], value: Any) -> None:
        super().__init__("\n".join(map(repr, messages)))
        self.messages = messages
        self.value = value


def log_message(text: str) -> None:
    """A message as a warning of the logger "wlnet": on standard error unless that is set up otherwise."""
    import logging

    logging.getLogger("wlnet").warning(text)


class Result:
    """What became of one top-level expression of a program.

    line    its In/Out number
    value   its value, or None when it could not be read
    failed  whether it could not be read or an uncaught Throw ended it
    """

    __slots__ = ("failed", "line", "value")

    def __init__(self, line: int, value: Any, failed: bool) -> None:
        self.line = line
        self.value = value
        self.failed = failed


class Session:
    """An interpreter with definitions of its own.

    >>> session = Session()
    >>> session.evaluate("Range[3]^2")
    array([1, 4, 9])
    >>> session["x"] = [1, 2]; session.evaluate("Total[x]")
    3

    on_print, on_message  called with each text that Print shows, and with each message as text; by default
                          Print goes to standard output, and messages to the logger "wlnet"
    sandbox               refuse files, processes and the network
    strict                the use of a name of the language that wlnet lacks ends an evaluation
    device                "CPU" or "GPU": where nets run when TargetDevice does not say
    """

    def __init__(
        self,
        *,
        on_print: Callable[[str], None] = print,
        on_message: Callable[[str], None] = log_message,
        command_line: Iterable[str] = (),
        script_arguments: Iterable[str] = (),
        sandbox: bool = False,
        strict: bool = False,
        device: str = "CPU",
    ) -> None:
        self.messages: list[Message] = []
        self._show_message = on_message
        state = State()
        state.on_print = on_print
        state.on_message = self._on_message
        state.sandbox = sandbox
        state.strict = strict
        state.device = device
        self.state = state
        arguments = (list(command_line), list(script_arguments))
        self.evaluator: Evaluator = WORKER.run(lambda: self._start(state, *arguments))

    @staticmethod
    def _start(state: State, command_line: list[str], script_arguments: list[str]) -> Evaluator:
        with State.lock:
            evaluator = Evaluator(state)
            set_own(system("$CommandLine"), make_list(command_line))
            set_own(system("$ScriptCommandLine"), make_list(script_arguments))
            return evaluator

    def _on_message(self, message: Message) -> None:
        self.messages.append(message)
        self._show_message(repr(message))

    # ------------------------------------------------------------ programs

    def run(self, text: str, source: str | None = None) -> Iterator[Result]:
        """Read and evaluate the expressions of `text` one after another, as its In/Out lines.

        A syntax error is shown like a message and the rest is still read. Raises SystemExit on Exit and Quit,
        and KeyboardInterrupt when a script (`source` given) is interrupted.
        """
        self.messages = []
        if source is not None and os.path.isfile(source):
            WORKER.run(lambda: self._set_input_file(os.path.abspath(source)))
        reader = self.evaluator.read_all(text, source if source is not None else f"In[{self.line}]")
        while (result := WORKER.run(lambda: self._next(reader))) is not None:
            yield result
            if source is not None and result.value is system("$Aborted") and self.state.interrupted:
                raise KeyboardInterrupt

    def _set_input_file(self, path: str) -> None:
        with State.lock:
            self.evaluator.activate()
            set_own(system("$InputFileName"), path)

    def _next(self, reader: Iterator[Any]) -> Result | None:
        with State.lock:
            self.evaluator.activate()
            self.state.interrupted = False
            try:
                e = next(reader)
            except StopIteration:
                return None
            except Exception as error:  # reading may load a chapter
                return Result(self.line, self._failed(error), True)
            if isinstance(e, ReadError):
                self._show_message(e.show())
                return Result(self.line, None, True)
            value = self._top(e)
            fatal = (*UNCAUGHT, LACKING) if self.state.strict else UNCAUGHT
            uncaught = any(m.name in fatal for m in self.state.messages)
            return Result(self.state.line, value, uncaught)

    def _top(self, e: Any) -> Any:
        try:
            return self.evaluator.top(e)
        except Quit as leaving:
            raise SystemExit(leaving.code) from None
        except Exception as error:
            return self._failed(error)

    def _failed(self, error: Exception) -> Symbol:
        """A mistake of ours: the user keeps the session, and gets what a report needs."""
        if os.environ.get(DEBUG):
            raise error
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__} in {place.name}, {os.path.basename(place.filename)}:{place.lineno}"
        text = (
            f"An internal error ended the evaluation ({where}: {error}). "
            f"Please report it with the input; the environment variable {DEBUG}=1 shows the traceback."
        )
        self.state.on_message(Message(system("General"), "internal", text, True))
        return system("$Failed")

    # ------------------------------------------------------------ Python

    def evaluate(self, program: Any, *, check: bool = False) -> Any:
        """The value of `program` as a Python object (see `wlnet.interop`).

        program  WL source (the value is that of its last expression), an expression made with `wl`, a value.
        check    raise EvaluationError when the evaluation issued messages.
        Raises ReadError for source that cannot be read. Messages are in `messages` afterwards.
        """
        self.messages = []
        python = WORKER.run(lambda: to_python(self._evaluate(program), self))
        if check and self.messages:
            raise EvaluationError(self.messages, python)
        return python

    def _evaluate(self, program: Any) -> Any:
        with State.lock:
            self.evaluator.activate()
            if isinstance(program, Text):
                program = program.source
            if not isinstance(program, str):
                return self._top(self.convert(program))
            value: Any = NULL
            for e in self.evaluator.read_all(program):
                if isinstance(e, ReadError):
                    raise e
                value = self._top(e)
            return value

    def evaluate_expression(self, e: Any) -> Any:
        """The WL value of a WL expression, not converted."""
        return WORKER.run(lambda: self._evaluate_locked(e))

    def _evaluate_locked(self, e: Any) -> Any:
        with State.lock:
            self.evaluator.activate()
            return self.evaluator.guarded(lambda: self.evaluator.evaluate(e))

    def evaluate_many(self, programs: Iterable[Any]) -> list[Any]:
        """The values of several programs, in order."""
        return [self.evaluate(program) for program in programs]

    def convert(self, value: Any) -> Any:
        """The WL value of a Python object, with this session's symbols."""
        return WORKER.run(lambda: from_python(value, self.state.resolve, self.evaluator.read))

    def expression(self, head: str, *args: Any) -> Expr:
        """`head[args...]` from WL values, unevaluated."""
        return Expr(self.state.resolve(head), args)

    def function(self, program: Any) -> Applicable:
        """A Python callable that applies the value of `program` to its arguments."""
        return Applicable(self, WORKER.run(lambda: self._evaluate(program)))

    def __setitem__(self, name: str, value: Any) -> None:
        """Set the variable `name`. NumPy arrays are taken over without a copy."""
        done = self.evaluate_expression(Expr(system("Set"), (self._symbol(name), self.convert(value))))
        if done is system("$Failed"):
            raise WlnetError(f"{name} cannot be set")

    def __getitem__(self, name: str) -> Any:
        """The value of the variable `name` as a Python object."""
        return WORKER.run(lambda: to_python(self._evaluate_locked(self._symbol(name)), self))

    def _symbol(self, name: str) -> Symbol:
        return WORKER.run(lambda: self._resolve(name))

    def _resolve(self, name: str) -> Symbol:
        with State.lock:
            self.evaluator.activate()
            return self.state.resolve(name)

    # ------------------------------------------------------------ for frontends

    @property
    def line(self) -> int:
        """The number of the next input."""
        return self.state.line + 1

    def text(self, value: Any, form: str = "OutputForm") -> str:
        """A WL value as text."""
        return WORKER.run(lambda: self._text(value, form))

    def _text(self, value: Any, form: str) -> str:
        with State.lock:
            self.evaluator.activate()
            try:
                return self.evaluator.text(value, form)
            except Exception as error:
                return self.evaluator.text(self._failed(error), form)

    def knows(self, name: str) -> bool:
        """Whether `name` is a symbol of the language (of the chapters loaded so far; `names` loads all)."""
        return registry.is_declared(name)

    def names(self) -> list[str]:
        """The names in sight: the language's and the session's own. Loads every chapter."""
        WORKER.run(self._load_all)
        own = {name for table in self.state.contexts.values() for name in table if "$" not in name}
        return sorted(own.union(name for name in SYSTEM if registry.is_declared(name)))

    def options(self, name: str) -> list[str]:
        """The names of the options of the symbol `name`; none when it is unknown."""
        self.names()
        record = SYSTEM[name].builtin if name in SYSTEM else None
        return sorted(record.options) if record is not None else []

    def strings(self) -> list[str]:
        """Strings that mean something as options, ports, array names and properties."""
        self.names()
        return sorted(registry.STRINGS)

    def _load_all(self) -> None:
        with State.lock:
            self.evaluator.activate()
            registry.load_all()

    # ------------------------------------------------------------ the life of a wolframclient session

    def start(self) -> None:
        """Nothing to start: a session is ready when it is made."""

    def stop(self) -> None:
        """Nothing to stop: a session holds no process."""

    terminate = stop

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop()


WolframLanguageSession = Session

__all__ = ["EvaluationError", "Result", "Session", "WolframLanguageSession"]
