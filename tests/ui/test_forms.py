"""Fields, errors and filters: right in looks and in what they accept."""

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from virage.ui.errors import error_lines
from virage.ui.forms import BirthDateField, DateTextField, FilterForm, Renderer, read_date


class Sheet(forms.Form):
    default_renderer = Renderer
    name = forms.CharField(label="Nom", help_text="Comme sur la carte <d’identité>")
    born = BirthDateField()
    size = forms.DecimalField(label="Longueur", widget=forms.TextInput(attrs={"data-unit": "cm", "class": "w-short"}))
    note = forms.CharField(label="Remarque", required=False, widget=forms.Textarea)
    urgency = forms.ChoiceField(label="Urgence", choices=[("a", "Non"), ("b", "Oui")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Accord")
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def draw(form: forms.Form) -> str:
    return Template('{% include "ui/form.html" %}').render(Context({"form": form}))


@pytest.mark.parametrize("text", ["31/12/1940", "31.12.1940", "31-12-1940", "31 12 1940", "31121940", "1940-12-31"])
def test_a_date_is_read_as_people_type_it(text: str) -> None:
    assert DateTextField().clean(f" {text} ") == date(1940, 12, 31)


@pytest.mark.parametrize(
    "text, code",
    [
        ("31/02/1940", "none"),
        ("12/31/1940", "none"),
        ("hier", "form"),
        ("1/1/40", "form"),
        ("31/12", "form"),
        ("", "required"),
    ],
)
def test_a_wrong_date_is_refused_with_its_reason(text: str, code: str) -> None:
    with pytest.raises(forms.ValidationError) as caught:
        DateTextField().clean(text)
    assert caught.value.code == code


@given(st.dates(min_value=date(1000, 1, 1)))
def test_what_the_field_shows_it_reads_back(day: date) -> None:
    field = DateTextField()
    assert field.clean(field.widget.format_value(day)) == day


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading_of_dates(text: str) -> None:
    try:
        read_date(text)
    except ValueError:
        return


def test_nobody_is_born_tomorrow_nor_in_another_age() -> None:
    field = BirthDateField()
    field.latest = date(2026, 3, 12)
    assert field.clean("12/03/2026") == date(2026, 3, 12)
    for text, code in (("13/03/2026", "late"), ("31/12/1889", "early")):
        with pytest.raises(forms.ValidationError) as caught:
            field.clean(text)
        assert caught.value.code == code


def test_fields_say_what_is_optional_and_keep_help_near() -> None:
    html = draw(Sheet())
    assert html.count("(facultatif)") == 1
    assert re.search(r"Remarque <span[^>]*>\(facultatif\)", html)
    assert 'aria-describedby="id_name_helptext"' in html
    assert "&lt;d’identité&gt;" in html
    assert "error-summary" not in html


def test_every_control_has_our_look_and_a_label() -> None:
    html = draw(Sheet(initial={"born": date(1940, 12, 31)}))
    assert 'class="form-control w-short"' in html
    assert 'value="31/12/1940"' in html
    assert '<span class="input-group-text">cm</span>' in html
    assert "data-unit" not in html
    for control in re.findall(r'id="(id_[a-z_0-9]+)"', html):
        assert control.endswith("_helptext") or control in {"id_urgency", "id_key"} or f'for="{control}"' in html, (
            control
        )


def test_the_summary_leads_to_the_control_at_fault() -> None:
    form = Sheet({"born": "31/02/1940", "name": "A", "size": "x"})
    targets = {line["label"]: line["target"] for line in error_lines(form)}
    assert targets == {
        "Date de naissance": "id_born",
        "Longueur": "id_size",
        "Urgence": "id_urgency_0",
        "Accord": "id_agreed",
    }
    html = draw(form)
    assert "Il y a 4 points à revoir" in html
    for target in targets.values():
        assert f'href="#{target}"' in html
        assert f'id="{target}"' in html
    assert 'aria-describedby="id_born_helptext id_born_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="31/02/1940"' in html, "what was typed is kept"


def test_errors_of_the_whole_form_and_of_several_forms() -> None:
    first, second = Sheet({}), Sheet({})
    first.add_error(None, "Ensemble <faux>")
    assert error_lines(first)[0] == {"target": "", "label": "", "message": "Ensemble <faux>"}
    assert len(error_lines(first, second)) == len(error_lines(first)) + len(error_lines(second))
    assert error_lines(Sheet()) == []
    assert "Ensemble &lt;faux&gt;" in draw(first)


class Filters(FilterForm):
    state = forms.ChoiceField(label="État", choices=[("", "Tous"), ("open", "Ouvert")])
    born = DateTextField(label="Naissance")


@pytest.mark.parametrize(
    "data, values",
    [
        ({}, {}),
        ({"state": "open"}, {"state": "open"}),
        ({"state": "nonsense", "born": "01/02/1950"}, {"born": date(1950, 2, 1)}),
    ],
)
def test_filters_ask_for_nothing_and_ignore_nonsense(data: dict[str, Any], values: dict[str, Any]) -> None:
    form = Filters(data)
    assert form.values == values
    assert form.applied == len(values)
    assert "facultatif" not in str(form["state"].as_field_group())
