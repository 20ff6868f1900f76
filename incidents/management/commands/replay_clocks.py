from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.clocks.replay import replay
from portal.identity.models import Tenant


class Command(BaseCommand):
    help = "Derive the due time of every clock again from its segments, and print those that differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--ended", action="store_true", help="also the clocks that have ended")
        parser.add_argument("--portal", help="only the portal with this host label")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("pk")
        if options["portal"]:
            tenants = tenants.filter(label=options["portal"])
            if not tenants:
                raise CommandError(f"There is no portal {options['portal']}.")
        differences = 0
        for tenant in tenants:
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
