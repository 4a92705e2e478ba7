"""An expert's own templates of advice."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from virage.accounts.access import require
from virage.accounts.models import Membership
from virage.accounts.roles import Permission
from virage.teleexpertise.actions.phrases import drop_phrase, keep_phrase
from virage.teleexpertise.forms.answer import PhraseForm
from virage.teleexpertise.models import Phrase
from virage.teleexpertise.views.answer import REFUSED
from virage.teleexpertise.views.door import acting
from virage.ui.once import once


def _expert(request: HttpRequest) -> Membership:
    by: Membership = request.membership
    require(by, Permission.ANSWER_EXPERTISE)
    return by


@acting
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    by = _expert(request)
    return render(request, "teleexpertise/answer/phrases.html", {"phrases": Phrase.objects.filter(owner=by.user_id)})


@acting
@require_http_methods(["GET", "POST"])
@once
def edit(request: HttpRequest, ref: str = "") -> HttpResponse:
    """A new template, or one of one's own; another's is as if it were not there."""
    by = _expert(request)
    phrase = get_object_or_404(Phrase, ref=ref, owner=by.user_id) if ref else None
    form = PhraseForm(request.POST) if request.method == "POST" else PhraseForm.of(phrase) if phrase else PhraseForm()
    if form.is_bound and form.is_valid() and _title_is_free(by, phrase, form):
        kept = keep_phrase(by=by, at=timezone.now(), **form.cleaned_data)
        if phrase and kept.pk != phrase.pk:
            drop_phrase(by=by, phrase=phrase)
        messages.success(request, _("Modèle gardé. Vous seul le voyez."))
        return redirect("teleexpertise:phrases")
    context = {"form": form, "phrase": phrase}
    return render(request, "teleexpertise/answer/phrase.html", context, status=REFUSED if form.is_bound else 200)


def _title_is_free(by: Membership, phrase: Phrase | None, form: PhraseForm) -> bool:
    same = Phrase.objects.filter(owner=by.user_id, title=form.cleaned_data["title"])
    if same.exclude(pk=phrase.pk if phrase else None).exists():
        form.add_error("title", _("Vous avez déjà un modèle de ce titre."))
        return False
    return True


@acting
@require_POST
@once
def drop(request: HttpRequest, ref: str) -> HttpResponse:
    by = _expert(request)
    drop_phrase(by=by, phrase=get_object_or_404(Phrase, ref=ref, owner=by.user_id))
    messages.success(request, _("Modèle supprimé."))
    return redirect("teleexpertise:phrases")
