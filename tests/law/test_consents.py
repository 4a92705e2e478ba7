"""What a person is asked or may oppose, by date; and what may be done by what was said."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virage.law import consents
from virage.law.consents import Mode, allowed, rule

DAYS = st.dates(date(2000, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize(
    ("subject", "on", "mode", "text", "section"),
    [
        ("act", date(2010, 10, 22), Mode.CONSENT, "csp-2010", "R. 6316-2, al. 1"),
        ("act", date(2021, 6, 4), Mode.CONSENT, "csp-2010", "R. 6316-2, al. 1"),
        ("act", date(2021, 6, 5), Mode.CONSENT, "csp-l1111", "L. 1111-4"),
        ("exchange", date(2021, 6, 4), Mode.OPPOSITION, "csp-2010", "R. 6316-2, al. 2"),
        ("exchange", date(2021, 6, 5), Mode.OPPOSITION, "csp-l1110-4", "II et IV"),
        ("sharing", date(2016, 1, 28), Mode.CONSENT, "csp-l1110-4", "III"),
        ("hosting", date(2015, 4, 24), Mode.EXPRESS, "csp-l1111-8", "al. 1"),
        ("hosting", date(2018, 3, 31), Mode.EXPRESS, "csp-l1111-8", "I"),
        ("hosting", date(2018, 4, 1), Mode.LEGITIMATE, "csp-l1111-8", "I"),
    ],
)
def test_the_rule_of_the_day(subject, on, mode, text, section):
    found = rule(subject, on)
    assert (found.mode, found.citation.text_id, found.citation.section) == (mode, text, section)


def test_before_any_text_nothing_is_asked():
    assert rule("act", date(2010, 10, 21)) is None
    assert rule("sharing", date(2016, 1, 27)) is None
    assert allowed("act", date(2010, 10, 21))
    with pytest.raises(KeyError):
        rule("marketing", date(2020, 1, 1))


def test_what_was_not_read_in_the_text_says_so():
    assert rule("hosting", date(2017, 1, 1)).status == "to_verify"
    assert rule("hosting", date(2020, 1, 1)).status == "secondary"
    assert rule("hosting", date(2015, 1, 1)).status == "law"


def test_hosting_turns_from_consent_to_opposition_on_the_first_of_april_2018():
    before, after = date(2018, 3, 31), date(2018, 4, 1)
    assert not allowed("hosting", before, informed=True)
    assert allowed("hosting", before, agreed=True)
    assert allowed("hosting", after, informed=True)
    assert not allowed("hosting", after, agreed=True)  # information comes first
    assert not allowed("hosting", after, informed=True, opposed=True, reason="Je travaille chez cet hébergeur.")
    assert allowed("hosting", after, informed=True, opposed=True, reason=" ")


@given(subject=st.sampled_from(consents.SUBJECTS), on=DAYS, informed=st.booleans(), agreed=st.booleans())
def test_an_opposition_never_opens_and_stops_but_where_a_reason_is_asked(subject, on, informed, agreed):
    said = {"informed": informed, "agreed": agreed}
    found = rule(subject, on)
    opposed = allowed(subject, on, opposed=True, reason="Motif.", **said)
    assert opposed <= allowed(subject, on, **said)
    if found:
        assert not opposed
    if found and found.mode.asked_first:
        assert allowed(subject, on, **said) == agreed


@given(subject=st.sampled_from(consents.SUBJECTS), on=DAYS)
def test_once_a_rule_stands_a_rule_stands_for_ever(subject, on):
    if rule(subject, on):
        assert rule(subject, on + timedelta(days=400))
