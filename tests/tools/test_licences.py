"""The check of licences finds what it should: a licence nobody judged, a package nobody pinned, a library within."""

from importlib import metadata
from pathlib import Path

import pytest

from tools import licences


class Package(metadata.Distribution):
    """A package as its metadata would tell it."""

    def __init__(self, name: str, *about: str, version: str = "1.0", files: str = "") -> None:
        head = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n"
        self.texts = {"METADATA": head + "\n".join(about) + "\n", "RECORD": files}

    def read_text(self, filename: str) -> str | None:
        return self.texts.get(filename)

    def locate_file(self, path: object) -> Path:
        return Path(str(path))


def said(*packages: Package) -> list[str]:
    return [fault for fault in licences.faults(list(packages)) if "needed by nothing" not in fault]


@pytest.mark.parametrize(
    "expression, allowed",
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("MIT AND PSF-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-only", False),
        ("Other/Proprietary License", False),
        ("", False),
    ],
)
def test_an_expression_is_judged_as_a_whole(expression: str, allowed: bool) -> None:
    assert licences.is_allowed(expression) is allowed


def test_a_licence_that_nobody_judged_and_a_package_that_nobody_pinned_are_faults() -> None:
    faults = said(Package("novelty", "License-Expression: AGPL-3.0-only"))
    assert len(faults) == 2
    assert "requirements.txt says nothing of it" in faults[0]
    assert "AGPL-3.0-only is not allowed" in faults[1]


def test_another_version_than_the_pinned_one_is_a_fault() -> None:
    assert "requirements.txt says" in said(Package("django", "License-Expression: BSD-3-Clause", version="0.9"))[0]


def test_a_library_carried_within_is_a_fault_until_it_is_judged() -> None:
    [version] = licences.pinned()["segno"]
    within = "segno.libs/libmystery.so,,\n"
    package = Package("segno", "Classifier: License :: OSI Approved :: BSD License", version=version, files=within)
    assert "carries libraries of others" in said(package)[0]


def test_a_licence_by_its_classifier_or_its_short_name_is_understood() -> None:
    assert licences.stated(Package("one", "Classifier: License :: OSI Approved :: MIT License")) == "MIT"
    assert licences.stated(Package("one", "License: Apache 2.0")) == "Apache-2.0"
    assert licences.stated(Package("one", f"License: {'long text ' * 20}")) == ""


def test_what_is_installed_passes_and_notice_names_each_direct_package() -> None:
    assert list(licences.faults(list(metadata.distributions()))) == []
    text = (licences.ROOT / "NOTICE").read_text("utf-8")
    assert licences.notice(text) == text
    assert all(f"\n- {name}: " in text for name in licences.direct())
    assert len(licences.direct()) > 20
