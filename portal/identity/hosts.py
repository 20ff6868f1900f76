"""Which tenant a host name belongs to."""

import time

from django.conf import settings
from django.http import HttpRequest

from portal.identity.models import Tenant

_SECONDS = 10
_known: dict[str, tuple[float, Tenant | None]] = {}


def label_of(host: str) -> str:
    """``acme`` for ``acme.example.com:8000``; empty for the base host itself."""
    name = host.rsplit(":", 1)[0].lower().rstrip(".")
    if name == settings.BASE_HOST:
        return settings.DEFAULT_TENANT
    suffix = f".{settings.BASE_HOST}"
    return name.removesuffix(suffix) if name.endswith(suffix) else ""


def tenant_for(label: str) -> Tenant | None:
    """The tenant of a host label; remembered for ten seconds in each process."""
    now = time.monotonic()
    at, tenant = _known.get(label, (0.0, None))
    if tenant is None or now - at > _SECONDS:
        tenant = Tenant.objects.filter(label=label).first()
        if tenant is not None:
            _known[label] = (now, tenant)
    return tenant


def forget_tenants() -> None:
    """After a tenant was edited in this process."""
    _known.clear()


def base_name() -> str:
    """The host name that the portals' labels stand before, with its port where it is not the usual one."""
    return f"{settings.BASE_HOST}:{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else settings.BASE_HOST


def url_of(tenant: Tenant | None, path: str = "/") -> str:
    """An absolute address in a tenant's portal; built from settings, never from a request's Host."""
    label = f"{tenant.label}." if tenant and tenant.label != settings.DEFAULT_TENANT else ""
    return f"{'https' if settings.HTTPS else 'http'}://{label}{base_name()}{path}"


def on_base_host(request: HttpRequest) -> bool:
    return getattr(request, "tenant", None) is None
