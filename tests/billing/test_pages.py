"""Who sees which lines, and how much of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.billing.performed import PERFORMED, complete_record, performed_act
from virage.accounts.models import Employment, Membership
from virage.acts.models import Act
from virage.billing.actions import bill_performed
from virage.billing.models import Line
from virage.journal.models import Entry

pytestmark = pytest.mark.django_db
AT = PERFORMED + timedelta(minutes=5)
SignIn = Callable[[Membership], Client]


@pytest.fixture
def sign_in() -> SignIn:
    def enter(membership: Membership) -> Client:
        client = Client()
        client.force_login(membership.user)
        return client

    return enter


def billed(**fields: object) -> Line:
    act = performed_act(**fields)
    bill_performed(at=AT)
    return Line.objects.get(act=act)


def in_region(role: str, region: str, **fields: object) -> Membership:
    return factories.member(
        role, organisation_=factories.organisation(region=region, category="ars", sector="public"), **fields
    )


class TestOwn:
    def test_the_requis_sees_amount_and_text(self, sign_in: SignIn) -> None:
        line = billed()
        page = sign_in(line.performer).get(reverse("billing:own")).content.decode()
        assert "14,00 €" in page
        assert "Arrêté du 17 avril 2015 (plaies), 3.1" in page

    def test_not_those_of_another(self, sign_in: SignIn) -> None:
        line = billed()
        page = sign_in(factories.dermatologist()).get(reverse("billing:own")).content.decode()
        assert line.ref not in page
        assert "Aucune ligne pour l’instant" in page

    def test_a_membership_renewed_keeps_its_lines_and_another_structure_does_not_see_them(
        self, sign_in: SignIn
    ) -> None:
        line = billed()
        old = line.performer
        Membership.objects.filter(pk=old.pk).update(ends_on="2026-11-20")
        elsewhere = factories.member("expert", user_=old.user)
        assert line.ref not in sign_in(elsewhere).get(reverse("billing:own")).content.decode()
        elsewhere.delete()
        renewed = factories.member("expert", user_=old.user, organisation_=old.organisation)
        assert line.ref in sign_in(renewed).get(reverse("billing:own")).content.decode()

    def test_filters_by_month_and_state(self, sign_in: SignIn) -> None:
        line = billed()
        client = sign_in(line.performer)
        month = f"{line.performed_on:%Y-%m}"
        assert line.ref in client.get(reverse("billing:own"), {"mois": month, "etat": "due"}).content.decode()
        other = client.get(reverse("billing:own"), {"mois": month, "etat": "not_due"}).content.decode()
        assert line.ref not in other
        assert "Aucune ligne avec ces filtres" in other

    def test_csv(self, sign_in: SignIn) -> None:
        line = billed()
        rows = sign_in(line.performer).get(reverse("billing:own_csv")).content.decode("utf-8-sig").splitlines()
        assert rows[0].startswith("Date de l’acte;Acte;")
        assert line.act.ref in rows[1]
        assert ";14.00;" in rows[1]
        assert line.act.patient.birth_name not in "".join(rows)

    def test_in_english(self, sign_in: SignIn) -> None:
        line = billed()
        client = sign_in(line.performer)
        client.cookies["language"] = "en"
        page = client.get(reverse("billing:own")).content.decode()
        assert "What is due for the acts that you performed" in page
        assert "Ce qui est dû" not in page

    @pytest.mark.parametrize(
        "role", ["ars", "payer", "national", "secretary", "administrator", "evaluator", "privacy"]
    )
    def test_others_find_no_such_page(self, sign_in: SignIn, role: str) -> None:
        assert sign_in(in_region(role, "42")).get(reverse("billing:own")).status_code == 404

    def test_anonymous_signs_in_first(self) -> None:
        for name in ("own", "region", "payer"):
            assert Client().get(reverse(f"billing:{name}")).status_code == 302


class TestRegion:
    def test_pseudonym_and_no_patient(self, sign_in: SignIn) -> None:
        line = billed()
        client = sign_in(in_region("ars", "42"))
        for address in (
            reverse("billing:region"),
            reverse("billing:region_csv"),
            reverse("billing:line", args=[line.ref]),
        ):
            page = client.get(address).content.decode()
            patient = line.act.patient
            assert line.pseudonym[:8] in page
            for hidden in (patient.birth_name, patient.ref, patient.nir, line.act.ref):
                assert hidden not in page

    def test_only_of_its_own_region(self, sign_in: SignIn) -> None:
        line = billed()
        client = sign_in(in_region("ars", "91"))
        assert line.ref not in client.get(reverse("billing:region")).content.decode()
        assert client.get(reverse("billing:line", args=[line.ref])).status_code == 404

    def test_filter_by_reason(self, sign_in: SignIn) -> None:
        refused, lacking = (
            billed(performer=factories.dermatologist(user__agreement_sector="3")),
            billed(complete=False),
        )
        client = sign_in(in_region("ars", "42"))
        page = client.get(reverse("billing:region"), {"motif": "agreement_sector"}).content.decode()
        assert refused.ref in page
        assert lacking.ref not in page
        assert "secteur 3" in page

    def test_judging_again(self, sign_in: SignIn) -> None:
        line = billed(complete=False)
        complete_record(Act.objects.get(pk=line.act_id))
        client = sign_in(in_region("ars", "42"))
        assert "Juger de nouveau" in client.get(reverse("billing:line", args=[line.ref])).content.decode()
        answer = client.post(reverse("billing:rejudge", args=[line.ref]), {"once": "une-fois"})
        assert answer.status_code == 302
        line.refresh_from_db()
        assert line.state == "due"

    @pytest.mark.parametrize("role, region", [("ars", "91"), ("payer", "42"), ("national", "42")])
    def test_nobody_else_judges(self, sign_in: SignIn, role: str, region: str) -> None:
        line = billed(complete=False)
        address = reverse("billing:rejudge", args=[line.ref])
        assert sign_in(in_region(role, region)).post(address, {"once": "x"}).status_code == 404

    def test_the_requis_does_not_judge(self, sign_in: SignIn) -> None:
        line = billed(complete=False)
        answer = sign_in(line.performer).post(reverse("billing:rejudge", args=[line.ref]), {"once": "x"})
        assert answer.status_code == 404

    @pytest.mark.parametrize("role", ["nurse", "doctor", "expert", "payer", "national", "evaluator"])
    def test_others_find_no_such_page(self, sign_in: SignIn, role: str) -> None:
        client = sign_in(in_region(role, "42"))
        assert client.get(reverse("billing:region")).status_code == 404
        assert client.get(reverse("billing:region_csv")).status_code == 404


class TestPayer:
    def test_numbers_on_the_lines_page_alone_and_every_opening_traced(self, sign_in: SignIn) -> None:
        line = billed()
        officer = in_region("payer", "42")
        client = sign_in(officer)
        listed = client.get(reverse("billing:payer")).content.decode()
        assert line.ref in listed
        assert line.act.patient.nir not in listed
        for _opening in range(2):
            page = client.get(reverse("billing:line", args=[line.ref])).content.decode()
            assert line.act.patient.nir in page
            assert "99700218904" in page
        reads = Entry.objects.filter(subject_kind="line", subject_ref=line.ref, verb="read", actor_id=officer.user_id)
        assert reads.count() == 2
        assert set(reads.values_list("patient_ref", flat=True)) == {line.act.patient.ref}

    def test_what_is_not_due_is_not_the_payers(self, sign_in: SignIn) -> None:
        line = billed(complete=False)
        client = sign_in(in_region("payer", "42"))
        assert line.ref not in client.get(reverse("billing:payer")).content.decode()
        assert client.get(reverse("billing:line", args=[line.ref])).status_code == 404

    def test_a_regional_payer_pays_its_region_and_a_national_one_all(self, sign_in: SignIn) -> None:
        line = billed()
        address = reverse("billing:line", args=[line.ref])
        assert sign_in(in_region("payer", "91")).get(address).status_code == 404
        assert sign_in(in_region("payer", "")).get(address).status_code == 200

    def test_the_payer_sees_the_payers_page_only(self, sign_in: SignIn) -> None:
        client = sign_in(in_region("payer", "42"))
        for name in (
            "billing:own",
            "billing:own_csv",
            "billing:region",
            "billing:region_csv",
            "activity:state",
            "activity:states",
        ):
            assert client.get(reverse(name)).status_code == 404

    @pytest.mark.parametrize("role", ["nurse", "doctor", "expert", "ars", "national", "evaluator", "administrator"])
    def test_others_find_no_such_page(self, sign_in: SignIn, role: str) -> None:
        assert sign_in(in_region(role, "42")).get(reverse("billing:payer")).status_code == 404

    def test_a_lacking_number_is_said(self, sign_in: SignIn) -> None:
        act = performed_act(complete=True)
        act.patient.nir = ""
        act.patient.save()
        bill_performed(at=AT)
        line = Line.objects.get(act=act)
        client = sign_in(in_region("payer", "42"))
        assert "À compléter" in client.get(reverse("billing:payer")).content.decode()
        page = client.get(reverse("billing:line", args=[line.ref])).content.decode()
        assert "numéro de sécurité sociale" in page


class TestLine:
    def test_the_whole_verdict(self, sign_in: SignIn) -> None:
        line = billed()
        page = sign_in(line.performer).get(reverse("billing:line", args=[line.ref])).content.decode()
        for reason in line.verdict["reasons"]:
            assert reason["rule"] in page
        assert "à vérifier" in page
        assert line.act.patient.nir not in page

    @pytest.mark.parametrize("role", ["nurse", "doctor", "expert", "national", "evaluator", "privacy", "secretary"])
    def test_a_stranger_finds_nothing(self, sign_in: SignIn, role: str) -> None:
        line = billed()
        assert sign_in(in_region(role, "42")).get(reverse("billing:line", args=[line.ref])).status_code == 404

    def test_the_requester_has_no_line_page(self, sign_in: SignIn) -> None:
        line = billed()
        assert sign_in(line.act.requester).get(reverse("billing:line", args=[line.ref])).status_code == 404


class TestOnTheActsPage:
    def get(self, client: Client, act: Act) -> str:
        answer = client.get(reverse("billing:act_line", args=[act.ref]))
        assert answer.status_code == 200
        return answer.content.decode()

    def test_the_payee_sees_the_amount(self, sign_in: SignIn) -> None:
        line = billed()
        assert "14,00 €" in self.get(sign_in(line.performer), line.act)

    def test_the_salaried_requis_sees_that_the_employer_is_paid(self, sign_in: SignIn) -> None:
        line = billed(performer=factories.dermatologist(employment=Employment.SALARIED))
        page = self.get(sign_in(line.performer), line.act)
        assert line.performer.organisation.name.replace("’", "’") in page

    def test_the_requester_sees_text_and_reason_without_the_amount(self, sign_in: SignIn) -> None:
        line = billed()
        page = self.get(sign_in(line.act.requester), line.act)
        assert "14,00" not in page
        assert line.citation in page
        lacking = billed(complete=False)
        assert "Dossier de l’acte incomplet" in self.get(sign_in(lacking.act.requester), lacking.act)

    def test_the_line_is_waited_for(self, sign_in: SignIn) -> None:
        act = performed_act()
        assert "every 3s" in self.get(sign_in(act.performer), act)

    def test_a_stranger_finds_nothing(self, sign_in: SignIn) -> None:
        line = billed()
        address = reverse("billing:act_line", args=[line.act.ref])
        for role in ("nurse", "expert", "ars", "payer"):
            assert sign_in(in_region(role, "42")).get(address).status_code == 404
        assert sign_in(line.performer).get(reverse("billing:act_line", args=["x" * 22])).status_code == 404


def test_lists_cost_few_statements(sign_in: SignIn, django_assert_max_num_queries: Callable[[int], object]) -> None:
    expert = factories.dermatologist()
    for _number in range(22):
        performed_act(performer=expert)
    bill_performed(at=AT)
    visits = (
        (expert, "billing:own"),
        (in_region("ars", "42"), "billing:region"),
        (in_region("payer", "42"), "billing:payer"),
    )
    for who, name in visits:
        client = sign_in(who)
        client.get(reverse("help"))  # the session's first page writes when it began
        with django_assert_max_num_queries(8):
            page = client.get(reverse(name)).content.decode()
        assert "1 à 20 sur " in page
