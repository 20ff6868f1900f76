"""What the models declare is what the database has, and a wall that falls is found."""

from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from portal.core.catalogue import fallen_walls
from portal.core.checks import problems_of, walls_stand
from portal.core.tenancy import APP_ROLE
from portal.core.walls import AppendOnly, RowPolicy, TenantForeignKey, TenantModel, TenantPart, walls

pytestmark = pytest.mark.django_db

WALLED = [
    model for model in apps.get_models() if any(isinstance(one, RowPolicy) for one in model._meta.constraints)
]
WITHOUT_WALLS = {
    "core.Heartbeat": "of the portal: when its own work was last done",
    "identity.User": "a sign-in: what it may do is in its memberships",
    "identity.HandOff": "found by a secret that only its user has; half a minute old at most",
}
"""Tables of ours that belong to no tenant; reviewed."""
DOORS = {
    "attachments_unattached": "TABLE(tenant_id bigint, id uuid)",
    "critical_notices_to_tell": "TABLE(tenant_id bigint, id bigint)",
    "critical_reminders_due": "TABLE(tenant_id bigint, id bigint)",
    "identity_invitations_to_mail": "TABLE(tenant_id bigint, invitation_id bigint)",
    "incidents_clocks_to_alert": "TABLE(tenant_id bigint, id bigint)",
    "incidents_ladders_to_replan": "TABLE(tenant_id bigint, id bigint)",
    "incidents_rehearsals_running": "TABLE(tenant_id bigint, id bigint)",
    "incidents_titled": "SETOF bigint",
    "incidents_to_close": "TABLE(tenant_id bigint, id bigint)",
    "notifications_claim": "TABLE(tenant_id bigint, id uuid)",
    "notifications_claim_digests": "TABLE(tenant_id bigint, id uuid)",
    "notifications_mailed": "TABLE(tenant_id bigint, id uuid)",
    "plans_edition_content_stays": "trigger",
    "search_alike": "SETOF bigint",
    "search_found": "TABLE(id bigint, place bigint, known bigint[])",
    "solutions_verdict_counts": "trigger",
    "webhooks_asked": "boolean",
    "releases_content_stays": "trigger",
    "releases_uploads_abandoned": "TABLE(tenant_id bigint, id uuid)",
    "webhooks_claim": "TABLE(tenant_id bigint, id uuid)",
}
"""The functions that look past the policies, and what they tell: ids, or yes and no, nothing else.
``search_found`` also tells their order and which of the words asked for are known, by number."""


def rows(sql, params=()):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def test_every_model_of_ours_has_walls_or_is_reviewed():
    ours = (
        "core",
        "identity",
        "plans",
        "entitlements",
        "notifications",
        "webhooks",
        "search",
        "solutions",
        "releases",
        "critical",
        "incidents",
    )
    without = {m._meta.label for m in apps.get_models() if m._meta.app_label in ours and m not in WALLED}
    assert without == WITHOUT_WALLS.keys()


def test_the_walls_stand():
    with connection.cursor() as cursor:
        assert fallen_walls(cursor) == []
    assert walls_stand(databases=["default"]) == []


@pytest.mark.parametrize("model", WALLED, ids=lambda model: model._meta.label)
def test_each_policy_says_what_its_model_declares(as_owner, model):
    """The declared policies are made on an empty copy of the table, and read the same."""
    query = (
        "SELECT policyname, permissive, roles, cmd, qual, with_check FROM pg_policies"
        " WHERE tablename = %s ORDER BY policyname"
    )
    editor = SimpleNamespace(quote_name=connection.ops.quote_name)
    copy = SimpleNamespace(_meta=SimpleNamespace(db_table="copied"))
    with as_owner() as cursor:
        cursor.execute(f"BEGIN; CREATE TABLE copied (LIKE {model._meta.db_table})")
        for constraint in model._meta.constraints:
            if isinstance(constraint, RowPolicy):
                cursor.execute(constraint.statement(copy, editor))
        cursor.execute(query, ["copied"])
        declared = [_named(row, model._meta.db_table) for row in cursor.fetchall()]
        cursor.execute("ROLLBACK")
    assert rows(query, [model._meta.db_table]) == declared


def _named(policy, table):
    """What a sub-select asks of the row around it is told by the name of that row's table."""
    return tuple(part.replace("copied.", f"{table}.") if isinstance(part, str) else part for part in policy)


