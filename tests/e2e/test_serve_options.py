"""The options of `gateway-mock`, in this process: what is wrong is said in a line, nothing is started."""

import gc
import subprocess
import sys

import pytest
from click.testing import CliRunner

from gateway_mock import cli


def run(*arguments):
    """Run the command in this process."""
    return CliRunner().invoke(cli.main, arguments)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--port", "0"], "Invalid value for '--port'"),
        (["--port", "65536"], "Invalid value for '--port'"),
        (["--port", "http"], "Invalid value for '--port'"),
        (["--clock", "sundial"], "'sundial' is not one of 'real', 'manual'"),
        (["--mode", "half"], "'half' is not one of 'total', 'hold', 'partial'"),
        (["--mode", "hold"], "mode hold needs a PPP connector"),
        (["--mode", "partial"], "mode partial needs a PPP connector"),
        (["--connector", "127.0.0.1:5010"], "is no http:// or https:// address"),
        (["--connector", "ftp://127.0.0.1"], "is no http:// or https:// address"),
        (["--connector", "http://"], "is no http:// or https:// address"),
        (["--connector", "http://127.0.0.1:0"], "is no http:// or https:// address"),
        (["--connector", "http://[::1"], "is no http:// or https:// address"),
        (["--app-key", ""], "Invalid value for '--app-key': it is empty."),
        (["--app-token", ""], "Invalid value for '--app-token': it is empty."),
        (["--control-token", ""], "Invalid value for '--control-token': it is empty."),
        (["--nope"], "No such option"),
        (["more"], "Got unexpected extra argument"),
    ],
)
def test_a_wrong_option_is_said_and_ends_with_2(options, said):
    """The last line names what is wrong."""
    result = run("serve", *options)
    assert result.exit_code == 2
    assert said in result.output.splitlines()[-1]


def test_a_refused_start_leaves_no_process_without_its_collector():
    """Starting pauses it; whoever calls the command in a process of their own has it back."""
    run("serve", "--mode", "hold")
    assert gc.isenabled()


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["serve", "--help"], ["demo", "--help"], ["--version"]])
def test_help_and_version_end_with_0(arguments):
    """Both commands explain themselves."""
    assert run(*arguments).exit_code == 0


def test_help_names_every_option_of_the_interface():
    """The options that others rely on, and the guardrail."""
    text = run("serve", "--help").output
    for option in ("--host", "--port", "--store", "--clock", "--connector", "--mode", "--app-key", "--app-token"):
        assert option in text
    assert "never send it real cards" in " ".join(run("--help").output.split())


def test_help_loads_nothing_heavy():
    """Neither Flask nor the demo nor granian is imported before a command runs."""
    code = "import sys, gateway_mock.cli; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"flask", "granian", "rich", "requests", "sqlalchemy", "gateway_mock.web.app"}.isdisjoint(said)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:5005"),
        ("0.0.0.0", "http://127.0.0.1:5005"),  # noqa: S104 - nothing is bound
        ("::1", "http://[::1]:5005"),
        ("::", "http://[::1]:5005"),
        ("localhost", "http://localhost:5005"),
    ],
)
def test_connectors_are_told_an_address_that_they_can_reach(host, url):
    """A server on all addresses is called back on loopback."""
    assert cli._base_url(host, 5005) == url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("memory:", "memory:"),
        ("sqlite:///mock.db", "sqlite:///mock.db"),
        ("postgresql://db/mock", "postgresql://db/mock"),
        ("postgresql://me:secret@db:5432/mock", "postgresql://me@db:5432/mock"),
        ("postgresql://me:se%40cret@db/mock?password=secret", "postgresql://me@db/mock"),
    ],
)
def test_a_store_is_shown_without_its_password(url, shown):
    """Wherever the password stands."""
    assert cli._without_password(url) == shown
