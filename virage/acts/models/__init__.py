"""The tables that all acts share; Django finds them here."""

from virage.acts.models.acts import Act, Kind
from virage.acts.models.parts import FollowUp, Incident, Part, Participant, RecordEntry, Report

__all__ = ["Act", "FollowUp", "Incident", "Kind", "Part", "Participant", "RecordEntry", "Report"]
