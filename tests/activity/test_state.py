"""The monthly state: measures against a month counted by hand, and who sees it."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests import factories
from tests.billing.performed import performed_act
from virage.accounts.models import Membership
from virage.activity import measures, reports
from virage.acts.models import Act
from virage.billing.actions import bill_performed
from virage.kernel.periods import Period
from virage.law.regions import regions

pytestmark = pytest.mark.django_db
OCTOBER = Period.of_month(2025, 10)
IN_OCTOBER = datetime(2025, 10, 14, 9, 0, tzinfo=UTC)
AT = datetime(2025, 11, 5, 8, 0, tzinfo=UTC)
SignIn = Callable[[Membership], Client]


@pytest.fixture
def sign_in() -> SignIn:
    def enter(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user)
        return client

    return enter


def officer(role: str, region: str) -> Membership:
    return factories.member(role, organisation_=factories.organisation(region=region, category="ars", sector="public"))


@pytest.fixture
def counted_month() -> None:
    """Region 91, October 2025, counted by hand: 4 téléexpertises (one not due: sector 3) of 2 patients, by 2 requérants
    and 2 requis; 1 téléconsultation of 1 of these patients. Due: three at 14 and one at 28 euros. Around it: September, November at the patient's place, an
    act outside any project, an act of another region."""
    practice = factories.organisation(region="91", category="cabinet", sector="ville")
    first = factories.dermatologist(organisation_=practice)
    second = factories.dermatologist(organisation_=practice, user__agreement_sector="3")
    home = factories.organisation(region="91")
    ada, bob = factories.nurse(organisation_=home), factories.nurse(organisation_=home)
    one, two = (factories.patient(cared_by=home, region="91") for _ in range(2))
    project = factories.project(region="91")

    def act(
        performer: Membership, requester: Membership, patient: object, at: datetime = IN_OCTOBER, **fields: object
    ) -> Act:
        return performed_act(
            performer=performer, requester=requester, patient=patient, project=project, at=at, **fields
        )

    act(first, ada, one)
    act(first, ada, one, at=IN_OCTOBER + timedelta(days=1))
    act(first, bob, two, at=datetime(2025, 10, 31, 22, 30, tzinfo=UTC))  # 23:30 in Paris
    act(second, bob, two)
    act(first, ada, one, kind="teleconsultation")
    act(first, ada, one, at=datetime(2025, 9, 30, 21, 30, tzinfo=UTC))  # 23:30 in Paris, 30 September
    act(first, ada, one, at=datetime(2025, 10, 31, 23, 30, tzinfo=UTC))  # 00:30 in Paris, 1 November
    outside = act(first, ada, one)
    Act.objects.filter(pk=outside.pk).update(project=None)
    performed_act(at=IN_OCTOBER)  # Alsace
    bill_performed(at=AT)


@pytest.mark.usefixtures("counted_month")
class TestMeasures:
    def test_the_month_counted_by_hand(self) -> None:
        found = measures.of_region("91", OCTOBER)
        assert found == {
            "tlc_acts": 1,
            "tlc_patients": 1,
            "tle_acts": 4,
            "tle_patients": 2,
            "requesters": 2,
            "performers": 2,
            "tlc_paid": None,
            "tle_paid": None,
            "evaluation_paid": None,
            "tlc_due": Decimal("28.00"),
            "tle_due": Decimal("42.00"),
        }

    def test_a_quiet_region_has_zeros(self) -> None:
        assert measures.of_region("94", OCTOBER) == measures.nothing()
        assert measures.nothing()["tle_acts"] == 0
        assert measures.nothing()["tle_paid"] is None

    def test_regions_side_by_side_say_what_each_says_alone(self) -> None:
        together = measures.of_regions(OCTOBER)
        for region in ("91", "42"):
            assert together[region] == measures.of_region(region, OCTOBER)

    def test_the_country_counts_what_its_regions_hold(self) -> None:
        together, country = measures.of_regions(OCTOBER), measures.of_country(OCTOBER)
        assert country["tle_acts"] == sum(values["tle_acts"] for values in together.values())

    def test_annex_5_has_its_nine_rows_in_order(self) -> None:
        codes = [measure.code for measure in measures.MEASURES if measure.annex]
        assert codes == [
            "tlc_acts",
            "tlc_patients",
            "tle_acts",
            "tle_patients",
            "requesters",
            "performers",
            "tlc_paid",
            "tle_paid",
            "evaluation_paid",
        ]

    def test_csv_of_the_state(self) -> None:
        found = reports.state(regions()["91"], OCTOBER, at=AT)
        rows = {row[0]: row[1] for row in reports.csv_rows(found)}
        assert rows["ARS"] == "Languedoc-Roussillon"
        assert rows["Mois"] == "2025-10"
        assert rows["Date de l’état"] == "2025-11-05"
        assert rows["Téléexpertises réalisées"] == 4
        assert rows["Sommes versées pour les téléexpertises"] is None
        assert rows["Dû pour les téléexpertises"] == Decimal("42.00")

    @pytest.mark.parametrize(
        "language, word", [("fr", "Téléexpertises réalisées"), ("en", "Tele-expertises performed")]
    )
    def test_pdf_of_the_state(self, language: str, word: str) -> None:
        pypdf = pytest.importorskip("pypdf")
        with translation.override(language):
            document = reports.pdf(reports.state(regions()["91"], OCTOBER, at=AT))
        reader = pypdf.PdfReader(io.BytesIO(document))
        text = " ".join(reader.pages[0].extract_text().split())
        assert len(reader.pages) == 1
        for shown in ("Languedoc-Roussillon", word, "42", "Arrêté du 17 avril 2015 (plaies), annexe 5"):
            assert shown in text
        assert b"pdfaid" in document


@pytest.mark.usefixtures("counted_month")
class TestPages:
    def test_the_officer_sees_her_region(self, sign_in: SignIn) -> None:
        client = sign_in(officer("ars", "91"))
        page = client.get(reverse("activity:state"), {"mois": "2025-10"}).content.decode()
        assert "Languedoc-Roussillon" in page
        assert "octobre 2025" in page
        assert "42,00 €" in page
        assert "les paiements ne sont pas encore suivis" in page

    def test_the_current_month_is_the_default_and_a_wrong_one_is_ignored(self, sign_in: SignIn) -> None:
        client = sign_in(officer("ars", "91"))
        plain = client.get(reverse("activity:state")).content.decode()
        assert "42,00 €" not in plain
        for wrong in ("2025-13", "x", "9999-01", "2025-10-01", "0000-00"):
            assert client.get(reverse("activity:state"), {"mois": wrong}).status_code == 200

    def test_the_agency_of_another_region_finds_nothing(self, sign_in: SignIn) -> None:
        client = sign_in(officer("ars", "42"))
        for name in ("region", "state_csv", "state_pdf"):
            assert client.get(reverse(f"activity:{name}", args=["91"])).status_code == 404
            assert client.get(reverse(f"activity:{name}", args=["42"])).status_code == 200
        assert "Alsace" in client.get(reverse("activity:state")).content.decode()
        assert client.get(reverse("activity:states")).status_code == 404
        assert client.get(reverse("activity:states_csv")).status_code == 404

    @pytest.mark.parametrize("role", ["national", "evaluator"])
    def test_national_eyes_see_all(self, sign_in: SignIn, role: str) -> None:
        client = sign_in(officer(role, ""))
        page = client.get(reverse("activity:states"), {"mois": "2025-10"}).content.decode()
        assert page.count("pilote") >= 9
        assert "Languedoc-Roussillon" in page
        assert client.get(reverse("activity:region", args=["91"])).status_code == 200
        assert client.get(reverse("activity:state_pdf", args=["91"])).headers["Content-Type"] == "application/pdf"
        assert client.get(reverse("activity:state")).status_code == 404
        assert client.get(reverse("activity:region", args=["99"])).status_code == 404

    def test_csv_of_all_regions(self, sign_in: SignIn) -> None:
        answer = sign_in(officer("national", "")).get(reverse("activity:states_csv"), {"mois": "2025-10"})
        rows = answer.content.decode("utf-8-sig").splitlines()
        assert len(rows) == 1 + 26 + 1
        assert any(row.startswith("91;Languedoc-Roussillon;1;1;4;2;2;2;;;;") for row in rows)

    @pytest.mark.parametrize("role", ["nurse", "doctor", "expert", "payer", "administrator", "privacy", "secretary"])
    def test_others_find_nothing(self, sign_in: SignIn, role: str) -> None:
        client = sign_in(officer(role, "91"))
        addresses = [reverse("activity:state"), reverse("activity:states"), reverse("activity:states_csv")]
        addresses += [reverse(f"activity:{name}", args=["91"]) for name in ("region", "state_csv", "state_pdf")]
        assert {client.get(address).status_code for address in addresses} == {404}

    def test_anonymous_signs_in_first(self) -> None:
        assert Client().get(reverse("activity:state")).status_code == 302

    def test_few_statements(self, sign_in: SignIn, django_assert_max_num_queries: Callable[[int], object]) -> None:
        for who, name in ((officer("ars", "91"), "activity:state"), (officer("national", ""), "activity:states")):
            client = sign_in(who)
            with django_assert_max_num_queries(8):
                client.get(reverse(name), {"mois": "2025-10"})


@pytest.mark.parametrize(
    "text, expected",
    [
        ("2025-10", date(2025, 10, 1)),
        ("2026-11", date(2026, 11, 1)),
        ("2026-12", date(2026, 11, 1)),
        ("", date(2026, 11, 1)),
        ("2025-1", date(2026, 11, 1)),
        ("20251011", date(2026, 11, 1)),
    ],
)
def test_a_month_from_the_address(text: str, expected: date) -> None:
    assert measures.month_of(text, date(2026, 11, 22)).start == expected
