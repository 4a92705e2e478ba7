"""A site for browser tests: one page that holds nothing but a questionnaire."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path
from django.utils import timezone

from virage.questionnaires.actions import Invalid, complete, save_answers, save_posted
from virage.questionnaires.models import Response

PAGE = """{% extends "web/base_public.html" %}{% load questionnaires %}{% block title %}Essai{% endblock %}
{% block content %}<form method="post" novalidate {% autosave url %}>{% csrf_token %}
{% questionnaire response problems %}
<div class="actions-bar"><button class="btn btn-primary">Envoyer</button></div></form>{% endblock %}"""
READ = """{% extends "web/base_public.html" %}{% load questionnaires %}{% block title %}Lu{% endblock %}
{% block content %}{% questionnaire_answers response %}{% endblock %}"""


@login_not_required
def page(request: HttpRequest, ref: str) -> HttpResponse:
    response = Response.objects.get(ref=ref)
    problems = ()
    if request.method == "POST":
        at = timezone.now()
        save_answers(response=response, posted=dict(request.POST.lists()), at=at)
        try:
            complete(response=response, at=at)
        except Invalid as invalid:
            problems = invalid.problems
    context = {"response": response, "problems": problems, "url": f"/essai/{ref}/brouillon"}
    source = READ if response.completed_at else PAGE
    return HttpResponse(engines["django"].from_string(source).render(context, request))


@login_not_required
def draft(request: HttpRequest, ref: str) -> JsonResponse:
    body, status = save_posted(Response.objects.get(ref=ref), request.POST, timezone.now())
    return JsonResponse(body, status=status)


urlpatterns = [
    path("essai/<str:ref>/", page),
    path("essai/<str:ref>/brouillon", draft),
]
