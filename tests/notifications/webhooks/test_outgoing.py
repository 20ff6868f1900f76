"""The server's own requests: where they may go, and how long they may take."""

import re
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from notifications.webhooks import outgoing
from notifications.webhooks.outgoing import Unsent, checked, is_public, post, resolve
from tests.notifications.webhooks.conftest import Receiver

PUBLIC = "93.184.216.34"
FORBIDDEN = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1",
    "192.0.0.1", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "::7f00:1", "fe80::1", "fe80::1%1", "fec0::1",
    "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::", "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "4000::1",
]  # fmt: skip
ALLOWED = ["1.1.1.1", PUBLIC, "2606:4700:4700::1111", "2a00:1450:4001:81b::200e", "64:ff9b::5db8:d822"]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ALLOWED)
def test_ordinary_addresses_are_allowed(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "trouble"),
    [
        ("http://example.com/", "not_allowed"),
        ("ftp://example.com/", "not_allowed"),
        ("file:///etc/passwd", "not_allowed"),
        ("https:///path", "not_allowed"),
        ("https://user:word@example.com/", "not_allowed"),
        ("https://user@example.com/", "not_allowed"),
        ("https://127.0.0.1/", "not_allowed"),
        ("https://[::1]/", "not_allowed"),
        ("https://[::ffff:10.0.0.1]/", "not_allowed"),
        ("https://bücher.example/", "not_allowed"),
        ("https://example.com:0/", "not_allowed"),
        ("https://example.com:99999/", "unknown_name"),
        ("https://[::1/", "unknown_name"),
    ],
)
def test_what_an_address_tells_by_itself_is_judged_without_asking_anybody(url: str, trouble: str) -> None:
    with pytest.raises(Unsent) as refused:
        checked(url)
    assert refused.value.trouble == trouble


def test_an_https_address_of_a_host_may_be_called() -> None:
    assert checked("https://hooks.example.com:8443/a?b=c").hostname == "hooks.example.com"


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "localhost"])
def test_other_ways_to_write_this_machine_are_seen_through(host: str) -> None:
    with pytest.raises(Unsent) as refused:
        post(f"https://{host}/", b"", {})
    assert refused.value.trouble == "not_allowed"


class Names:
    """A name server that gives the next answer at each question."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, **_: Any) -> list[Any]:
        self.asked.append(host)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names([PUBLIC, "10.0.0.1"]))
    with pytest.raises(Unsent) as refused:
        resolve("mixed.example", 443)
    assert refused.value.trouble == "not_allowed"


class _Line(socket.socket):
    """Notes where it should connect to, and connects to the test's server."""

    went: list[Any] = []
    leads_to: Any = None

    def connect(self, address: Any) -> None:
        _Line.went.append(address)
        super().connect(_Line.leads_to)


@pytest.fixture
def led(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], list[Any]]:
    """``led(port)``: every connection ends at that port here; the list says where they should have gone."""

    def lead(port: int) -> list[Any]:
        _Line.leads_to = ("127.0.0.1", port)
        monkeypatch.setattr(outgoing.socket, "socket", _Line)
        return _Line.went

    _Line.went.clear()
    return lead


def test_a_name_is_asked_for_once_and_the_checked_address_is_called(
    monkeypatch: pytest.MonkeyPatch, led: Callable[[int], list[Any]]
) -> None:
    """Between check and connection the name changes to this machine: nobody asks again."""
    names = Names([PUBLIC], ["127.0.0.1"])
    with tls_server("hooks.example") as server:
        monkeypatch.setattr(outgoing, "_context", lambda: server.trusting)
        went = led(server.port)
        monkeypatch.setattr(socket, "getaddrinfo", names)
        assert post("https://hooks.example/a?b=c", b"{}", {}) == 204
    assert (went, names.asked) == ([(PUBLIC, 443)], ["hooks.example"])
    assert server.name_asked_for == "hooks.example"
    assert server.heard.startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert b"\r\nHost: hooks.example\r\n" in server.heard


