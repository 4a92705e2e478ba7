"""The tests' own ground: clones are real, apart, and gone afterwards."""

import threading
import urllib.request

import pytest
from django.db import connection
from django.urls import reverse

from tests import ground


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_a_worker_has_its_own_clone_of_the_template() -> None:
    assert _database().startswith("test_")
    assert ground.exists(ground.TEMPLATE)


def test_own_database_commits_for_real_and_is_seen_by_other_threads(own_database: ground.Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE seen (word text)")
        cursor.execute("INSERT INTO seen VALUES ('vu')")
    found: list[str] = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT word FROM seen")
            found.append(cursor.fetchone()[0])
        connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == ["vu"]
    assert _database() == own_database.name


@pytest.mark.django_db
def test_a_private_clone_leaves_nothing_in_the_next_test() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('seen')")
        assert cursor.fetchone()[0] is None


def test_a_missing_tool_skips_at_home_and_fails_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRAGE_REQUIRE_TOOLS", raising=False)
    with pytest.raises(pytest.skip.Exception):
        ground.require_tool("no-such-program-anywhere")
    monkeypatch.setenv("VIRAGE_REQUIRE_TOOLS", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program-anywhere"):
        ground.require_tool("no-such-program-anywhere")


def test_a_site_runs_on_the_test_s_own_clone(site: ground.Site) -> None:
    with urllib.request.urlopen(site.url + reverse("account_login"), timeout=30) as response:
        assert response.status == 200
    assert site.database.name == _database()
