"""The tables of the téléexpertise; Django finds them here."""

from virage.teleexpertise.models.advice import Advice, Item, Phrase
from virage.teleexpertise.models.expertise import Drawing, Expertise, Form, Remark, Returned, Urgency

__all__ = ["Advice", "Drawing", "Expertise", "Form", "Item", "Phrase", "Remark", "Returned", "Urgency"]
