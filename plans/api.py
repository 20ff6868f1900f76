"""What is sold, for programs."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from plans.queries import ProductValue, products_of
from portal.core.api import Nothing
from portal.core.openapi import Shape, all_of
from portal.identity.models import Tenant
from portal.identity.operations import PersonView


class VersionShape(Shape):
    id = serializers.IntegerField()
    name = serializers.CharField()


class ProductShape(Shape):
    code = serializers.CharField()
    name = serializers.CharField()
    retired = serializers.BooleanField(help_text="Sold no longer; nothing new can be logged for it.")
    versions = VersionShape(many=True, help_text="The newest first.")


class Products(PersonView):
    @extend_schema(
        operation_id="products",
        summary="What is supported",
        responses=all_of(ProductShape),
        tags=["plans"],
    )
    def get(self, request: Request) -> Response:
        self.asked(Nothing)
        return Response({"results": [_product(product) for product in products_of(self.person.tenant)]})


def _product(product: ProductValue) -> dict[str, Any]:
    return {
        "code": product.code,
        "name": product.name,
        "retired": product.retired,
        "versions": [{"id": version.id, "name": version.name} for version in product.versions],
    }


def product_with(tenant: Tenant, code: str) -> ProductValue:
    """The product with this code. Raises ValidationError for the field ``product``."""
    for product in products_of(tenant):
        if product.code == code:
            return product
    raise ValidationError({"product": [_("There is no product with this code.")]})


def product_asked(tenant: Tenant, asked: Mapping[str, Any]) -> ProductValue | None:
    """The one that the parameter ``product`` names, if it is there. Raises ValidationError as above."""
    return product_with(tenant, asked["product"]) if "product" in asked else None


def product_id_asked(tenant: Tenant, asked: Mapping[str, Any]) -> int | None:
    product = product_asked(tenant, asked)
    return product.id if product else None


def product_codes(tenant: Tenant) -> dict[int, str]:
    return {product.id: product.code for product in products_of(tenant)}
