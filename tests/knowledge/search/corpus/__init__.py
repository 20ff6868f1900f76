"""The articles and questions that the search is tried by: see README.md beside them."""

from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
LANGUAGES = ("en", "fr", "it", "nl", "sv", "ko")


class Article(NamedTuple):
    key: str
    language: str
    product: str
    title: str
    text: str


class Question(NamedTuple):
    language: str
    key: str
    typed: str


def articles() -> list[Article]:
    return [_article(language, block) for language in LANGUAGES for block in _blocks(language)]


def questions() -> list[Question]:
    lines = (HERE / "questions.txt").read_text().splitlines()
    return [Question(*(part.strip() for part in line.split("|"))) for line in lines]


def _blocks(language: str) -> list[str]:
    return (HERE / f"{language}.txt").read_text().strip().split("\n\n")


def _article(language: str, block: str) -> Article:
    head, text = block.split("\n", 1)
    key, product, title = head.removeprefix("## ").split(" | ")
    return Article(key, language, product, title, text)
