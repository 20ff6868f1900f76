import base64
import hashlib
import hmac
from typing import Any

import pytest

from notifications.webhooks.signing import Unreadable, new_secret, seal, signature_header, unseal

VECTOR = {
    "message_id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "timestamp": 1614265330,
    "body": b'{"test": 2432232314}',
}
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_vector_of_standard_webhooks_comes_out() -> None:
    assert signature_header([SECRET], **VECTOR) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_give_two_signatures_the_newest_first() -> None:
    other = new_secret()
    key = base64.b64decode(other.removeprefix("whsec_"))
    signed = b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330." + VECTOR["body"]
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert signature_header([other, SECRET], **VECTOR).split(" ") == [
        f"v1,{expected}",
        signature_header([SECRET], **VECTOR),
    ]


def test_a_secret_has_32_random_bytes() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32


def test_a_sealed_secret_shows_nothing_and_comes_back() -> None:
    sealed = seal(SECRET)
    assert SECRET.removeprefix("whsec_") not in sealed
    assert unseal(sealed) == SECRET
    assert seal(SECRET) != sealed


def test_a_new_key_of_the_portal_reads_old_secrets_while_it_knows_the_old_key(settings: Any) -> None:
    sealed, old = seal(SECRET), settings.SECRET_KEY
    settings.SECRET_KEY = "another key"
    with pytest.raises(Unreadable):
        unseal(sealed)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert unseal(sealed) == SECRET
