"""Who stands near the patients of the demo world, and a record that was opened twice."""

from virage.records.actions.contacts import add_contact
from virage.records.actions.duplicates import propose_merge
from virage.records.actions.patients import create_patient
from virage.records.models import ContactKind, Duplicate, Quality
from virage.web.demo.world import World

NEAR = (
    ("paule", ContactKind.TRUSTED, Quality.CHILD, "Claire EXEMPLE", "+33639980101"),
    ("paule", ContactKind.EMERGENCY, Quality.FRIEND, "Jean VOISIN", "+33199001201"),
    ("lucien", ContactKind.REPRESENTATIVE, Quality.GUARDIAN, "Hélène TUTRICE", "+33199001202"),
)


def play(world: World) -> None:
    """Close persons, noted by the nurse; Lucien's second record, opened by the secretary and proposed for a merge."""
    nurse, at = world.people["ehpad_nurse"], world.at
    for key, kind, quality, name, phone in NEAR:
        facts = {"kind": kind, "quality": quality, "name": name, "phone": phone, "email": ""}
        add_contact(by=nurse, patient=world.patients[key], facts=facts, at=at)
    lucien = world.patients["lucien"]
    traits = {
        name: getattr(lucien, name) for name in ("birth_name", "first_names", "sex", "birth_date", "place", "region")
    }
    again = create_patient(by=world.people["secretary"], traits=traits, at=at)
    pair = Duplicate.objects.get(other=again)
    reason = "Même date de naissance, et la secrétaire l’a inscrit à son retour de l’hôpital."
    propose_merge(by=nurse, case=pair, kept=lucien, reason=reason, at=at)
