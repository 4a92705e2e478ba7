"""Migrations: one line per app, complete, and every step can be taken back."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

from tests import ground

OURS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("virage."))


def loader() -> MigrationLoader:
    return MigrationLoader(None)


def test_each_app_has_one_line_of_migrations() -> None:
    graph = loader().graph
    for label in OURS:
        nodes = [key for key in graph.nodes if key[0] == label]
        assert len(graph.leaf_nodes(label)) == (1 if nodes else 0), label
        numbers = sorted(key[1].split("_")[0] for key in nodes)
        assert numbers == [f"{number + 1:04d}" for number in range(len(nodes))], label


def test_models_and_migrations_agree() -> None:
    with translation.override(None):  # as makemigrations does: labels in no language
        known = loader()
        detector = MigrationAutodetector(known.project_state(), ProjectState.from_apps(apps))
        changes = detector.changes(graph=known.graph)
    assert {
        label: [str(op) for m in found for op in m.operations] for label, found in changes.items() if label in OURS
    } == {}


def test_every_step_can_be_taken_back() -> None:
    stuck = [
        f"{label}.{name}: {operation.describe()}"
        for (label, name), migration in loader().disk_migrations.items()
        if label in OURS
        for operation in migration.operations
        if not operation.reversible
    ]
    assert stuck == []


@pytest.mark.postgres15
def test_all_steps_run_from_nothing_back_to_nothing_and_again(own_database: ground.Database) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int >= 150000")
        assert cursor.fetchone()[0]
    for label in sorted(loader().migrated_apps & set(OURS)):
        call_command("migrate", label, "zero", verbosity=0, interactive=False)
    left = [table for table in connection.introspection.table_names() if table.split("_")[0] in OURS]
    assert left == []
    call_command("migrate", verbosity=0, interactive=False)
    assert {model._meta.db_table for model in apps.get_models() if model._meta.app_label in OURS} <= set(
        connection.introspection.table_names()
    )
