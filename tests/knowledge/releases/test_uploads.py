"""Files of a draft: part by part, resumed, checked, cleared away, on a storage without paths."""

import errno
import hashlib
import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from django.utils import timezone

from knowledge.releases import actions, sweeps, tasks
from knowledge.releases.models import ReleaseFile, Upload
from knowledge.releases.storage import StorageAway, folders_of, storage
from knowledge.releases.streams import parts_of
from portal.core.errors import Conflict, Refused
from tests.knowledge.releases.conftest import CONTENT, SHA256, everything, the_file

pytestmark = pytest.mark.django_db


class Pathless(FileSystemStorage):
    """Keeps files on disk as a far storage would: it tells nobody where."""

    def path(self, name):
        if not getattr(self, "_inside", 0):
            raise NotImplementedError("This storage has no paths")
        return super().path(name)

    def __getattribute__(self, name):
        found = super().__getattribute__(name)
        if name in {"_open", "_save", "delete", "exists", "listdir", "size", "get_modified_time"}:

            def inside(*args, **kwargs):
                self.__dict__["_inside"] = self.__dict__.get("_inside", 0) + 1
                try:
                    return found(*args, **kwargs)
                finally:
                    self.__dict__["_inside"] -= 1

            return inside
        return found


@pytest.fixture(params=["on disk", "without paths"])
def kept(request, settings, tmp_path):
    if request.param == "without paths":
        backend = {"BACKEND": f"{__name__}.Pathless", "OPTIONS": {"location": tmp_path / "far"}}
        settings.STORAGES = {**settings.STORAGES, "releases": backend}
        with pytest.raises(NotImplementedError):
            storage().path("a")
    return request.param


def parts():
    return [CONTENT[start : start + 1000] for start in range(0, len(CONTENT), 1000)]


def begin(acme, release, **changes):
    asked = {"name": "big.iso", "size": len(CONTENT), "stamp": "1", **changes}
    return actions.begin_upload(actor=acme.lead, release=release, **asked)


def send(acme, upload, number, content=None):
    content = parts()[number] if content is None else content
    return actions.receive_part(
        actor=acme.lead, upload=upload, number=number, content=io.BytesIO(content), length=len(content)
    )


def test_a_file_goes_up_part_by_part_and_is_what_was_sent(acme, draft, kept):
    made = draft(files={})
    upload = begin(acme, made, sha256=SHA256.upper())
    for number in range(len(parts())):
        upload = send(acme, upload, number)
    file = actions.finish_upload(actor=acme.lead, upload=upload)
    assert (file.pk, file.name, file.size, file.sha256) == (upload.pk, "big.iso", 10240, SHA256)
    assert b"".join(parts_of(file).blocks()) == CONTENT
    assert not Upload.objects.exists()


def test_a_file_that_comes_whole_is_kept_the_same_way(draft, kept):
    file = the_file(draft())
    assert b"".join(parts_of(file).blocks()) == CONTENT
    assert len(storage().listdir(folders_of(file.tenant_id)[0])[1]) == 11


def test_it_goes_on_where_it_broke_off(acme, draft):
    made = draft(files={})
    upload = send(acme, begin(acme, made), 0)
    again = begin(acme, made)
    assert (again.pk, again.received) == (upload.pk, 1000)
    for number in range(1, 11):
        again = send(acme, again, number)
    assert actions.finish_upload(actor=acme.lead, upload=again).sha256 == SHA256


def test_another_file_of_the_same_name_begins_anew(acme, draft, django_capture_on_commit_callbacks):
    made = draft(files={})
    first = send(acme, begin(acme, made), 0)
    with django_capture_on_commit_callbacks(execute=True):
        second = begin(acme, made, stamp="2")
    assert (second.received, Upload.objects.count()) == (0, 1)
    assert first.pk != second.pk
    assert folders_of(acme.tenant.pk) == []


def test_a_part_that_comes_twice_changes_nothing(acme, draft):
    upload = send(acme, begin(acme, draft(files={})), 0)
    before = everything()
    assert send(acme, upload, 0, b"x" * 1000).received == 1000
    assert everything() == before
    assert storage().open(f"{folders_of(acme.tenant.pk)[0]}/00000").read() == parts()[0]


def test_a_part_that_comes_too_early_is_refused(acme, draft):
    upload = begin(acme, draft(files={}))
    with pytest.raises(Conflict):
        send(acme, upload, 1)
    assert Upload.objects.get().received == 0


@pytest.mark.parametrize("length", [0, 999])
def test_a_part_that_did_not_come_whole_is_refused(acme, draft, length):
    upload = begin(acme, draft(files={}))
    with pytest.raises(Refused, match="did not come whole"):
        send(acme, upload, 0, parts()[0][:length])
    assert Upload.objects.get().received == 0
    assert folders_of(acme.tenant.pk) == []


def test_it_is_not_finished_before_all_has_come(acme, draft):
    upload = send(acme, begin(acme, draft(files={})), 0)
    with pytest.raises(Conflict):
        actions.finish_upload(actor=acme.lead, upload=upload)
    assert not ReleaseFile.objects.exists()


def test_other_content_than_the_uploader_said_is_not_kept(acme, draft, django_capture_on_commit_callbacks):
    upload = begin(acme, draft(files={}), sha256="0" * 64)
    for number in range(len(parts())):
        upload = send(acme, upload, number)
    with pytest.raises(Refused) as refused, django_capture_on_commit_callbacks(execute=True):
        actions.finish_upload(actor=acme.lead, upload=upload)
    assert (refused.value.code, SHA256 in str(refused.value)) == ("checksum", True)
    assert not Upload.objects.exists()
    assert not ReleaseFile.objects.exists()


