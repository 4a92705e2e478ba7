"""The body drawing: named sites and where they lie on it.

`x` and `y` are thousandths of the drawing's width and height, from its top left corner. On the front view the
patient's right is on the left of the drawing; on the back view the patient's left is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

FRONT, BACK = "front", "back"


@dataclass(frozen=True, slots=True)
class Site:
    """A place of the body, said in both languages."""

    code: str
    view: str
    x: int
    y: int
    fr: str
    en: str

    def label(self, language: str) -> str:
        return self.en if language == "en" else self.fr


def _pair(code: str, view: str, x: int, y: int, fr: str, en: str, *, feminine: bool = False) -> tuple[Site, Site]:
    """The right and the left site; `x` is that of the site on the left half of the drawing."""
    right_x = x if view == FRONT else 1000 - x
    word = "droite" if feminine else "droit"
    return (
        Site(f"{code}_{word}", view, right_x, y, f"{fr} {word}", f"Right {en}"),
        Site(f"{code}_gauche", view, 1000 - right_x, y, f"{fr} gauche", f"Left {en}"),
    )


SITES: Final[tuple[Site, ...]] = (
    Site("visage", FRONT, 500, 75, "Visage", "Face"),
    Site("cou", FRONT, 500, 148, "Cou", "Neck"),
    Site("thorax", FRONT, 500, 240, "Thorax", "Chest"),
    Site("abdomen", FRONT, 500, 365, "Abdomen", "Abdomen"),
    *_pair("epaule", FRONT, 345, 200, "Épaule", "shoulder", feminine=True),
    *_pair("bras", FRONT, 300, 290, "Bras", "upper arm"),
    *_pair("avant_bras", FRONT, 230, 410, "Avant-bras", "forearm"),
    *_pair("main", FRONT, 165, 525, "Main", "hand", feminine=True),
    *_pair("aine", FRONT, 440, 480, "Aine", "groin", feminine=True),
    *_pair("cuisse", FRONT, 415, 580, "Cuisse", "thigh", feminine=True),
    *_pair("genou", FRONT, 425, 700, "Genou", "knee"),
    *_pair("jambe", FRONT, 425, 795, "Jambe", "leg", feminine=True),
    *_pair("cheville", FRONT, 433, 895, "Cheville", "ankle", feminine=True),
    *_pair("pied", FRONT, 420, 950, "Pied", "foot"),
    *_pair("orteils", FRONT, 410, 972, "Orteils, pied", "toes"),
    Site("arriere_tete", BACK, 500, 60, "Arrière de la tête", "Back of the head"),
    Site("nuque", BACK, 500, 145, "Nuque", "Nape of the neck"),
    *_pair("omoplate", BACK, 415, 235, "Omoplate", "shoulder blade", feminine=True),
    *_pair("coude", BACK, 265, 350, "Coude", "elbow"),
    Site("dos", BACK, 500, 285, "Dos", "Back"),
    Site("lombes", BACK, 500, 385, "Bas du dos", "Lower back"),
    Site("sacrum", BACK, 500, 455, "Sacrum", "Sacrum"),
    *_pair("hanche", BACK, 375, 470, "Hanche", "hip", feminine=True),
    *_pair("fesse", BACK, 435, 500, "Fesse", "buttock", feminine=True),
    *_pair("arriere_cuisse", BACK, 415, 600, "Arrière de la cuisse", "back of thigh", feminine=True),
    *_pair("mollet", BACK, 425, 785, "Mollet", "calf"),
    *_pair("talon", BACK, 440, 960, "Talon", "heel"),
    Site("autre", FRONT, 500, 310, "Autre endroit", "Another place"),
)

BY_CODE: Final[dict[str, Site]] = {site.code: site for site in SITES}


def label(code: str, language: str) -> str:
    """How a wound's site is said; a text that is no code is shown as it was written."""
    site = BY_CODE.get(code)
    return site.label(language) if site else code


def nearest(view: str, x: int, y: int) -> Site:
    """The named site that is closest to a point of one view. The drawing is twice as high as wide."""
    sites = [site for site in SITES if site.view == view and site.code != "autre"]
    return min(sites, key=lambda site: (site.x - x) ** 2 + (2 * (site.y - y)) ** 2)
