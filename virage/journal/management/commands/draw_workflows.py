"""Draw every state machine into docs/workflows.md; `--check` says whether the page is up to date."""

from argparse import ArgumentParser
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from virage.kernel.workflow import Workflow

PAGE = Path("docs", "workflows.md")
HEAD = """# Workflows

Every state machine of the house, drawn from its table in the app's `states.py` by `manage.py draw_workflows` (a test
keeps this page current). `journal.moves.move` is the only writer of a state: a conditional update and its entry, in
one transaction.
"""


class Command(BaseCommand):
    help = "Draws the workflows of all apps into docs/workflows.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when the page is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.BASE_DIR / PAGE
        text = page()
        if not options["check"]:
            path.write_text(text, encoding="utf-8")
            self.stdout.write(str(PAGE))
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            raise CommandError(f"{PAGE} is out of date: run manage.py draw_workflows")


def page() -> str:
    """The page as it should be."""
    parts = [HEAD]
    for label, workflow in workflows():
        count = f"{len(workflow.states())} states, {len(workflow.table)} moves"
        parts.append(f"\n## {label}: {workflow.name}\n\n{count}.\n\n```mermaid\n{workflow.mermaid()}```\n")
    return "".join(parts)


def workflows() -> list[tuple[str, Workflow]]:
    """The workflows that stand in the `states.py` of our apps, by app."""
    found = []
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        if not app.name.startswith("virage.") or find_spec(f"{app.name}.states") is None:
            continue
        module = import_module(f"{app.name}.states")
        found += [(app.label, value) for value in vars(module).values() if isinstance(value, Workflow)]
    return found
