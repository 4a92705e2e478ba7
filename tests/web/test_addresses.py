"""Addresses that no page of ours has: a page says so, the server does not break."""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db

REF = "0" * 21


@pytest.mark.parametrize(
    "path",
    [
        f"/teleexpertise/{REF}%00/",
        f"/teleexpertise/{REF}%00/avis/apercu/",
        f"/patients/{REF}%00/",
        f"/teleexpertise/{REF}%0A/",
        f"/lignes/{REF}%1B/",
        "/static/%00.css",
        "/%00",
    ],
)
@pytest.mark.parametrize("signed_in", [True, False])
def test_an_address_with_a_character_that_cannot_be_printed_is_not_found(path: str, signed_in: bool) -> None:
    client = Client()
    if signed_in:
        client.force_login(factories.dermatologist().user)
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 404
        assert "\x00" not in answer.content.decode()
