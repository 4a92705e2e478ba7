#!/usr/bin/env python
"""Entry point. Commands over pure code answer before Django is loaded (no settings, no database)."""

import os
import sys


def main(argv: list[str]) -> int:
    if len(argv) > 1 and argv[1] == "eligibility":
        from virage.law.cli import eligibility

        return eligibility(argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "virage.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(argv)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
