"""The environment: sound defaults for the demo, nothing guessed for real use, every fault said at once."""

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import ground
from virage.config import addresses
from virage.config.environment import FaultsError, default_data_dir, kept_secret, read, read_or_exit

REAL = {
    "DATABASE_URL": "postgresql://virage:s%40fe-Kestrel-Moraine@db.test:5433/virage",
    "SECRET_KEY": "q7Z-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
    "ALLOWED_HOSTS": "virage.test, www.virage.test",
    "PUBLIC_URL": "https://virage.test/",
    "EMAIL_URL": "smtp://bureau:p%3Ass@mail.test:587",
    "EMAIL_FROM": "virage@virage.test",
}


def faults(env: dict[str, str]) -> dict[str, str]:
    with pytest.raises(FaultsError) as caught:
        read(env)
    return {name: reason for name, reason, _ in caught.value.faults}


def test_nothing_set_is_the_demo_on_this_machine_alone() -> None:
    place = read({})
    assert (place.embedded, place.demo, place.debug, place.worker_in_web) == (True, True, False, True)
    assert (place.host, place.port, place.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert place.documents_dir == Path("data/documents").absolute()
    assert place.database["HOST"] == str(Path("data/postgres/socket").absolute())
    assert not place.hashed_statics


def test_an_empty_variable_is_as_good_as_none() -> None:
    assert read({"PORT": " ", "DATABASE_URL": ""}) == read({})


def test_a_real_installation_says_everything() -> None:
    place = read(REAL)
    assert (place.demo, place.worker_in_web, place.hashed_statics) == (False, False, True)
    assert place.allowed_hosts == ("virage.test", "www.virage.test")
    assert place.public_url == "https://virage.test"
    assert {name: place.database[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "virage",
        "USER": "virage",
        "PASSWORD": "s@fe-Kestrel-Moraine",
        "HOST": "db.test",
        "PORT": "5433",
    }
    assert (place.email["user"], place.email["password"], place.email["tls"]) == ("bureau", "p:ss", True)


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "PUBLIC_URL", "EMAIL_URL"])
def test_real_use_guesses_nothing(missing: str) -> None:
    env = {name: value for name, value in REAL.items() if name != missing}
    assert faults(env) == {missing: "missing, and DEMO is not set"}


