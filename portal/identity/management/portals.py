"""Commands for the portals that run here."""

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from portal.identity.models import Tenant


class PortalsCommand(BaseCommand):
    """Does its work for each portal, or for the one that ``--portal`` names."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--portal", help="only the portal with this host label")

    def tenants(self, options: Mapping[str, Any]) -> QuerySet[Tenant]:
        tenants = Tenant.objects.order_by("pk")
        if options["portal"]:
            tenants = tenants.filter(label=options["portal"])
            if not tenants:
                raise CommandError(f"There is no portal {options['portal']}.")
        return tenants
