"""The site, built and served; and what both the page and the command line are asked."""

from __future__ import annotations

import functools
import http.server
import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from ktt_policy.cli.options import read_parameters
from ktt_policy.reporters.json_ import encode

from . import recipe

AXE = "4.14.1"
FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published site, made by the commands of the page on publishing."""
    folder = tmp_path_factory.mktemp("published")
    recipe.run(recipe.commands("en")[0], folder)
    return folder / recipe.SITE


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The source of axe-core, from npm."""
    folder = tmp_path_factory.mktemp("axe")
    subprocess.run(["npm", "pack", "--silent", f"axe-core@{AXE}"], cwd=folder, check=True, capture_output=True)
    shutil.unpack_archive(folder / f"axe-core-{AXE}.tgz", folder)
    return (folder / "package/axe.min.js").read_text("utf-8")


@pytest.fixture(scope="session")
def ceilings() -> str:
    """The example ceilings as a reader would paste them: JSON."""
    return encode(read_parameters(str(FIXTURES / "example-ceilings.yaml")).data)


class Served:
    """A folder on a port of this machine; `paths` are what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.paths: list[str] = []
        served = self

        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                served.paths.append(f"{self.command} {self.path}")

        handler = functools.partial(Handler, directory=str(folder))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05})
        self.thread.start()

    def stop(self) -> None:
        if self.thread.is_alive():
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    served = Served(folder)
    try:
        yield served
    finally:
        served.stop()


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[Served]:
    with serving(site) as made:
        yield made


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ceilings: str) -> Callable[..., tuple[str, int]]:
    """`told(files, …)`: the command line's JSON report on files that stand in one folder, and its exit code. Values
    that a reader pastes have no file to name."""
    from click.testing import CliRunner
    from ktt_policy.cli import main

    def ask(files: list[Path], *options: str, parameters: bool = False, context: list[Path] | None = None) -> Any:
        folder = tmp_path / "told"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for file in (*files, *(context or [])):
            shutil.copy(file, folder / file.name)
        (tmp_path / "ceilings.json").write_text(ceilings)
        monkeypatch.chdir(folder)
        command = ["check", *(f"./{file.name}" for file in files), "--on", "2026-11-24", "--format", "json", *options]
        for file in context or []:
            command += ["--context", f"./{file.name}"]
        if parameters:
            command += ["--parameters", "../ceilings.json"]
        done = CliRunner().invoke(main, command)
        return done.stdout.replace('"../ceilings.json"', '"<parameters>"'), done.exit_code

    return ask


def data(text: str) -> Any:
    """A report's data, numbers as the texts that stand there."""
    return json.loads(text, parse_float=str, parse_int=str)
