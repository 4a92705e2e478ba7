"""The medical part of a report: the question, the opinion, what it proposes, the photographs, the assessment."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from virage.questionnaires.models import QuestionnaireVersion, Response
from virage.questionnaires.reports.reading import Section as Group
from virage.questionnaires.reports.reading import changes, sections
from virage.records.models.documents import DocumentKind
from virage.records.rules import body
from virage.teleexpertise.models import Item, Remark, Urgency
from virage.teleexpertise.reports.pieces import Block, Picture, Section, Source
from virage.teleexpertise.reports.words import choice, facts, short
from virage.teleexpertise.states import DONE, PRESCRIBED, PROPOSED, REFUSED

QUESTION = "question"
DECIDED = {
    PROPOSED: gettext_lazy("proposé"),
    PRESCRIBED: gettext_lazy("proposé auparavant, prescrit"),
    REFUSED: gettext_lazy("proposé auparavant, non retenu"),
    DONE: gettext_lazy("proposé auparavant, fait"),
}
SHAPES = {"arrow": gettext_lazy("flèche"), "circle": gettext_lazy("cercle")}


def request(source: Source) -> Section:
    """What was asked, and of what."""
    asked = source.content["request"]
    wound = asked.get("wound") or {}
    site = body.label(wound["site"], source.language) if wound else ""
    return Section(
        "request",
        _("Question posée"),
        (
            Block(words=_paragraphs(_question(source))),
            Block(
                facts=facts(
                    (_("Plaie"), wound.get("name", "")),
                    (_("Siège"), site),
                    (_("Urgence"), choice(Urgency, asked.get("urgency", ""))),
                    (
                        _("Signes d’alerte"),
                        _("lus avant l’envoi, le %(when)s")
                        % {"when": short(asked["red_flags_seen_at"], source.content["time_zone"])}
                        if asked.get("red_flags_seen_at")
                        else "",
                    ),
                )
            ),
        ),
    )


def advice(source: Source) -> Section:
    said = source.content["advice"]
    proposed = _("Une téléconsultation est proposée.") if said["teleconsultation"] else ""
    return Section(
        "advice",
        _("Avis"),
        (
            Block(_("Diagnostic"), words=_paragraphs(said["diagnosis"])),
            Block(_("Réponse"), words=_paragraphs(said["free_text"])),
            Block(_("Suivi proposé"), words=_paragraphs(said["follow_up"]) + _paragraphs(proposed)),
            Block(_("Remarque du médecin qui a validé"), words=_paragraphs(said.get("validation_note", ""))),
        ),
        source.cite("report"),
    )


def items(source: Source) -> Section:
    """Always there: that nothing was proposed is said too."""
    found = source.content["items"]
    rows = tuple(
        (
            _said(choice(Item.Kind, row["kind"]), row["text"]),
            row["prescriber"] or "—",
            str(DECIDED.get(row["state"], "")),
        )
        for row in found
    )
    header = (_("Ce qui est proposé"), _("Qui décide"), _("À la signature"))
    note = _("Un avis n’est pas une prescription : chaque proposition attend la décision du prescripteur nommé.")
    block = Block(header=header, rows=rows, note=note) if rows else Block(words=(_("Aucun acte ni prescription."),))
    return Section("items", _("Actes et prescriptions proposés"), (block,), source.cite("prescriptions"))


def pictures(source: Source) -> tuple[Picture, ...]:
    found = (_picture(source, row) for row in source.content.get("pictures", ()) if _is_picture(source, row))
    return tuple(found)


def files(source: Source) -> Section:
    """Documents that are no photographs, by name."""
    rows = [row for row in source.content.get("pictures", ()) if not _is_picture(source, row)]
    zone = source.content["time_zone"]
    named = tuple(
        f"{row['title'] or choice(DocumentKind, row['kind'])}, {short(row['taken_at'], zone)}" for row in rows
    )
    return Section("files", _("Documents joints à la demande"), (Block(points=named),))


def assessment(source: Source) -> Section:
    """The answers of the form in the version in which they were given; the question stands above."""
    response = _response(source)
    if response is None:
        return Section("assessment", "", ())
    blocks = tuple(_block(found) for found in sections(response, source.language))
    return Section("assessment", _("Évaluation jointe à la demande"), blocks)


def completion(source: Source) -> Section:
    """What the expert's own assessment says otherwise than the request's."""
    asked, own = _response(source), _response(source, "completion")
    found = changes(own, asked, source.language) if asked and own else ()
    return Section("completion", _("Complété par l’expert"), tuple(_block(group) for group in found))


def push(source: Source) -> Section:
    """The PUSH score, if there is one, with whose it is."""
    response = _response(source, "push")
    groups = sections(response, source.language) if response else ()
    return Section("push", _("Score PUSH 3.0"), tuple(_block(group) for group in groups))


def _block(group: Group) -> Block:
    lines = ((line.label, line.text) for line in group.lines if line.key != QUESTION)
    return Block(group.title, facts=facts(*lines), note=" ".join(group.notes))


def thread(source: Source) -> Section:
    zone = source.content["time_zone"]
    rows = tuple(
        (short(row["at"], zone), row["author"], _said(choice(Remark.Kind, row["kind"]), row["text"]))
        for row in source.content.get("thread", ())
    )
    header = (_("Quand"), _("Qui"), _("Message"))
    return Section("thread", _("Échanges"), (Block(header=header, rows=rows),))


def _said(kind: str, text: str) -> str:
    return _("%(label)s : %(value)s") % {"label": kind, "value": text}


def _paragraphs(text: str) -> tuple[str, ...]:
    return (text.strip(),) if text.strip() else ()


def _response(source: Source, key: str = "request") -> Response | None:
    asked = source.content.get(key) or {}
    url, _bar, version = str(asked.get("form", "")).partition("|")
    row = QuestionnaireVersion.objects.filter(url=url, version=version).first()
    return Response(version=row, answers=asked["answers"], scores=asked.get("scores", {})) if row else None


def _question(source: Source) -> str:
    response = _response(source)
    return response.text(QUESTION) if response else ""


def _is_picture(source: Source, row: Mapping[str, Any]) -> bool:
    document = source.documents.get(row["document"])
    return document.is_picture if document else str(row["kind"]).startswith("photo")


def _picture(source: Source, row: Mapping[str, Any]) -> Picture:
    kind = row["title"] or choice(DocumentKind, row["kind"])
    taken = short(row["taken_at"], source.content["time_zone"])
    drawn = [_mark(shape) for shape in row["shapes"]]
    caption = f"{kind}, {taken}"
    if drawn:
        caption += ". " + _("Annotations : %(marks)s") % {"marks": ", ".join(drawn)}
    alt = _("Photographie : %(what)s") % {"what": caption}
    return Picture(source.documents.get(row["document"]), caption, alt, list(row["shapes"]))


def _mark(shape: Mapping[str, Any]) -> str:
    if shape["kind"] == "text":
        return _("« %(words)s »") % {"words": shape["text"]}
    return str(SHAPES[shape["kind"]])