@pytest.mark.parametrize(
    "name, value",
    [
        ("SECRET_KEY", "changeme"),
        ("SECRET_KEY", "a" * 80),
        ("PUBLIC_URL", "http://virage.test"),
        ("PUBLIC_URL", "virage.test"),
        ("DEBUG", "1"),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", "mysql://db.test/virage"),
        ("DATABASE_URL", "postgresql://db.test/"),
        ("DATABASE_URL", "postgresql:///virage"),
        ("EMAIL_URL", "carrier-pigeon://mail.test"),
        ("EMAIL_FROM", "virage"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "²"),
        ("LANGUAGE_CODE", "de"),
        ("WORKER_IN_WEB", "perhaps"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "yes"),
        ("TRUSTED_PROXIES", "4294967296"),
        ("SECRET_KEY", "django-insecure-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2),
        ("DATABASE_URL", "postgresql://virage@db.test/virage"),
        ("DATABASE_URL", "postgresql://virage:virage@db.test/virage"),
        ("DATABASE_URL", "postgresql://virage:Kx7-short@db.test/virage"),
        ("DATABASE_URL", "postgresql://virage:postgres-2026@db.test/virage"),
        ("DATABASE_URL", "postgresql://virage:aaaaaaaaaaaaaaaaaaaa@db.test/virage"),
        ("EMAIL_URL", "smtp://bureau:secret@mail.test:25"),
        ("DATABASE_TIMEOUTS", "60"),
        ("DATABASE_TIMEOUTS", "60,x,5"),
        ("RATE_FACTOR", "0"),
        ("LOG_FORMAT", "xml"),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", "a" * 40),
        ("METRICS_NETWORKS", "everyone"),
        ("METRICS_NETWORKS", "192.0.2.1/24"),
        ("SESSION_IDLE_MINUTES", "4"),
        ("SESSION_IDLE_MINUTES", "half an hour"),
        ("SESSION_HOURS", "25"),
        ("LOCK_MINUTES", "0"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str) -> None:
    assert set(faults(REAL | {name: value})) == {name}


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///virage?host=/run/postgresql&user=virage",
        "postgresql://virage@db.test/virage?sslmode=verify-full&sslcert=/etc/virage/client.crt",
    ],
)
def test_a_database_that_knows_us_otherwise_needs_no_password(url: str) -> None:
    assert read(REAL | {"DATABASE_URL": url}).database["PASSWORD"] == ""


def test_the_database_ends_what_lasts_too_long_and_the_address_has_the_last_word() -> None:
    assert read(REAL).database["OPTIONS"]["options"] == (
        "-c statement_timeout=60s -c lock_timeout=15s -c idle_in_transaction_session_timeout=300s"
    )
    assert "options" not in read(REAL | {"DATABASE_TIMEOUTS": "0,0,0"}).database["OPTIONS"]
    own = read(REAL | {"DATABASE_URL": f"{REAL['DATABASE_URL']}?options=-c%20lock_timeout%3D2s"})
    assert own.database["OPTIONS"]["options"].endswith("=300s -c lock_timeout=2s")


def test_keys_that_others_may_read_stop_a_real_installation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    keys.chmod(0o750)
    env = REAL | {"DATA_DIR": str(tmp_path), "DOCUMENT_KEYS_DIR": str(keys)}
    with pytest.raises(SystemExit):
        read_or_exit(env)
    assert f"DOCUMENT_KEYS_DIR: {keys} is open to other users" in capsys.readouterr().err
    keys.chmod(0o700)
    assert read_or_exit(env).document_keys_dir == keys


def test_how_long_one_stays_signed_in() -> None:
    real = read(REAL).sessions
    assert (real.idle, real.longest, real.lock) == (30 * 60, 12 * 3600, 5 * 60)
    assert read({}).sessions.idle == 12 * 3600, "the demo is not left for a cup of coffee"
    assert read(REAL | {"SESSION_HOURS": "1", "SESSION_IDLE_MINUTES": "90"}).sessions.idle == 3600


def test_no_proxy_is_trusted_unless_it_is_said() -> None:
    assert read({}).trusted_proxies == read(REAL).trusted_proxies == 0
    assert read(REAL | {"TRUSTED_PROXIES": "2"}).trusted_proxies == 2


@pytest.mark.parametrize(
    ("said", "header", "address"), [({}, False, "192.0.2.1"), ({"TRUSTED_PROXIES": "1"}, True, "203.0.113.7")]
)
def test_what_a_request_says_of_itself_is_believed_behind_a_proxy_only(
    said: dict[str, str], header: bool, address: str, tmp_path: Path
) -> None:
    script = (
        "import django; django.setup()\n"
        "from allauth.core.internal.httpkit import get_client_ip\n"
        "from django.test import RequestFactory\n"
        "request = RequestFactory().get('/', REMOTE_ADDR='192.0.2.1', headers={"
        "'X-Forwarded-Proto': 'https', 'X-Forwarded-For': '198.51.100.9, 203.0.113.7'})\n"
        "print(request.is_secure(), get_client_ip(request))"
    )
    env = {name: value for name, value in os.environ.items() if name not in ground.VARIABLES}
    env |= {"DJANGO_SETTINGS_MODULE": "virage.config.settings", "DATA_DIR": str(tmp_path), **said}
    run = subprocess.run([sys.executable, "-c", script], env=env, cwd=ground.ROOT, capture_output=True, text=True)
    assert run.stdout.split() == [str(header), address], run.stderr


def test_all_faults_come_in_one_message_with_a_remedy_and_without_the_password() -> None:
    with pytest.raises(FaultsError) as caught:
        read({"PORT": "x", "DEMO": "maybe", "DATABASE_URL": "mysql://root:hunter2@db.test/x"})
    message = str(caught.value)
    assert all(name in message for name in ("PORT", "DEMO", "DATABASE_URL", "1 to 65535"))
    assert "hunter2" not in message


def test_a_fault_ends_the_process_with_code_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as caught:
        read_or_exit({"PORT": "x", "DATA_DIR": str(tmp_path)})
    assert caught.value.code == 2
    assert "PORT" in capsys.readouterr().err


def test_a_data_folder_that_is_a_file_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(SystemExit) as caught:
        read_or_exit({"DATA_DIR": str(tmp_path / "data")})
    assert caught.value.code == 2
    assert "DATA_DIR" in capsys.readouterr().err


def test_the_secret_is_made_once_even_by_many_at_once_and_is_ours_alone(tmp_path: Path) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(kept_secret(tmp_path / "data"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 8
    assert len(set(keys)) == 1
    folder = tmp_path / "data" / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    assert os.listdir(folder) == ["secret_key"]


def test_a_secret_cut_short_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret_key").write_text("short")
    with pytest.raises(FaultsError, match="cut short"):
        kept_secret(tmp_path)


def test_a_socket_s_address_keeps_spaces_and_options() -> None:
    url = addresses.socket_url(Path("/srv/mes données/socket"), "virage")
    settings = addresses.database_settings(url + "&connect_timeout=3")
    assert settings["HOST"] == "/srv/mes données/socket"
    assert settings["OPTIONS"] == {"connect_timeout": "3"}


def test_a_long_folder_gets_a_short_socket_that_is_always_the_same() -> None:
    home = Path("/srv") / ("x" * 90) / "postgres"
    folder = addresses.socket_folder(home)
    assert folder == addresses.socket_folder(home)
    assert len(str(folder / addresses.SOCKET_FILE)) <= addresses.LONGEST_SOCKET
    assert folder != addresses.socket_folder(home / "other")


def test_root_in_a_closed_folder_keeps_its_data_where_the_database_s_user_can_go(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    assert default_data_dir(closed, user=1000) == str(closed / "data")
    elsewhere = default_data_dir(closed, user=0)
    assert elsewhere.startswith("/var/lib/virage-")
    assert default_data_dir(closed, user=0) == elsewhere
    (closed / "data" / "postgres" / "data").mkdir(parents=True)
    assert default_data_dir(closed, user=0) == str(closed / "data"), "data that are there stay there"
    assert default_data_dir(Path("/usr/share"), user=0) == "/usr/share/data"


SMS = {"SMS_URL": "https://gateway.invalid/messages", "SMS_TOKEN": "jeton", "SMS_SENDER": "Virage", "SMS_TIMEOUT": "5"}


def test_the_sms_gateway_is_read():
    gateway = read(SMS).sms
    assert (gateway.url, gateway.token, gateway.sender, gateway.timeout) == (*list(SMS.values())[:3], 5.0)


@pytest.mark.parametrize("said", [{}, {"SMS_URL": "console:"}])
def test_without_a_gateway_no_sms_leaves(said):
    assert read(said).sms.url == ""


@pytest.mark.parametrize(
    "name, value",
    [
        ("SMS_URL", "gateway.invalid"),
        ("SMS_URL", "http://gateway.invalid/"),
        ("SMS_URL", "https://user:word@gateway.invalid/"),
        ("SMS_TOKEN", "jeton à moi"),
        ("SMS_SENDER", "Un nom trop long"),
        ("SMS_SENDER", "+33"),
        ("SMS_TIMEOUT", "soon"),
        ("SMS_TIMEOUT", "0"),
    ],
)
def test_a_gateway_that_cannot_be_used_stops_the_start_and_no_secret_is_repeated(name, value):
    with pytest.raises(FaultsError) as caught:
        read(SMS | {name: value})
    assert [fault[0] for fault in caught.value.faults] == [name]
    assert "word@" not in str(caught.value)
    assert "à moi" not in str(caught.value)
