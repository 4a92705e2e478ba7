"""Lines in words and as files: why nothing is due, under which text something is."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from virage.billing.models import Line
from virage.billing.rules import MISSING
from virage.law import regimes
from virage.law.data import TO_VERIFY

REASONS: dict[str, str | Promise] = {
    "period": gettext_lazy("Date de l’acte hors du régime"),
    "programme": gettext_lazy("Programme"),
    "setting": gettext_lazy("Cadre de prise en charge hors périmètre"),
    "perimeter": gettext_lazy("Hors du périmètre"),
    "exclusion": gettext_lazy("Exclu du périmètre"),
    "specialty": gettext_lazy("Spécialité hors périmètre"),
    "act": gettext_lazy("Acte sans tarif dans ce régime"),
    "perimeter.act": gettext_lazy("Acte hors périmètre dans ce cadre"),
    "pathology": gettext_lazy("Pathologie hors périmètre"),
    "place": gettext_lazy("Lieu du patient non prévu"),
    "territory": gettext_lazy("Hors des régions pilotes"),
    "requester": gettext_lazy("Le requérant ne pouvait pas demander l’acte"),
    "performer": gettext_lazy("Requis sans protocole de coopération autorisé, ou d’une profession non prévue"),
    "experience": gettext_lazy("Expérience du requis"),
    "agreement_sector": gettext_lazy("Requis non conventionné (secteur 3)"),
    "occasion": gettext_lazy("Cas de recours non prévu"),
    "patient_condition": gettext_lazy("Situation du patient non prévue"),
    "billing_requester": gettext_lazy("Profession du requérant non prévue par la convention"),
    "billing_performer": gettext_lazy("Profession du requis non prévue par la convention"),
    "level": gettext_lazy("Niveau de la téléexpertise"),
    "tariff": gettext_lazy("Tarif non établi"),
    "unread": gettext_lazy("Section à vérifier"),
    "incomplete_record": gettext_lazy("Dossier de l’acte incomplet"),
    "not_validated": gettext_lazy("Avis non validé par un médecin"),
    "outside_project": gettext_lazy("Date de l’acte hors de la durée du projet"),
    "yearly_cap": gettext_lazy("Plafond annuel atteint pour ce patient"),
    "no_regime": gettext_lazy("Aucun texte ne prévoit de payer cet acte à cette date"),
    "no_tariff": gettext_lazy("Tarif non établi"),
}
FACTS: dict[str, str | Promise] = {
    "nir": gettext_lazy("numéro de sécurité sociale de l’assuré"),
    "requester_rpps": gettext_lazy("RPPS du requérant"),
    "fund": gettext_lazy("caisse du patient"),
    "agreement_sector": gettext_lazy("secteur conventionnel du requis"),
    "specialty": gettext_lazy("spécialité"),
    "pathology": gettext_lazy("pathologie"),
    "place": gettext_lazy("lieu du patient"),
    "setting": gettext_lazy("cadre de prise en charge"),
    "patient_region": gettext_lazy("région du patient"),
    "performer_region": gettext_lazy("région du requis"),
    "requester_region": gettext_lazy("région du requérant"),
    "performer_profession": gettext_lazy("profession du requis"),
    "requester_profession": gettext_lazy("profession du requérant"),
    "patient_condition": gettext_lazy("situation du patient"),
    "level": gettext_lazy("niveau de la téléexpertise"),
    "occasion": gettext_lazy("cas de recours"),
    "regime": gettext_lazy("régime"),
}
OWN_HEADER = (
    gettext_lazy("Date de l’acte"),
    gettext_lazy("Acte"),
    gettext_lazy("Référence de l’acte"),
    gettext_lazy("Régime"),
    gettext_lazy("État"),
)
MONEY_HEADER = (
    gettext_lazy("Montant (€)"),
    gettext_lazy("Payé à"),
    gettext_lazy("Texte"),
    gettext_lazy("Motifs"),
)


def reason_label(code: str) -> str:
    """A reason in words; a fact that is lacking is named."""
    if code.startswith(MISSING):
        name = code.removeprefix(MISSING)
        return _("Manque : %(fact)s") % {"fact": fact_label(name)}
    rule = code.removeprefix("perimeter.").split(".")[0]
    return str(REASONS.get(code) or REASONS.get(rule) or code.replace("_", " "))


def fact_label(name: str) -> str:
    return str(FACTS.get(name, name.replace("_", " ")))


def reason_labels(line: Line) -> list[str]:
    return [reason_label(code) for code in line.reasons]


def regime_label(regime: str) -> str:
    known = regimes.regimes().get(regime)
    return known.label.of(_lang()) if known else _("Aucun régime")


def reasons_in_words(line: Line) -> list[dict[str, Any]]:
    """The verdict's reasons in the language of the page: what decides first. `aside`: what did not weigh."""
    order = {"failed": 0, "met": 2, "unknown": 3, "not_applicable": 4}
    rows = [
        reason
        | {
            "explanation": reason[_lang()],
            "aside": reason["status"] == TO_VERIFY or reason["outcome"] == "not_applicable",
            "order": 1 if reason["blocking"] else order[reason["outcome"]],
        }
        for reason in line.verdict.get("reasons", [])
    ]
    return sorted(rows, key=lambda row: (row["aside"], row["order"]))


def texts_cited(line: Line) -> list[tuple[str, str]]:
    """Short and official titles of the texts that the reasons name, each once; French in every language."""
    return list(dict.fromkeys((reason["short"], reason["text"]) for reason in line.verdict.get("reasons", [])))


def _lang() -> str:
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def record_in_words(line: Line) -> list[dict[str, Any]]:
    """What the act's record lacked."""
    return [item | {"label": item[_lang()]} for item in line.verdict.get("record", [])]


def _start(line: Line) -> tuple[object, ...]:
    return (line.performed_on.isoformat(), line.act.get_kind_display())


def _end(line: Line) -> tuple[object, ...]:
    return (line.amount, line.payee, line.citation, " ; ".join(reason_labels(line)))


def own_rows(lines: Iterable[Line]) -> Iterator[tuple[object, ...]]:
    for line in lines:
        yield (*_start(line), line.act.ref, regime_label(line.regime), line.get_state_display(), *_end(line))


def own_header() -> tuple[object, ...]:
    return (*OWN_HEADER, *MONEY_HEADER)


def region_header() -> tuple[object, ...]:
    return (*OWN_HEADER[:2], _("Pseudonyme du patient"), _("Requis"), *OWN_HEADER[3:], *MONEY_HEADER)


def region_rows(lines: Iterable[Line]) -> Iterator[tuple[object, ...]]:
    """Patients under their pseudonym; not even the act's reference, which is an address of the care side."""
    for line in lines:
        performer = line.performer.user.get_full_name()
        state = line.get_state_display()
        yield (*_start(line), line.pseudonym, performer, regime_label(line.regime), state, *_end(line))
