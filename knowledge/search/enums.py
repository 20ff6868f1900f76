from django.db import models
from django.utils.translation import gettext_lazy as _


class Audience(models.TextChoices):
    """Who reads an entry. Each includes those before it."""

    INTERNAL = "internal", _("Staff only")
    CUSTOMERS = "customers", _("Customers")
    PUBLIC = "public", _("Everybody")
