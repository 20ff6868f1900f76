from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from knowledge.search.indexers import index_again
from portal.identity.models import Tenant


class Command(BaseCommand):
    help = "Index everything that can be found anew, as after a change of how texts become words."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--portal", help="only the portal with this host label")

    def handle(self, *args: Any, **options: Any) -> None:
        tenants = Tenant.objects.order_by("pk")
        if options["portal"]:
            tenants = tenants.filter(label=options["portal"])
            if not tenants:
                raise CommandError(f"There is no portal {options['portal']}.")
        for tenant in tenants:
            counts: Counter[str] = Counter()
            for kind, count in index_again(tenant):
                counts[kind] += count
            told = ", ".join(f"{kind} {count}" for kind, count in counts.items())
            self.stdout.write(f"{tenant.label}: {told or 'nothing'}")
