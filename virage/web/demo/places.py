"""Structures of the demo world. All fictional; FINESS numbers begin with 99, which no département bears."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    key: str
    name: str
    category: str
    sector: str
    region: str
    city: str
    finess: str = ""
    phone: str = ""
    time_zone: str = "Europe/Paris"


PLACES = (
    Place("tilleuls", "EHPAD des Tilleuls (fictif)", "ehpad", "esms", "42", "Exempleville", "990000010", "03 99 00 00 11"),
    Place("soins", "Cabinet infirmier du Canal (fictif)", "cabinet", "ville", "42", "Exempleville", "990000028", "03 99 00 00 29"),
    Place("pont", "Maison de santé du Pont (fictive)", "msp", "ville", "42", "Exempleville", "990000036", "03 99 00 00 37"),
    Place("lilas", "Cabinet de dermatologie des Lilas (fictif)", "cabinet", "ville", "42", "Modèlebourg", "990000044", "03 99 00 00 45"),
    Place("ill", "Centre hospitalier de l’Ill (fictif)", "hopital", "etablissement_de_sante", "42", "Modèlebourg", "990000051", "03 99 00 00 52"),
    Place("samu", "SAMU 99 – Centre 15 (fictif)", "hopital", "etablissement_de_sante", "42", "Modèlebourg", "990000069", "03 99 00 00 60"),
    Place("ars42", "ARS Alsace (démonstration)", "agence", "public", "42", "Modèlebourg"),
    Place("caisse", "Caisse primaire d’assurance maladie (fictive)", "caisse", "public", "42", "Modèlebourg"),
    Place("ministere", "Ministère – DGOS (démonstration)", "ministere", "public", "", "Paris"),
    Place("evaluation", "Haute Autorité (démonstration)", "autorite", "public", "", "Paris"),
    Place("landes", "EHPAD de la Lande (fictif)", "ehpad", "esms", "72", "Échantillon-sur-Mer", "990000077", "05 99 00 00 78"),
    Place("ars72", "ARS Aquitaine (démonstration)", "agence", "public", "72", "Échantillon-sur-Mer"),
    Place("lagon", "EHPAD du Lagon (fictif)", "ehpad", "esms", "04", "Témoin-les-Bains", "990000085", "02 99 00 00 86", "Indian/Reunion"),
)
