"""``python -m portal.core.services -- command …``: run a command beside the servers that it needs."""

import argparse
import os
import sys
from pathlib import Path

from portal.core.services.embedded import Embedded
from portal.core.services.errors import ServiceError
from portal.core.services.process import Program
from portal.core.services.supervisor import Stopped, Supervisor

_INTERRUPTED = 130


def main(arguments: list[str]) -> int:
    """Run the command and pass on its exit code."""
    parser = argparse.ArgumentParser(prog="python -m portal.core.services", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where the servers keep their data")
    parser.add_argument("--scratch", action="store_true", help="faster, but a crash may lose the data")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args(arguments)
    try:
        embedded = Embedded(options.folder.resolve(), os.environ, scratch=options.scratch)
        environment = {**os.environ, **embedded.environment()}
        embedded.check_space()
        lock = embedded.lock()
        with Supervisor(say=print, inherit=(lock.descriptor,)) as supervisor:
            embedded.start(supervisor)
            return supervisor.run(
                Program(name=options.command[0], argv=tuple(options.command), environment=environment)
            )
    except Stopped:
        return _INTERRUPTED
    except ServiceError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
