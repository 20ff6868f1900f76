"""What a tenant gives out: releases with their words and files, uploads, and who downloaded what."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from knowledge.releases.enums import Kind, State
from knowledge.solutions.models import PART_OF_READABLE, Solution
from plans.models import Product, ProductVersion
from portal.core.walls import (
    BY_ACCOUNT,
    BY_STAFF,
    BY_TENANT,
    TenantForeignKey,
    TenantModel,
    TenantPart,
    walls,
)
from portal.identity.models import Account, Membership

LONGEST_FIX = 300
"""Letters of one line of what a release fixes."""
_GIVEN_OUT = f"({BY_STAFF}) OR ({BY_TENANT} AND state <> 'draft')"
"""Staff see drafts too."""
_OF_WHAT_IS_SEEN = f"{BY_TENANT} AND release_id IN (SELECT id FROM releases_release)"  # noqa: S608  no values
"""Whoever sees the release, by the policy of its own table."""
_OF_TWO_THAT_ARE_SEEN = f"{_OF_WHAT_IS_SEEN} AND {PART_OF_READABLE}"
"""Whoever sees the release and the solution."""


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, person: Membership) -> "ReleaseQuerySet":
        """Drafts are for staff; what was published, everybody may read about."""
        rows = self.filter(tenant_id=person.tenant_id)
        return rows if person.is_staff_member else rows.exclude(state=State.DRAFT)


class Release(TenantModel):
    """Something to download for a version of a product. Once published it never changes, but for its words
    and for being withdrawn; the database holds that."""

    number = models.PositiveIntegerField()
    product = TenantForeignKey(Product)
    version = TenantForeignKey(
        ProductVersion, help_text="That an update brings, or that anything else is for."
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    released_on = models.DateField(_("released on"))
    first_version = TenantForeignKey(
        ProductVersion, null=True, help_text="The oldest it can be installed on."
    )
    last_version = TenantForeignKey(ProductVersion, null=True, help_text="The newest it can be installed on.")
    revision = models.PositiveIntegerField(default=1, help_text="Grows with each edit of the draft.")
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    published_at = models.DateTimeField(null=True)
    published_by = TenantForeignKey(Membership, null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=500, blank=True)

    objects: ClassVar[models.Manager["Release"]] = ReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            *walls(
                "releases_release",
                policy=_GIVEN_OUT,
                write_policy=BY_STAFF,
                refs=["product", "version", "first_version", "last_version", "published_by"],
                key=True,
            ),
            models.UniqueConstraint(fields=["tenant", "number"], name="release_number_once_per_tenant"),
            models.CheckConstraint(
                condition=Q(state=State.DRAFT) | Q(published_at__isnull=False),
                name="published_release_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN, withdrawn_at__isnull=False) & ~Q(withdrawn_because="")
                | ~Q(state=State.WITHDRAWN) & Q(withdrawn_at=None, withdrawn_because=""),
                name="withdrawn_release_says_why",
            ),
        ]
        indexes = [
            # The list, and that of one product, the latest first.
            models.Index(fields=["tenant", "-released_on", "-id"], name="release_of_tenant"),
            models.Index(fields=["tenant", "product", "-released_on", "-id"], name="release_of_product"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"R-{self.number}"

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_withdrawn(self) -> bool:
        return self.state == State.WITHDRAWN


class ReleaseText(TenantPart):
    """Title, notes and what is fixed, in one language. They may be corrected at any time."""

    release = TenantForeignKey(Release, models.CASCADE, related_name="texts")
    language = models.CharField(max_length=8, choices=settings.LANGUAGES)
    title = models.CharField(_("title"), max_length=160)
    notes = models.TextField(_("release notes"), blank=True)
    fixes = ArrayField(models.CharField(max_length=LONGEST_FIX), default=list, blank=True)
    revision = models.PositiveIntegerField(default=1)
    corrected_at = models.DateTimeField(null=True, help_text="Last, after the release was published.")

    class Meta:
        constraints = [
            *walls("releases_releasetext", policy=_OF_WHAT_IS_SEEN, write_policy=BY_STAFF, refs=["release"]),
            models.UniqueConstraint(fields=["tenant", "release", "language"], name="release_text_once"),
        ]

    def __str__(self) -> str:
        return self.title


class Requirement(TenantPart):
    """An earlier release that has to be installed before."""

    release = TenantForeignKey(Release, models.CASCADE, related_name="requirements")
    needs = TenantForeignKey(Release)

    class Meta:
        constraints = [
            *walls(
                "releases_requirement",
                policy=_OF_WHAT_IS_SEEN,
                write_policy=BY_STAFF,
                refs=["release", "needs"],
            ),
            models.UniqueConstraint(fields=["tenant", "release", "needs"], name="needed_once"),
            models.CheckConstraint(condition=~Q(release=F("needs")), name="release_never_needs_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} needs {self.needs_id}"


class Replacement(TenantPart):
    """An earlier release that this one takes the place of."""

    release = TenantForeignKey(Release, models.CASCADE, related_name="replacements")
    replaces = TenantForeignKey(Release)

    class Meta:
        constraints = [
            *walls(
                "releases_replacement",
                policy=_OF_WHAT_IS_SEEN,
                write_policy=BY_STAFF,
                refs=["release", "replaces"],
            ),
            models.UniqueConstraint(fields=["tenant", "release", "replaces"], name="replaced_once"),
            models.CheckConstraint(condition=~Q(release=F("replaces")), name="release_never_replaces_itself"),
        ]
        indexes = [
            # What has taken the place of a release.
            models.Index(fields=["tenant", "replaces"], name="replacement_of_release"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} replaces {self.replaces_id}"


class ReleaseFix(TenantPart):
    """A solution whose problem a release fixes. It may be named later, as many are written afterwards."""

    release = TenantForeignKey(Release, models.CASCADE, related_name="fixed")
    solution = TenantForeignKey(Solution)

    class Meta:
        constraints = [
            *walls(
                "releases_releasefix",
                policy=_OF_TWO_THAT_ARE_SEEN,
                write_policy=BY_STAFF,
                refs=["release", "solution"],
            ),
            models.UniqueConstraint(fields=["tenant", "release", "solution"], name="fixed_once"),
        ]
        indexes = [
            # Which releases fix a solution, or some of them.
            models.Index(fields=["tenant", "solution", "release"], name="fix_of_solution"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} fixes {self.solution_id}"


class ReleaseFile(TenantPart):
    """A file whose content has come whole and has this checksum; it lies in parts under the id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = TenantForeignKey(Release, models.CASCADE, related_name="files")
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    part_size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_by = TenantForeignKey(Membership)
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls(
                "releases_releasefile",
                policy=_OF_WHAT_IS_SEEN,
                write_policy=BY_STAFF,
                refs=["release", "uploaded_by"],
                key=True,
            ),
            models.UniqueConstraint(fields=["tenant", "release", "name"], name="file_name_once_per_release"),
            models.CheckConstraint(condition=Q(size__gt=0, part_size__gt=0), name="release_file_has_content"),
        ]

    def __str__(self) -> str:
        return self.name


