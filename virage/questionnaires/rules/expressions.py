"""FHIRPath over a response: parsed once, asked often. The day is an argument, so `today()` and `now()` are refused."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

import fhirpathpy
from antlr4 import CommonTokenStream, InputStream, Token
from antlr4.error.ErrorListener import ErrorListener
from fhirpathpy.models import models
from fhirpathpy.parser.generated.FHIRPathLexer import FHIRPathLexer
from fhirpathpy.parser.generated.FHIRPathParser import FHIRPathParser

from virage.questionnaires.rules.definition import DefinitionError, Form

Evaluate = Callable[[Mapping[str, Any], Mapping[str, Any] | None], list[Any]]
_CLOCK = ("today()", "now()", "timeOfDay()")


def _round(numbers: list[Any], places: int) -> Any:
    """Half goes up, as FHIRPath says and as people round; the engine's own rounds half to even."""
    if len(numbers) != 1:
        return []
    return Decimal(numbers[0]).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _sum(numbers: list[Any]) -> Any:
    """The engine's own can't add what it has just read from a resource."""
    return sum(numbers)


OPTIONS = {"userInvocationTable": {"round": {"fn": _round, "arity": {1: ["Number"]}}, "sum": {"fn": _sum}}}


@lru_cache(maxsize=1024)
def compiled(expression: str) -> Evaluate:
    """The expression as a function of (resource, variables). Raises what the parser raises."""
    function: Evaluate = fhirpathpy.compile(expression, models["r4"], OPTIONS)
    return function


class _Strict(ErrorListener):  # type: ignore[misc]
    """The engine's own parser passes over what it can't read; this one says so."""

    def syntaxError(self, recognizer: Any, symbol: Any, line: int, column: int, message: str, error: Any) -> None:  # noqa: N802
        raise SyntaxError(f"{message} (character {column + 1})")


@lru_cache(maxsize=1024)
def _check_syntax(expression: str) -> None:
    """Raise SyntaxError unless the whole text is one FHIRPath expression."""
    lexer = FHIRPathLexer(InputStream(expression))
    parser = FHIRPathParser(CommonTokenStream(lexer))
    for one in (lexer, parser):
        one.removeErrorListeners()
        one.addErrorListener(_Strict())
    parser.expression()
    if parser.getCurrentToken().type != Token.EOF:
        raise SyntaxError(f"{parser.getCurrentToken().text!r} is too much")


def refuse_unreadable(expression: str, where: str) -> str:
    """The expression itself, once parsed. Raises DefinitionError."""
    if any(clock in expression.replace(" ", "") for clock in _CLOCK):
        raise DefinitionError(where, "an expression may not read the clock")
    try:
        _check_syntax(expression)
    except SyntaxError as error:
        raise DefinitionError(where, f"FHIRPath {expression!r}: {error}") from error
    return expression


def variables(form: Form, resource: Mapping[str, Any]) -> dict[str, Any]:
    """%resource, %context and the form's own variables, each of which may use those before it."""
    known: dict[str, Any] = {"resource": resource, "context": resource}
    for name, expression in form.variables:
        known[name] = evaluate(expression, resource, known)
    return known


def evaluate(expression: str, resource: Mapping[str, Any], variables: Mapping[str, Any]) -> list[Any]:
    """The collection that the expression gives. An expression that can't be worked out on these answers is empty."""
    try:
        return compiled(expression)(resource, variables)
    except (ArithmeticError, ValueError, TypeError, AttributeError, KeyError, IndexError):
        return []
    except Exception as error:
        if type(error) is Exception:  # the engine says so of a singleton expected, of an operation on nothing
            return []
        raise
