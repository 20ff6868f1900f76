from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.invariants import broken_invariants
from portal.identity.models import Tenant


class Command(BaseCommand):
    help = "Count, over all portals, what contradicts the promises about clocks, alerts and deliveries."

    def handle(self, *args: Any, **options: Any) -> None:
        counts: Counter[str] = Counter()
        for tenant in Tenant.objects.order_by("pk"):
            counts.update(broken_invariants(tenant))
        for name, count in counts.items():
            self.stdout.write(f"{count:>7}  {name}")
        if broken := sum(1 for count in counts.values() if count):
            raise CommandError(f"{broken} invariants are broken.")
