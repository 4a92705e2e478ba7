"""The cast: one person per role of the house. Names are plainly fictional; RPPS are in the 9970… test range."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """`part` is the name by which the tests call the person; `what` says it to who signs in."""

    part: str
    what: tuple[str, str]
    title: str
    first: str
    last: str
    place: str
    roles: tuple[str, ...]
    profession: str = ""
    specialty: str = ""
    rpps: str = ""
    sector: str = ""
    employment: str = "salarie"

    @property
    def email(self) -> str:
        return f"{self.part.replace('_', '-')}@virage.invalid"


PASSWORD = "demo-virage-2026"  # noqa: S105 - printed by `make run`, refused outside the demo
NURSE, DOCTOR = "infirmier", "medecin"

CAST = (
    Person("ehpad_nurse", ("Infirmière d’EHPAD", "Nursing-home nurse"), "Mme", "Nadia", "Exemple", "tilleuls", ("nurse",), NURSE, rpps="99700000013"),
    Person("home_nurse", ("Infirmière à domicile", "Home nurse"), "Mme", "Inès", "Fictive", "soins", ("nurse",), NURSE, rpps="99700000021", employment="liberal"),
    Person("coordinator", ("Médecin coordonnateur d’EHPAD", "Nursing-home coordinating doctor"), "Dr", "Marc", "Modèle", "tilleuls", ("coordinator",), DOCTOR, "geriatrie", "99700000039"),
    Person("gp", ("Médecin traitant", "General practitioner"), "Dr", "Gilles", "Témoin", "pont", ("doctor",), DOCTOR, "medecine_generale", "99700000047", "1", "liberal"),
    Person("dermatologist", ("Dermatologue", "Dermatologist"), "Dr", "Delphine", "Factice", "lilas", ("expert",), DOCTOR, "dermatologie", "99700000054", "1", "liberal"),
    Person("dermatologist_3", ("Dermatologue de secteur 3", "Dermatologist outside the agreement"), "Dr", "Denis", "Maquette", "lilas", ("expert",), DOCTOR, "dermatologie", "99700000062", "3", "liberal"),
    Person("wound_nurse", ("Infirmière experte (article 51)", "Expert wound nurse (article 51)"), "Mme", "Aude", "Prototype", "ill", ("expert",), NURSE, rpps="99700000070"),
    Person("wound_doctor", ("Médecin qui valide ses avis", "Doctor who validates her advice"), "Dr", "Véra", "Spécimen", "ill", ("expert", "doctor"), DOCTOR, "dermatologie", "99700000088"),
    Person("cardiologist", ("Cardiologue", "Cardiologist"), "Dr", "Carole", "Ébauche", "ill", ("expert",), DOCTOR, "cardiologie", "99700000096"),
    Person("telemonitoring_nurse", ("Infirmier de télésurveillance", "Telemonitoring nurse"), "M.", "Tom", "Pastiche", "ill", ("nurse",), NURSE, rpps="99700000104"),
    Person("secretary", ("Secrétaire", "Secretary"), "Mme", "Sofia", "Gabarit", "tilleuls", ("secretary",)),
    Person("arm", ("Assistante de régulation médicale", "Emergency call handler"), "Mme", "Rose", "Esquisse", "samu", ()),
    Person("regulator", ("Médecin régulateur", "Regulating doctor"), "Dr", "Rémi", "Canevas", "samu", ("doctor",), DOCTOR, "medecine_generale", "99700000112"),
    Person("administrator", ("Administratrice de l’EHPAD", "Nursing-home administrator"), "Mme", "Alix", "Patron", "tilleuls", ("administrator",)),
    Person("privacy", ("Déléguée à la protection des données", "Data-protection officer"), "Mme", "Paula", "Calque", "tilleuls", ("privacy",)),
    Person("ars", ("Chargée de mission ARS Alsace", "Officer of the Alsace health agency"), "Mme", "Armelle", "Brouillon", "ars42", ("ars",)),
    Person("ars_elsewhere", ("Chargé de mission ARS Aquitaine", "Officer of the Aquitaine health agency"), "M.", "Arthur", "Brouillard", "ars72", ("ars",)),
    Person("national", ("Chargé de mission national", "National officer"), "M.", "Noël", "Croquis", "ministere", ("national",)),
    Person("call_expert", ("Experte de l’appel à candidatures", "Expert of the call"), "Mme", "Elsa", "Épure", "ministere", ()),
    Person("payer", ("Agent de la caisse", "Insurance fund officer"), "M.", "Basile", "Tampon", "caisse", ("payer",)),
    Person("evaluator", ("Évaluatrice", "Evaluator"), "Mme", "Hélène", "Barème", "evaluation", ("evaluator",)),
    Person("stranger", ("Infirmière d’un autre EHPAD", "Nurse of another nursing home"), "Mme", "Zoé", "Inconnue", "landes", ("nurse",), NURSE, rpps="99700000120"),
    Person("island_nurse", ("Infirmier d’EHPAD à La Réunion", "Nursing-home nurse in Réunion"), "M.", "Léo", "Mirage", "lagon", ("nurse",), NURSE, rpps="99700000138"),
)
