"""The server's own requests, to addresses that somebody else has chosen.

A name is resolved once; if any of its addresses is not public, nothing is sent; the connection goes to
an address that was checked, so no second look-up can lead elsewhere. Redirects are not followed. Of the
answer only status and headers are read, up to a limit of bytes and of time.
"""

import io
import socket
import ssl
from collections.abc import Mapping
from functools import cache
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from notifications.webhooks.enums import CallTrouble

CONNECT_SECONDS = 4.0
TOTAL_SECONDS = 10.0
MAX_ANSWER = 16 * 1024
_PORTS = {"http": 80, "https": 443}
_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")

Address = tuple[socket.AddressFamily, tuple[Any, ...]]


class Unsent(Exception):
    """There is no status: the request did not arrive, or nothing usable came back."""

    def __init__(self, trouble: CallTrouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send ``body`` and return the status of the answer, whatever it is.

    :raises Unsent:
    """
    deadline = monotonic() + TOTAL_SECONDS
    try:
        parts = checked(url)
        host = parts.hostname or ""
        line = _connect(resolve(host, parts.port or _PORTS[parts.scheme]), deadline)
        try:
            line.settimeout(_left(deadline))
            if parts.scheme == "https":
                line = _context().wrap_socket(line, server_hostname=host)
            return _exchange(line, parts, body, headers, deadline)
        finally:
            line.close()
    except TimeoutError:
        raise Unsent(CallTrouble.TOO_SLOW) from None
    except ssl.SSLCertVerificationError:
        raise Unsent(CallTrouble.UNPROVEN) from None
    except (ssl.SSLError, HTTPException):
        raise Unsent(CallTrouble.NO_ANSWER) from None
    except OSError:
        raise Unsent(CallTrouble.UNREACHABLE) from None


def checked(url: str) -> SplitResult:
    """The parts of an address that may be called, as far as the address itself tells.

    :raises Unsent: it is not https, names no host or a person, or an IP address that is not public.
    """
    try:
        parts = urlsplit(url)
        host, allowed = parts.hostname or "", parts.port != 0
    except ValueError:
        raise Unsent(CallTrouble.UNKNOWN_NAME) from None
    schemes = ("https", "http") if settings.WEBHOOKS_ALLOW_LOCAL else ("https",)
    if not (allowed and host and parts.scheme in schemes and parts.username is None and url.isascii()):
        raise Unsent(CallTrouble.NOT_ALLOWED)
    try:
        literal = ip_address(host)
    except ValueError:
        return parts
    if not may_call(literal):
        raise Unsent(CallTrouble.NOT_ALLOWED)
    return parts


def resolve(host: str, port: int) -> list[Address]:
    """The addresses of a host, each one checked.

    :raises Unsent: there is none, or one that may not be called.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError):
        raise Unsent(CallTrouble.UNKNOWN_NAME) from None
    if not all(may_call(ip_address(str(address[0]))) for *_, address in found):
        raise Unsent(CallTrouble.NOT_ALLOWED)
    return [(family, address) for family, *_, address in found]


def may_call(address: IPv4Address | IPv6Address) -> bool:
    return settings.WEBHOOKS_ALLOW_LOCAL or is_public(address)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """An ordinary address of the Internet: none of a private network, of this machine, of a group, none
    that is reserved, and none that carries another address inside (but for NAT64 to a public one)."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _UNICAST or address.sixtofour or address.teredo or address.scope_id:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _connect(addresses: list[Address], deadline: float) -> socket.socket:
    """To the first that answers."""
    trouble: OSError = OSError("no address")
    for family, address in addresses:
        line = socket.socket(family, socket.SOCK_STREAM)
        try:
            line.settimeout(min(CONNECT_SECONDS, _left(deadline)))
            line.connect(address)
        except OSError as error:
            line.close()
            trouble = error
        else:
            return line
    raise trouble


def _exchange(
    line: socket.socket, parts: SplitResult, body: bytes, headers: Mapping[str, str], deadline: float
) -> int:
    line.settimeout(_left(deadline))
    http = HTTPConnection(parts.hostname or "", parts.port or _PORTS[parts.scheme])
    http.sock = _BoundedLine(line, deadline)
    http.auto_open = 0
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    http.request("POST", target, body, {"Host": parts.netloc, "Connection": "close", **headers})
    return http.getresponse().status


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


@cache
def _context() -> ssl.SSLContext:
    """Certificates are verified against the machine's authorities, and must be for the host's name."""
    return ssl.create_default_context()


class _BoundedLine:
    """What http.client needs of a socket; what is read through it ends with the deadline."""

    def __init__(self, line: socket.socket, deadline: float) -> None:
        self._line = line
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        self._line.settimeout(_left(self._deadline))
        self._line.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_BoundedReader(self._line, self._deadline), 1024)

    def close(self) -> None:
        self._line.close()


class _BoundedReader(io.RawIOBase):
    def __init__(self, line: socket.socket, deadline: float) -> None:
        self._line = line
        self._deadline = deadline
        self._read = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._read >= MAX_ANSWER:
            raise HTTPException("The headers are too long")
        self._line.settimeout(_left(self._deadline))
        read = self._line.recv_into(buffer)
        self._read += read
        return read
