"""Files of releases in a bucket: over HTTP, to a server that speaks S3 and may be away at any moment."""

import json
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from knowledge.releases import s3, sweeps, tasks
from knowledge.releases.models import Download, ReleaseFile, Upload
from knowledge.releases.storage import StorageAway
from portal.config import environment
from tests.knowledge.releases import bucket
from tests.knowledge.releases.conftest import CONTENT, SHA256, everything, the_file
from tests.knowledge.releases.test_memory import MB, PART, Body, content, download, post

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
PARTS = [CONTENT[start : start + 1000] for start in range(0, len(CONTENT), 1000)]
AWAY = "The files can’t be reached at this moment. Please try again in a minute."


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with bucket.server() as port:
        yield port


@pytest.fixture
def line(port: int) -> Iterator[bucket.Line]:
    line = bucket.Line(port)
    yield line
    line.cut()


@pytest.fixture(autouse=True)
def far(port: int, line: bucket.Line, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bucket of the test's own, where the settings say that files of releases lie."""
    name, keys = f"releases-{uuid4().hex}", {"region_name": "us-east-1"}
    options = {"bucket_name": name, "endpoint_url": f"http://127.0.0.1:{line.port}", **keys}
    for variable, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "127.0.0.1",
        "RELEASES_STORAGE_OPTIONS": json.dumps(options),
    }.items():
        monkeypatch.setenv(variable, value)
    backend = "knowledge.releases.s3.Bucket"
    options = environment.mapping("RELEASES_STORAGE_OPTIONS")
    settings.STORAGES = {**settings.STORAGES, "releases": {"BACKEND": backend, "OPTIONS": options}}
    here = boto3.resource("s3", endpoint_url=f"http://127.0.0.1:{port}", **keys).Bucket(name)
    here.create()
    return here


@pytest.fixture
def begun(draft, lead) -> Callable[..., dict[str, Any]]:
    """``begun(parts=2)``: what is said of an upload to a new draft of which so many parts have come."""

    def make(*, parts: int = 0, sha256: str = SHA256) -> dict[str, Any]:
        number = draft(files={}).number
        asked = {"name": "big.iso", "size": len(CONTENT), "stamp": "1", "sha256": sha256}
        standing = lead.post(f"/releases/R-{number}/uploads/", asked).json()
        for part in range(parts):
            standing = send(lead, standing, part).json()
        return standing

    return make


@pytest.fixture
def url(owner, release) -> str:
    """The link to a published file."""
    return owner.post(f"/releases/files/{the_file(release).pk}/get/").url


def send(lead, standing, number):
    return lead.post(f"{standing['url']}parts/{number}/", PARTS[number], "application/octet-stream")


def finish(lead, standing):
    return lead.post(f"{standing['url']}finish/")


def keys(far):
    return sorted(found.key for found in far.objects.all())


def body_of(client, url, **headers):
    answer = client.get(url, headers=headers)
    return answer.status_code, answer.getvalue() if answer.streaming else answer.content.decode()