@pytest.mark.parametrize(("certificate_for", "trusted"), [("hooks.example", False), ("other.example", True)])
def test_a_certificate_must_be_trusted_and_for_the_name(
    monkeypatch: pytest.MonkeyPatch, led: Callable[[int], list[Any]], certificate_for: str, trusted: bool
) -> None:
    with tls_server(certificate_for) as server:
        if trusted:
            monkeypatch.setattr(outgoing, "_context", lambda: server.trusting)
        led(server.port)
        monkeypatch.setattr(socket, "getaddrinfo", Names([PUBLIC]))
        with pytest.raises(Unsent) as refused:
            post("https://hooks.example/", b"{}", {})
    assert (refused.value.trouble, server.heard) == ("unproven", b"")


class _Tls:
    def __init__(self, port: int, trusting: ssl.SSLContext) -> None:
        self.port = port
        self.trusting = trusting
        self.name_asked_for: str | None = None
        self.heard = b""


@contextmanager
def tls_server(name: str) -> Iterator[_Tls]:
    """Answers one request with 204."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
        .decode()
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with _file(certificate.encode() + pem) as path:
        context.load_cert_chain(path)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = _Tls(listener.getsockname()[1], ssl.create_default_context(cadata=certificate))
        context.sni_callback = lambda _line, asked, _context: setattr(server, "name_asked_for", asked)

        def serve() -> None:
            line, _ = listener.accept()
            try:
                with context.wrap_socket(line, server_side=True) as secure:
                    server.heard = _request(secure)
                    secure.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            except OSError:
                line.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server
        thread.join(5)


def _request(line: socket.socket) -> bytes:
    """All of one request: a line that is closed with something unread is reset."""
    heard = b""
    while part := line.recv(65536):
        heard += part
        head, end, body = heard.partition(b"\r\n\r\n")
        length = re.search(rb"Content-Length: (\d+)", head)
        if end and len(body) >= int(length[1] if length else 0):
            break
    return heard


@contextmanager
def _file(content: bytes) -> Iterator[str]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        yield file.name


@contextmanager
def answering(*parts: bytes, pause: float = 0.0, endless: bool = False) -> Iterator[str]:
    """The address of a server that answers with these bytes, with pauses between them."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            line, _ = listener.accept()
            with line:
                _request(line)
                try:
                    for part in parts:
                        line.sendall(part)
                        ended.wait(pause)
                    while endless and not ended.is_set():
                        line.sendall(parts[-1])
                        ended.wait(pause)
                except OSError:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        ended.set()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_LOCAL = True
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 0.4)


def _trouble(url: str) -> tuple[str, bool]:
    """Why nothing came of it, and whether it was given up in time."""
    started = time.monotonic()
    with pytest.raises(Unsent) as refused:
        post(url, b"{}", {})
    return refused.value.trouble, time.monotonic() - started < 2


def test_an_answer_that_never_comes_is_given_up(hasty: None) -> None:
    with answering(b"HTTP/1.1 2", pause=5) as url:
        assert _trouble(url) == ("too_slow", True)


def test_an_answer_that_drips_is_given_up_in_total(hasty: None) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n", b"X", pause=0.05, endless=True) as url:
        assert _trouble(url) == ("too_slow", True)


def test_headers_without_end_are_cut_off(hasty: None) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n", b"X: " + b"y" * 900 + b"\r\n", endless=True) as url:
        assert _trouble(url) == ("no_answer", True)


def test_of_a_body_without_end_nothing_is_waited_for(hasty: None) -> None:
    with answering(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536, endless=True) as url:
        started = time.monotonic()
        assert post(url, b"{}", {}) == 200
        assert time.monotonic() - started < 0.4


def test_what_is_no_http_is_no_answer(hasty: None) -> None:
    with answering(b"220 mail.example ESMTP\r\n") as url:
        assert _trouble(url) == ("no_answer", True)


def test_a_server_that_hangs_up_cannot_be_reached(hasty: None) -> None:
    with answering() as url:
        assert _trouble(url)[0] in {"no_answer", "unreachable"}


def test_nobody_there(settings: Any) -> None:
    settings.WEBHOOKS_ALLOW_LOCAL = True
    assert _trouble("http://127.0.0.1:9/") == ("unreachable", True)


def test_a_name_that_nobody_has(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any, **__: Any) -> list[Any]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert _trouble("https://nobody.example/") == ("unknown_name", True)


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.status = 307
    assert post(receiver.url, b"{}", {}) == 307
    assert [heard.path for heard in receiver.heard] == ["/hook"]


def test_no_proxy_of_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    assert post(receiver.url, b"{}", {}) == 200
