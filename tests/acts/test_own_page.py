"""The patient's own page as a browser sees it: the link and its button, the code, what shows and what does not."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.pages import objects
from tests.teleexpertise.signed import press
from virage.acts.models import Report
from virage.acts.views.door import DOOR, VISIT
from virage.journal.entries import record
from virage.journal.models import Entry
from virage.notifications.models import Message, MessageState
from virage.records.actions import own_page
from virage.records.actions.own_page import Asked
from virage.records.models import Consent, PatientVisit, PatientWish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_guesses():
    cache.clear()


@pytest.fixture
def access():
    return objects.own_page_access()


@pytest.fixture
def link():
    return reverse("patient:link", args=[objects.made("link_token")])


@pytest.fixture
def paule():
    """Paule's browser, in a visit."""
    browser = Client()
    browser.cookies[VISIT] = objects.visit()
    return browser


def code_of(access):
    access.refresh_from_db()
    return Message.objects.get(ref=access.code_ref).code


def go(client, name, *args):
    return client.get(reverse(f"patient:{name}", args=args))


def same_words(page):
    """The page without its own address and keys."""
    return re.sub(
        r'/patient/lien/[^"/]+/|(?<=X-CSRFToken": ")\w+|(?<=csrfmiddlewaretoken" value=")\w+',
        "",
        page.content.decode(),
    )


def test_reading_the_link_burns_nothing_and_says_nothing_of_the_patient(link, client):
    before = Message.objects.count()
    for _ in range(3):
        page = client.get(link)
        assert page.status_code == 200
        assert "EXEMPLE" not in page.content.decode()
    client.head(link)
    assert Message.objects.count() == before
    assert DOOR not in client.cookies


def test_from_the_link_to_the_own_page(link, client, access):
    assert client.post(link).url == reverse("patient:code")
    page = go(client, "code")
    assert "…@virage.invalid" in page.content.decode()
    wrong = client.post(reverse("patient:code"), {"code": "12"})
    assert wrong.status_code == 422
    assert client.post(reverse("patient:code"), {"code": code_of(access)}).url == reverse("patient:home")
    assert client.cookies[VISIT]["httponly"]
    assert client.cookies[VISIT]["path"] == "/patient/"
    home = go(client, "home")
    assert "TESTOT" in home.content.decode()
    assert "no-store" in home["Cache-Control"]
    assert "_auth_user_id" not in client.session  # a visitor is no user


def test_a_wrong_an_ended_and_a_revoked_link_look_alike(link, client, access):
    wrong = client.get(reverse("patient:link", args=["0" * 22]))
    access.expires_at = timezone.now() - timedelta(seconds=1)
    access.save()
    ended = client.get(link)
    access.expires_at, access.revoked_at = timezone.now() + timedelta(days=1), timezone.now()
    access.save()
    revoked = client.get(link)
    assert client.post(link).status_code == 404
    for page in (wrong, ended, revoked):
        assert page.status_code == 404
    assert same_words(wrong) == same_words(ended) == same_words(revoked)
    assert DOOR not in client.cookies


def test_the_code_of_a_sheet_stands_for_the_link(client):
    nurse, patient = objects.member("ehpad_nurse"), objects.patient("EXEMPLE")
    given = own_page.give_access(by=nurse, patient=patient, asked=Asked(way="paper"), at=timezone.now())
    assert client.post(reverse("patient:entry"), {"access": "AAAA BBBB CCCC"}).status_code == 422
    assert client.post(reverse("patient:entry"), {"access": given.token.lower()}).url == reverse("patient:code")
    answers = {"code": given.pin, "birth_date": f"{patient.birth_date:%d/%m/%Y}"}
    assert client.post(reverse("patient:code"), answers).url == reverse("patient:home")


