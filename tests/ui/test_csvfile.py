"""CSV files that a spreadsheet opens as they are, and that run nothing."""

from decimal import Decimal

import pytest

from virage.ui.csvfile import cell, csv_response, csv_text


@pytest.mark.parametrize("text", ["=1+1", "+33", "-2", "@SUM(A1)", "\tx"])
def test_a_text_is_never_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "value, shown", [(None, ""), (Decimal("-14.00"), "-14.00"), (0, "0"), ("Dr Fictive", "Dr Fictive")]
)
def test_other_values_are_as_they_are(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_semicolons_and_quotes() -> None:
    assert csv_text(["a", "b"], [["x;y", 'dit "oui"']]) == 'a;b\r\n"x;y";"dit ""oui"""\r\n'


def test_the_download_bears_its_name_and_mark() -> None:
    response = csv_response("lignes", ["é"], [])
    assert response.content.startswith("\ufeff".encode())
    assert response["Content-Disposition"] == 'attachment; filename="lignes.csv"'
