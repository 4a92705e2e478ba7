"""`{% questionnaire response %}` draws the fields, `{% questionnaire_answers response %}` shows the answers."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from virage.questionnaires.models import Response
from virage.questionnaires.reports.drawing import fields
from virage.questionnaires.reports.fields import Field
from virage.questionnaires.reports.reading import sections
from virage.questionnaires.rules.definition import Text
from virage.questionnaires.rules.validation import Problem

register = template.Library()


@register.inclusion_tag("questionnaires/form.html")
def questionnaire(response: Response, problems: Iterable[Problem] = (), prefix: str = "q") -> dict[str, Any]:
    """The fields, to be put inside the page's own <form>; `problems` of a refused completion are shown and linked."""
    language = get_language() or "fr"
    drawn = fields(response, language, problems or (), prefix)
    return {
        "fields": drawn,
        "faults": [{"field": one, "text": text} for one in _every(drawn) for text in one.errors],
        "response": response,
        "description": response.form.description.say(language),
        "copyright": response.form.copyright.say(language),
    }


def _every(drawn: tuple[Field, ...]) -> list[Field]:
    return [inside for one in drawn for inside in one.every()]


@register.inclusion_tag("questionnaires/answers.html")
def questionnaire_answers(response: Response) -> dict[str, Any]:
    """The answers, group by group, as they are read."""
    return {"sections": sections(response, get_language() or "fr"), "response": response}


@register.filter
def said(text: Text) -> str:
    """Words of a form (its title, whose it is) in the page's language."""
    return text.say(get_language() or "fr")


@register.simple_tag
def autosave(url: str) -> SafeString:
    """Attributes of a <form> that saves itself as it is typed to that address (see ui/autosave.js)."""
    words = {
        "saving": _("Enregistrement…"),
        "saved": _("Enregistré à {time}"),
        "offline": _("Hors ligne : gardé sur cet appareil, envoyé dès que possible"),
        "failed": _("Pas encore enregistré : gardé sur cet appareil, nouvel essai bientôt"),
        "expired": _("Session finie : reconnectez-vous, vos réponses sont gardées sur cet appareil"),
        "restored": _("Réponses retrouvées sur cet appareil, enregistrement…"),
        "conflict": _("Enregistré entre-temps depuis un autre onglet ou un autre appareil"),
        "completed": _("Ce formulaire est déjà validé : il ne peut plus être modifié"),
    }
    attributes = format_html('data-autosave-url="{}"', url)
    for name, text in words.items():
        attributes += format_html(' data-autosave-{}="{}"', name, text)
    return attributes
