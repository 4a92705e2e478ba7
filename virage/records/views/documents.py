"""Documents: upload into a slot, list, removal, and the one place that gives a file out."""

import logging
from uuid import UUID, uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from virage.accounts.access import Refused
from virage.records import storage
from virage.records.access import document_for
from virage.records.actions import documents, slots
from virage.records.models.documents import Document, DocumentKind, Refusal, Rendition
from virage.records.rules.content import LIMIT, PDF, RefusedError

logger = logging.getLogger(__name__)


@require_POST
def upload(request: HttpRequest, slot: str) -> HttpResponse:
    """One file. Sent by script: 201, or a status and one sentence. By the plain form: back to the page."""
    now = timezone.now()
    place = slots.open_slot(slot, by=request.membership, at=now)
    try:
        documents.receive(
            by=request.membership.actor,
            place=place,
            file=posted_file(request),
            client_id=posted_client_id(request),
            kind=request.POST.get("kind", DocumentKind.PHOTO),
            at=now,
        )
    except RefusedError as refusal:
        return refused(refusal.code)
    except Refused:
        return sealed()
    return back_or(request, HttpResponse(status=201))


@require_GET
def listing(request: HttpRequest, slot: str) -> HttpResponse:
    """The list as a fragment; nothing (204) when it looks as the page already has it."""
    now = timezone.now()
    place = slots.open_slot(slot, by=request.membership, at=now)
    uploader = slots.filled(slot, place.folder, at=now, shots=place.wound is not None)
    if request.GET.get("seen") == uploader.version:
        return HttpResponse(status=204)
    return render(request, "records/documents/list.html", {"uploader": uploader})


@require_POST
def remove(request: HttpRequest, slot: str, ref: str) -> HttpResponse:
    """Take a document out of the folder; the fragment offers to undo it."""
    now = timezone.now()
    place = slots.open_slot(slot, by=request.membership, at=now)
    document = get_object_or_404(Document, ref=ref, folder=place.folder, patient=place.patient)
    try:
        documents.remove(by=request.membership.actor, document=document, at=now)
    except Refused:
        return sealed()
    return _list(request, slot, place, removed=document)


@require_POST
def restore(request: HttpRequest, slot: str, ref: str) -> HttpResponse:
    """Undo a removal."""
    now = timezone.now()
    place = slots.open_slot(slot, by=request.membership, at=now)
    document = get_object_or_404(Document, ref=ref, folder=place.folder, patient=place.patient)
    try:
        documents.restore(by=request.membership.actor, place=place, document=document, at=now)
    except Refused:
        return sealed()
    return _list(request, slot, place)


def _list(request: HttpRequest, slot: str, place: documents.Place, removed: Document | None = None) -> HttpResponse:
    uploader = slots.filled(slot, place.folder, at=timezone.now(), shots=place.wound is not None)
    page = render(request, "records/documents/list.html", {"uploader": uploader, "removed": removed})
    return back_or(request, page)


@require_GET
def file(request: HttpRequest, ref: str, rendition: str) -> HttpResponse:
    """A clean rendition (full, view or thumb) of a document that this person may see; the read is traced."""
    if request.membership is None:
        raise Http404
    return served(document_for(request.membership, ref, at=timezone.now()), rendition)


def served(document: Document, rendition: str) -> HttpResponse:
    """The bytes of a rendition, verified to the last before the first is sent; 404 for one that may not be shown."""
    name = document.file(rendition)
    if rendition not in (Rendition.FULL, Rendition.VIEW, Rendition.THUMB) or name not in document.files(
        timezone.now()
    ):
        raise Http404
    try:
        data = storage.vault().read_all(name)
    except storage.StorageError:
        logger.exception("document %s can't be read", document.ref)
        text = _("Ce fichier ne peut plus être lu tel qu’il a été enregistré. Prévenez l’administrateur.")
        return HttpResponse(text, status=500, content_type="text/plain; charset=utf-8")
    media_type = document.media_type(rendition)
    ending = "pdf" if media_type == PDF else media_type.partition("/")[2].replace("jpeg", "jpg")
    return HttpResponse(
        data,
        content_type=media_type,
        headers={
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Content-Disposition": f'inline; filename="document.{ending}"',
        },
    )


def posted_file(request: HttpRequest) -> documents.Received:
    """The posted file. One beyond the memory handler's limit was never kept: it is told by the request's length."""
    found = request.FILES.get("file")
    if found is None:
        too_large = int(request.META.get("CONTENT_LENGTH") or 0) > LIMIT
        raise RefusedError(Refusal.TOO_LARGE if too_large else Refusal.EMPTY)
    return found


def posted_client_id(request: HttpRequest) -> UUID:
    """The browser's own identifier of this upload; a new one where it sent none that can be read."""
    try:
        return UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid4()


def refused(code: str) -> HttpResponse:
    """One sentence that says what to do: 413 for the size, 422 for the rest."""
    status = 413 if code == Refusal.TOO_LARGE else 422
    return HttpResponse(str(Refusal(code).label), status=status, content_type="text/plain; charset=utf-8")


def sealed() -> HttpResponse:
    text = _("La demande a été envoyée : ses documents ne changent plus. Rechargez la page.")
    return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")


def back_or(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """`answer` to a script, the page that `next` names to a plain form."""
    target = request.POST.get("next", "")
    if not request.htmx and target and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return redirect(target)
    return answer
