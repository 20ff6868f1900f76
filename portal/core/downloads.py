"""Files as they leave this host."""

from urllib.parse import quote


def disposition(name: str) -> str:
    """A download under this name: RFC 6266, with plain letters for old clients."""
    plain = "".join(letter if " " <= letter <= "~" and letter not in '"\\%/;' else "_" for letter in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