class TestUp:
    def test_each_part_is_an_object_and_together_they_are_the_file(self, lead, begun, far, acme):
        standing = begun(parts=11)
        answer = finish(lead, standing)
        assert (answer.status_code, answer.json()) == (201, {"name": "big.iso", "sha256": SHA256})
        file = ReleaseFile.objects.get()
        folder = f"releases/{acme.tenant.pk}/{file.pk.hex}"
        assert keys(far) == [f"{folder}/{number:05d}" for number in range(11)]
        assert [found.get()["Body"].read() for found in far.objects.all()] == PARTS

    def test_a_file_that_comes_whole_lies_there_the_same_way(self, draft, far):
        assert the_file(draft()).sha256 == SHA256
        assert [found.get()["Body"].read() for found in far.objects.all()] == PARTS

    def test_it_goes_on_when_the_server_is_back(self, lead, begun, line):
        standing = begun(parts=2)
        before = everything()
        line.cut()
        answer = send(lead, standing, 2)
        assert (answer.status_code, answer.json()) == (503, {"error": AWAY, "code": "storage_away"})
        assert everything() == before
        line.mend()
        standing = lead.get(standing["url"]).json()
        assert standing["received"] == 2000
        for number in range(2, 11):
            assert send(lead, standing, number).status_code == 200
        assert finish(lead, standing).json()["sha256"] == SHA256

    def test_a_part_may_break_off_anywhere(self, lead, begun, line):
        standing = begun(parts=2)
        before = everything()
        for passed in count(100, 300):
            line.cut_after(passed)
            answer = send(lead, standing, 2)
            line.mend()
            if answer.status_code != 503:
                break
            assert everything() == before
        assert passed > 1000
        assert answer.json()["received"] == 3000
        for number in range(3, 11):
            send(lead, standing, number)
        assert finish(lead, standing).json()["sha256"] == SHA256

    def test_it_is_finished_when_the_server_is_back(self, lead, begun, line):
        standing = begun(parts=11)
        before = everything()
        line.cut()
        answer = finish(lead, standing)
        assert (answer.status_code, answer.json()["error"]) == (503, AWAY)
        assert everything() == before
        line.mend()
        assert finish(lead, standing).status_code == 201

    def test_with_a_form_the_sentence_stands_in_it(self, lead, draft, line, far):
        made = draft(files={})
        line.cut()
        answer = lead.post(f"/releases/R-{made.number}/files/", {"file": SimpleUploadedFile("a", CONTENT)})
        assert (answer.status_code, AWAY in answer.content.decode()) == (422, True)
        assert not ReleaseFile.objects.exists()
        assert keys(far) == []

    @pytest.mark.parametrize("why", ["another was said", "it changed in the bucket"])
    def test_another_checksum_is_refused_and_nothing_stays(
        self, lead, begun, far, why, django_capture_on_commit_callbacks
    ):
        standing = begun(parts=11, sha256="0" * 64 if why == "another was said" else SHA256)
        if why == "it changed in the bucket":
            far.Object(keys(far)[4]).put(Body=b"x" * 1000)
        with django_capture_on_commit_callbacks(execute=True):
            answer = finish(lead, standing)
        assert (answer.status_code, answer.json()["code"]) == (422, "checksum")
        assert not ReleaseFile.objects.exists()
        assert not Upload.objects.exists()
        assert keys(far) == []

    def test_a_part_that_the_bucket_has_lost_is_asked_for_again(self, lead, begun, far):
        standing = begun(parts=11)
        far.Object(keys(far)[4]).delete()
        answer = finish(lead, standing)
        assert (answer.status_code, answer.json()["code"]) == (422, "content_lost")
        assert not ReleaseFile.objects.exists()


class TestDown:
    def test_whole(self, owner, url):
        assert body_of(owner, url) == (200, CONTENT)
        assert bool(Download.objects.get().finished_at)

    @pytest.mark.parametrize(
        ("header", "start", "end"),
        [
            ("bytes=0-9", 0, 10),
            ("bytes=1500-3999", 1500, 4000),
            ("bytes=9000-", 9000, 10240),
            ("bytes=-1", 10239, 10240),
        ],
    )
    def test_a_range_across_parts(self, owner, url, header, start, end):
        assert body_of(owner, url, range=header) == (206, CONTENT[start:end])

    def test_a_range_is_fetched_from_its_own_parts_alone(self, owner, url, far):
        first, *_between, last = keys(far)
        for lost in (first, last):
            far.Object(lost).delete()
        assert body_of(owner, url, range="bytes=1000-1999") == (206, CONTENT[1000:2000])

    def test_while_the_server_is_away_nothing_is_begun(self, owner, url, line, settings):
        settings.DOWNLOADS_AT_ONCE = 1
        line.cut()
        before = everything()
        for _try in range(2):
            code, page = body_of(owner, url)
            assert (code, AWAY in page) == (503, True)
        assert everything() == before
        line.mend()
        assert body_of(owner, url) == (200, CONTENT)

    def test_a_program_is_told_when_to_come_again(self, acme, release, program, line):
        get = program(acme.big.contact)
        line.cut()
        answer, told = get(f"releases/files/{the_file(release).pk}/")
        assert (answer.status_code, told) == (503, {"code": "storage_away", "message": AWAY})
        assert answer["Retry-After"] == "61"
        line.mend()
        assert get(f"releases/files/{the_file(release).pk}/")[1] == CONTENT

    def test_it_goes_on_after_the_server_went_away_in_the_middle(self, owner, url, line):
        answer = owner.get(url)
        came = next(answer.streaming_content)
        line.cut()
        with pytest.raises(StorageAway):
            next(answer.streaming_content)
        for close in answer._resource_closers:  # as the server does when an answer breaks off
            close()
        row = Download.objects.get()
        assert (row.bytes_sent, row.finished_at) == (len(came), None)
        line.mend()
        code, rest = body_of(owner, url, range=f"bytes={len(came)}-")
        assert (code, came + rest) == (206, CONTENT)
        row = Download.objects.get()
        assert (row.bytes_sent, bool(row.finished_at)) == (10240, True)

    def test_content_that_is_gone_is_not_found(self, owner, url, far):
        far.Object(keys(far)[0]).delete()
        assert owner.get(url).status_code == 404


