"""Names of files that people send: to be read and saved under, never to find anything by."""

import unicodedata

from django.utils.translation import gettext as _


def plain_name(name: str, longest: int) -> str:
    """The name without folders and without what nobody sees: control letters, and those that turn the
    direction of writing, which show ``exe.txt`` for what ends in ``.exe``.

    One that is too long keeps its end, where it says what it is; of what is nothing, a word is made.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    spaced = (" " if letter.isspace() else letter for letter in last)
    shown = "".join(letter for letter in spaced if letter.isprintable()).strip()[-longest:].strip()
    return shown if shown.strip(". ") else _("file")
