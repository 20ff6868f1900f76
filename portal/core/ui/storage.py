"""Static files for production: hashed names, and one style sheet instead of a dozen requests."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

_BUNDLE = "css/portal.css"
_IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
_MODULE_IMPORT = (
    r'(?P<matched>import \{(?P<names>[^}]*)\} from "(?P<url>\./[^"]+)";)',
    'import {%(names)s} from "%(url)s";',
)


class BundledStaticFilesStorage(ManifestStaticFilesStorage):
    """Writes the sheets that ``css/portal.css`` imports into it, and hashes names within our modules."""

    # Django's own pattern for modules takes every script, and fails on words in comments of packages.
    patterns = (*ManifestStaticFilesStorage.patterns, ("js/*.js", (_MODULE_IMPORT,)))

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], dry_run: bool = False, **options: Any
    ) -> Iterator[tuple[str, str, bool] | tuple[str, None, RuntimeError]]:
        if not dry_run and _BUNDLE in paths:
            self.delete(_BUNDLE)
            self.save(_BUNDLE, ContentFile(self._bundled(paths).encode()))
            paths = {**paths, _BUNDLE: (self, _BUNDLE)}
        yield from super().post_process(paths, dry_run, **options)

    def _bundled(self, paths: dict[str, tuple[Storage, str]]) -> str:
        """Read from the sources: the copy in the target folder may be an earlier bundle."""

        def source(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        def layer(match: re.Match[str]) -> str:
            return f"@layer {match[2]} {{\n{source(f'css/{match[1]}')}}}"

        return _IMPORT.sub(layer, source(_BUNDLE))
