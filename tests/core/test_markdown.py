"""Markdown of strangers becomes HTML that runs nothing and loads nothing from elsewhere."""

import pytest

from portal.core.ui.markdown import render


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**bold** and `code`", "<p><strong>bold</strong> and <code>code</code></p>\n"),
        ("one\ntwo", "<p>one<br>\ntwo</p>\n"),
        ("# Title", "<h3>Title</h3>\n"),
        ("##### Deep", "<h6>Deep</h6>\n"),
        ("~~gone~~", "<p><s>gone</s></p>\n"),
        ("```sql\nselect 1\n```", '<pre tabindex="0"><code class="language-sql">select 1\n</code></pre>\n'),
        ("3. three\n4. four", '<ol start="3">\n<li>three</li>\n<li>four</li>\n</ol>\n'),
    ],
)
def test_common_marks_are_rendered(text: str, html: str) -> None:
    assert render(text) == html


def test_tables_are_rendered() -> None:
    assert render("|a|\n|-|\n|1|") == (
        '<table tabindex="0">\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n'
        "<tbody>\n<tr>\n<td>1</td>\n</tr>\n</tbody>\n</table>\n"
    )


def test_addresses_become_links_that_give_nothing_away() -> None:
    assert render("see https://example.org/a") == (
        '<p>see <a href="https://example.org/a" rel="nofollow noopener noreferrer">https://example.org/a</a></p>\n'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<style>*{display:none}</style>",
        '<a href="/x" onclick="alert(1)">x</a>',
    ],
)
def test_html_is_shown_as_text(text: str) -> None:
    html = render(text)
    assert "<script" not in html
    assert "<img" not in html
    assert "<style" not in html
    assert "<a" not in html
    assert "&lt;" in html


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd"],
)
def test_dangerous_schemes_never_become_links(target: str) -> None:
    assert "href" not in render(f"[click]({target})")


def test_pictures_of_this_host_are_shown() -> None:
    assert render("![a cat](/files/7/cat.png)") == '<p><img src="/files/7/cat.png" alt="a cat"></p>\n'


@pytest.mark.parametrize(
    "source", ["https://evil.example/p.png", "//evil.example/p.png", "data:image/png;base64,AA"]
)
def test_pictures_from_elsewhere_load_nothing(source: str) -> None:
    assert "src=" not in render(f"![pixel]({source})")


def test_a_backslash_leads_nowhere_else() -> None:
    assert (
        render("![pixel](/\\evil.example/p.png)") == '<p><img src="/%5Cevil.example/p.png" alt="pixel"></p>\n'
    )


def test_a_class_comes_only_from_the_language_of_a_code_block() -> None:
    assert (
        render("```button button-primary\nx\n```")
        == '<pre tabindex="0"><code class="language-button">x\n</code></pre>\n'
    )
