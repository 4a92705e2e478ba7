"""A file in pieces, from the page or from a paired phone.

`POST` with `client_id`, `size`, `kind` and where known `sha256` begins, or begins again: the answer (201) says in
`Location` where the pieces go, in `Upload-Offset` how far it went, and `Upload-Complete: ?1` when nothing is left to
send. `PATCH` on that address adds the bytes of its body at the `Upload-Offset` of its header (204); 409 with the right
one when the upload stands elsewhere; 404 when it must be begun again. `DELETE` gives it up.
"""

import re
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from virage.accounts.access import Refused
from virage.records.actions import phones, slots, uploads
from virage.records.models.documents import DocumentKind
from virage.records.models.uploads import Upload
from virage.records.rules import content
from virage.records.rules.content import RefusedError
from virage.records.views.documents import posted_client_id, refused, sealed
from virage.records.views.phone import ended, phone_of

_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_Add = Callable[[Upload, int, bytes], Upload]


@require_POST
def begin(request: HttpRequest, slot: str) -> HttpResponse:
    """Begin or go on with a file of this folder."""
    now = timezone.now()
    place = slots.open_slot(slot, by=request.membership, at=now)

    def begun() -> HttpResponse:
        upload = uploads.begin(by=request.membership.actor, place=place, claim=_claim(request), at=now)
        return _stands(upload, reverse("records:upload_piece", args=[slot, upload.ref]))

    return _answered(begun)


@require_http_methods(["PATCH", "DELETE"])
def piece(request: HttpRequest, slot: str, ref: str) -> HttpResponse:
    """The next bytes, or the end of an upload that one gives up."""
    now = timezone.now()
    place = slots.open_slot(slot, by=request.membership, at=now)
    actor = request.membership.actor
    upload = uploads.find(ref, by=actor, place=place, at=now)
    return _added(
        request,
        upload,
        lambda upload, offset, data: uploads.add(
            by=actor, place=place, upload=upload, offset=offset, data=data, at=now
        ),
    )


@login_not_required
@require_POST
def phone_begin(request: HttpRequest) -> HttpResponse:
    """Begin or go on with a photograph of this phone."""
    phone = phone_of(request)
    if phone is None:
        return ended()

    def begun() -> HttpResponse:
        upload = phones.begin_from_phone(phone=phone, claim=_claim(request), at=timezone.now())
        return _stands(upload, reverse("records:phone_piece", args=[upload.ref])) if upload else ended()

    return _answered(begun)


@login_not_required
@require_http_methods(["PATCH", "DELETE"])
def phone_piece(request: HttpRequest, ref: str) -> HttpResponse:
    """The next bytes of a photograph of this phone."""
    now = timezone.now()
    phone = phone_of(request)
    if phone is None:
        return ended()
    upload = phones.find_from_phone(ref, phone=phone, at=now)
    return _added(
        request,
        upload,
        lambda upload, offset, data: phones.add_from_phone(
            phone=phone, upload=upload, offset=offset, data=data, at=now
        ),
    )


def _claim(request: HttpRequest) -> uploads.Claim:
    size, digest = request.POST.get("size", ""), request.POST.get("sha256", "")
    return uploads.Claim(
        client_id=posted_client_id(request),
        size=int(size) if size.isascii() and size.isdigit() and len(size) < 12 else 0,
        sha256=digest if _DIGEST.match(digest) else "",
        kind=request.POST.get("kind", DocumentKind.PHOTO),
    )


def _added(request: HttpRequest, upload: Upload | None, add: _Add) -> HttpResponse:
    if upload is None:
        raise Http404
    if request.method == "DELETE":
        uploads.drop(upload=upload)
        return HttpResponse(status=204)
    length, offset = request.META.get("CONTENT_LENGTH") or "", request.headers.get("Upload-Offset", "")
    if not (offset.isascii() and offset.isdigit() and len(offset) < 12):
        return HttpResponse(status=400)
    if not length.isdigit() or int(length) > uploads.LARGEST_PIECE:
        return refused(content.TOO_LARGE)
    return _answered(lambda: _stands(add(upload, int(offset), request.body)))


def _answered(act: Callable[[], HttpResponse]) -> HttpResponse:
    try:
        return act()
    except uploads.OffsetError as elsewhere:
        answer = _stands(elsewhere.upload)
        answer.status_code = 204 if elsewhere.upload.document_id else 409
        return answer
    except RefusedError as refusal:
        return refused(refusal.code)
    except Refused:
        return sealed()


def _stands(upload: Upload, location: str = "") -> HttpResponse:
    """How far it went; no body, nothing kept by a cache."""
    answer = HttpResponse(status=201 if location else 204)
    answer["Upload-Offset"] = str(upload.received)
    answer["Cache-Control"] = "no-store"
    if location:
        answer["Location"] = location
    if upload.document_id:
        answer["Upload-Complete"] = "?1"
    return answer