class TestPatience:
    def test_a_server_that_is_silent_is_given_up(self, owner, url, line, monkeypatch):
        monkeypatch.setattr(s3, "PATIENCE", Config(connect_timeout=1, read_timeout=0.2))
        line.silent = True
        code, page = body_of(owner, url)
        assert (code, AWAY in page) == (503, True)
        assert Download.objects.get().started_at is None

    def test_it_is_a_matter_of_seconds_and_the_other_options_stay(self):
        bucket = s3.Bucket(bucket_name="acme", addressing_style="path", signature_version="s3v4")
        config = bucket.client_config
        assert (config.connect_timeout, config.read_timeout) == (3, 10)
        assert (config.s3, config.signature_version) == ({"addressing_style": "path"}, "s3v4")


class TestLeftBehind:
    def test_an_abandoned_upload_goes_with_its_parts(
        self, lead, begun, far, release, django_capture_on_commit_callbacks
    ):
        stays = keys(far)
        begun(parts=3)
        assert len(keys(far)) == len(stays) + 3
        with django_capture_on_commit_callbacks(execute=True):
            tasks.clear_uploads()
        assert len(keys(far)) == len(stays) + 3
        Upload.objects.update(last_at=timezone.now() - timedelta(days=2, minutes=1))
        with django_capture_on_commit_callbacks(execute=True):
            tasks.clear_uploads()
        assert not Upload.objects.exists()
        assert keys(far) == stays

    def test_parts_without_a_row_go_when_they_are_old(self, acme, far, release, monkeypatch):
        stays = keys(far)
        for number in range(2):
            far.put_object(Key=f"releases/{acme.tenant.pk}/{'0' * 32}/{number:05d}", Body=b"text")
        assert sweeps.remove_strays() == 0
        monkeypatch.setattr(sweeps, "KEPT", timedelta(days=-1))
        assert sweeps.remove_strays() == 1
        assert keys(far) == stays

    def test_what_is_given_up_while_the_server_is_away_goes_later(
        self, acme, lead, begun, far, line, monkeypatch, django_capture_on_commit_callbacks
    ):
        standing = begun(parts=3)
        line.cut()
        with django_capture_on_commit_callbacks(execute=True):
            assert lead.post(f"{standing['url']}give-up/").status_code == 302
        assert not Upload.objects.exists()
        monkeypatch.setattr(sweeps, "KEPT", timedelta(days=-1))
        with pytest.raises(StorageAway):
            tasks.clear_uploads()
        assert len(keys(far)) == 3
        line.mend()
        tasks.clear_uploads()
        assert keys(far) == []


class TestMemory:
    """A file four times as large takes no more memory, on its way up and down."""

    SMALL, LARGE = 16 * MB, 64 * MB

    @pytest.fixture
    def peak(self) -> Callable[[Callable[[], Any]], int]:
        def measure(work: Callable[[], Any]) -> int:
            tracemalloc.start()
            try:
                work()
                return tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()

        return measure

    def test_it_is_the_same_for_a_small_and_a_large_file(self, draft, lead, line, port, settings, peak):
        settings.RELEASE_PART_BYTES = PART
        number = draft(files={}).number

        def up(size):
            begun = lead.post(f"/releases/R-{number}/uploads/", {"name": f"{size}.iso", "size": size}).json()
            for part, start in enumerate(range(0, size, PART)):
                end = min(size, start + PART)
                post(lead, f"{begun['url']}parts/{part}/", Body(content(start, end)), end - start)
            assert finish(lead, begun).status_code == 201

        def down(size):
            file = ReleaseFile.objects.get(size=size)
            assert download(lead, file) == file.sha256

        for size in (MB, self.SMALL, self.LARGE):  # the first wakes up what a process loads once
            peaks = {work.__name__: peak(lambda work=work, size=size: work(size)) for work in (up, down)}
            if size == self.SMALL:
                small = peaks
        assert {name: peaks[name] < small[name] * 1.3 for name in small} == {"up": True, "down": True}

    def test_the_measure_notices_what_is_held(self, peak):
        small, large = (
            peak(lambda size=size: b"".join(content(0, size))) for size in (self.SMALL, self.LARGE)
        )
        assert large > small * 3
