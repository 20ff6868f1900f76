"""Every named constraint refuses what its name says."""

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from knowledge.releases import actions
from knowledge.releases.enums import State
from knowledge.releases.models import Download, Release, ReleaseFile, ReleaseText, Replacement, Requirement
from tests.constraints import Constraints, models_of
from tests.knowledge.releases.conftest import the_file

pytestmark = pytest.mark.django_db


CONSTRAINTS = Constraints(
    models_of("releases"),
    {
        "release_number_once_per_tenant": {},
        "published_release_has_its_time": {"state": State.PUBLISHED},
        "withdrawn_release_says_why": [
            {"withdrawn_at": timezone.now()},
            {"withdrawn_because": "Why"},
            {"state": State.WITHDRAWN, "published_at": timezone.now()},
        ],
        "release_text_once": {},
        "needed_once": {},
        "release_never_needs_itself": {"needs_id": lambda: Requirement.objects.latest("pk").release_id},
        "replaced_once": {},
        "release_never_replaces_itself": {"replaces_id": lambda: Replacement.objects.latest("pk").release_id},
        "file_name_once_per_release": {},
        "release_file_has_content": [{"size": 0}, {"part_size": 0}],
        "upload_once_per_person": {},
        "upload_within_its_size": [{"size": 0}, {"received": -1}, {"received": 6}],
        "finished_download_was_begun": {"started_at": None},
    },
    rows={ReleaseFile: {"release__state": State.DRAFT}},
)
STOPPED_BEFORE = {
    f"releases_{table}_release_in_tenant": model
    for table, model in (
        ("releasetext", ReleaseText),
        ("requirement", Requirement),
        ("replacement", Replacement),
        ("releasefile", ReleaseFile),
    )
}
"""Keys that nobody comes to: the row policy looks at the release as well, and refuses before them."""


def test_what_breaks_each_is_told():
    assert CONSTRAINTS.without_a_try() == set()


@pytest.fixture
def rows(acme, draft, published, cast, acting_in):
    """One of each, the latest release a draft, in both tenants."""
    earlier = published()
    made = draft(needs=[earlier], replaces=[earlier], files={"a": b"text"})
    actions.begin_upload(actor=acme.lead, release=made, name="more", size=5)
    download = actions.ask_for(person=acme.big.contact, file=the_file(earlier))
    Download.objects.filter(pk=download.pk).update(started_at=timezone.now(), finished_at=timezone.now())
    _at_rivals(cast, acting_in)
    return made


def _at_rivals(cast, acting_in):
    house = cast.rival
    with acting_in(house.tenant):
        version = house.big.installation.version
        made = Release.objects.create(
            tenant=house.tenant,
            number=1,
            product=house.ledger,
            version=version,
            kind="patch",
            released_on=timezone.localdate(),
        )
        ReleaseFile.objects.create(
            tenant=house.tenant,
            release=made,
            name="a",
            media_type="text/plain",
            size=1,
            part_size=1,
            sha256="0" * 64,
            uploaded_by=house.lead,
        )


@pytest.mark.parametrize("name", STOPPED_BEFORE)
def test_the_policy_refuses_a_release_of_another_tenant(rows, cast, acting_in, name):
    assert name in CONSTRAINTS.names
    with acting_in(cast.rival.tenant):
        theirs = Release.objects.latest("pk").pk
    row = STOPPED_BEFORE[name].objects.filter(release=rows)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        row.update(release_id=theirs)
    assert row.exists()


@pytest.mark.parametrize("name", [name for name in CONSTRAINTS.names if name not in STOPPED_BEFORE])
def test_each_refuses(rows, cast, name):
    CONSTRAINTS.refuses(name, cast)
