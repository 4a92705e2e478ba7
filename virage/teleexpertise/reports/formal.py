"""The part of a report that the law asks for besides the opinion: who, for whom, when, with what agreement; and the
signature."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from virage.acts.models import Part
from virage.law.record import required_items
from virage.law.regimes import regimes
from virage.records.models import ConsentBy, ConsentHow
from virage.records.models.patients import IdentityStatus, Sex
from virage.teleexpertise.reports.pieces import Block, Section, Source
from virage.teleexpertise.reports.words import choice, day, facts, listed, moment, short


def patient(source: Source) -> Section:
    """Identity traits; the matricule was signed only where the identity is qualified."""
    who, act_day = source.content["patient"], source.on
    born = date.fromisoformat(who["birth_date"])
    age = act_day.year - born.year - ((act_day.month, act_day.day) < (born.month, born.day))
    rows = facts(
        (_("Nom de naissance"), who["birth_name"]),
        (_("Prénoms de naissance"), who["first_names"]),
        (_("Nom utilisé"), who["used_name"]),
        (_("Prénom utilisé"), who["used_first_name"]),
        (_("Sexe"), choice(Sex, who["sex"])),
        (_("Date de naissance"), _("%(day)s (%(age)s ans)") % {"day": day(who["birth_date"]), "age": age}),
        (_("Lieu de naissance (code INSEE)"), who["birth_place"]),
        (
            _("Matricule INS"),
            f"{who['ins']} (OID {who['ins_oid']})" if who["ins"] else "",
        ),
        (_("Statut de l’identité"), choice(IdentityStatus, who["identity_status"])),
    )
    return Section("patient", _("Patient"), (Block(facts=rows),), source.cite("identification"))


def act(source: Source) -> Section:
    """Date and hour, which are those of the patient's place."""
    content, asked, language = source.content, source.content["request"], source.language
    zone = content["time_zone"]
    rows = facts(
        (_("Nature"), listed("acts", content["kind"], language)),
        (_("Date et heure de l’acte"), moment(content["performed_at"], zone)),
        (_("Demandé le"), moment(content["requested_at"], zone)),
        (_("Demandé par"), _named(content, Part.REQUESTER)),
        (_("Avis donné par"), _named(content, Part.PERFORMER)),
        (_("Spécialité"), listed("specialties", asked["specialty"], language)),
        (_("Pathologie"), listed("pathologies", asked["pathology"], language)),
        (_("Cadre"), listed("settings", asked["setting"], language)),
        (_("Lieu"), listed("places", asked["place"], language)),
        (_("Projet"), asked["project"]),
    )
    return Section("act", _("Acte"), (Block(facts=rows),), source.cite("date_time"))


def _named(content: dict[str, Any], part: str) -> str:
    return ", ".join(row["name"] for row in content["people"] if row["part"] == part)


def consent(source: Source) -> Section:
    """The agreement to the act, and that telemedicine was judged to suit it."""
    found, zone = source.content["consent"], source.content["time_zone"]
    yes = _("oui")
    rows: tuple[Any, ...] = ()
    if found:
        rows = facts(
            (_("Consentement donné par"), choice(ConsentBy, found["given_by"])),
            (_("Représentant"), found["representative"]),
            (_("Pourquoi le mineur consent seul"), found.get("alone_reason", "")),
            (_("Pourquoi il n’a pu être recueilli"), found["impossible_reason"]),
            (_("Personne de confiance informée"), _trusted(found) if found["trusted_person_informed"] else ""),
            (_("Comment"), choice(ConsentHow, found["how"]) if "how" in found else ""),
            (_("Langue"), found.get("language", "")),
            (_("Interprète"), found.get("interpreter", "")),
            (_("Informé de l’échange, sans opposition"), yes if found["informed_on_exchange"] else ""),
            (_("Enregistré le"), moment(found["recorded_at"], zone)),
            (_("Retiré le"), moment(found["withdrawn_at"], zone)),
        )
    seen = source.content["relevance_confirmed_at"]
    confirmed = _("confirmée le %(when)s") % {"when": short(seen, zone)} if seen else ""
    relevance = facts((_("Pertinence de la télémédecine"), confirmed))
    none = Block(words=(_("Aucun consentement enregistré."),))
    blocks = (Block(facts=rows) if rows else none, Block(facts=relevance))
    cite = source.cite("consent", "exchange_information", "relevance")
    return Section("consent", _("Consentement et pertinence"), blocks, cite)


def _trusted(found: dict[str, Any]) -> str:
    """Who, and when; reports signed before these were asked say only that it was done."""
    told = found.get("trusted_person_told_on", "")
    words = (found.get("trusted_person", ""), day(told) if told else "")
    return ", ".join(word for word in words if word) or str(_("oui"))


def people(source: Source) -> Section:
    """Everyone who took part or is in copy, with RPPS."""
    header = (_("Rôle"), _("Professionnel"), _("Structure"))
    rows = tuple(_person(row, source.language) for row in source.content["people"])
    return Section("people", _("Professionnels"), (Block(header=header, rows=rows),), source.cite("identities"))


def _person(row: dict[str, str], language: str) -> tuple[str, ...]:
    specialty = listed("specialties", row["specialty"], language)
    titles = ", ".join(part for part in (listed("professions", row["profession"], language), specialty) if part)
    who = [row["name"], titles, _("RPPS %(number)s") % {"number": row["rpps"]} if row["rpps"] else ""]
    where = [row["organisation"], _("FINESS %(number)s") % {"number": row["finess"]} if row["finess"] else ""]
    return (choice(Part, row["part"]), "\n".join(filter(None, who)), "\n".join(filter(None, where)))


def incidents(source: Source) -> Section:
    """Those known at the signature; that there was none is said too."""
    zone = source.content["time_zone"]
    found = tuple(
        _("%(when)s : %(what)s") % {"when": short(row["occurred_at"], zone), "what": row["description"]}
        for row in source.content["incidents"]
    )
    block = Block(points=found) if found else Block(words=(_("Aucun incident signalé."),))
    return Section("incidents", _("Incidents techniques"), (block,), source.cite("incidents"))


def basis(source: Source) -> Section:
    """The texts that say what this report holds, and under which programme the act was done."""
    texts = {item.citation.text_id: item.citation.title for item in required_items(source.on)}
    legal = source.content.get("legal", {})
    regime = regimes().get(legal.get("regime", ""))
    project = " · ".join(
        part for part in (legal.get("programme", ""), regime.label.of(source.language) if regime else "") if part
    )
    block = Block(
        words=tuple(texts.values()),
        facts=facts((_("Programme ou régime"), project)),
        note=_("Textes en vigueur au jour de l’acte. Le paiement est jugé à part."),
    )
    return Section("basis", _("Fondement"), (block,))


def signature(source: Source) -> tuple[str, ...]:
    """Who signed, when, and the print of what was signed."""
    report, zone = source.report, source.content["time_zone"]
    when = moment(report.signed_at.isoformat(), zone)
    lines = [_("Signé par %(name)s le %(when)s") % {"name": report.signed_by.user.get_full_name(), "when": when}]
    lines += [
        _("Validé par %(name)s") % {"name": row["name"]}
        for row in source.content["people"]
        if row["part"] == Part.VALIDATOR
    ]
    lines.append(_("Empreinte SHA-256 du contenu signé : %(hash)s") % {"hash": report.content_hash})
    return tuple(lines)
