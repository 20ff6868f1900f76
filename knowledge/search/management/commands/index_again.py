from collections import Counter
from typing import Any

from knowledge.search.indexers import index_again
from portal.identity.management.portals import PortalsCommand


class Command(PortalsCommand):
    help = "Index everything that can be found anew, as after a change of how texts become words."

    def handle(self, *args: Any, **options: Any) -> None:
        for tenant in self.tenants(options):
            counts: Counter[str] = Counter()
            for kind, count in index_again(tenant):
                counts[kind] += count
            told = ", ".join(f"{kind} {count}" for kind, count in counts.items())
            self.stdout.write(f"{tenant.label}: {told or 'nothing'}")
