"""Markdown as people write it in messages and articles, to HTML that is safe to print."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

_TAGS = {
    *("p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "a", "img", "ul", "ol", "li"),
    *("h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}, "code": {"class"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_FOCUSABLE = {
    "pre": {"tabindex": "0"},
    "table": {"tabindex": "0"},
}  # they scroll, so the keyboard must reach them
_HEADINGS_LOWERED_BY = 2


def render(text: str) -> SafeString:
    """Render Markdown: HTML shows as text, headings start at level 3, pictures come from this host only."""
    html = _parser.render(text)
    clean = nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_allowed,
        set_tag_attribute_values=_FOCUSABLE,
        url_schemes=_SCHEMES,
        link_rel="nofollow noopener noreferrer",
    )
    return mark_safe(clean)  # noqa: S308  cleaned in the line above


def _allowed(tag: str, attribute: str, value: str) -> str | None:
    if tag == "img" and attribute == "src":
        own = value.startswith("/") and not value.startswith("//")
        return value if own else None
    if tag == "code" and attribute == "class":
        return value if value.startswith("language-") and " " not in value else None
    return value


def _lower_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            level = min(6, int(token.tag[1]) + _HEADINGS_LOWERED_BY)
            token.tag = f"h{level}"


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable(
        ["table", "strikethrough", "linkify"]
    )
    parser.core.ruler.push("lower_headings", _lower_headings)
    return parser


_parser = _make_parser()
