"""The sample configuration of docs/deployment before two processes with the environment of real use."""

import json
import re
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from tests import ground
from tests.config.proxied import HOST, Front, front
from virage.web.guard.rates import RATES

LINK = reverse("records:phone_link", args=["0" * 22])
LINKS = 2 * RATES["records:phone_link"].most  # a minute may begin in the middle


@pytest.fixture
def house(own_database: ground.Database) -> Iterator[Front]:
    with tempfile.TemporaryDirectory(prefix="virage-front-") as folder, front(own_database, Path(folder)) as running:
        yield running


def lines(house: Front) -> list[dict]:
    return [json.loads(line) for line in house.log.splitlines() if '"virage.requests"' in line]


def test_the_sample_configuration_serves_the_platform(house: Front) -> None:
    _a_page_over_tls(house)
    _plain_http_leads_to_https(house)
    _a_form_is_taken(house)
    _a_body_too_large_is_refused(house)
    _another_host_gets_nothing(house)
    _machines_pages_stay_inside(house)
    _the_visitor_s_own_address_is_the_one_that_counts(house)
    _static_files_last(house)
    _one_process_down_is_not_seen(house)


def _a_page_over_tls(house: Front) -> None:
    page = house.asks("GET", "/aide/")
    assert page.status == 200
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Server"] == "nginx"
    number = page.headers["X-Request-ID"]
    assert re.fullmatch(r"[0-9a-f]{32}", number), "nginx's own number came back"
    assert [line["view"] for line in lines(house) if line["request_id"] == number] == ["help"]
    _until(lambda: number in (house.folder / "access.log").read_text())


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def _plain_http_leads_to_https(house: Front) -> None:
    connection = HTTPConnection("127.0.0.1", house.plain_port, timeout=30)
    connection.request("GET", "/aide/", headers={"Host": HOST})
    moved = connection.getresponse()
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{HOST}/aide/")
    connection.close()


def _a_form_is_taken(house: Front) -> None:
    """The origin is ours, the cookies are for https alone."""
    page = house.asks("GET", "/compte/connexion/")
    cookies = page.headers.get_all("Set-Cookie") or []
    assert cookies
    assert all("Secure" in cookie for cookie in cookies)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    cookie = next(cookie for cookie in cookies if cookie.startswith("csrftoken")).partition(";")[0]
    form = {"login": "nobody@essai.invalid", "password": "wrong-2026", "csrfmiddlewaretoken": token[1]}
    for origin, status in ((f"https://{HOST}:{house.port}", 200), ("https://ailleurs.invalid", 403)):
        answer = house.asks(
            "POST", "/compte/connexion/", urlencode(form).encode(),
            Content_Type="application/x-www-form-urlencoded", Cookie=cookie, Origin=origin,
        )  # fmt: skip
        assert answer.status == status, origin


def _a_body_too_large_is_refused(house: Front) -> None:
    large = house.asks("POST", "/compte/connexion/", b"a", Content_Length="28400000")
    assert large.status == 413


def _another_host_gets_nothing(house: Front) -> None:
    with pytest.raises(ssl.SSLError, match=r"(?i)unrecognized"):
        house.asks("GET", "/aide/", host="ailleurs.example")
    page = house.asks("GET", "/aide/", Host="ailleurs.example")  # asked over our own name's certificate
    assert page.status == 404
    assert "Virage" not in page.text


def _machines_pages_stay_inside(house: Front) -> None:
    assert house.asks("GET", "/metrics").status == 404
    assert house.asks("GET", "/sante/travail/").status == 404
    assert house.asks("GET", "/sante/pret/").text == "ok\n"


def _the_visitor_s_own_address_is_the_one_that_counts(house: Front) -> None:
    """What a visitor writes in X-Forwarded-For is written over: nobody gets round a limit by it."""
    statuses = [house.asks("GET", LINK, X_Forwarded_For=f"198.51.100.{number}").status for number in range(LINKS + 1)]
    assert statuses[0] == 404
    assert 429 in statuses


def _static_files_last(house: Front) -> None:
    page = house.asks("GET", "/aide/").text
    style = re.search(r'href="(/static/ui/theme\.[0-9a-f]+\.css)"', page)
    answer = house.asks("GET", style[1])
    assert answer.status == 200
    assert "immutable" in answer.headers["Cache-Control"]


def _one_process_down_is_not_seen(house: Front) -> None:
    house.processes[0].terminate()
    house.processes[0].wait(timeout=60)
    assert {house.asks("GET", "/sante/pret/").status for _ in range(6)} == {200}
