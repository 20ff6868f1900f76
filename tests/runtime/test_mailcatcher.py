"""The mail server that keeps everything, and the pages that show what it kept."""

import signal
import smtplib
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from portal.core.mailcatcher import mailbox

ROOT = Path(__file__).resolve().parent.parent.parent


def message(subject="Réponse à ACM-7", html=""):
    mail = EmailMessage()
    mail["From"] = "Acme <support@acme.example>"
    mail["To"] = "Anaïs <anais@vauban.example>"
    mail["Subject"] = subject
    mail.set_content("Bonjour,\nhttps://acme.example/incidents/7\n")
    if html:
        mail.add_alternative(html, subtype="html")
    return mail


def keep(folder, *subjects, html=""):
    return [
        mailbox.store(folder, "s@acme.example", ["a@b.example"], message(s, html).as_bytes())
        for s in subjects
    ]


@pytest.fixture
def folder(tmp_path, settings):
    settings.MAILBOX_DIR = str(tmp_path)
    return tmp_path


@pytest.mark.processes
def test_a_mail_that_is_handed_in_is_kept_whole(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = subprocess.Popen(
            [
                sys.executable, "-m", "portal.core.mailcatcher",
                "--socket", str(listener.fileno()), "--folder", str(tmp_path),
            ],
            cwd=ROOT,
            pass_fds=(listener.fileno(),),
        )  # fmt: skip
        try:
            with smtplib.SMTP(*listener.getsockname(), timeout=20) as client:
                client.send_message(message(), "bounce@acme.example", ["anais@vauban.example", "b@c.example"])
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(20) == 0
    [mail] = mailbox.newest(tmp_path, limit=5)
    assert (mail.sender, mail.recipients) == ("bounce@acme.example", "anais@vauban.example, b@c.example")
    assert (mail.subject, mail.text, mail.html) == (
        "Réponse à ACM-7", "Bonjour,\nhttps://acme.example/incidents/7\n", "",
    )  # fmt: skip
    assert timedelta() <= datetime.now(UTC) - mail.at < timedelta(minutes=1)
    assert [path.suffix for path in tmp_path.iterdir()] == [".eml"]


def test_the_newest_mail_comes_first_and_a_key_leads_to_the_next_page(tmp_path):
    keys = keep(tmp_path, "one", "two", "three")
    assert [mail.subject for mail in mailbox.newest(tmp_path, limit=2)] == ["three", "two"]
    assert [mail.subject for mail in mailbox.newest(tmp_path, before=keys[1], limit=2)] == ["one"]


def test_only_the_newest_are_kept(tmp_path):
    keep(tmp_path, "one", "two", "three")
    mailbox.prune(tmp_path, keep=2)
    assert [mail.subject for mail in mailbox.newest(tmp_path, limit=5)] == ["three", "two"]


def test_an_address_cannot_add_a_header(tmp_path):
    key = mailbox.store(tmp_path, "a@b.example\r\nBcc: all@b.example", ["c@d.example"], message().as_bytes())
    mail = mailbox.find(tmp_path, key)
    assert (mail.sender, mail.message["Bcc"]) == ("a@b.example Bcc: all@b.example", None)


@pytest.mark.parametrize("key", ["", "..", "../../etc/passwd", "20260101T000000000000-0000000", "x" * 30])
def test_a_key_that_is_none_finds_nothing(tmp_path, key):
    (tmp_path / f"{Path(key).name}.eml").touch()
    assert mailbox.find(tmp_path, key) is None


def test_the_list_shows_each_mail_with_its_recipient(folder, client, db):
    [key] = keep(folder, "Réponse à ACM-7")
    page = client.get("/dev/mail/")
    assert [mail.key for mail in page.context["mails"]] == [key]
    assert f'href="/dev/mail/{key}/"' in page.text
    assert "a@b.example" in page.text


def test_an_empty_list_says_what_to_do(folder, client, db):
    assert "what the people concerned are sent then appears here" in client.get("/dev/mail/").text


def test_the_text_is_shown_escaped_and_the_html_only_in_a_dead_frame(folder, client, db):
    [key] = keep(folder, "<script>alert(1)</script>", html="<p>Bonjour</p><script>alert(2)</script>")
    page = client.get(f"/dev/mail/{key}/").text
    assert "alert(1)&lt;/script&gt;" in page
    assert "alert(2)" not in page
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    part = client.get(f"/dev/mail/{key}/html/")
    assert part.text.strip() == '<base target="_blank"><p>Bonjour</p><script>alert(2)</script>'
    assert part.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert part.headers["Content-Security-Policy"] == (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self';"
        " sandbox allow-popups allow-popups-to-escape-sandbox"
    )


@pytest.mark.parametrize("path", ["/dev/mail/", "/dev/mail/{key}/", "/dev/mail/{key}/html/"])
def test_without_a_mailbox_there_is_no_such_page(folder, settings, client, db, path):
    [key] = keep(folder, "one")
    settings.MAILBOX_DIR = ""
    assert client.get(path.format(key=key)).status_code == 404
