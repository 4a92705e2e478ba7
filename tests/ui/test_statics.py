"""What the browser loads: shipped as listed, from nowhere else, and named only where it exists."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

UI = Path(__file__).resolve().parents[2] / "virage" / "ui"
PACKAGE = UI.parent
STATIC = UI / "static" / "ui"
VENDOR = STATIC / "vendor"
LISTED = {row["name"]: row for row in tomllib.loads((UI / "vendor.toml").read_text())["file"]}
SCRIPTS_AND_SHEETS = sorted(
    path for suffix in ("css", "js", "svg") for path in PACKAGE.glob(f"*/static/**/*.{suffix}")
)
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))


@pytest.mark.parametrize("name", sorted(LISTED))
def test_each_vendored_file_is_the_one_listed(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == LISTED[name]["sha256"]


def test_every_vendored_file_is_listed_with_its_licence() -> None:
    shipped = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert shipped == set(LISTED)
    for row in LISTED.values():
        assert row["licence"] in {"MIT", "0BSD", "OFL-1.1"}
        assert row["version"]
        assert row["package"]
    packages = {row["package"] for row in LISTED.values()}
    texts = {row["package"] for row in LISTED.values() if row["name"].endswith(("LICENSE.txt", "OFL.txt"))}
    assert packages == texts


def _without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.S)


@pytest.mark.parametrize("path", SCRIPTS_AND_SHEETS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_sheet_or_script_calls_another_host(path: Path) -> None:
    text = _without_comments(path.read_text("utf-8")).replace("http://www.w3.org/", "")
    assert not re.search(r"""(url\(|import|src=|href=|fetch\()\s*["'(]*\s*(https?:)?//""", text)
    assert "sourceMappingURL" not in text


@pytest.mark.parametrize("path", SCRIPTS_AND_SHEETS, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_file_that_a_sheet_names_exists(path: Path) -> None:
    if path.suffix != ".css":
        return
    for target in re.findall(r"""url\(["']?([^"')]+)["']?\)""", _without_comments(path.read_text("utf-8"))):
        assert target.startswith("data:") or (path.parent / target).is_file(), target


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_templates_hold_to_the_content_policy(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"\sstyle\s*=", text), "inline style"
    assert not re.search(r"\son[a-z]+\s*=|hx-on", text), "inline handler"
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, flags=re.S):
        assert "src=" in attributes or 'type="application/json"' in attributes
        assert "src=" not in attributes or not body.strip()
    assert not re.search(r"""(src|href)=["'](https?:)?//(?!\{)""", text) or "<a " in text


def test_every_icon_named_in_a_template_or_in_code_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (VENDOR / "icons.svg").read_text()))
    missing = {}
    for path in TEMPLATES:
        for name in re.findall(r'{% icon "([^"]+)"', path.read_text("utf-8")):
            if name not in drawn:
                missing[f"{path.relative_to(PACKAGE)}: {name}"] = name
        for name in re.findall(r' icon(?:_name)?="([a-z0-9-]+)"', path.read_text("utf-8")):
            if name not in drawn:
                missing[f"{path.relative_to(PACKAGE)}: {name}"] = name
    assert not missing
