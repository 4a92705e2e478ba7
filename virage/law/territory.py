"""The territory test of the experiments: whose region counts, by date."""

from __future__ import annotations

from virage.law import regions
from virage.law.data import Label, period_of
from virage.law.findings import Case
from virage.law.texts import citation_of
from virage.law.verdicts import Reason


def _candidates(case: Case) -> list[tuple[str, str]]:
    """(who, name of the fact), in the order in which they are tried.

    treating: a professional who has the patient in care. The leaflet of 2015 does not say which one of an act: the
    project takes the requis, and the requérant where his or her region is said. performer: the requis by name of the
    text, since 2016.
    """
    asked = ["requester_region"] if case.facts.requester_region else []
    facts = {
        "patient": ["patient_region"],
        "treating": [*asked, "performer_region"],
        "performer": ["performer_region"],
    }
    return [(who, name) for who in case.regime.territory for name in facts[who]]


def territory(case: Case) -> tuple[Reason, ...]:
    """Met by any one who counts and is of a pilot region of 2014; waits when one who counts is not known."""
    row = case.regime.settings.get("whole_country")
    if row and period_of(row).contains(case.facts.on):
        return (case.on(citation_of(row), row["status"]).met("territory.whole_country"),)
    missing = []
    for who, name in _candidates(case):
        region = getattr(case.facts, name)
        pilot = regions.is_pilot(region) if region else None
        if pilot:
            return (case.met(f"territory.{who}"),)
        if pilot is None and name not in missing:
            missing.append(name)
    if missing:
        return (case.missing("territory.unknown", *missing, names=Label.same(", ".join(missing))),)
    return (case.failed("territory.failed"),)
