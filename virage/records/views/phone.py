"""Pairing a phone with a draft, and the phone's own pages: no sign-in, no patient, one folder."""

from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import Refused
from virage.records.actions import phones, slots
from virage.records.models.documents import DocumentKind, PhoneLink, Rendition
from virage.records.rules.content import CHOOSER, LIMIT, RefusedError
from virage.records.views.documents import (
    back_or,
    posted_client_id,
    posted_file,
    refused,
    sealed,
    served,
)

COOKIE = "phone"
_SALT = "virage.records.phone"


@require_POST
def pair(request: HttpRequest, slot: str) -> HttpResponse:
    """A new link, as a QR code and in words. Its secret is in this answer only."""
    now = timezone.now()
    place = slots.open_slot(slot, by=request.membership, at=now)
    pairing = phones.pair_phone(by=request.membership, place=place, at=now)
    address = settings.PUBLIC_URL.rstrip("/") + reverse("records:phone_link", args=[pairing.token])
    context = {
        "link": pairing.link,
        "address": address,
        "qr": segno.make(address, error="m").svg_data_uri(scale=6, border=4, light="#ffffff"),
        "slot": slot,
        "only_here": urlsplit(address).hostname in ("127.0.0.1", "localhost", "::1"),
        "minutes": int(phones.LASTS.total_seconds() // 60),
    }
    response = render(request, "records/phone/pair.html", context)
    response["HX-Trigger"] = "documents-changed"
    return response


@require_POST
def revoke(request: HttpRequest, slot: str, ref: str) -> HttpResponse:
    """Cut the phones of a link off."""
    now = timezone.now()
    place = slots.open_slot(slot, by=request.membership, at=now)
    link = get_object_or_404(PhoneLink, ref=ref, folder=place.folder, patient=place.patient)
    phones.revoke_phone(by=request.membership, link=link, at=now)
    uploader = slots.filled(slot, place.folder, at=now, shots=place.wound is not None)
    return back_or(request, render(request, "records/phone/revoked.html", {"uploader": uploader}))


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The page behind the QR code: reading it changes nothing, one press starts the phone."""
    now = timezone.now()
    if request.method != "POST":
        return render(request, "records/phone/link.html") if phones.find_link(token, at=now) else _closed(request)
    started = phones.start_phone(token=token, at=now)
    if started is None:
        return _closed(request)
    response = redirect("records:phone")
    response.set_signed_cookie(
        COOKIE,
        signing.dumps([started.link.ref, started.phone]),
        salt=_SALT,
        max_age=int(phones.LASTS.total_seconds()),
        path=reverse("records:phone"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@login_not_required
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The camera, and what this phone sent."""
    phone = phone_of(request)
    if phone is None:
        return _closed(request)
    shots = slots.suggest(phones.sent_by(phone)) if phone.link.wound_id else []
    context = {
        **_sent(phone),
        "shots": shots,
        "limit": LIMIT,
        "accept": ",".join(CHOOSER),
        "link": phone.link,
    }
    return render(request, "records/phone/page.html", context)


@login_not_required
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """What this phone sent, as a fragment."""
    phone = phone_of(request)
    if phone is None:
        raise Http404
    return render(request, "records/phone/sent.html", _sent(phone))


@login_not_required
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """One photograph from the phone."""
    phone = phone_of(request)
    if phone is None:
        return ended()
    try:
        document = phones.receive_from_phone(
            phone=phone,
            file=posted_file(request),
            client_id=posted_client_id(request),
            kind=request.POST.get("kind", DocumentKind.PHOTO),
            at=timezone.now(),
        )
    except RefusedError as refusal:
        return refused(refusal.code)
    except Refused:
        return sealed()
    if document is None:
        return ended()
    return back_or(request, HttpResponse(status=201))


@login_not_required
@require_GET
def thumbnail(request: HttpRequest, ref: str) -> HttpResponse:
    """The small picture of a photograph that this very phone sent."""
    phone = phone_of(request)
    document = next((one for one in phones.sent_by(phone) if one.ref == ref), None) if phone else None
    if document is None:
        raise Http404
    return served(document, Rendition.THUMB)


def phone_of(request: HttpRequest) -> phones.Phone | None:
    """The started phone that the cookie names, None when it is none or its link has ended."""
    value = request.get_signed_cookie(COOKIE, default="", salt=_SALT)
    try:
        link_ref, phone = signing.loads(value)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return phones.find_phone(link_ref=link_ref, phone=phone, at=timezone.now())


def _sent(phone: phones.Phone) -> dict[str, object]:
    found = phones.sent_by(phone)
    return {"sent": found, "waiting": any(document.state == "received" for document in found)}


def _closed(request: HttpRequest) -> HttpResponse:
    """Wrong, ended, revoked, or sent meanwhile: the same page."""
    return render(request, "records/phone/closed.html", status=404)


def ended() -> HttpResponse:
    """The phone may send no more."""
    text = _("Ce lien a pris fin : demandez un nouveau code sur l’ordinateur.")
    return HttpResponse(text, status=403, content_type="text/plain; charset=utf-8")
