"""The tables of the record, one module per subject; Django finds them here."""

from virage.records.models.care import CareReason, CareTeamMember, Consent, ConsentBy, ConsentHow
from virage.records.models.contacts import Contact, ContactKind, Quality
from virage.records.models.duplicates import Duplicate, DuplicateState, Likeness
from virage.records.models.emergency import EmergencyAccess, EmergencyReason, Verdict
from virage.records.models.own_page import PatientAccess, PatientVisit, PatientWish
from virage.records.models.patients import BirthKnown, IdDocument, IdentityStatus, InsSource, Patient, Sex
from virage.records.models.rights import DataUse, Notice, Opposition
from virage.records.models.wounds import BodyView, Wound

__all__ = [
    "BirthKnown",
    "BodyView",
    "CareReason",
    "CareTeamMember",
    "Consent",
    "ConsentBy",
    "ConsentHow",
    "Contact",
    "ContactKind",
    "DataUse",
    "Duplicate",
    "DuplicateState",
    "EmergencyAccess",
    "EmergencyReason",
    "IdDocument",
    "IdentityStatus",
    "InsSource",
    "Likeness",
    "Notice",
    "Opposition",
    "Patient",
    "PatientAccess",
    "PatientVisit",
    "PatientWish",
    "Quality",
    "Sex",
    "Verdict",
    "Wound",
]
