"""``python -m portal.core.services.probe http://web:8000/readyz``: exit code 0 where that answers 200.

For health checks inside a container that has no curl. It asks for the host that the portal serves.
"""

import os
import sys
import urllib.error
import urllib.request

_PATIENCE = 4.0


def main(url: str) -> int:
    request = urllib.request.Request(url, headers={"Host": os.environ.get("BASE_HOST", "localhost")})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310
            print(answer.read().decode(errors="replace"))
    except urllib.error.HTTPError as error:
        print(error.read().decode(errors="replace"))
        return 1
    except OSError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
