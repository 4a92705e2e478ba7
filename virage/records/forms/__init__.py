"""Forms of the record, one module per subject."""

from virage.records.forms.care import CareTeamForm
from virage.records.forms.consents import ConsentForm
from virage.records.forms.contacts import ContactForm
from virage.records.forms.duplicates import ProposeForm
from virage.records.forms.identity import CheckForm, DeathForm, InsForm
from virage.records.forms.oversight import TrailFilter
from virage.records.forms.own_page import AccessForm
from virage.records.forms.patients import PatientForm, SearchForm
from virage.records.forms.wounds import HealedForm, WoundForm

__all__ = [
    "AccessForm",
    "CareTeamForm",
    "CheckForm",
    "ConsentForm",
    "ContactForm",
    "DeathForm",
    "HealedForm",
    "InsForm",
    "PatientForm",
    "ProposeForm",
    "SearchForm",
    "TrailFilter",
    "WoundForm",
]
