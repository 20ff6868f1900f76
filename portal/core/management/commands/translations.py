from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from portal.core import catalogs


class Command(BaseCommand):
    help = "Collect the marked texts, compile the translations, or check that they are complete."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", choices=["extract", "compile", "check"])

    def handle(self, *args: Any, step: str, **options: Any) -> None:
        {"extract": self._extract, "compile": self._compile, "check": self._check}[step]()

    def _extract(self) -> None:
        source = self._source()
        for language, path in _files().items():
            changed = catalogs.update(path, language, source)
            self.stdout.write(f"{language}: {len(source)} texts, {'updated' if changed else 'unchanged'}")

    def _compile(self) -> None:
        for language, path in _files().items():
            if path.exists() and catalogs.compile_catalog(path, language):
                self.stdout.write(f"{language}: compiled")

    def _check(self) -> None:
        source = self._source()
        found = [
            f"{language}: {problem}"
            for language, path in _files().items()
            for problem in catalogs.problems(catalogs.read(path, language), source)
        ]
        if found:
            raise CommandError("\n".join([*found, f"{len(found)} texts are not ready."]))
        self.stdout.write(f"{len(source)} texts are translated.")

    @staticmethod
    def _source() -> Catalog:
        root = Path(settings.BASE_DIR)
        own = [Path(config.path) for config in apps.get_app_configs()]
        folders = {path.relative_to(root).parts[0] for path in own if _is_ours(path, root)}
        return catalogs.source_catalog(root, sorted({*folders, "templates"}))


def _is_ours(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) and "site-packages" not in path.parts


def _files() -> dict[str, Path]:
    """The file of each language but the source's own."""
    [locale] = settings.LOCALE_PATHS
    return {
        language: Path(locale) / language / "LC_MESSAGES" / "django.po"
        for language, _name in settings.LANGUAGES
        if language != settings.LANGUAGE_CODE
    }
