"""A site for browser tests: the product's addresses, and one page that holds nothing but the uploader."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.utils import timezone

from virage.records.actions import slots
from virage.records.models import Patient, Wound

FOLDER = "F" * 22
PAGE = """{% extends "web/base.html" %}{% block title %}Demande{% endblock %}
{% block content %}{% include "records/documents/uploader.html" %}{% endblock %}"""


def draft(request: HttpRequest, patient: str) -> HttpResponse:
    found = Patient.objects.get(ref=patient)
    wound = Wound.objects.get(patient=found)
    uploader = slots.uploader(by=request.membership, patient=found, folder=FOLDER, at=timezone.now(), wound=wound)
    return HttpResponse(engines["django"].from_string(PAGE).render({"uploader": uploader}, request))


urlpatterns = [path("essai/<str:patient>/", draft), path("", include("virage.config.urls"))]
