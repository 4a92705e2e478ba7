"""What no browser sends is refused with a page, wherever it stands; what a person pastes is not."""

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories

pytestmark = pytest.mark.django_db
SESSION = '"aaaaaaaaaaaaaaaa\\000"'  # a cookie may write a sign by its number


@pytest.fixture
def nurse(client: Client) -> Client:
    client.force_login(factories.nurse().user)
    return client


@pytest.mark.parametrize(
    "query",
    ["q=%00", "%00=1", "page=1%0B", "next=/%1B", "q=%7F", "q=" + "a" * 5_000, "a=1&" * 1_200, "q=%C2%85"],
    ids=lambda query: query[:12],
)
def test_a_question_that_no_page_asks_is_refused(nurse: Client, query: str) -> None:
    answer = nurse.get(f"{reverse('teleexpertise:requests')}?{query}")
    assert answer.status_code == 400
    assert "Demande incomprise" in answer.content.decode()
    assert "\x00" not in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    ["page=999999", "page=-1", "page=%FF%FE", "page=" + "9" * 400, "page=1e9", "page=%C2%B2", "state=%ED%A0%80"],
)
def test_a_question_of_nonsense_is_answered(nurse: Client, query: str) -> None:
    assert nurse.get(f"{reverse('teleexpertise:requests')}?{query}").status_code == 200


@pytest.mark.parametrize("form", [{"q": "a\x00"}, {"a\x00": "q"}])
def test_a_form_that_cannot_be_kept_is_refused(nurse: Client, form: dict[str, str]) -> None:
    for kind in ({}, {"content_type": "application/x-www-form-urlencoded"}):
        data = "&".join(f"{key}={value}" for key, value in form.items()) if kind else form
        assert nurse.post(reverse("search"), data, **kind).status_code == 400


def test_signs_that_come_with_a_pasted_text_are_taken(nurse: Client) -> None:
    assert nurse.post(reverse("search"), {"q": "dupont\x0bmartin\x1f\u2028"}).status_code == 200


def test_a_session_with_a_sign_that_cannot_be_looked_up_is_refused(client: Client) -> None:
    client.cookies.clear()
    for name in ("sessionid", "csrftoken", "language"):
        answer = client.get("/", headers={"cookie": f"{name}={SESSION}"})
        assert answer.status_code == 400, name


def test_a_body_that_is_no_form_is_refused(nurse: Client) -> None:
    kind = "multipart/form-data; boundary=x"
    assert nurse.post(reverse("search"), b"\xff\xfe--y", content_type=kind).status_code in (200, 400)
    assert nurse.post(reverse("search"), b"q=1", content_type="multipart/form-data").status_code == 400
    many = {f"a{number}": "1" for number in range(1_001)}
    assert nurse.post(reverse("search"), many).status_code == 400


def test_another_host_is_refused(client: Client) -> None:
    assert client.get("/aide/", headers={"host": "ailleurs.invalid"}).status_code == 400
