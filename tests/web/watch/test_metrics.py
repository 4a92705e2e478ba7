"""Figures for whom the installation names; no person and no address among them."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from prometheus_client.parser import text_string_to_metric_families

from tests import factories
from tests.web.watch.test_health import AT, defer

pytestmark = pytest.mark.django_db
TOKEN = "kT7-wq2Zs9-Lm4Xv8-Rb3Yd6"


@pytest.fixture
def open_to_token(settings) -> dict[str, str]:
    settings.METRICS_TOKEN = TOKEN
    return {"Authorization": f"Bearer {TOKEN}"}


def figures(client: Client, headers: dict[str, str]) -> dict[tuple[str, tuple], float]:
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize("given", ["", "Bearer", f"Bearer {TOKEN}x", TOKEN, "Bearer é"])
def test_there_is_no_such_page_without_the_token(client: Client, open_to_token, given: str) -> None:
    client.force_login(factories.member("administrator").user)
    assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_an_address_of_the_house_may_look(client: Client, settings) -> None:
    settings.METRICS_NETWORKS = ("192.0.2.0/24", "2001:db8::/32")
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.9").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="2001:db8::9").status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="198.51.100.9").status_code == 404
    spoofed = {"X-Forwarded-For": "192.0.2.9"}
    assert client.get("/metrics", REMOTE_ADDR="198.51.100.9", headers=spoofed).status_code == 404


def test_an_empty_token_opens_nothing(client: Client, settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_requests_are_counted_by_page_and_answer(client: Client, open_to_token) -> None:
    key = ("virage_requests_total", (("method", "GET"), ("status", "200"), ("view", "help")))
    before = figures(client, open_to_token).get(key, 0)
    client.get("/aide/?q=secret")
    assert figures(client, open_to_token)[key] == before + 1


def test_a_refused_sign_in_is_counted_and_a_good_one_is_not(client: Client, open_to_token) -> None:
    someone = factories.nurse(user__password=factories.PASSWORD)
    key = ("virage_sign_in_failures_total", ())
    before = figures(client, open_to_token)[key]
    client.post(reverse("account_login"), {"login": someone.user.email, "password": "autre-chose-2026"})
    assert figures(client, open_to_token)[key] == before + 1
    client.post(reverse("account_login"), {"login": someone.user.email, "password": factories.PASSWORD})
    assert figures(client, open_to_token)[key] == before + 1


def test_what_waits_is_counted(client: Client, open_to_token) -> None:

    key = ("virage_jobs", (("state", "todo"),))
    before = figures(client, open_to_token).get(key, 0)
    defer(AT)
    after = figures(client, open_to_token)
    assert after[key] == before + 1
    assert after["virage_oldest_job_seconds", ()] > 0


def test_no_reference_and_no_address_is_a_label(client: Client, open_to_token) -> None:
    patient = factories.patient()
    client.force_login(factories.nurse().user)
    client.get(reverse("records:patient", args=[patient.ref]))
    client.get(f"/nulle-part/{patient.ref}/?nom={patient.birth_name}")
    text = client.get("/metrics", headers=open_to_token).content.decode()
    assert patient.ref not in text
    assert patient.birth_name not in text
    assert not re.search(r"\d+\.\d+\.\d+\.\d+|@", re.sub(r'version="[^"]*"', "", text))
