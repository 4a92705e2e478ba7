"""`make test`: every check, one line each as it ends, the words of those that failed at the end."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
OLDEST_POSTGRES = Path("/usr/lib/postgresql/15/bin")
PYTHON_FOLDERS = ["virage", "tests", "tools", "bench", "manage.py"]


@dataclass(frozen=True)
class Step:
    """A command and why it may be left out here ('' when it may not)."""

    name: str
    command: list[str]
    env: dict[str, str] = field(default_factory=dict)
    skip: str = ""


def lint_steps() -> list[Step]:
    python = [name for name in PYTHON_FOLDERS if (ROOT / name).exists()]
    manage = [sys.executable, "manage.py"]
    return [
        Step("ruff check", [str(BIN / "ruff"), "check", "--quiet", *python]),
        Step("ruff format", [str(BIN / "ruff"), "format", "--check", *python]),
        Step("types", [str(BIN / "mypy"), "--no-error-summary", "virage"]),
        Step("import contracts", [str(BIN / "lint-imports"), "--no-logo"]),
        Step("templates", [str(BIN / "djlint"), "virage", "--lint", "--quiet"]),
        Step("settings", [*manage, "check", "--fail-level", "WARNING"]),
        Step("missing migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        Step("licences and pins", [sys.executable, "-m", "tools.licences"]),
        Step("English catalogues", [*manage, "messages", "--check"]),
    ]


def test_steps(quick: bool) -> list[Step]:
    pytest = [sys.executable, "-m", "pytest", "--quiet", "--no-header", "--durations=15", "-rsfE"]
    missing = "" if OLDEST_POSTGRES.is_dir() or required() else f"no PostgreSQL 15 in {OLDEST_POSTGRES}"
    choice = ["-m", "not browser"] if quick else []
    return [
        Step("tests", [*pytest, "-n", "2", "--dist", "worksteal", *choice]),
        Step(
            "tests on PostgreSQL 15",
            [*pytest, "-m", "postgres15"],
            {"VIRAGE_TEST_PG_BIN": str(OLDEST_POSTGRES)},
            missing,
        ),
    ]


def required() -> bool:
    return os.environ.get("VIRAGE_REQUIRE_TOOLS") == "1"


def run(step: Step, env: dict[str, str]) -> tuple[bool, str]:
    """One line on the screen; the output is given back for the end."""
    if step.skip:
        print(f"  –  {step.name}: left out, {step.skip}", flush=True)
        return True, ""
    start = time.monotonic()
    done = subprocess.run(
        step.command, cwd=ROOT, env=env | step.env, check=False, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )  # fmt: skip
    good = done.returncode == 0
    last = done.stdout.strip().splitlines()[-1:] if "pytest" in step.command else []
    print(f"  {'ok' if good else 'NO'} {step.name} ({time.monotonic() - start:.0f} s) {' '.join(last)}", flush=True)
    return good, done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lint", action="store_true", help="no tests")
    parser.add_argument("--quick", action="store_true", help="no browser")
    arguments = parser.parse_args()
    steps = lint_steps() + ([] if arguments.lint else test_steps(arguments.quick))
    folder = tempfile.mkdtemp(prefix="virage-check-")
    Path(folder).chmod(0o711)
    env = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DEMO", "DEBUG"}}
    env |= {"DATA_DIR": f"{folder}/data", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "COLUMNS": "140"}
    failed: list[tuple[Step, str]] = []
    try:
        for step in steps:
            good, output = run(step, env)
            if not good:
                failed.append((step, output))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for step, output in failed:
        print(f"\n──── {step.name}: {' '.join(step.command[:4])} …\n{output.strip()}")
    print(f"\n{'All is well.' if not failed else 'Failed: ' + ', '.join(step.name for step, _ in failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
