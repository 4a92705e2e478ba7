"""docs/workflows.md is what the tables say."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from virage.journal.management.commands.draw_workflows import PAGE, page, workflows


def test_the_page_is_current() -> None:
    call_command("draw_workflows", check=True)


def test_every_workflow_is_on_the_page() -> None:
    assert {workflow.name for _label, workflow in workflows()} >= {"teleexpertise", "item", "document"}
    assert all(f": {workflow.name}\n" in page() for _label, workflow in workflows())


def test_an_old_page_is_told_and_drawn_again(tmp_path: Path, settings: Settings) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / PAGE.parent).mkdir()
    (tmp_path / PAGE).write_text("old", encoding="utf-8")
    with pytest.raises(CommandError, match="out of date"):
        call_command("draw_workflows", check=True)
    call_command("draw_workflows")
    call_command("draw_workflows", check=True)
