"""Words for problems and values, in the reader's language."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from virage.questionnaires.rules.definition import Form, Item, link_of
from virage.questionnaires.rules.validation import Problem
from virage.questionnaires.rules.values import (
    Coding,
    Day,
    Quantity,
    Unread,
    Value,
    read_day,
    write_day,
    write_decimal,
)

PROBLEMS = {
    "required": _("Une réponse est attendue."),
    "too_few": _("Il faut au moins %(least)s réponses."),
    "too_many": _("Il y a trop de réponses : %(most)s au plus."),
    "too_long": _("Ce texte est trop long : %(length)s caractères, %(most)s au plus."),
    "too_low": _("Cette valeur est trop petite : %(least)s au moins."),
    "too_high": _("Cette valeur est trop grande : %(most)s au plus."),
    "too_early": _("Cette date est trop ancienne : %(least)s au plus tôt."),
    "too_late": _("Cette date est trop tardive : %(most)s au plus tard."),
    "in_the_future": _("Cette date est dans le futur."),
    "not_a_number": _("Ce n'est pas un nombre : écrivez par exemple 4,5."),
    "not_an_integer": _("Ce n'est pas un nombre entier."),
    "not_a_date": _("Cette date ne se lit pas : écrivez JJ/MM/AAAA, MM/AAAA ou AAAA."),
    "not_a_boolean": _("Répondez par oui ou par non."),
    "not_an_option": _("Cette réponse n'est pas proposée."),
    "unit_missing": _("Choisissez l'unité."),
    "unit_unknown": _("Cette unité n'est pas proposée."),
    "exclusive": _("« %(option)s » ne va pas avec une autre réponse."),
}


def problem_text(form: Form, problem: Problem, language: str) -> str:
    """The sentence shown beside the field."""
    item = form.index.get(problem.link_id)
    if problem.code == "rule":
        rules = [*form.constraints, *(item.constraints if item else ())]
        return next(rule.human.say(language) for rule in rules if rule.key == dict(problem.params)["rule"])
    params = {name: _param(item, name, text, language) for name, text in problem.params}
    return str(PROBLEMS[problem.code]) % params


def _param(item: Item | None, name: str, text: str, language: str) -> str:
    if name == "option" and item:
        option = item.option(text)
        return option.label.say(language) if option else text
    if item and item.type == "date":
        day = read_day(text)
        return write_day(day) if isinstance(day, Day) else text
    return text.replace(".", ",") if language.startswith("fr") else text


def problem_lines(form: Form, problems: Iterable[Problem], language: str) -> list[dict[str, Any]]:
    """Problems as a page's script takes them."""
    return [
        {
            "key": problem.key,
            "code": problem.code,
            "text": problem_text(form, problem, language),
            "warning": problem.warning,
        }
        for problem in problems
    ]


def value_words(form: Form, key: str, value: Value, language: str, *, unit: bool = False) -> str:
    """A value as it is read; the unit only on request, since a field shows it beside."""
    item = form.index[link_of(key)]
    if isinstance(value, bool):
        return str(_("Oui") if value else _("Non"))
    if isinstance(value, Coding):
        option = item.option(value.code)
        return option.label.say(language) if option else value.display or value.code
    if isinstance(value, Unread):
        return value.raw
    if isinstance(value, Day):
        return write_day(value)
    if isinstance(value, str):
        return value
    number = value.value if isinstance(value, Quantity) else value
    words = write_decimal(number, language)
    return f"{words} {unit_words(item, value, language)}".strip() if unit else words


def unit_words(item: Item, value: Value, language: str) -> str:
    """The unit shown beside a number: the one chosen, or the only one of its item."""
    code = value.code if isinstance(value, Quantity) else ""
    found = item.unit(code) if code else (item.units[0] if len(item.units) == 1 else None)
    if found is not None:
        return found.label.say(language)
    return value.unit or value.code if isinstance(value, Quantity) else ""