def test_parts_that_the_storage_has_lost_are_asked_for_again(acme, draft):
    upload = begin(acme, draft(files={}))
    for number in range(len(parts())):
        upload = send(acme, upload, number)
    storage().delete(f"{folders_of(acme.tenant.pk)[0]}/00004")
    with pytest.raises(Refused) as refused:
        actions.finish_upload(actor=acme.lead, upload=upload)
    assert refused.value.code == "content_lost"
    assert not Upload.objects.exists()
    assert not ReleaseFile.objects.exists()


def test_nor_is_it_when_it_comes_whole(acme, draft):
    made = draft(files={})
    with pytest.raises(Refused, match="did not arrive as it was sent"):
        actions.add_file(actor=acme.lead, release=made, file=ContentFile(CONTENT), name="a", sha256="0" * 64)
    assert not ReleaseFile.objects.exists()
    assert [storage().listdir(folder)[1] for folder in folders_of(acme.tenant.pk)] == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"size": 0}, "empty_file"), ({"size": 5001}, "file_too_large"), ({"name": "ledger.zip"}, "taken")],
)
def test_it_is_refused_before_a_byte_is_sent(acme, draft, settings, changes, code):
    settings.MAX_RELEASE_FILE_BYTES = 5000
    made = draft(files={"ledger.zip": b"text"})
    with pytest.raises(Refused) as refused:
        begin(acme, made, **{"size": 5000, **changes})
    assert refused.value.code == code
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.exe", "a.exe"),
        ("a\u202ebcd.txt", "abcd.txt"),
        ("..", "file"),
        ("x" * 201 + ".iso", "x" * 196 + ".iso"),
    ],
)
def test_a_name_is_only_a_name(acme, draft, given, kept_as):
    """Of a file that comes in parts, and of one that comes whole."""
    assert begin(acme, draft(files={}), name=given).name == kept_as
    assert the_file(draft(files={given: b"text"})).name == kept_as


def test_an_upload_is_its_uploaders_alone(acme, draft):
    upload = begin(acme, draft(files={}))
    before = everything()
    for act in (
        lambda: actions.receive_part(
            actor=acme.admin, upload=upload, number=0, content=io.BytesIO(parts()[0]), length=1000
        ),
        lambda: actions.finish_upload(actor=acme.admin, upload=upload),
        lambda: actions.discard_upload(actor=acme.admin, upload=upload),
    ):
        with pytest.raises(Refused, match="no longer there"):
            act()
    assert everything() == before


def test_what_nobody_goes_on_with_is_cleared_away(acme, draft, django_capture_on_commit_callbacks):
    made = draft()
    old, young = begin(acme, made, name="old"), begin(acme, made, name="young")
    for upload in (old, young):
        send(acme, upload, 0)
    Upload.objects.filter(pk=old.pk).update(last_at=timezone.now() - timedelta(days=2, minutes=1))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.clear_uploads()
        tasks.clear_uploads()
    assert list(Upload.objects.values_list("name", flat=True)) == ["young"]
    left = {
        folder.rsplit("/", 1)[-1] for folder in folders_of(acme.tenant.pk) if storage().listdir(folder)[1]
    }
    assert left == {young.pk.hex, the_file(made).pk.hex}


def test_content_without_a_row_is_cleared_away_when_it_is_old(acme, draft, monkeypatch):
    file = the_file(draft())
    for name in ("0" * 32, "1" * 32):
        storage().save(f"releases/{acme.tenant.pk}/{name}/00000", ContentFile(b"text"))
    assert sweeps.remove_strays() == 0
    monkeypatch.setattr(sweeps, "KEPT", timedelta(days=-1))
    assert sweeps.remove_strays() == 2
    assert b"".join(parts_of(file).blocks()) == CONTENT


def test_a_removed_file_takes_its_content_along(acme, draft, django_capture_on_commit_callbacks):
    file = the_file(draft())
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_file(actor=acme.lead, file=file)
    assert not ReleaseFile.objects.exists()
    assert [storage().listdir(folder)[1] for folder in folders_of(acme.tenant.pk)] == []


def test_what_a_full_disk_does_not_take_is_refused_in_words(acme, draft, monkeypatch):
    made = draft(files={})
    upload = send(acme, begin(acme, made), 0)
    before = everything()

    def full(*_given, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full_disk:
        full_disk.setattr(FileSystemStorage, "_save", full)
        with pytest.raises(StorageAway, match="try again in a minute"):
            send(acme, upload, 1)
    assert everything() == before
    assert send(acme, upload, 1).received == 2000


def test_the_checksum_is_that_of_the_whole_content(acme, draft):
    content = CONTENT[:2500]
    made = draft(files={"a": content})
    assert the_file(made).sha256 == hashlib.sha256(content).hexdigest()


def test_finishing_twice_makes_one_file(acme, draft):
    upload = begin(acme, draft(files={}))
    for number in range(len(parts())):
        upload = send(acme, upload, number)
    actions.finish_upload(actor=acme.lead, upload=upload)
    with pytest.raises(Refused, match="no longer there"):
        actions.finish_upload(actor=acme.lead, upload=upload)
    assert ReleaseFile.objects.count() == 1
    assert b"".join(parts_of(ReleaseFile.objects.get()).blocks()) == CONTENT


def test_a_release_is_not_published_under_an_upload_that_is_being_checked(acme, draft):
    """What is read without a lock is looked at again with one."""
    made = draft()
    upload = begin(acme, made)
    for number in range(len(parts())):
        upload = send(acme, upload, number)
    Upload.objects.filter(pk=upload.pk).delete()
    actions.publish(actor=acme.lead, release=made)
    with pytest.raises(Refused, match="is published and stays as it is"):
        actions.finish_upload(actor=acme.lead, upload=upload)
    assert ReleaseFile.objects.count() == 1
