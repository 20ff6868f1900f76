"""What can be found, in which words, and what it has spared people."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from knowledge.search.enums import Audience
from portal.core.walls import (
    BY_STAFF,
    BY_STAFF_OR_SELF,
    BY_TENANT,
    RowPolicy,
    TenantForeignKey,
    TenantModel,
    TenantPart,
    walls,
)
from portal.identity.models import Account, Membership

_ACCOUNT = "(SELECT nullif(current_setting('app.account_id', true), ''))"
BY_AUDIENCE = (
    f"{BY_TENANT} AND (audience = 'public' OR {_ACCOUNT} = '*'"
    f" OR (audience = 'customers' AND {_ACCOUNT} IS NOT NULL))"
)
"""Staff see all, contacts what customers may read, whoever is not signed in what is public. The doors of
this app (``search_found``, ``search_alike``) have the same rule."""


class IndexedEntryQuerySet(models.QuerySet["IndexedEntry"]):
    def visible_to(self, person: Membership | None) -> "IndexedEntryQuerySet":
        return self.filter(audience__in=audiences_of(person))


def audiences_of(person: Membership | None) -> list[str]:
    """Of which entries the person is a reader; None is somebody who is not signed in."""
    if person is None:
        return [Audience.PUBLIC.value]
    if person.is_contact:
        return [Audience.CUSTOMERS.value, Audience.PUBLIC.value]
    return list(Audience.values)


class IndexedEntry(TenantModel):
    """An entry as it is looked up. ``index`` writes it; nothing else does."""

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=300)
    text = models.TextField()
    url = models.CharField(max_length=300)
    audience = models.CharField(max_length=10, choices=Audience)
    codes = ArrayField(models.TextField(), default=list)
    product_ids = ArrayField(models.BigIntegerField(), default=list)
    since = models.BigIntegerField(null=True)
    until = models.BigIntegerField(null=True)
    dated_at = models.DateTimeField()
    words = SearchVectorField()

    objects = IndexedEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            *walls("search_indexedentry", policy=BY_STAFF),
            RowPolicy(name="search_indexedentry_read", using=BY_AUDIENCE, command="SELECT"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="entry_has_an_audience"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(since__lte=F("until")),
                name="entry_versions_in_order",
            ),
        ]
        indexes = [
            # The entries of one object, which ``index`` replaces.
            models.Index(fields=["tenant", "kind", "object_id"], name="entry_of_object"),
            # The door ``search_found``: entries with a word in a form of it, or with a code.
            GinIndex(fields=["tenant", "words"], name="entry_words"),
            GinIndex(fields=["tenant", "codes"], name="entry_codes"),
        ]

    def __str__(self) -> str:
        return self.title


class Word(TenantModel):
    """A word that entries have had, by which misspellings are recognised.

    Words are only added. One that no entry has any more corrects nobody, as a correction is shown only
    where it finds something.
    """

    language = models.CharField(max_length=10)
    audience = models.CharField(max_length=10, choices=Audience)
    word = models.CharField(max_length=60)

    class Meta:
        constraints = [
            *walls("search_word", policy=BY_STAFF),
            RowPolicy(name="search_word_read", using=BY_AUDIENCE, command="SELECT"),
            models.UniqueConstraint(fields=["tenant", "language", "audience", "word"], name="word_once"),
        ]
        indexes = [
            # The door ``search_alike``.
            GinIndex(fields=["tenant", "word"], name="word_alike", opclasses=["int8_ops", "gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.word


class Prevented(TenantPart):
    """An incident that was not logged, as its author found the answer while writing it."""

    person = TenantForeignKey(Membership)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    account = TenantForeignKey(Account, null=True)
    key = models.CharField(max_length=80, help_text="Of the form: one form is one incident less.")
    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=300, help_text="Of what helped, as it was then.")
    typed_title = models.CharField(max_length=300, blank=True)
    typed_text = models.TextField(blank=True)
    product_id = models.BigIntegerField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Whoever writes may note it; what they had typed only they and staff read.
        constraints = [
            *walls(
                "search_prevented",
                policy=BY_STAFF_OR_SELF,
                write_policy=BY_TENANT,
                refs=["person", "account"],
                append_only=True,
            ),
            models.UniqueConstraint(fields=["tenant", "person", "key"], name="prevented_once"),
        ]
        indexes = [
            # How many incidents an object has prevented.
            models.Index(fields=["tenant", "kind", "object_id"], name="prevented_by_object"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.typed_title}"
