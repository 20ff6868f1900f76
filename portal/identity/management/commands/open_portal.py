from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.urls import reverse

from portal.core.errors import Refused
from portal.identity import hosts
from portal.identity.actions import make_user, open_tenant
from portal.identity.models import User


class Command(BaseCommand):
    help = (
        "Opens a portal from the command line, as a company does that runs it for itself: name the label in"
        " DEFAULT_TENANT, and the portal is served on BASE_HOST. Prints the link to choose a password."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="the company's name")
        parser.add_argument("--label", default=settings.DEFAULT_TENANT, help="first part of the host name")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--time-zone", default="UTC")
        parser.add_argument("--admin", required=True, help="the first administrator's name")
        parser.add_argument("--email", required=True, help="the first administrator's e-mail address")

    def handle(self, *args: Any, **options: Any) -> None:
        language, time_zone, email = options["language"], options["time_zone"], options["email"].lower()
        owner = User.objects.filter(email=email).first()
        try:
            with transaction.atomic():
                admin = owner or make_user(
                    email=email, name=options["admin"], password=None, language=language, time_zone=time_zone
                )
                person = open_tenant(
                    name=options["name"],
                    label=options["label"],
                    language=language,
                    time_zone=time_zone,
                    admin=admin,
                )
        except Refused as refused:
            raise CommandError(str(refused)) from None
        if owner is not None:
            path = reverse("account_login")
        else:
            key = default_token_generator.make_token(admin)
            path = reverse("account_reset_password_from_key", args=[user_pk_to_url_str(admin), key])
        self.stdout.write(hosts.url_of(person.tenant, path))
