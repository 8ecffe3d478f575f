"""A page in headless Chromium, driven through the DevTools protocol over two pipes: no driver, no port, no package.

Used by the tests of the graph's page and by the measurement of its frames. Pipes carry JSON texts ended by a zero
byte; Chromium reads its file 3 and writes its file 4.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-color-profile=srgb",
    "--remote-debugging-pipe", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
)  # fmt: skip


MOVE_PIPES = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for end, number in zip(ends, (3, 4)):
    os.dup2(end, number)
os.execv(sys.argv[3], sys.argv[3:])
"""
"""Gives the pipes the numbers that Chromium expects, wherever they were."""


class PageError(Exception):
    """The page, or Chromium itself, did not do what was asked of it."""


class Page:
    """One tab. `said` holds what its console and its content security policy complained of."""

    def __init__(
        self,
        folder: Path,
        *,
        size: tuple[int, int] = (1440, 900),
        flags: tuple[str, ...] = (),
        limit: float = 60.0,
    ) -> None:
        if CHROMIUM is None:
            raise PageError("Chromium is not installed: install it, or put it on the path")
        self.said: list[str] = []
        self._limit = limit
        self._number = 0
        self._waiting = b""
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        window = f"--window-size={size[0]},{size[1]}"
        command = [CHROMIUM, *FLAGS, window, f"--user-data-dir={folder}", *flags, "about:blank"]
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", MOVE_PIPES, str(to_read), str(from_write), *command],
            pass_fds=(to_read, from_write), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(to_read)
        os.close(from_write)
        self._to: IO[bytes] = os.fdopen(to_write, "wb")
        self._from = from_read
        os.set_blocking(from_read, False)
        self._session = ""
        try:
            self._attach(size)
        except BaseException:
            self.close()
            raise

    def _attach(self, size: tuple[int, int]) -> None:
        target = next(
            info for info in self.send("Target.getTargets")["targetInfos"] if info["type"] == "page"
        )
        self._session = self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log"):
            self.send(f"{domain}.enable")
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )

    def __enter__(self) -> Page:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the browser."""
        self._to.close()
        os.close(self._from)
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def send(self, method: str, /, **parameters: Any) -> dict[str, Any]:
        """The result of a method. Raises `PageError` where the browser refuses it or takes too long."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        until = time.monotonic() + self._limit
        while time.monotonic() < until:
            for answer in self._answers():
                if answer.get("id") != self._number:
                    self._note(answer)
                elif "error" in answer:
                    raise PageError(f"{method}: {answer['error']}")
                else:
                    return answer["result"]
        raise PageError(f"{method} was not answered within {self._limit:.0f} s")

    def _answers(self) -> list[dict[str, Any]]:
        try:
            data = os.read(self._from, 1 << 20)
        except BlockingIOError:
            if self._process.poll() is not None:
                raise PageError(f"Chromium ended with {self._process.returncode}") from None
            time.sleep(0.002)
            return []
        if not data:
            raise PageError("Chromium closed the pipe")
        *whole, self._waiting = (self._waiting + data).split(b"\0")
        return [json.loads(text) for text in whole]

    def _note(self, message: dict[str, Any]) -> None:
        about = message.get("params", {})
        if message.get("method") == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.said.append(about["entry"]["text"])
        elif message.get("method") == "Runtime.exceptionThrown":
            details = about["exceptionDetails"]
            self.said.append(details.get("exception", {}).get("description", details["text"]))
        elif message.get("method") == "Runtime.consoleAPICalled" and about["type"] in (
            "error",
            "warning",
            "assert",
        ):
            self.said.append(
                " ".join(str(part.get("value", part.get("description"))) for part in about["args"])
            )

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page, awaited where it is a promise."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise PageError(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    def wait(self, condition: str) -> None:
        """Waits until an expression holds."""
        until = time.monotonic() + self._limit
        while not self.evaluate(f"Boolean({condition})"):
            if time.monotonic() > until:
                raise PageError(f"never came true: {condition}; the page said {self.said}")
            time.sleep(0.02)

    def open(self, address: str) -> None:
        """Goes to an address, or to another part of the same page, and waits until it is drawn."""
        self.send("Page.navigate", url=address)
        self.wait("document.documentElement?.dataset.ready === 'true' && document.readyState === 'complete'")

    def rest(self) -> None:
        """Waits until the page has nothing more to draw."""
        self.wait("document.documentElement?.dataset.drawing === 'false'")

    def press(self, key: str) -> None:
        """A key as `KeyboardEvent.key` names it."""
        named = {
            "Enter": 13,
            "Escape": 27,
            "Tab": 9,
            "ArrowLeft": 37,
            "ArrowUp": 38,
            "ArrowRight": 39,
            "ArrowDown": 40,
        }
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        code = named.get(key, ord(key[0].upper()))
        press: dict[str, Any] = {"key": key, "windowsVirtualKeyCode": code}
        self.send("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **press)
        self.send("Input.dispatchKeyEvent", type="keyUp", **press)

    def type(self, text: str) -> None:
        """Text into what has the focus."""
        self.send("Input.insertText", text=text)

    def click(self, x: float, y: float, count: int = 1) -> None:
        """The left button at a place of the window in CSS pixels."""
        self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)
        for kind in ("mousePressed", "mouseReleased"):
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=count)

    def screenshot(self, path: Path) -> None:
        """A PNG file of the window."""
        path.write_bytes(base64.b64decode(self.send("Page.captureScreenshot", format="png")["data"]))