def test_guessing_codes_is_stopped(client, settings):
    settings.RATE_FACTOR = 1
    statuses = [client.post(reverse("patient:entry"), {"access": "AAAA"}).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


@pytest.mark.parametrize("cookie", ["", "forged", "x:1abc:zzzz"])
def test_a_forged_cookie_opens_neither_the_door_nor_a_visit(client, access, cookie):
    client.cookies[DOOR], client.cookies[VISIT] = cookie, cookie or access.ref
    assert go(client, "code").url == reverse("patient:entry")
    assert go(client, "home").url == reverse("patient:entry")
    assert client.post(reverse("patient:again")).url == reverse("patient:entry")


def test_a_code_that_did_not_leave_is_said(link, client, access):
    client.post(link)
    access.refresh_from_db()
    Message.objects.filter(ref=access.code_ref).update(state=MessageState.FAILED)
    assert "n’a pas pu partir" in go(client, "code").content.decode()


def test_the_code_is_shown_in_the_demo_only(link, client, access, settings):
    client.post(link)
    code = code_of(access)
    settings.DEMO = True
    assert code in go(client, "code").content.decode()
    settings.DEMO = False
    assert code not in go(client, "code").content.decode()


def test_leaving_ends_the_visit(paule):
    key = paule.cookies[VISIT].value
    paule.post(reverse("patient:leave"))
    assert own_page.visit_of(key, at=timezone.now()) is None
    assert go(paule, "home").url == reverse("patient:entry")


def test_an_idle_visit_is_over(paule):
    PatientVisit.objects.update(seen_at=timezone.now() - timedelta(minutes=15))
    assert go(paule, "acts").url == reverse("patient:entry")


def test_what_the_patient_reads_is_journaled_once_a_quarter_of_an_hour(paule):
    for name in ("home", "acts", "consents", "home"):
        go(paule, name)
    ref = objects.made("closed")
    go(paule, "act", ref)
    reads = Entry.objects.filter(verb="read", actor_id=None)
    assert sorted(reads.values_list("subject_kind", flat=True)) == ["act", "patient"]


def test_an_act_shows_its_report_once_the_patient_was_told(paule):
    report = Report.objects.get(ref=objects.made("closed_report"))
    page = go(paule, "act", report.act.ref)
    assert reverse("patient:report", args=[report.ref]) in page.content.decode()


def test_a_signed_report_shows_after_eight_days_in_any_case(paule):
    report = Report.objects.get(ref=objects.made("report"))
    assert go(paule, "report", report.ref).status_code == 404
    assert "quand votre soignant" in go(paule, "act", report.act.ref).content.decode()
    report.signed_at = timezone.now() - timedelta(days=8)
    report.save()
    assert go(paule, "report", report.ref).status_code in (200, 202)


def test_a_superseded_report_shows_no_more(paule):
    old = Report.objects.get(ref=objects.made("closed_report"))
    Report.objects.create(
        act=old.act,
        version=2,
        content=old.content,
        content_hash="x",
        signed_by=old.signed_by,
        signed_at=timezone.now(),
        correction_reason="Côté inversé",
        created_at=timezone.now(),
    )
    assert go(paule, "report", old.ref).status_code == 404


def test_a_report_whose_pdf_is_not_there_yet_is_said_so(paule):
    report = Report.objects.get(ref=objects.made("closed_report"))
    report.document = None
    report.save()
    page = go(paule, "report", report.ref)
    assert page.status_code == 202
    assert "Essayez dans quelques minutes" in page.content.decode()


def test_nothing_of_another_patient_shows(paule):
    theirs = Report.objects.exclude(act__patient__birth_name="EXEMPLE").first()
    for name, ref in (("act", theirs.act.ref), ("report", theirs.ref)):
        assert go(paule, name, ref).status_code == 404
    consent = Consent.objects.exclude(patient__birth_name="EXEMPLE").first()
    assert go(paule, "withdraw", consent.ref).status_code == 404
    assert press(paule, reverse("patient:withdraw", args=[consent.ref])).status_code == 404


def test_withdrawing_a_consent_asks_first_and_tells_the_team(paule):
    consent = Consent.objects.filter(patient__birth_name="EXEMPLE", withdrawn_at=None).latest("recorded_at")
    where = reverse("patient:withdraw", args=[consent.ref])
    assert "Je ne suis plus d’accord" in paule.get(where).content.decode()
    consent.refresh_from_db()
    assert consent.withdrawn_at is None
    assert press(paule, where).url == reverse("patient:consents")
    consent.refresh_from_db()
    assert consent.withdrawn_through == objects.own_page_access()
    assert "Retiré" in go(paule, "consents").content.decode()


def test_a_correction_goes_to_the_care_team_who_says_when_it_is_done(paule, client):
    where = reverse("patient:details")
    assert press(paule, where, text="").status_code == 422
    assert press(paule, where, text="Mon numéro a changé.").url == where
    client.force_login(objects.member("ehpad_nurse").user)
    team = reverse("records:own_page", args=[objects.made("patient")])
    assert "Mon numéro a changé." in client.get(team).content.decode()
    wish = PatientWish.objects.get(text="Mon numéro a changé.")
    press(client, reverse("records:own_page_corrected", args=[wish.ref]))
    assert "Traitée" in paule.get(where).content.decode()


def test_who_read_the_record_is_said_and_an_emergency_stands_out(paule):
    patient = objects.patient("EXEMPLE")
    stranger = objects.member("stranger")
    assert "timeline-danger" not in go(paule, "readers").content.decode()
    record(
        "break_glass",
        by=stranger.actor,
        at=timezone.now(),
        subject_kind="patient",
        subject_ref=patient.ref,
        patient_ref=patient.ref,
    )
    text = go(paule, "readers").content.decode()
    assert "Zoé Inconnue" in text
    assert "timeline-danger" in text


def test_there_is_always_someone_to_call(paule):
    for name in ("home", "acts", "consents", "readers", "details"):
        assert 'href="tel:' in go(paule, name).content.decode(), name


def test_the_pages_read_in_a_bounded_number_of_statements(paule, django_assert_max_num_queries):
    for name, most in (("acts", 14), ("consents", 14), ("readers", 14), ("details", 14)):
        with django_assert_max_num_queries(most):
            go(paule, name)


def test_giving_access_shows_a_sheet_without_a_name_in_what_is_printed(client):
    client.force_login(objects.member("ehpad_nurse").user)
    where = reverse("records:own_page_give", args=[objects.made("patient")])
    form = {"who": "patient", "way": "paper", "phone": "", "email": "", "language": "fr", "lasts": "month"}
    page = press(client, where, **form)
    assert page.status_code == 200
    assert page.context["pin"] in page.content.decode()
    assert "data:image/svg+xml" in page.content.decode()


@pytest.mark.parametrize(
    "form", [{"way": "sms", "phone": ""}, {"way": "sms", "phone": "03 88 11 22 33"}, {"way": "email", "email": "x"}]
)
def test_an_access_that_could_not_be_used_is_refused_and_nothing_typed_is_lost(client, form):
    client.force_login(objects.member("ehpad_nurse").user)
    where = reverse("records:own_page_give", args=[objects.made("patient")])
    whole = {"who": "patient", "way": "paper", "phone": "", "email": "", "language": "en", "lasts": "month"} | form
    page = press(client, where, **whole)
    assert page.status_code == 422
    assert page.context["form"]["language"].value() == "en"
    assert page.context["form"].errors
