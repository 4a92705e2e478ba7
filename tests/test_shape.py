"""The shape of the house: where packages stand, how files are called, how long they grow, what pages may not hold."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "virage"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
LADDER = [[name.strip(" ()") for name in rung.split("|")] for rung in CONTRACTS[0]["layers"]]
RANK = {name: len(LADDER) - depth for depth, rung in enumerate(LADDER) for name in rung}
FREE = {"kernel", "law", "ui", "journal", "web", "config"}  # whose file names are their own
NAMES = {
    "urls", "views", "consumers", "jobs", "forms", "adapters", "actions", "reports", "access", "measures", "record",
    "models", "storage", "rules", "ranking", "letters", "roles", "cli", "states",
}  # fmt: skip
ALSO = {"apps", "__init__", "management", "migrations", "templatetags", "middleware"}
DATA = {"templates", "static", "locale", "library", "__pycache__"}
LONGEST_FILE, LONGEST_FUNCTION = 300, 40
ACT_FIELDS = 30  # what all five acts have; the rest belongs to each act's own table
FORBIDDEN_IN_PAGES = {
    "an inline style": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\shx-on\b", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a foreign address": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
}
LINKS_ALLOWED = re.compile(r"<a\b[^>]*href=\"https://[^\"]+\"[^>]*>")  # one may point at a text of law
HOSTS = re.compile(
    "|".join(
        (
            "files" + r"\.pythonhosted",
            "pypi" + r"\.org",
            "registry" + r"\.npmjs",
            "npmjs" + r"\.com",
            "--index" + "-url",
        )
    )
)
PATHS = re.compile("|".join(("/wo" + "rk/", "/ro" + "ot/", r"\.\./sha" + "red")))


def python_files() -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def templates() -> list[Path]:
    return sorted(path for path in PACKAGE.glob("*/templates/**/*") if path.suffix in {".html", ".txt"})


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def packages() -> list[str]:
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def test_every_package_stands_on_the_ladder() -> None:
    assert [package for package in packages() if package not in RANK] == []


def test_every_package_says_something() -> None:
    empty = [package for package in packages() if len(list((PACKAGE / package).rglob("*.py"))) < 2]
    assert empty == [], "no empty rooms"


def test_files_of_an_app_have_the_names_of_the_design() -> None:
    wrong = []
    for package in set(packages()) - FREE:
        for path in (PACKAGE / package).iterdir():
            known = path.stem in NAMES | ALSO if path.suffix == ".py" else path.name in NAMES | ALSO | DATA
            if not known:
                wrong.append(name(path))
    assert sorted(wrong) == []


def test_every_app_follows_the_contract_of_its_inside() -> None:
    contract = next(contract for contract in CONTRACTS if contract["name"].startswith("Inside an app"))
    watched = {container.removeprefix("virage.") for container in contract["containers"]}
    assert set(packages()) - FREE - watched == set()


def test_files_stay_short() -> None:
    lengths = {name(path): len(path.read_text("utf-8").splitlines()) for path in python_files()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_stay_short() -> None:
    long = {}
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    long[f"{name(path)}:{node.name}"] = length
    assert long == {}


def test_foreign_keys_follow_the_ladder() -> None:
    """Those given as strings too, which import-linter cannot see."""
    climbing = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = getattr(field, "remote_field", None) and field.related_model
            if not target or field.auto_created or isinstance(target, str):
                continue
            mine, theirs = model.__module__.split("."), target.__module__.split(".")
            if mine[0] == theirs[0] == "virage" and mine[1] != theirs[1] and RANK[mine[1]] <= RANK[theirs[1]]:
                climbing.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert climbing == []


def test_an_act_holds_only_what_all_five_have() -> None:
    fields = apps.get_model("acts", "Act")._meta.concrete_fields
    assert len(fields) <= ACT_FIELDS, sorted(field.name for field in fields)


@pytest.mark.parametrize("what", FORBIDDEN_IN_PAGES)
def test_no_page_holds(what: str) -> None:
    found = []
    for path in templates():
        text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text("utf-8"), flags=re.DOTALL)
        text = LINKS_ALLOWED.sub("", text) if what == "a foreign address" else text
        if FORBIDDEN_IN_PAGES[what].search(text):
            found.append(name(path))
    assert found == []


def test_every_template_is_used() -> None:
    """Named in a page or in Python, or one of those that Django, allauth or its forms look up by name."""
    looked_up = re.compile(r"^(account|allauth|django|mfa|socialaccount|usersessions)/|^\d{3}\.html$")
    sources = [path.read_text("utf-8") for path in [*python_files(), *templates()]]
    said = "\n".join(sources)
    families = tuple(re.findall(r"f\"([a-z_]+/[a-z_/]*)\{", said))  # f"app/item_{kind}.html"
    unused = []
    for path in templates():
        label = "/".join(path.relative_to(PACKAGE).parts[2:])
        if not (looked_up.match(label) or f'"{label}"' in said or f"'{label}'" in said or label.startswith(families)):
            unused.append(name(path))
    assert unused == []


def test_no_python_file_but_the_design_s_reads_the_environment() -> None:
    """Settings of a place come through virage.config.environment, where they are judged."""
    reading = [
        name(path)
        for path in python_files()
        if path.parent.name != "config" and re.search(r"os\.environ|os\.getenv", path.read_text("utf-8"))
    ]
    assert reading == []


def test_nothing_names_a_package_host_or_a_machine() -> None:
    found = []
    texts = {".py", ".toml", ".txt", ".in", ".md", ".html", ".js", ".css", ".yaml", ".json", ".po", ".svg", ""}
    for path in sorted(ROOT.rglob("*")):
        inner = path.relative_to(ROOT)
        if not path.is_file() or path.suffix not in texts or path.stat().st_size > 2_000_000:
            continue
        if inner.parts[0] in {"data", "build", "staticfiles"} or (
            inner.parts[0][0] == "." and inner.parts[0] != ".ci"
        ):
            continue
        text = path.read_text("utf-8", errors="replace")
        if HOSTS.search(text) or PATHS.search(text):
            found.append(str(inner))
    assert found == []
