from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

SEALED = ("journal_entry", "journal_head", "journal_headlink", "journal_checkpoint")
GRANTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
    "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
    "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
    *(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {{role}}" for table in SEALED),
)


class Command(BaseCommand):
    help = (
        "Give a role of the database what the running platform needs and no more: it can't switch off the triggers of "
        "the journal, nor change its tables. Run it as the owner, after each migrate."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("role", help="made before: CREATE ROLE virage_app LOGIN PASSWORD '…'")

    def handle(self, *args: Any, **options: Any) -> None:
        role = options["role"]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
            if found is None:
                raise CommandError(f"role {role} does not exist: make it first")
            cursor.execute(
                "SELECT pg_has_role(%s, relowner, 'MEMBER') FROM pg_class WHERE oid = 'journal_entry'::regclass",
                [role],
            )
            if found[0] or cursor.fetchone()[0]:
                raise CommandError(f"role {role} owns the journal or is a superuser: it could switch its triggers off")
            for grant in GRANTS:
                cursor.execute(sql.SQL(grant).format(role=sql.Identifier(role)))
        self.stdout.write(f"{role} may run the platform, and not change the journal")
