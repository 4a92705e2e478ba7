"""The advice while it is written: one form that saves itself; each button first saves what was typed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from virage.accounts.access import Refused
from virage.accounts.models import Membership
from virage.kernel.workflow import NotPossible
from virage.teleexpertise.actions import advising, phrases
from virage.teleexpertise.forms.answer import AdviceForm, ItemForm
from virage.teleexpertise.models import Advice, Expertise, Item, Phrase
from virage.teleexpertise.states import FINISHED
from virage.teleexpertise.views.answer import REFUSED, whose
from virage.teleexpertise.views.door import acting, opened
from virage.teleexpertise.views.photos import comparison, may_draw
from virage.ui.once import once

TEXTS = ("diagnosis", "free_text", "follow_up")


def writable(by: Membership, expertise: Expertise, at: datetime) -> Advice | None:
    """The draft that this person may write on; a first one begins empty and is kept from the first word on."""
    if not may_draw(by, expertise, at):
        return None
    return advising.draft_of(expertise) or Advice(expertise=expertise, author=by, updated_at=at, created_at=at)


@acting
@require_http_methods(["GET", "POST"])
@once
def edit(request: HttpRequest, ref: str) -> HttpResponse:
    """Write the advice or its correction."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    advice = writable(by, expertise, at)
    if advice is None:
        if request.method == "POST":
            raise NotPossible("teleexpertise", expertise.act.state, "save_advice")
        return redirect("teleexpertise:act", ref)
    desk = Desk(request, by, expertise, advice, at)
    return desk.press() if request.method == "POST" else desk.page(AdviceForm(initial=_initial(advice)))


@acting
@require_POST
def draft(request: HttpRequest, ref: str) -> JsonResponse:
    """Autosave, as `ui/autosave.js` expects: 409 when another page saved since, 423 when nothing may change."""
    at = timezone.now()
    by, expertise = opened(request, ref, at)
    form = AdviceForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors.get_json_data()}, status=REFUSED)
    try:
        advice = _draft(by, expertise, at)
        revision = _save(by, advice, form, at)
    except advising.Stale as stale:
        return JsonResponse({"conflict": True, "revision": stale.revision}, status=409)
    except (NotPossible, Refused):
        return JsonResponse({"completed": True}, status=423)
    saved_time = timezone.localtime(at).strftime("%H:%M")
    return JsonResponse({"saved_at": at.isoformat(timespec="seconds"), "saved_time": saved_time, "revision": revision})


def _draft(by: Membership, expertise: Expertise, at: datetime) -> Advice:
    """The draft kept in the database; begun now for a request, never for a correction."""
    if expertise.act.state not in FINISHED:
        return advising.draft_advice(by=by, expertise=expertise, at=at)
    found = advising.draft_of(expertise)
    if found is None:
        raise NotPossible("teleexpertise", expertise.act.state, "save_advice")
    return found


def _save(by: Membership, advice: Advice, form: AdviceForm, at: datetime) -> int:
    return advising.save_advice(by=by, advice=advice, revision=form.cleaned_data["revision"], at=at, **form.text)


def _initial(advice: Advice) -> dict[str, Any]:
    return {name: getattr(advice, name) for name in ("revision", "teleconsultation", *TEXTS)}


