from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from incidents.clocks.replay import replay
from portal.identity.management.portals import PortalsCommand


class Command(PortalsCommand):
    help = "Derive the due time of every clock again from its segments, and print those that differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--ended", action="store_true", help="also the clocks that have ended")

    def handle(self, *args: Any, **options: Any) -> None:
        differences = 0
        for tenant in self.tenants(options):
            for found in replay(tenant, ended=options["ended"]):
                differences += 1
                replayed = found.replayed.isoformat() if found.replayed else "never"
                self.stdout.write(
                    f"{tenant.label}: clock {found.clock_id} is kept as {found.kept.isoformat()},"
                    f" its segments say {replayed}"
                )
        if differences:
            raise CommandError(f"{differences} clocks differ from their segments.")
        self.stdout.write("Every clock is as its segments say.")
