"""Patients of the demo world: fictional names; INS and NIR carry the key, under the OID of test identities."""

from dataclasses import dataclass
from datetime import date

from virage.kernel.identifiers import OID_INS_NIR_TEST, ins_key


@dataclass(frozen=True)
class Character:
    key: str
    birth_name: str
    first_names: str
    sex: str
    birth_date: date
    home: str
    body: str
    used_name: str = ""
    status: str = "qualified"
    region: str = "42"

    @property
    def ins(self) -> str:
        """13 characters and their key (97 − n modulo 97)."""
        return f"{self.body}{ins_key(self.body):02d}"

    @property
    def ins_oid(self) -> str:
        return OID_INS_NIR_TEST


CHARACTERS = (
    Character("paule", "EXEMPLE", "Paule Marie", "F", date(1938, 4, 12), "tilleuls", "2380499999001", used_name="TESTOT"),
    Character("lucien", "FICTIF", "Lucien", "M", date(1941, 11, 2), "tilleuls", "1411199999002"),
    Character("odette", "MODELE", "Odette Jeanne", "F", date(1933, 7, 23), "tilleuls", "2330799999003", used_name="DEMO"),
    Character("henri", "ESSAI", "Henri", "M", date(1945, 1, 30), "tilleuls", "1450199999004", status="provisional"),
    Character("simone", "GABARIT", "Simone", "F", date(1936, 9, 9), "tilleuls", "2360999999005"),
    Character("roger", "TEMOIN", "Roger André", "M", date(1950, 5, 17), "soins", "1500599999006"),
    Character("yvette", "MAQUETTE", "Yvette", "F", date(1948, 12, 5), "soins", "2481299999007"),
    Character("gaston", "LOINTAIN", "Gaston", "M", date(1939, 3, 3), "landes", "1390399999008", region="72"),
    Character("marie", "ILE", "Marie Rose", "F", date(1944, 6, 21), "lagon", "2440699999009", region="04"),
)
