"""What there is to know of registrations and notices, for whom."""

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from entitlements.decide import decide
from entitlements.queries import holdings_for
from knowledge.critical.enums import Standing
from knowledge.critical.models import Answer, Exposure, Loop, Notice, Recipient, Registration
from knowledge.solutions.enums import Stage, State
from knowledge.solutions.models import Revision, Solution
from plans.enums import FeatureCode
from plans.queries import ProductValue, products_of
from portal.core.keyset import Keyset, Page
from portal.identity.models import Membership

NEWEST_FIRST = Keyset(("id",), descending=True)
PAGE_SIZE = 50
MOST_TELLABLE = 20
FEATURE = FeatureCode.CRITICAL_SOLUTION_NOTIFICATION


def offered_products(person: Membership) -> list[ProductValue]:
    """The products whose critical solutions the contact may be told of today, in the tenant's order."""
    holdings, now = holdings_for(person), timezone.now()
    return [
        product
        for product in products_of(person.tenant)
        if product.id in holdings.by_product
        and decide(holdings, FEATURE, at=now, product_id=product.id).allowed
    ]


def own_account(person: Membership) -> int:
    """:raises ValueError: the person is no contact."""
    if person.account_id is None:
        raise ValueError("Only a contact has an account")
    return person.account_id


def registrations_of(person: Membership) -> QuerySet[Registration]:
    return Registration.objects.filter(tenant_id=person.tenant_id, person=person)


def registrations_at(person: Membership) -> QuerySet[Registration]:
    """Of all contacts of the person's account, by name."""
    found = Registration.objects.filter(tenant_id=person.tenant_id, account_id=own_account(person))
    current = found.filter(person__removed_at=None).select_related("person__user", "product")
    return current.order_by("person__user__name", "person_id", "product__position", "product_id")


def has_answered(person: Membership) -> bool:
    return Answer.objects.filter(tenant_id=person.tenant_id, person=person).exists()


def notices_of(solution: Solution) -> list[Notice]:
    """The latest first."""
    return list(Notice.objects.filter(tenant_id=solution.tenant_id, solution=solution).order_by("-id"))


def last_notice(person: Membership, solution_id: int) -> Notice | None:
    return Notice.objects.visible_to(person).filter(solution=solution_id).order_by("-id").first()


def titles_of(solution: Solution) -> dict[str, str]:
    """Of the published texts, by language."""
    return dict(_texts(solution.tenant_id, solution.pk).values_list("language", "title"))


def own_loop(person: Membership, notice: Notice) -> QuerySet[Loop]:
    """Of the contact's account."""
    return Loop.objects.filter(tenant_id=person.tenant_id, notice=notice, account_id=own_account(person))


def exposures_of(loop: Loop) -> QuerySet[Exposure]:
    found = Exposure.objects.filter(tenant_id=loop.tenant_id, notice=loop.notice_id, account=loop.account_id)
    return found.select_related("product", "installation__version", "said_by__user").order_by("id")


def own_recipient(person: Membership, notice: Notice) -> QuerySet[Recipient]:
    """The person themselves, where they were told."""
    return Recipient.objects.filter(tenant_id=person.tenant_id, notice=notice, person=person)


def own_loops(person: Membership, cursor: str, *, size: int = PAGE_SIZE) -> Page[Loop]:
    """What concerns the contact's account, the latest first; without what was corrected since."""
    loops = Loop.objects.visible_to(person).filter(notice__corrected_at=None)
    return NEWEST_FIRST.page(loops.select_related("notice"), cursor, size)


def open_loops(person: Membership, most: int) -> QuerySet[Loop]:
    """What the contact's account is still exposed to, the latest first."""
    loops = Loop.objects.visible_to(person).filter(standing=Standing.EXPOSED, notice__corrected_at=None)
    return loops.select_related("notice").order_by("-id")[:most]


def told_notices(person: Membership, cursor: str, *, size: int = PAGE_SIZE) -> Page[Notice]:
    notices = Notice.objects.visible_to(person).select_related("published_by__user")
    return NEWEST_FIRST.page(notices, cursor, size)


def published_text(solution: Solution) -> Revision | None:
    """In the language that it is written in."""
    return _texts(solution.tenant_id, solution.pk).filter(language=solution.language).first()


def text_of(notice: Notice, language: str) -> Revision | None:
    """The solution's text in the language, or in its own; none where customers don't find it any more."""
    found = _texts(notice.tenant_id, notice.solution_id).select_related("solution")
    texts = {one.language: one for one in found}
    return texts.get(language) or texts.get(notice.language)


def tellable(person: Membership) -> list[tuple[Solution, str]]:
    """Critical solutions of whose text nobody was told, with their titles; the latest published first."""
    told = Notice.objects.filter(tenant_id=person.tenant_id, revision=OuterRef("pk"))
    texts = Revision.objects.filter(
        ~Exists(told),
        tenant_id=person.tenant_id,
        stage=Stage.PUBLISHED,
        language=F("solution__language"),
        solution__critical=True,
        solution__state=State.PUBLISHED,
    )
    latest = texts.select_related("solution").order_by("-solution__published_at", "-pk")
    return [(text.solution, text.title) for text in latest[:MOST_TELLABLE]]


def _texts(tenant_id: int, solution_id: int) -> QuerySet[Revision]:
    return Revision.objects.filter(tenant_id=tenant_id, solution_id=solution_id, stage=Stage.PUBLISHED)
