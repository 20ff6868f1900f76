from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from incidents.demo import TELLINGS, roll, seed


class Command(BaseCommand):
    help = "Fill the demo: two vendors with their customers and incidents. What is there stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--list", action="store_true", help="print who can sign in to the demo, and how")
        parser.add_argument(
            "--yes",
            action="store_true",
            help="also on a portal that the world can reach: the password is public",
        )
        parser.add_argument(
            "--tellings",
            type=int,
            choices=range(1, TELLINGS + 1),
            default=TELLINGS,
            help="how often each conversation is told; fewer make a smaller demo",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            self.stdout.write(roll() or "There is no demo here. `manage.py seed_demo` makes it.")
            return
        if settings.HTTPS and not settings.DEBUG and not options["yes"]:
            raise CommandError(
                "This looks like a portal in production, and everybody may know the demo's password. "
                "To make the demo all the same, add --yes."
            )
        for name, incidents in seed(now=timezone.now(), tellings=options["tellings"]):
            self.stdout.write(f"{name}: {incidents} incidents")
