"""English is complete, and the tool that says so sees what is missing."""

from pathlib import Path

import pytest

from virage.ui import messages


@pytest.mark.parametrize("app", messages.apps(), ids=lambda app: app.name)
def test_english_is_complete(app: Path) -> None:
    assert [str(fault) for fault in messages.faults(app)] == []


def test_the_same_words_are_translated_once() -> None:
    assert [str(fault) for fault in messages.conflicts()] == []


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An app of two files, in a package of its own."""
    folder = tmp_path / "fleurs"
    (folder / "templates" / "fleurs").mkdir(parents=True)
    (folder / "apps.py").touch()
    (folder / "views.py").write_text(
        'from x import _, ngettext\n_("Une rose de %(name)s")\nngettext("%d lys", "%d lis", 3)\n', "utf-8"
    )
    (folder / "templates" / "fleurs" / "page.html").write_text(
        '<p>\n      {% translate "Arroser" %}\n  it\'s {% blocktranslate %}Bonjour {{ who }}{% endblocktranslate %}</p>',
        "utf-8",
    )
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    return folder


def _whats(app: Path) -> dict[str, str]:
    return {fault.msgid: fault.what for fault in messages.faults(app)}


def test_words_are_found_in_python_and_in_pages(app: Path) -> None:
    assert set(_whats(app)) == {"Une rose de %(name)s", "%d lys", "Arroser", "Bonjour %(who)s"}


def _write(app: Path, **strings: str | tuple[str, str]) -> None:
    catalog = messages.words(app)
    for message in catalog:
        if message.id:
            first = message.id[0] if isinstance(message.id, tuple) else message.id
            message.string = strings.get(first.split()[0], message.string)
    path = messages.catalogue(app)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        messages.pofile.write_po(file, catalog)


def test_a_full_catalogue_has_no_fault_and_compiles(app: Path) -> None:
    _write(
        app, Une="A rose from %(name)s", Arroser="Water", Bonjour="Hello %(who)s", **{"%d": ("%d lily", "%d lilies")}
    )
    assert _whats(app) == {}
    assert messages.update(app) is True
    assert _whats(app) == {}
    assert messages.update(app) is False, "a second run changes nothing"
    assert messages.compile_stale() == 1
    assert messages.compile_stale() == 0


def test_a_lost_placeholder_an_empty_entry_and_a_stale_one_are_said(app: Path) -> None:
    _write(app, Une="A rose", Bonjour="Hello %(who)s", **{"%d": ("%d lily", "%d lilies")})
    (app / "templates" / "fleurs" / "page.html").write_text('{% translate "Arroser" %}', "utf-8")
    whats = _whats(app)
    assert whats["Une rose de %(name)s"].startswith("placeholders differ")
    assert whats["Arroser"] == "not translated"
    assert whats["Bonjour %(who)s"] == "no longer said"


def test_an_update_keeps_translations_and_drops_what_is_no_longer_said(app: Path) -> None:
    _write(app, Une="A rose from %(name)s", Bonjour="Hello %(who)s")
    (app / "templates" / "fleurs" / "page.html").write_text('{% translate "Tailler" %}', "utf-8")
    messages.update(app)
    kept = messages.read(app)
    assert kept.get("Une rose de %(name)s").string == "A rose from %(name)s"
    assert kept.get("Bonjour %(who)s") is None
    assert kept.get("Tailler").string == ""


def test_two_translations_of_the_same_words_are_a_conflict(app: Path, tmp_path: Path) -> None:
    _write(app, Arroser="Water")
    other = tmp_path / "arbres"
    other.mkdir()
    (other / "apps.py").touch()
    (other / "views.py").write_text('_("Arroser")\n', "utf-8")
    _write(other, Arroser="Sprinkle")
    assert [fault.msgid for fault in messages.conflicts()] == ["Arroser"]
