"""The eight accents that a tenant may choose; each is a block in ``tokens.css``, checked for contrast."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Accent(TextChoices):
    HARBOUR = "harbour", _("Harbour blue")
    INDIGO = "indigo", _("Indigo")
    VIOLET = "violet", _("Violet")
    PLUM = "plum", _("Plum")
    TEAL = "teal", _("Teal")
    PINE = "pine", _("Pine green")
    BRONZE = "bronze", _("Bronze")
    SLATE = "slate", _("Slate")
