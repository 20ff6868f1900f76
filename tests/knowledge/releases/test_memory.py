"""A large file goes up and down without being held in memory."""

import hashlib
import io
import tracemalloc
from contextlib import contextmanager
from itertools import chain

import pytest

from knowledge.releases import actions
from tests.knowledge.releases.conftest import the_file

pytestmark = pytest.mark.django_db
MB = 1024 * 1024
PART, SIZE = 8 * MB, 64 * MB
MOST = 5 * MB
"""What a request may hold at its peak; a part has 8 MB."""


def content(start, end):
    """Some bytes of a file that is nowhere: each block of 64 kB begins with its number."""
    block = 64 * 1024
    for number in range(start // block, -(-end // block)):
        whole = number.to_bytes(8, "big").ljust(block, b"\x5a")
        yield whole[max(0, start - number * block) : end - number * block]


class Body(io.RawIOBase):
    """The body of a request, that comes as it is read."""

    def __init__(self, *blocks):
        self._blocks, self._left = chain.from_iterable(blocks), b""

    def read(self, most=-1):
        while len(self._left) < most and (block := next(self._blocks, b"")):
            self._left += block
        taken, self._left = self._left[:most], self._left[most:]
        return taken


@contextmanager
def within(most):
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < most
    finally:
        tracemalloc.stop()


def post(client, url, body, length, content_type="application/octet-stream"):
    sent = {"wsgi.input": body, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": content_type}
    return client.generic("POST", url, **sent)


@pytest.fixture
def digest():
    whole = hashlib.sha256()
    for block in content(0, SIZE):
        whole.update(block)
    return whole.hexdigest()


def download(client, file):
    """The checksum of what comes."""
    url = client.post(f"/releases/files/{file.pk}/get/").url
    came = hashlib.sha256()
    for block in client.get(url).streaming_content:
        came.update(block)
    return came.hexdigest()


def test_part_by_part_and_down_again(acme, draft, client_of, settings, digest):
    settings.RELEASE_PART_BYTES = PART
    made, lead = draft(files={}), client_of(acme.lead)
    lead.get("/releases/R-1/")  # what a process keeps of its first page is not of the upload
    with within(MOST):
        asked = {"name": "big.iso", "size": SIZE, "sha256": digest}
        begun = lead.post("/releases/R-1/uploads/", asked).json()
        for number in range(SIZE // PART):
            start = number * PART
            sent = post(lead, f"{begun['url']}parts/{number}/", Body(content(start, start + PART)), PART)
            assert sent.json()["received"] == start + PART
        assert lead.post(f"{begun['url']}finish/").status_code == 201
    with within(MOST):
        assert download(lead, the_file(made)) == digest


def test_with_a_form(acme, draft, client_of, settings, digest):
    settings.RELEASE_PART_BYTES = PART
    made, lead = draft(files={}), client_of(acme.lead)
    lead.get("/releases/R-1/")
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.iso"\r\n\r\n'
    tail = b"\r\n--x--\r\n"
    body = Body([head], content(0, SIZE), [tail])
    length = len(head) + SIZE + len(tail)
    with within(MOST):
        sent = post(lead, "/releases/R-1/files/", body, length, "multipart/form-data; boundary=x")
        assert sent.status_code == 302
    assert the_file(made).sha256 == digest


def test_the_measure_notices_what_is_held(acme, draft, settings):
    """Without this, a measure that sees nothing would make the tests above pass for nothing."""
    settings.RELEASE_PART_BYTES = PART
    made = draft(files={})
    upload = actions.begin_upload(actor=acme.lead, release=made, name="big.iso", size=SIZE)

    def hold():
        with within(MOST):
            held = io.BytesIO(b"".join(content(0, PART)))
            actions.receive_part(actor=acme.lead, upload=upload, number=0, content=held, length=PART)

    with pytest.raises(AssertionError):
        hold()
