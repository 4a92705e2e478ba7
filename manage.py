#!/usr/bin/env python
"""Entry point. Commands over pure code answer before Django is loaded (no settings, no database)."""

import sys


def main(argv: list[str]) -> int:
    if len(argv) > 1 and argv[1] == "eligibility":
        from virage.law.cli import eligibility

        return eligibility(argv[2:])
    from virage.config import launcher

    return launcher.manage(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
