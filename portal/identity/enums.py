from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a person is in one tenant."""

    CUSTOMER = "customer", _("Customer")
    CUSTOMER_ADMIN = "customer_admin", _("Customer administrator")
    AGENT = "agent", _("Support agent")
    LEAD = "lead", _("Team lead")
    CSM = "csm", _("Customer success manager")
    ADMIN = "admin", _("Administrator")


CONTACT_ROLES = frozenset({Role.CUSTOMER, Role.CUSTOMER_ADMIN})
STAFF_ROLES = frozenset({Role.AGENT, Role.LEAD, Role.CSM, Role.ADMIN})


class Scope(models.TextChoices):
    """What an API token may do; never more than its person may."""

    READ = "read", _("Read")
    WRITE = "write", _("Read and write")
