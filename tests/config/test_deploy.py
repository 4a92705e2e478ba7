"""`manage.py check --deploy` as an operator runs it, with the environment of a real installation: nothing to say;
and what it says when something is missing."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ground
from tests.config.test_environment import REAL

PRODUCTION = REAL | {
    "DATABASE_URL": f"{REAL['DATABASE_URL']}?sslmode=verify-full",
    "TRUSTED_PROXIES": "1",
    "METRICS_TOKEN": "kT7-wq2Zs9-Lm4Xv8-Rb3Yd6",
}


def check(place: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in ground.VARIABLES}
    env.pop("DJANGO_SETTINGS_MODULE", None)
    (place / "keys").mkdir(mode=0o700, exist_ok=True)
    folders = {"DATA_DIR": str(place), "DOCUMENT_KEYS_DIR": str(place / "keys")}
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ground.ROOT, env=env | PRODUCTION | folders | changes, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_real_installation_passes(tmp_path: Path) -> None:
    done = check(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    "code, changes",
    [
        ("virage.W001", {"DEMO": "1"}),
        ("virage.W002", {"TRUSTED_PROXIES": "0"}),
        ("virage.W006", {"DATABASE_URL": REAL["DATABASE_URL"]}),
        ("virage.W007", {"EMAIL_URL": "smtp://mail.test:25"}),
    ],
)
def test_what_is_missing_is_said(tmp_path: Path, code: str, changes: dict[str, str]) -> None:
    done = check(tmp_path, **changes)
    assert done.returncode == 1
    assert code in done.stderr
    assert "Traceback" not in done.stderr


def test_keys_beside_the_documents_they_open_are_an_error(tmp_path: Path) -> None:
    assert "virage.E003" in check(tmp_path, DOCUMENTS_DIR=str(tmp_path / "keys" / "documents")).stderr


def test_keys_among_the_public_files_are_an_error(tmp_path: Path) -> None:
    public = str(ground.ROOT / "staticfiles" / "documents")
    assert "virage.E005" in check(tmp_path, DOCUMENTS_DIR=public).stderr