class Upload(TenantPart):
    """A file on its way, part by part, by one person. The file that comes of it keeps its id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = TenantForeignKey(Release, models.CASCADE, related_name="uploads")
    person = TenantForeignKey(Membership)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    part_size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True, help_text="That the uploader says it has.")
    stamp = models.CharField(
        max_length=40, blank=True, help_text="When the uploader's file was changed last."
    )
    received = models.BigIntegerField(default=0)
    last_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            *walls("releases_upload", policy=BY_STAFF, refs=["release", "person"]),
            models.UniqueConstraint(
                fields=["tenant", "release", "person", "name"], name="upload_once_per_person"
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, part_size__gt=0, received__gte=0, received__lte=F("size")),
                name="upload_within_its_size",
            ),
        ]
        indexes = [
            # Uploads that nobody goes on with, for the sweep that removes them.
            models.Index(fields=["last_at"], name="upload_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.received} of {self.size}"


class DownloadQuerySet(models.QuerySet["Download"]):
    def visible_to(self, person: Membership) -> "DownloadQuerySet":
        """A contact sees what their company has downloaded, staff see everybody's."""
        rows = self.filter(tenant_id=person.tenant_id)
        return rows if person.is_staff_member else rows.filter(account=person.account_id)


class Download(TenantModel):
    """A file that somebody was let through to: asked for, then begun, then whole. Staff have no account.

    What was never begun is a link that nobody used: no log shows it, and the sweep removes it."""

    account = TenantForeignKey(Account, null=True)
    person = TenantForeignKey(Membership)
    release = TenantForeignKey(Release, models.CASCADE)
    file = TenantForeignKey(ReleaseFile, models.CASCADE)
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True, help_text="When the last byte had left.")
    bytes_sent = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager["Download"]] = DownloadQuerySet.as_manager()

    class Meta:
        constraints = [
            *walls(
                "releases_download",
                policy=BY_ACCOUNT,
                refs=["account", "person", "release", "file"],
                account_refs=["person"],
            ),
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(started_at__isnull=False),
                name="finished_download_was_begun",
            ),
        ]
        indexes = [
            # The log: of everybody, of an account and of a release, the latest first.
            models.Index(
                fields=["tenant", "-id"], condition=Q(started_at__isnull=False), name="download_log"
            ),
            models.Index(
                fields=["tenant", "account", "-id"],
                condition=Q(started_at__isnull=False),
                name="download_log_of_account",
            ),
            models.Index(
                fields=["tenant", "release", "-id"],
                condition=Q(started_at__isnull=False),
                name="download_log_of_release",
            ),
            # Which releases an account has fetched already; and a download that a program goes on with.
            models.Index(
                fields=["tenant", "account", "release"],
                condition=Q(finished_at__isnull=False),
                name="download_fetched",
            ),
            models.Index(
                fields=["tenant", "person", "file", "-id"],
                condition=Q(finished_at=None),
                name="download_unfinished",
            ),
            # What was asked for and never begun, for the sweep that removes it.
            models.Index(
                fields=["tenant", "asked_at"], condition=Q(started_at=None), name="download_never_begun"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} downloads {self.file_id}"
