"""Photographs beside earlier ones of the same wound, and what is drawn over them."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_POST

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.kernel.workflow import NotPossible
from virage.records.access import document_for, documents_of
from virage.records.models.documents import Document, DocumentKind, DocumentState
from virage.teleexpertise import access
from virage.teleexpertise.actions import advising
from virage.teleexpertise.models import Drawing, Expertise
from virage.teleexpertise.rules import drawing
from virage.teleexpertise.states import FINISHED
from virage.teleexpertise.views.door import acting, opened

MOST_EARLIER = 24
"""Earlier requests that are offered for comparison: the latest."""
ORDER = {DocumentKind.OVERVIEW: 0, DocumentKind.CLOSE_UP: 1, DocumentKind.RULER: 2}


@dataclass
class Picture:
    """A photograph with the marks drawn over it, as SVG inside its own frame."""

    document: Document
    shapes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def shapes_json(self) -> str:
        return json.dumps(self.shapes)

    @property
    def marks(self) -> SafeString:
        width, height = self.document.width or 0, self.document.height or 0
        return mark_safe(drawing.marks(self.shapes, width, height))  # noqa: S308 (numbers, fixed colours, escaped text)


@dataclass
class Visit:
    """The photographs of one request; `at` is when it was sent."""

    ref: str
    at: datetime | None
    pictures: list[Picture] = field(default_factory=list)


@dataclass
class Pair:
    """One line of the comparison: this request's picture and the earlier one of the same kind."""

    now: Picture | None
    before: Picture | None


@dataclass
class Comparison:
    """This request's pictures and files, and those of the earlier request that was chosen."""

    here: Visit
    earlier: list[Visit]
    chosen: Visit | None
    files: list[Document]

    @property
    def pairs(self) -> list[Pair]:
        """Same kind beside same kind, in the order of taking; what has no fellow stands alone."""
        left = list(self.chosen.pictures) if self.chosen else []
        pairs = []
        for picture in self.here.pictures:
            fellow = next((one for one in left if one.document.kind == picture.document.kind), None)
            if fellow:
                left.remove(fellow)
            pairs.append(Pair(picture, fellow))
        return pairs + [Pair(None, one) for one in left]


def comparison(expertise: Expertise, by: Membership, at: datetime, wanted: str = "") -> Comparison:
    """`wanted` is the reference of an earlier request on this wound; without it, the one just before."""
    act = expertise.act
    sent = dict(access.history_of(expertise).values_list("act__ref", "act__requested_at"))
    earlier = {ref: Visit(ref, when) for ref, when in list(sent.items())[-MOST_EARLIER:]}
    here = Visit(act.ref, act.requested_at)
    files = []
    for document in documents_of(by, at).filter(folder__in=[act.ref, *earlier], state=DocumentState.READY):
        visit = here if document.folder == act.ref else earlier[document.folder]
        if document.is_picture:
            visit.pictures.append(Picture(document))
        elif document.folder == act.ref and document.kind != DocumentKind.REPORT:
            files.append(document)
    seen = sorted((visit for visit in earlier.values() if visit.pictures), key=lambda one: one.at or at)
    chosen = next((visit for visit in seen if visit.ref == wanted), seen[-1] if seen else None)
    shown = [picture for visit in (here, chosen) if visit for picture in visit.pictures]
    _lay_drawings(shown, by)
    for visit in [here, *seen]:
        visit.pictures.sort(key=lambda one: (ORDER.get(one.document.kind, 3), one.document.pk))
    return Comparison(here, seen, chosen, files)


def _lay_drawings(pictures: list[Picture], by: Membership) -> None:
    """What the expert of each request drew, and one's own drawing."""
    rows = Drawing.objects.filter(document__in=[one.document.pk for one in pictures])
    rows = rows.filter(Q(author=F("expertise__act__performer")) | Q(author=by.pk))
    found: dict[int, list[dict[str, Any]]] = {}
    for row in rows.order_by("updated_at"):
        found.setdefault(row.document_id, []).extend(row.shapes)
    for one in pictures:
        one.shapes = found.get(one.document.pk, [])


def may_draw(by: Membership, expertise: Expertise, at: datetime) -> bool:
    """While one's own advice, or its correction, is being written."""
    verbs = access.may(by, expertise, at)
    draft = advising.draft_of(expertise)
    if draft and (draft.proposed_at or draft.author_id != by.pk):
        return False
    return "correct" in verbs and draft is not None if expertise.act.state in FINISHED else "draft_advice" in verbs


@acting
@require_GET
def photo(request: HttpRequest, ref: str, document: str) -> HttpResponse:
    """One photograph, large: zoom, pan, and the expert's marks."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    found = document_for(by, document, at=at)
    here = found.folder == ref
    same_wound = expertise.wound_id is not None and found.wound_id == expertise.wound_id
    if not found.is_picture or found.state != DocumentState.READY or not (here or same_wound):
        raise Http404
    pictures = comparison(expertise, by, at).here.pictures if here else [Picture(found)]
    place = next((rank for rank, one in enumerate(pictures) if one.document.pk == found.pk), None)
    if place is None:
        raise Http404
    if not here:
        _lay_drawings(pictures, by)
    editable = here and may_draw(by, expertise, at)
    if editable:
        pictures[place].shapes = _own_shapes(expertise, found, by)
    context = {
        "expertise": expertise,
        "picture": pictures[place],
        "previous": pictures[place - 1].document if place else None,
        "next": pictures[place + 1].document if place + 1 < len(pictures) else None,
        "editable": editable,
        "most": drawing.MOST_SHAPES,
        "letters": drawing.MOST_LETTERS,
    }
    return render(request, "teleexpertise/answer/photo.html", context)


def _own_shapes(expertise: Expertise, document: Document, by: Membership) -> list[dict[str, Any]]:
    row = Drawing.objects.filter(expertise=expertise, document=document, author=by.pk).first()
    return row.shapes if row else []


@acting
@require_POST
def save(request: HttpRequest, ref: str, document: str) -> HttpResponse:
    """Keep the drawing as it is; sent by the page after each change, again when the line was lost."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    found = document_for(by, document, at=at)
    try:
        shapes = json.loads(request.POST.get("shapes", ""))
        advising.save_drawing(by=by, expertise=expertise, document=found, shapes=shapes, at=at)
    except (ValueError, RecursionError):
        return JsonResponse({"error": "shapes"}, status=400)
    except Refused as refused:
        return JsonResponse({"error": refused.reason}, status=400 if refused.reason == "shapes" else 403)
    except NotPossible:
        return JsonResponse({"error": "closed"}, status=423)
    local = timezone.localtime(at)
    return JsonResponse({"saved_at": at.isoformat(timespec="seconds"), "saved_time": local.strftime("%H:%M")})
