"""A headless Chromium over its DevTools protocol: just what these tests ask of a browser."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

PATIENCE = 90.0
GONE = -32000
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--remote-debugging-port=0", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]  # fmt: skip


class MovedError(AssertionError):
    """The page went elsewhere while a script was run in it."""


class Page:
    """One page and its workers. `requests` are the addresses that any of them asked for; `complaints` what the console
    was told of as an error, and what was thrown and not caught."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.number = 0
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.workers: list[str] = []
        self.downloaded = 0
        self.session = ""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._listen(self.session)
        self.send("Page.enable")

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """The answer to a command; events that come before it are noted."""
        number = self._post(method, session, params)
        while True:
            message = self._receive(PATIENCE)
            if message.get("id") == number:
                if method == "Runtime.evaluate" and message.get("error", {}).get("code") == GONE:
                    raise MovedError(message["error"])
                assert "error" not in message, f"{method}: {message['error']}"
                result: dict[str, Any] = message["result"]
                return result

    def _post(self, method: str, session: str | None, params: dict[str, Any]) -> int:
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if session or self.session:
            message["sessionId"] = session or self.session
        self.socket.send(json.dumps(message))
        return self.number

    def _listen(self, session: str) -> None:
        for method in ("Runtime.enable", "Network.enable", "Log.enable"):
            self._post(method, session, {})
        waiting = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        self._post("Target.setAutoAttach", session, waiting)
        self._post("Runtime.runIfWaitingForDebugger", session, {})

    def _receive(self, patience: float) -> dict[str, Any]:
        message: dict[str, Any] = json.loads(self.socket.recv(timeout=patience))
        params = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(params["request"]["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(params["exceptionDetails"])[:500])
            case "Runtime.consoleAPICalled" if params["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(params["args"])[:500])
            case "Log.entryAdded" if params["entry"]["level"] in ("error", "warning"):
                self.complaints.append(json.dumps(params["entry"])[:500])
            case "Browser.downloadProgress" if params["state"] == "completed":
                self.downloaded += 1
            case "Target.attachedToTarget" if params["targetInfo"]["type"] == "worker":
                self.workers.append(params["sessionId"])
                self._listen(params["sessionId"])
        return message

    def run(self, script: str, session: str | None = None) -> Any:
        """The value of an expression (or what its promise gives), in the page or in a worker."""
        done = self.send("Runtime.evaluate", session, expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def wait(self, condition: str) -> None:
        """Until an expression is true in the page, or in one that takes its place."""
        end = time.monotonic() + PATIENCE
        while True:
            with contextlib.suppress(MovedError):
                if self.run(f"Boolean({condition})"):
                    return
            assert time.monotonic() < end, f"waited in vain for {condition}; complaints: {self.complaints}"
            with contextlib.suppress(TimeoutError):
                self._receive(0.1)

    def follow(self, script: str) -> None:
        """Run what may lead to another page, and let it: the answer does not wait for that."""
        self.run(f"void setTimeout(() => {{ {script} }})")

    def give(self, selector: str, files: list[Path]) -> None:
        """Choose files in a file field, as a reader would."""
        root = self.send("DOM.getDocument")["root"]["nodeId"]
        node = self.send("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.send("DOM.setFileInputFiles", files=[str(file) for file in files], nodeId=node)

    def press(self, key: str, code: int, text: str = "") -> None:
        """A key, down and up."""
        about = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown", **about, **({"text": text} if text else {}))
        self.send("Input.dispatchKeyEvent", type="keyUp", **about)


@contextmanager
def opened(profile: Path, downloads: Path) -> Iterator[Page]:
    """A page in a browser with a profile of its own."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "these tests need Chromium: install it, or leave them out"
    browser = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        told = profile / "DevToolsActivePort"
        end = time.monotonic() + PATIENCE
        while not told.is_file() or len(told.read_text().split()) < 2:
            assert browser.poll() is None, f"Chromium ended at its start with {browser.returncode}"
            assert time.monotonic() < end, "Chromium did not start"
            time.sleep(0.05)
        port, path = told.read_text().split()
        with connect(f"ws://127.0.0.1:{port}{path}", max_size=None, proxy=None) as socket:
            page = Page(socket)
            page.send("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads), eventsEnabled=True)
            yield page
    finally:
        browser.terminate()
        try:
            browser.wait(10)
        except subprocess.TimeoutExpired:
            browser.kill()
            browser.wait()
