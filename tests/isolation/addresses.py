"""Every address of the portal, and which of the scene's objects it names."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from incidents.views.changes import CHANGES
from knowledge.solutions.views.steps import STEPS
from notifications.webhooks.models import Call, Webhook
from portal.identity.models import Membership
from tests.isolation.scene import KEY, Scene


@dataclass(frozen=True)
class Pattern:
    name: str
    guard: str | None
    parameters: frozenset[str]


def patterns(
    resolver: URLResolver | None = None, namespace: str = "", outer: frozenset[str] = frozenset()
) -> Iterator[Pattern]:
    """All but the API's operations, which its description names."""
    for entry in (resolver or get_resolver()).url_patterns:
        parameters = outer | frozenset(entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from patterns(entry, inner, parameters)
        elif isinstance(entry, URLPattern) and namespace != "api:":
            yield Pattern(f"{namespace}{entry.name}", getattr(entry.callback, "guard", None), parameters)


@dataclass(frozen=True)
class Named:
    """An object in an address: the values that name it, and somebody who has a right to it.

    ``for_account``: every contact of the account has that right, and is no stranger to it.
    """

    values: Callable[[Scene], Mapping[str, Any]]
    rightful: Callable[[Scene], Membership]
    for_account: bool = False


def _owner(scene: Scene) -> Membership:
    return scene.owner


def _admin(scene: Scene) -> Membership:
    return scene.cast.acme.admin


def _account_admin(scene: Scene) -> Membership:
    return scene.company.admin


def _lead(scene: Scene) -> Membership:
    return scene.cast.acme.lead


def _agent(scene: Scene) -> Membership:
    return scene.cast.acme.agent


def _incident(rightful: Callable[[Scene], Membership] = _owner, **more: Any) -> Named:
    return Named(lambda scene: {"reference": scene.incident.reference, **more}, rightful)


def _of_account(pk: Callable[[Scene], int] | None = None) -> Named:
    return Named(lambda scene: {"key": KEY, **({"pk": pk(scene)} if pk else {})}, _admin)


def _of_webhooks(*, call: bool = False) -> list[Named]:
    """The tenant's, and one of the account's own."""

    def named(webhook: Webhook, its_call: Call) -> dict[str, Any]:
        return {"pk": webhook.pk, **({"call_id": its_call.pk} if call else {})}

    return [
        Named(lambda scene: named(scene.webhook, scene.call), _admin),
        Named(lambda scene: named(scene.account_webhook, scene.account_call), _account_admin),
    ]


def _of_notice(rightful: Callable[[Scene], Membership] = _owner, **more: Any) -> Named:
    return Named(
        lambda scene: {"reference": scene.notice.reference, **more}, rightful, for_account=rightful is _owner
    )


def _of_draft(**more: Any) -> Named:
    return Named(lambda scene: {"number": scene.draft.number, **more}, _admin)


def _of_solution(rightful: Callable[[Scene], Membership] = _agent, **more: Any) -> Named:
    return Named(lambda scene: {"reference": scene.solution.reference, **more}, rightful)


def _who_may(change: Any) -> Callable[[Scene], Membership]:
    def rightful(scene: Scene) -> Membership:
        return next(one for one in (scene.owner, scene.cast.acme.lead) if change.for_whom(one))

    return rightful


TARGET = {"kind": "first_response", "severity": 1, "plan": "xtreme"}

NAMED: dict[str, list[Named]] = {
    "identity:enter": [Named(lambda scene: {"pk": scene.owner.pk}, _owner)],
    "identity:revoke_token": [Named(lambda scene: {"pk": scene.token.pk}, _owner)],
    "identity:person": [Named(lambda scene: {"pk": scene.owner.pk}, lambda scene: scene.company.admin)],
    "identity:remove_person": [Named(lambda scene: {"pk": scene.owner.pk}, _admin)],
    "identity:resend_invitation": [
        Named(lambda scene: {"pk": scene.invitation.pk}, lambda scene: scene.company.admin)
    ],
    "identity:revoke_invitation": [Named(lambda scene: {"pk": scene.invitation.pk}, _admin)],
    "identity:account": [_of_account()],
    "identity:change_account": [_of_account()],
    "identity:account_people": [_of_account()],
    "identity:team": [Named(lambda scene: {"pk": scene.team.pk}, _admin)],
    "plans:product": [Named(lambda scene: {"code": scene.product.code}, _admin)],
    "plans:rename_product": [Named(lambda scene: {"code": scene.product.code}, _admin)],
    "plans:retire_product": [Named(lambda scene: {"code": scene.product.code}, _admin)],
    "plans:plan": [Named(lambda scene: {"code": scene.plan.code}, _admin)],
    "plans:edition": [_of_draft()],
    "plans:discard_edition": [_of_draft()],
    "plans:edition_changes": [_of_draft()],
    "plans:cell": [_of_draft(plan="xtreme", feature="phone_access")],
    "plans:exceptions": [_of_draft(feature="critical_incident_support")],
    "plans:move_plan": [Named(lambda scene: {"code": scene.plan.code}, _admin)],
    "plans:retire_plan": [Named(lambda scene: {"code": scene.plan.code}, _admin)],
    "plans:feature": [Named(lambda scene: {"code": scene.feature.code}, _admin)],
    "plans:move_feature": [Named(lambda scene: {"code": scene.feature.code}, _admin)],
    "plans:retire_feature": [Named(lambda scene: {"code": scene.feature.code}, _admin)],
    "plans:edition_targets": [_of_draft()],
    "plans:edition_target": [_of_draft(**TARGET)],
    "plans:edition_product_target": [_of_draft(**TARGET, product="quetzal")],
    "plans:edition_hours": [_of_draft()],
    "plans:new_calendar": [_of_draft()],
    "plans:calendar": [_of_draft(code="business")],
    "plans:edit_calendar": [_of_draft(code="business")],
    "plans:remove_calendar": [_of_draft(code="business")],
    "entitlements:fortunes": [_of_draft()],
    "entitlements:fortunes_csv": [_of_draft()],
    "entitlements:fortune": [_of_draft(plan="elite", editions="1")],
    "entitlements:contracts": [_of_account()],
    "entitlements:sign": [_of_account()],
    "entitlements:cancel": [_of_account(lambda scene: scene.company.contract.pk)],
    **{
        f"entitlements:{name}": [_of_account(lambda scene: scene.company.contract.pk)]
        for name in ("renew", "upgrade", "extend", "grace")
    },
    "entitlements:timeline": [_of_account()],
    "entitlements:decisions": [_of_account()],
    "entitlements:new_installation": [_of_account()],
    "entitlements:installation": [_of_account(lambda scene: scene.company.installation.pk)],
    "entitlements:retire_installation": [_of_account(lambda scene: scene.company.installation.pk)],
    "entitlements:grant": [_of_account()],
    "entitlements:revoke_grant": [_of_account(lambda scene: scene.grant.pk)],
    "entitlements:note_use": [_of_account()],
    "entitlements:cancel_use": [_of_account(lambda scene: scene.use.pk)],
    "incidents:incident": [_incident()],
    "incidents:reply": [_incident()],
    "incidents:note": [_incident(_agent)],
    "incidents:history": [_incident()],
    "incidents:why": [_incident()],
    "incidents:follow": [_incident()],
    "incidents:unfollow": [_incident()],
    "incidents:change": [_incident(_who_may(change), name=change.name) for change in CHANGES],
    "incidents:make_solution": [_incident(_agent)],
    "incidents:unlink_solution": [
        Named(
            lambda scene: {
                "reference": scene.incident.reference,
                "solution": scene.solution.reference,
            },
            _agent,
        )
    ],
    "incidents:remove_duty": [Named(lambda scene: {"pk": scene.duty.pk}, _lead)],
    "incidents:step": [Named(lambda scene: {"pk": scene.step.pk}, _admin)],
    "incidents:remove_step": [Named(lambda scene: {"pk": scene.step.pk}, _admin)],
    "incidents:rehearsal": [_of_draft()],
    "incidents:start_rehearsal": [_of_draft()],
    "incidents:cancel_rehearsal": [_of_draft()],
    "incidents:rehearsed": [_of_draft(fared="worse")],
    "incidents:why_here": [_incident(_agent)],
    "incidents:attachment": [
        Named(lambda scene: {"pk": scene.attached.pk}, _owner),
        Named(lambda scene: {"pk": scene.internal.pk}, _agent),
        Named(lambda scene: {"pk": scene.waiting.pk}, _owner),
    ],
    "incidents:discard": [Named(lambda scene: {"pk": scene.waiting.pk}, _owner)],
    "critical:notice": [_of_notice()],
    "critical:acknowledge": [_of_notice()],
    "critical:say": [_of_notice()],
    "critical:tell": [_of_notice(_lead)],
    "critical:export": [_of_notice(_agent)],
    "critical:account": [_of_notice(_agent, key=KEY)],
    "webhooks:webhook": _of_webhooks(),
    "webhooks:edit": _of_webhooks(),
    "webhooks:renew_secret": _of_webhooks(),
    "webhooks:switch": _of_webhooks(),
    "webhooks:remove": _of_webhooks(),
    "webhooks:hold": [Named(lambda scene: {"pk": scene.account_webhook.pk}, _admin)],
    "webhooks:test": _of_webhooks(),
    "webhooks:again": _of_webhooks(call=True),
    "solutions:solution": [_of_solution()],
    "solutions:verdict": [_of_solution()],
    "solutions:about": [_of_solution()],
    "solutions:history": [_of_solution()],
    "solutions:look_again": [_of_solution()],
    "solutions:retire": [_of_solution(_lead)],
    "solutions:restore": [_of_solution(_lead)],
    "solutions:flag": [_of_solution()],
    "solutions:resolve_flag": [
        Named(lambda scene: {"reference": scene.solution.reference, "pk": scene.flag.pk}, _agent)
    ],
    "solutions:write": [_of_solution(language=code) for code in ("en", "fr", "ko")],
    "solutions:compare": [_of_solution(language="fr")],
    "solutions:text": [_of_solution(language="en", number=1)],
    "solutions:step": [_of_solution(language="fr", name=name) for name in STEPS],
    **{
        f"releases:{name}": [Named(lambda scene: {"number": scene.draft_release.number}, _lead)]
        for name in (
            *("release", "edit", "words", "publish", "withdraw", "discard"),
            *("add_file", "begin_upload", "name_fixes"),
        )
    },
    **{
        f"releases:{name}": [Named(lambda scene: {"pk": scene.upload.pk}, _lead)]
        for name in ("upload", "finish_upload", "give_up_upload")
    },
    "releases:part": [Named(lambda scene: {"pk": scene.upload.pk, "number": 0}, _lead)],
    **{
        f"releases:{name}": [Named(lambda scene: {"pk": scene.file.pk}, _lead)]
        for name in ("get", "remove_file")
    },
    "releases:take_back_fix": [
        Named(
            lambda scene: {"number": scene.draft_release.number, "solution": scene.solution.reference}, _lead
        )
    ],
    "releases:link": [Named(lambda scene: {"token": scene.link}, _owner)],
    "notifications:open": [Named(lambda scene: {"pk": scene.notification.pk}, _owner)],
}
"""Each pattern with an object in it. One that is missing here fails the grid."""

NO_OBJECT = {
    "identity:confirm_opening": "a secret of a mail, good for one use",
    "identity:accept_invitation": "a secret of a mail, good for one use",
    "account_confirm_email": "a secret of a mail",
    "account_reset_password_from_key": "a secret of a mail",
    "mfa_remove_webauthn": "allauth: the signed-in user's own keys",
    "mfa_edit_webauthn": "allauth: the signed-in user's own keys",
    "notifications:stop": "a sealed word of a mail, which opens its person's choices in its tenant only",
    "notifications:undo_stop": "the same, with our own form",
    "plans:severity": "one of the four severities",
    "dev_mail_open": "development: 404 without MAILBOX_DIR",
    "dev_mail_html": "development: 404 without MAILBOX_DIR",
}
"""Patterns whose parameters name nothing that belongs to anybody; each reviewed."""

OPEN_TO_NOBODY = {
    "healthz",
    "readyz",
    "account_login",
    "account_signup",
    "account_inactive",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_email_verification_sent",
    "identity:home",
    "identity:open_portal",
    "identity:suggest_label",
    "notifications:unread",
    "plans:comparison",
    "search:search",
}
"""What answers somebody who is not signed in. Reviewed: none tells anything of a customer."""


def addresses(scene: Scene, name: str) -> list[tuple[str, Named]]:
    return [(reverse(name, kwargs=dict(named.values(scene))), named) for named in NAMED[name]]


def without_objects() -> list[str]:
    """The names of the patterns that need no values, reversible as they are."""
    return [pattern.name for pattern in patterns() if not pattern.parameters]
