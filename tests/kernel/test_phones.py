"""Telephone numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virage.kernel import phones


@pytest.mark.parametrize(
    ("typed", "region", "kept", "said"),
    [
        ("01 99 00 12 34", "42", "+33199001234", "01 99 00 12 34"),
        ("06.39.98.01.23", "", "+33639980123", "06 39 98 01 23"),
        ("+33 6 39 98 01 23", "42", "+33639980123", "06 39 98 01 23"),
        ("0262 12 34 56", "04", "+262262123456", "0262 12 34 56"),
        ("0692 12 34 56", "42", "+262692123456", "0692 12 34 56"),
        ("0590 12 34 56", "01", "+590590123456", "0590 12 34 56"),
        ("+49 30 123456", "42", "+4930123456", "+49 30 123456"),
    ],
)
def test_a_number_is_kept_in_one_form_and_shown_as_one_dials_it(typed, region, kept, said):
    assert phones.read(typed, region) == kept
    assert phones.shown(kept) == said


@pytest.mark.parametrize(
    "typed", ["", "15", "36 46", "01 99 00 12", "06 39 98 01 23 poste 4", "bonjour", "0000000000"]
)
def test_what_cannot_be_called_is_no_number(typed):
    with pytest.raises(ValueError, match="telephone"):
        phones.read(typed)


def test_a_number_older_than_the_rule_is_shown_as_it_stands():
    assert phones.shown("poste 12") == "poste 12"


@given(st.from_regex(r"\+?[0-9 .]{0,20}", fullmatch=True), st.sampled_from(["", "04", "42"]))
def test_what_is_kept_reads_as_itself(typed, region):
    try:
        kept = phones.read(typed, region)
    except ValueError:
        return
    assert phones.read(kept, region) == kept
