#!/usr/bin/env python
"""The portal's command line.

``up`` runs the whole portal (see portal/core/services); it comes before the settings, which need
the servers' addresses. Commands that change the schema connect as the owner of the tables;
everything else connects as the role that the row policies bind.
"""

import os
import sys
from pathlib import Path

from portal.core.services import embedded, up

ROOT = Path(__file__).resolve().parent
OWNER_COMMANDS = {"migrate", "sqlmigrate", "dbshell"}


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "up":
        sys.exit(up.main(ROOT, sys.argv[2:]))
    embedded.adopt(ROOT / "var", os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
    if command in OWNER_COMMANDS:
        os.environ.setdefault("DATABASE_ROLE", "owner")
    from django.core.management import execute_from_command_line  # after the environment is set

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