@dataclass
class Desk:
    """One request to the page of the advice."""

    request: HttpRequest
    by: Membership
    expertise: Expertise
    advice: Advice
    at: datetime

    def page(self, form: AdviceForm, item: ItemForm | None = None, status: int = 200) -> HttpResponse:
        saved = self.advice.pk is not None
        context = {
            "form": form,
            "all_forms": [form, item] if item else [form],
            "item_form": item or ItemForm(expertise=self.expertise, at=self.at),
            "items": self.advice.items.select_related("prescriber__user", "prescriber__organisation") if saved else [],
            "advice": self.advice,
            **whose(self.expertise, self.at),
            "question": self.expertise.assessment.text("question"),
            "pictures": comparison(self.expertise, self.by, self.at).here.pictures,
            "phrases": Phrase.objects.filter(owner=self.by.user_id),
        }
        return render(self.request, "teleexpertise/answer/advice.html", context, status=status)

    def press(self) -> HttpResponse:
        """Save, then do what the button says. What was typed comes back with the page when something is wrong."""
        form = AdviceForm(self.request.POST)
        if not form.is_valid():
            return self.page(form, self._item(), REFUSED)
        self.advice = _draft(self.by, self.expertise, self.at)
        try:
            _save(self.by, self.advice, form, self.at)
        except advising.Stale as stale:
            return self._overwritten(form, stale)
        verb, _dash, ref = self.request.POST.get("do", "").partition("-")
        return getattr(self, f"_do_{verb}", self._do_save)(form, ref)

    def _item(self) -> ItemForm | None:
        return ItemForm(self.request.POST, expertise=self.expertise, at=self.at) if self._item_begun else None

    @property
    def _item_begun(self) -> bool:
        return bool(self.request.POST.get("new-text", "").strip())

    def _overwritten(self, form: AdviceForm, stale: advising.Stale) -> HttpResponse:
        """Another page saved since: this text is kept on the screen, and the next press replaces the other one."""
        form.data = form.data.copy()
        form.data["revision"] = str(stale.revision)
        form.add_error(
            None,
            _("Une autre fenêtre a enregistré cet avis. Votre texte est ici : enregistrez encore pour le garder."),
        )
        return self.page(form, self._item(), 409)

    def _there(self, anchor: str = "") -> HttpResponse:
        return redirect(reverse("teleexpertise:advice", args=[self.expertise.act.ref]) + anchor)

    def _add(self, form: AdviceForm) -> HttpResponse | None:
        """Add what was typed as a proposal; the page again when it can't be."""
        item = ItemForm(self.request.POST, expertise=self.expertise, at=self.at)
        if not item.is_valid():
            form.data = form.data.copy()
            form.data["revision"] = str(self.advice.revision)
            return self.page(form, item, REFUSED)
        advising.add_item(by=self.by, advice=self.advice, at=self.at, **item.cleaned_data)
        return None

    def _do_save(self, form: AdviceForm, ref: str) -> HttpResponse:
        if self._item_begun and (refused := self._add(form)):
            return refused
        messages.success(self.request, _("Brouillon enregistré."))
        return redirect("teleexpertise:act", self.expertise.act.ref)

    def _do_add(self, form: AdviceForm, ref: str) -> HttpResponse:
        return self._add(form) or self._there("#propositions")

    def _do_remove(self, form: AdviceForm, ref: str) -> HttpResponse:
        if item := Item.objects.filter(ref=ref, advice=self.advice).first():
            item.advice = self.advice
            advising.remove_item(by=self.by, item=item, at=self.at)
        return self._there("#propositions")

    def _do_preview(self, form: AdviceForm, ref: str) -> HttpResponse:
        if self._item_begun and (refused := self._add(form)):
            return refused
        return redirect("teleexpertise:advice_preview", self.expertise.act.ref)

    def _do_insert(self, form: AdviceForm, ref: str) -> HttpResponse:
        """Put one's template below what is there."""
        chosen = self.request.POST.get("phrase", "")
        phrase = get_object_or_404(Phrase, ref=chosen, owner=self.by.user_id) if chosen else None
        if phrase:
            joined = {name: _joined(getattr(self.advice, name), getattr(phrase, name)) for name in TEXTS}
            revision = self.advice.revision
            advising.save_advice(by=self.by, advice=self.advice, revision=revision, at=self.at, **joined)
        return self._there("#field-diagnosis")

    def _do_keep(self, form: AdviceForm, ref: str) -> HttpResponse:
        """Keep this text as one's template."""
        title = self.request.POST.get("phrase_title", "").strip()
        if not title:
            messages.error(self.request, _("Donnez un titre au modèle."))
            return self._there("#modeles")
        words = {name: form.cleaned_data[name] for name in TEXTS}
        phrases.keep_phrase(by=self.by, title=title, at=self.at, **words)
        messages.success(self.request, _("Modèle gardé. Vous seul le voyez."))
        return self._there()


def _joined(former: str, added: str) -> str:
    """Two texts one below the other; one that is there already is not put twice."""
    if not added.strip() or added.strip() in former:
        return former
    return f"{former.rstrip()}\n\n{added}" if former.strip() else added
