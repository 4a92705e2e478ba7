"""`python -m tools.licences`: what is installed is pinned, and under a licence that may be used here.

`--write` renews the list of NOTICE. The judgements stand in licences.toml.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
RULES: dict[str, Any] = tomllib.loads((ROOT / "tools" / "licences.toml").read_text("utf-8"))
BEGIN, END = "At run time it needs these packages", "The licence of the code"
TESTS = "# Tests, lint and documentation"


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def stated(package: metadata.Distribution) -> str:
    """The licence as an SPDX expression, judged by hand or as the package says; '' when it says nothing clear."""
    judged = RULES["judged"].get(canonical(package.name))
    if judged:
        return str(judged["licence"])
    about = package.metadata
    if expression := about.get("License-Expression"):
        return str(expression)
    said = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    said = said or [(about.get("License") or "").strip()]
    return (
        " AND ".join(RULES["words"].get(word, word) for word in said) if all(len(word) < 50 for word in said) else ""
    )


def is_allowed(expression: str) -> bool:
    """One of an OR, all of an AND."""
    return bool(expression) and any(
        all(part.strip(" ()") in RULES["allowed"] for part in choice.split(" AND "))
        for choice in expression.split(" OR ")
    )


def pinned() -> dict[str, set[str]]:
    """Versions by name: more than one where another Python takes another."""
    found: dict[str, set[str]] = {}
    lines = (ROOT / "requirements.txt").read_text("utf-8")
    for name, version in re.findall(r"^([\w.\-]+)==([^\s;\\]+)", lines, re.MULTILINE):
        found.setdefault(canonical(name), set()).add(version)
    return found


def direct() -> list[str]:
    """What the platform itself asks for, without tests and tools."""
    lines = (ROOT / "requirements.in").read_text("utf-8").partition(TESTS)[0].splitlines()
    names = [re.split(r"[\[<>=~;#\s]", line)[0] for line in lines if line and not line.startswith("#")]
    return sorted(names, key=str.lower)


def faults(packages: list[metadata.Distribution]) -> Iterator[str]:
    pins = pinned()
    for package in packages:
        name = canonical(package.name)
        if name in RULES["installers"]:
            continue
        if package.version not in pins.get(name, set()):
            said = " or ".join(sorted(pins.get(name, {"nothing of it"})))
            yield f"{name} {package.version} is installed, and requirements.txt says {said}"
        if name not in RULES["judged"] and not is_allowed(stated(package)):
            yield f"{name}: {stated(package) or 'no licence stated'} is not allowed; judge it in tools/licences.toml"
        carries = any(".libs/" in str(file) for file in package.files or [])
        if carries and name not in RULES["bundled"]:
            yield f"{name} carries libraries of others; say in tools/licences.toml which, and under what"
    installed = {canonical(package.name) for package in packages}
    for name in sorted((set(RULES["judged"]) | set(RULES["bundled"])) - installed - set(pins)):
        yield f"{name} is judged in tools/licences.toml and needed by nothing"


def listed() -> str:
    """The part of NOTICE about packages."""
    lines = [f"{BEGIN}, which `make setup` fetches; they are not shipped:", ""]
    for name in direct():
        more = RULES["bundled"].get(canonical(name))
        lines.append(
            f"- {name}: {stated(metadata.distribution(name))}" + (f"; carries {more['licences']}" if more else "")
        )
    return "\n".join([*lines, "", ""])


def notice(text: str) -> str:
    """NOTICE with that part renewed."""
    before = text.partition(BEGIN)[0] if BEGIN in text else text.partition(END)[0]
    return before + listed() + END + text.partition(END)[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.licences", description=__doc__)
    parser.add_argument("--write", action="store_true", help="renew the list of NOTICE")
    arguments = parser.parse_args()
    path = ROOT / "NOTICE"
    if arguments.write:
        path.write_text(notice(path.read_text("utf-8")), "utf-8")
    found = list(faults(list(metadata.distributions())))
    if notice(path.read_text("utf-8")) != path.read_text("utf-8"):
        found.append("NOTICE is not up to date: python -m tools.licences --write")
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
