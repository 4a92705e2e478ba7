"""FHIR R4 Questionnaire JSON → Form. What can't be honoured is refused with the place and the reason."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from virage.questionnaires.rules import extensions as fhir
from virage.questionnaires.rules.cycles import refuse_cycles
from virage.questionnaires.rules.definition import (
    CHOICES,
    NUMERIC,
    TYPES,
    Bounds,
    Condition,
    Constraint,
    DefinitionError,
    Form,
    Item,
    Option,
    Text,
)
from virage.questionnaires.rules.expressions import refuse_unreadable
from virage.questionnaires.rules.extensions import Json
from virage.questionnaires.rules.values import Coding, Day, Quantity, Unread, Value, read_day

OPERATORS = frozenset({"exists", "=", "!=", ">", "<", ">=", "<="})
_LINK_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}")


def parse(questionnaire: Json) -> Form:
    """The form of a Questionnaire. Raises DefinitionError."""
    if questionnaire.get("resourceType") != "Questionnaire":
        raise DefinitionError("resourceType", "not a FHIR Questionnaire")
    for name in ("url", "version", "title"):
        if not questionnaire.get(name):
            raise DefinitionError(name, "is missing")
    items = tuple(_item(item) for item in questionnaire.get("item", ()))
    index: dict[str, Item] = {}
    parents: dict[str, str] = {}
    _register(items, "", index, parents)
    form = Form(
        url=questionnaire["url"],
        version=questionnaire["version"],
        name=questionnaire.get("name", ""),
        title=_text(questionnaire, "title"),
        description=_text(questionnaire, "description"),
        copyright=_text(questionnaire, "copyright"),
        items=items,
        variables=tuple(_variables(questionnaire)),
        constraints=tuple(_constraints(questionnaire, "Questionnaire")),
        index=index,
        parents=parents,
    )
    _check_conditions(form)
    refuse_cycles(form)
    return form


def _register(items: tuple[Item, ...], parent: str, index: dict[str, Item], parents: dict[str, str]) -> None:
    for item in items:
        if item.link_id in index:
            raise DefinitionError(item.link_id, "this linkId is there twice")
        index[item.link_id] = item
        parents[item.link_id] = parent
        _register(item.children, item.link_id, index, parents)


def _item(source: Json) -> Item:
    link_id = str(source.get("linkId", ""))
    if not _LINK_ID.fullmatch(link_id):
        raise DefinitionError(link_id or "linkId", "a linkId is letters, digits, '-', '_' and '.'")
    kind = str(source.get("type", ""))
    if kind not in TYPES:
        raise DefinitionError(link_id, f"type {kind!r} is not one of {', '.join(sorted(TYPES))}")
    helps, children = _split_help(source)
    if children and kind != "group":
        raise DefinitionError(link_id, "only a group may hold other items than its help")
    calculated = _expression(source, fhir.CALCULATED, link_id)
    return Item(
        link_id=link_id,
        type=kind,
        text=_text(source, "text"),
        prefix=str(source.get("prefix", "")),
        required=bool(source.get("required", False)),
        repeats=bool(source.get("repeats", False)),
        read_only=bool(source.get("readOnly", False)) or bool(calculated),
        hidden=bool(fhir.first(source, fhir.HIDDEN)),
        max_length=source.get("maxLength"),
        bounds=_bounds(source, kind, link_id),
        min_occurs=int(fhir.first(source, fhir.MIN_OCCURS) or 0),
        max_occurs=fhir.first(source, fhir.MAX_OCCURS),
        units=tuple(_units(source)),
        options=tuple(_options(source, kind, link_id)),
        conditions=tuple(_condition(one, link_id) for one in source.get("enableWhen", ())),
        behavior=_behavior(source, link_id),
        initial=tuple(_any_value(one, link_id) for one in source.get("initial", ())),
        calculated=calculated,
        control=_control(source),
        collapsed=fhir.first(source, fhir.COLLAPSIBLE) == "default-closed",
        help=helps,
        constraints=tuple(_constraints(source, link_id)),
        children=tuple(_item(child) for child in children),
    )


def _split_help(source: Json) -> tuple[tuple[Text, ...], list[Json]]:
    """The help texts of an item, and its other children."""
    helps: list[Text] = []
    others: list[Json] = []
    for child in source.get("item", ()):
        if child.get("type") == "display" and _control(child) == "help":
            helps.append(_text(child, "text"))
        else:
            others.append(child)
    return tuple(helps), others


def _text(element: Json, name: str) -> Text:
    """A string of FHIR with its translation extensions."""
    translations = []
    for extension in fhir.having(element.get(f"_{name}", {}), fhir.TRANSLATION):
        translations.append((str(fhir.part(extension, "lang"))[:2], str(fhir.part(extension, "content"))))
    return Text(str(element.get(name, "")), tuple(translations))


def _control(source: Json) -> str:
    concept = fhir.first(source, fhir.CONTROL) or {}
    codings = concept.get("coding", ())
    return str(codings[0].get("code", "")) if codings else ""


def _expression(source: Json, url: str, where: str) -> str:
    found = fhir.first(source, url)
    return _fhirpath(found, where) if found is not None else ""


def _fhirpath(expression: Json, where: str) -> str:
    if expression.get("language") != "text/fhirpath":
        raise DefinitionError(where, "expressions are in text/fhirpath")
    return refuse_unreadable(str(expression.get("expression", "")), where)


def _variables(source: Json) -> Iterator[tuple[str, str]]:
    for extension in fhir.having(source, fhir.VARIABLE):
        expression = fhir.value(extension)
        name = str(expression.get("name", ""))
        yield name, _fhirpath(expression, f"variable {name}")


def _constraints(source: Json, where: str) -> Iterator[Constraint]:
    for extension in fhir.having(source, fhir.CONSTRAINT):
        human: Json = next((one for one in extension.get("extension", ()) if one.get("url") == "human"), {})
        expression = str(fhir.part(extension, "expression") or "")
        yield Constraint(
            key=str(fhir.part(extension, "key") or where),
            expression=refuse_unreadable(expression, where),
            human=_text(human, "valueString"),
            warning=fhir.part(extension, "severity") == "warning",
        )


def _bounds(source: Json, kind: str, where: str) -> Bounds:
    smallest = fhir.first(source, fhir.MIN_VALUE)
    largest = fhir.first(source, fhir.MAX_VALUE)
    past = False
    for extension in fhir.having(source, fhir.MAX_VALUE):
        computed = fhir.first(extension.get("_valueDate", {}), fhir.COMPUTED_BOUND)
        past = bool(computed) and computed.get("expression") == "today()"
        if past:
            largest = None
    return Bounds(_bound(smallest, kind, where), _bound(largest, kind, where), past)


def _bound(found: Any, kind: str, where: str) -> Decimal | Day | None:
    if found is None:
        return None
    if kind == "date":
        day = read_day(str(found))
        if isinstance(day, Unread):
            raise DefinitionError(where, f"{found!r} is not a date")
        return day
    if isinstance(found, dict):
        found = found.get("value")
    if kind not in NUMERIC:
        raise DefinitionError(where, f"minValue and maxValue don't apply to {kind}")
    return _number(found, where)


def _number(found: Any, where: str) -> Decimal:
    try:
        return Decimal(str(found))
    except InvalidOperation:
        raise DefinitionError(where, f"{found!r} is not a number") from None


def _units(source: Json) -> Iterator[Option]:
    for url in (fhir.UNIT, fhir.UNIT_OPTION):
        for extension in fhir.having(source, url):
            coding = fhir.value(extension)
            yield Option(_coding(coding), _text(coding, "display") if coding.get("display") else Text(coding["code"]))


def _options(source: Json, kind: str, where: str) -> Iterator[Option]:
    if "answerValueSet" in source:
        raise DefinitionError(where, "answerValueSet is not supported: list the options")
    found = source.get("answerOption", ())
    if bool(found) != (kind in CHOICES):
        raise DefinitionError(where, "choice and open-choice items list their answerOption, other types have none")
    seen: set[str] = set()
    for option in found:
        coding = option.get("valueCoding")
        if not coding or not coding.get("code"):
            raise DefinitionError(where, "an answerOption is a valueCoding with a code")
        if coding["code"] in seen:
            raise DefinitionError(where, f"option {coding['code']!r} is there twice")
        seen.add(coding["code"])
        exclusive = bool(fhir.first(option, fhir.EXCLUSIVE))
        yield Option(_coding(coding), _text(coding, "display"), exclusive, bool(option.get("initialSelected", False)))


def _coding(source: Json) -> Coding:
    return Coding(str(source.get("code", "")), str(source.get("system", "")), str(source.get("display", "")))


def _behavior(source: Json, where: str) -> str:
    behavior = str(source.get("enableBehavior", "all"))
    if behavior not in {"all", "any"}:
        raise DefinitionError(where, "enableBehavior is all or any")
    return behavior


def _condition(source: Json, where: str) -> Condition:
    operator = str(source.get("operator", ""))
    if operator not in OPERATORS:
        raise DefinitionError(where, f"operator {operator!r} is not one of {', '.join(sorted(OPERATORS))}")
    renamed = {
        name.replace("answer", "value", 1): found for name, found in source.items() if name.startswith("answer")
    }
    answer = _any_value(renamed, where)
    if (operator == "exists") != isinstance(answer, bool) and operator not in {"=", "!="}:
        raise DefinitionError(where, "exists is compared with true or false, and nothing else is ordered by them")
    return Condition(str(source.get("question", "")), operator, answer)


def _any_value(source: Json, where: str) -> Value:
    """A value[x] as a value of ours."""
    for name, found in source.items():
        if name == "valueCoding":
            return _coding(found)
        if name == "valueQuantity":
            unit = (str(found.get("code", "")), str(found.get("unit", "")), str(found.get("system", "")))
            return Quantity(_number(found.get("value"), where), *unit)
        if name == "valueDecimal":
            return _number(found, where)
        if name == "valueDate":
            day = read_day(str(found))
            if isinstance(day, Day):
                return day
        if name in {"valueBoolean", "valueInteger", "valueString"} and isinstance(found, bool | int | str):
            return found
    raise DefinitionError(where, "a value of a known type is missing")


def _check_conditions(form: Form) -> None:
    """A condition asks about a question of the form that stands in the same row or further out."""
    for item in form.index.values():
        for condition in item.conditions:
            question = form.index.get(condition.question)
            if question is None or question.type in {"group", "display"}:
                raise DefinitionError(item.link_id, f"enableWhen asks about {condition.question!r}: no such question")
            repeated = [group.link_id for group in form.ancestors(question.link_id) if group.row_group]
            own = [group.link_id for group in form.ancestors(item.link_id) if group.row_group]
            if repeated != own[: len(repeated)]:
                raise DefinitionError(item.link_id, f"enableWhen asks about {condition.question!r} of another row")
