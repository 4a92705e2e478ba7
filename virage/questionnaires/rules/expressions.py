"""FHIRPath over a response: parsed once, asked often. The day is an argument, so `today()` and `now()` are refused."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import fhirpathpy
from fhirpathpy.models import models

from virage.questionnaires.rules.definition import DefinitionError, Form

Evaluate = Callable[[Mapping[str, Any], Mapping[str, Any] | None], list[Any]]
_CLOCK = ("today()", "now()", "timeOfDay()")


@lru_cache(maxsize=1024)
def compiled(expression: str) -> Evaluate:
    """The expression as a function of (resource, variables). Raises what the parser raises."""
    function: Evaluate = fhirpathpy.compile(expression, models["r4"])
    return function


def refuse_unreadable(expression: str, where: str) -> str:
    """The expression itself, once parsed. Raises DefinitionError."""
    if any(clock in expression.replace(" ", "") for clock in _CLOCK):
        raise DefinitionError(where, "an expression may not read the clock")
    try:
        compiled(expression)
    except Exception as error:  # the parser raises plain Exception
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
