from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate

from portal.core.tenancy import APP_ROLE


def grant_rows_to_the_app_role(using: str, **_: object) -> None:
    """Tables made from here on can be read and written by the role that serves requests."""
    with connections[using].cursor() as cursor:
        cursor.execute(  # the only part that isn't literal is a constant of ours
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public"  # noqa: S608
            f" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP_ROLE};"
            f" ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP_ROLE};"
            f" ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC"
        )


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"

    def ready(self) -> None:
        from portal.core import checks  # noqa: F401  registers the system checks

        pre_migrate.connect(grant_rows_to_the_app_role, sender=self)
