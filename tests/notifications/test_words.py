"""What messages say: a link or a code and neutral words, in both languages, on every channel."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virage.notifications.rules.kinds import Frame
from virage.notifications.rules.letters import GSM_7, SMS_LENGTH, compose, compose_sms, gsm
from virage.notifications.rules.templates import TEMPLATES

URL = "https://telemedecine.hopital.invalid/patient/lien/AAAAAAAAAAAAAAAAAAAAAA/"
CODE = "123456"
FORBIDDEN = re.compile(
    r"plaie|escarre|ulc[èe]re|wound|ulcer|sore|diagnos|maladie|disease|illness|sympt|douleur|\bpain\b|infect|cancer|diab"
    r"|m[ée]dicament|medic(?:ine|ation)|ordonnance|pansement|dressing|photo|dermato|cardio|psych|addict|VIH|HIV|grossesse|pregnan"
    r"|h[ôo]pital(?!\.invalid)|EHPAD|nursing.home|matricule|\bINS\b|RPPS|\bnée? le|\bborn\b|\{|\}",
    re.IGNORECASE,
)
EVERY = [(key, language) for key in sorted(TEMPLATES) for language in ("fr", "en")]


def words(key, language):
    letter = compose(key, language, URL, code=CODE, unsubscribe="https://virage.invalid/x/")
    return [letter.subject, letter.body, compose_sms(key, language, URL, code=CODE)]


@pytest.mark.parametrize("key, language", EVERY)
def test_no_message_says_anything_of_anyones_health(key, language):
    for text in words(key, language):
        assert not FORBIDDEN.search(text.replace(URL, "")), FORBIDDEN.search(text.replace(URL, ""))


@pytest.mark.parametrize("key, language", EVERY)
def test_a_message_holds_one_link_or_one_code_and_no_other_figure(key, language):
    subject, body, sms = words(key, language)
    coded = TEMPLATES[key].frame == Frame.CODE
    for text in (body.split("https://virage.invalid/x/")[0], sms):
        assert text.count(URL) == (0 if coded else 1)
        assert re.findall(r"\d+", text.replace(URL, "")) == ([CODE] if coded else [])
    assert not re.search(r"\d|@", subject)


@pytest.mark.parametrize("key, language", EVERY)
def test_an_sms_is_one_message_in_the_gsm_alphabet(key, language):
    sms = compose_sms(key, language, URL, code=CODE)
    assert set(sms) <= GSM_7
    assert len(sms) <= SMS_LENGTH
    assert "?" not in sms


@given(st.text())
def test_any_text_can_be_written_in_the_gsm_alphabet(text):
    assert set(gsm(text)) <= GSM_7


def test_french_letters_stay_readable():
    assert gsm("L’avis reçu, à lire : c’est prêt") == "L'avis recu, à lire : c'est pret"
