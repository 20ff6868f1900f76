"""The files for production: compose, its database script, and the list of settings."""

import ast
import os
import re
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest

from portal.config.celery import PROMPT, app
from portal.core.services import places
from portal.core.services.postgres import APP, OWNER, Postgres
from portal.core.services.supervisor import Supervisor

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIRED = {
    "SECRET_KEY": "a",
    "BASE_HOST": "support.example.com",
    "MAIL_FROM": "support@support.example.com",
    "POSTGRES_PASSWORD": "b",
    "PORTAL_OWNER_PASSWORD": "c",
    "PORTAL_APP_PASSWORD": "d",
}
# Read by something else than settings.py: compose, gunicorn, `make run`.
ELSEWHERE = {
    "POSTGRES_PASSWORD", "PORTAL_OWNER_PASSWORD", "PORTAL_APP_PASSWORD", "WEB_CONCURRENCY", "PG_BIN_DIR",
}  # fmt: skip


def compose(text, environment):
    """``docker compose config``; the exit code and what it complained of."""
    # The package's own entry point always exits 0, so its binary is called.
    binary = Path(find_spec("compose").submodule_search_locations[0]) / "docker-compose"
    done = subprocess.run(
        [binary, "--project-directory", ROOT, "--env-file", os.devnull, "-f", "-", "config", "-q"],
        input=text,
        env={"PATH": os.environ["PATH"], "HOME": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def composition():
    return (ROOT / "docker-compose.yml").read_text()


def test_the_composition_is_valid(composition):
    assert compose(composition, REQUIRED) == (0, "")


def test_a_misspelt_key_in_the_composition_is_caught(composition):
    code, complaint = compose(composition.replace("healthcheck:", "healthchek:", 1), REQUIRED)
    assert code != 0
    assert "healthchek" in complaint


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_the_composition_starts_with_no_default_for_what_must_be_chosen(composition, name):
    code, complaint = compose(composition, {key: value for key, value in REQUIRED.items() if key != name})
    assert code != 0
    assert f"required variable {name} is missing a value: set {name} in .env" in complaint


def test_each_queue_has_workers_in_the_composition(composition):
    workers = [line for line in composition.splitlines() if "portal.config, worker" in line]
    asked = set(re.findall(r"--queues, (\w+)", "\n".join(workers)))
    left = set(re.findall(r"--exclude-queues, (\w+)", "\n".join(workers)))
    assert (len(workers), asked, left) == (2, {PROMPT}, {PROMPT})


def test_what_is_promised_in_seconds_waits_for_nothing_that_talks_to_others():
    queues = {name: app.amqp.router.route({}, name)["queue"].name for name in app.tasks if "tasks." in name}
    prompt = {name for name, queue in queues.items() if queue == PROMPT}
    assert prompt == {"incidents.tasks.alert_due", "knowledge.critical.tasks.tell_due"}
    assert {queues[name] for name in queues if name not in prompt} == {"celery"}


def settings_read():
    """The environment variables that settings.py reads through its typed readers."""
    tree = ast.parse((ROOT / "portal" / "config" / "settings.py").read_text())
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and isinstance(node.args[0], ast.Constant)
    }


def settings_documented():
    """The variables of .env.example, each with the comment above it."""
    documented, comment = {}, []
    for line in (ROOT / ".env.example").read_text().splitlines():
        setting = re.fullmatch(r"(?:# )?([A-Z][A-Z_]+)=.*", line)
        if setting:
            documented[setting[1]] = " ".join(comment)
        elif line.startswith("#"):
            comment.append(line)
        else:
            comment = []
    return documented


def test_every_setting_is_documented_and_every_documented_one_is_read():
    assert set(settings_documented()) == settings_read() | ELSEWHERE


def test_every_documented_setting_says_what_it_does():
    assert [name for name, comment in settings_documented().items() if len(comment) < 20] == []


def test_every_setting_that_the_composition_passes_on_is_documented(composition):
    asked = set(re.findall(r"\$\{([A-Z_]+)", composition)) - {"PORTAL_IMAGE"}
    assert asked - set(settings_documented()) == set()


@pytest.mark.processes
def test_the_database_script_makes_what_the_embedded_server_has(tmp_path):
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    var = tmp_path / "var"
    var.mkdir()
    server = Postgres(var, var / "secrets")
    identity = places.server_identity(var / "postgres")
    binaries = places.postgres_binaries(var, identity)
    environment = {
        "PATH": f"{binaries}{os.pathsep}{os.environ['PATH']}",
        "PGHOST": str(var / "run" / "postgres"),
        "PGUSER": "postgres",
        "PORTAL_OWNER_PASSWORD": "it's c",
        "PORTAL_APP_PASSWORD": "d",
    }
    with Supervisor(say=print) as supervisor:
        server.prepare()
        supervisor.start(server.program(), ready=server.ready)
        environment["PGPASSWORD"] = (var / "secrets" / "postgres").read_text()
        subprocess.run(
            [ROOT / "docker" / "postgres" / "roles.sh"], env=environment, check=True, capture_output=True
        )
        made = subprocess.run(
            [
                binaries / "psql", "-d", "portal", "-Atc",
                "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'portal_%'"
                " UNION ALL SELECT extname, NULL, NULL FROM pg_extension ORDER BY 1",
            ],
            env=environment, check=True, capture_output=True, text=True,
        )  # fmt: skip
    assert made.stdout.split() == [
        "btree_gist||", "pg_trgm||", "plpgsql||", f"{APP}|f|f", f"{OWNER}|f|f", "unaccent||",
    ]  # fmt: skip