@pytest.mark.parametrize("model", WALLED, ids=lambda model: model._meta.label)
def test_what_is_append_only_can_only_be_added_to(model):
    append_only = any(isinstance(one, AppendOnly) for one in model._meta.constraints)
    [granted] = rows(
        "SELECT has_table_privilege(%s, %s, 'UPDATE'), has_table_privilege(%s, %s, 'DELETE')",
        [APP_ROLE, model._meta.db_table] * 2,
    )
    assert granted == ((False, False) if append_only else (True, True))


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("DROP POLICY identity_team_rows ON identity_team", "identity_team has no policy identity_team_rows"),
        ("ALTER TABLE identity_team DISABLE ROW LEVEL SECURITY", "identity_team has row security off"),
        (
            "ALTER TABLE incidents_agentproduct DROP CONSTRAINT incidents_agentproduct_person_in_tenant",
            "incidents_agentproduct has no key incidents_agentproduct_person_in_tenant",
        ),
        (
            "GRANT UPDATE ON core_historyentry TO portal_app",
            "core_historyentry can be changed by portal_app",
        ),
        ("CREATE POLICY more ON identity_team USING (true)", "identity_team has the undeclared policy more"),
    ],
)
def test_a_wall_that_falls_is_found(as_owner, sql, found):
    with as_owner() as cursor:
        cursor.execute("BEGIN; SET LOCAL lock_timeout = '5s'")
        cursor.execute(sql)
        assert fallen_walls(cursor) == [found]
        cursor.execute("ROLLBACK")


@isolate_apps("portal.core")
def test_a_model_without_a_policy_is_an_error():
    class Note(TenantModel):
        class Meta:
            app_label = "core"

    assert [problem.id for problem in problems_of(Note)] == ["core.E001"]


@isolate_apps("portal.core")
@pytest.mark.parametrize("key", [models.ForeignKey, TenantForeignKey])
def test_a_reference_without_its_composite_key_is_an_error(key):
    class Note(TenantModel):
        class Meta:
            app_label = "core"
            constraints = walls("core_note")

    class Answer(TenantModel):
        note = key(Note, models.CASCADE)

        class Meta:
            app_label = "core"
            constraints = walls("core_answer")

    assert [problem.id for problem in problems_of(Note)] == []
    assert [problem.id for problem in problems_of(Answer)] == ["core.E002"]


@isolate_apps("portal.core")
@pytest.mark.parametrize(("empty", "found"), [(True, ["core.E005"]), (False, [])])
def test_a_part_that_nothing_holds_in_its_tenant_is_an_error(empty, found):
    class Note(TenantModel):
        class Meta:
            app_label = "core"
            constraints = walls("core_note")

    class Answer(TenantPart):
        note = TenantForeignKey(Note, models.CASCADE, null=empty)

        class Meta:
            app_label = "core"
            constraints = walls("core_answer", refs=["note"])

    assert [problem.id for problem in problems_of(Answer)] == found


def test_every_row_is_held_in_its_tenant_by_a_key():
    held = """
    SELECT attrelid::regclass::text FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     WHERE attname = 'tenant_id' AND relkind = 'r' AND relnamespace = 'public'::regnamespace
       AND NOT EXISTS (
         SELECT FROM pg_constraint WHERE contype = 'f' AND conrelid = attrelid AND attnum = ANY (conkey)
            AND NOT EXISTS (SELECT FROM pg_attribute AS one WHERE one.attrelid = conrelid
                               AND one.attnum = ANY (conkey) AND NOT one.attnotnull))
    """
    assert rows(held) == []


def test_the_doors_are_these_and_tell_ids_only():
    found = dict(
        rows(
            "SELECT proname, pg_get_function_result(oid) FROM pg_proc"
            " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
        )
    )
    assert found == DOORS


def test_each_door_has_a_fixed_path_and_is_closed_to_the_public():
    found = rows(
        "SELECT proname, array_to_string(proconfig, ';'),"
        " EXISTS (SELECT FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) WHERE grantee = 0)"
        " FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace ORDER BY proname"
    )
    assert found == [(name, "search_path=pg_catalog, public, pg_temp", False) for name in sorted(DOORS)]


def test_a_search_stays_behind_the_walls(cast, acting_as, acting_in):
    """What is inside: tests/knowledge/search/test_sight.py."""
    found = (
        "SELECT id FROM search_found(ARRAY['a'], '{}', '{}', 'en', ARRAY['a'],"
        " NULL, NULL, NULL, NULL, NULL, 50)"
    )
    for asked in (found, "SELECT search_alike(ARRAY['alike'], 'en')"):
        assert rows(asked) == []
        with acting_as(cast.acme.small.contact):
            assert rows(asked) == []


def test_a_search_by_title_stays_behind_the_walls(cast, acting_as, acting_in):
    assert rows("SELECT incidents_titled('run')") == []
    with acting_as(cast.acme.small.contact):
        assert rows("SELECT incidents_titled('run')") == []
