"""An address that only takes forms, opened in a browser: a page of ours with a way out, never the browser's own."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = reverse("teleexpertise:draft_send", args=["AAAAAAAAAAAAAAAAAAAAAA"])


def test_a_reader_is_told_and_led_home(client: Client) -> None:
    client.force_login(factories.member("nurse").user)
    page = client.get(ADDRESS)
    assert page.status_code == 405
    assert "POST" in page["Allow"]
    assert "Cette adresse ne s’ouvre pas" in page.content.decode()


def test_a_form_sent_to_a_page_that_takes_none_is_refused_without_a_page(client: Client) -> None:
    client.force_login(factories.member("nurse").user)
    refused = client.post(reverse("teleexpertise:record"))
    assert refused.status_code == 405
    assert refused.content == b""


def test_a_refused_form_keeps_its_page_when_the_language_changes(client: Client) -> None:
    client.force_login(factories.member("nurse").user)
    form = reverse("teleexpertise:requests")
    page = client.post(ADDRESS, {"once": "A" * 22}, HTTP_REFERER=f"http://testserver{form}")
    assert f'name="next" value="http://testserver{form}"' in page.content.decode()
