"""A page in headless Chromium over the DevTools protocol, for the checks of our pages.

    async with browser() as page:
        await page.open("http://127.0.0.1:8000/", width=390, dark=True)
        print(await page.value("document.title"))
        await page.picture("page.png")
        assert not page.errors

It needs Chromium (the Debian package chromium, or CHROMIUM in the environment) and aiohttp.
"""

import asyncio
import base64
import contextlib
import itertools
import os
import pathlib
import shutil
import tempfile

import aiohttp


# Text that is cut off by its drawing, texts that cover each other, and a page wider than its window.
LAYOUT = """
(() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > WIDTH) {
    const wide = [...document.querySelectorAll("body *")].filter(e =>
      e.getBoundingClientRect().right > WIDTH + 1 && !e.closest(".scroll"));
    const first = wide.map(e => e.tagName.toLowerCase() + "#" + e.id).slice(0, 3).join(", ");
    wrong.push(`the page is ${root.scrollWidth} wide in a window of WIDTH (${first})`);
  }
  for (const svg of document.querySelectorAll("svg")) {
    const frame = svg.getBoundingClientRect();
    const name = svg.closest("[id]")?.id ?? "a drawing";
    if (frame.width < 50 || frame.height < 20) wrong.push(`${name} is empty`);
    const texts = [...svg.querySelectorAll("text")].filter(t => t.textContent.trim())
      .map(t => [t.textContent, t.getBoundingClientRect()]).filter(([, b]) => b.width > 0);
    for (const [text, box] of texts)
      if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
          box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        wrong.push(`${name}: "${text}" is cut off`);
    texts.forEach(([text, a], i) => texts.slice(i + 1).forEach(([other, b]) => {
      const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      // The boxes of neighbouring lines touch; what is drawn in them does not.
      if (across > 1 && down > 0.3 * Math.min(a.height, b.height))
        wrong.push(`${name}: "${text}" covers "${other}"`);
    }));
  }
  return wrong;
})()
"""


class Page:
    """One tab."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse):
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future] = {}
        self._loaded = asyncio.Event()
        # What the console was told as an error, and what was thrown and not caught.
        self.errors: list[str] = []
        # The address of each request that the page made.
        self.requests: list[str] = []
        self._width = 0

    async def _read(self) -> None:
        async for message in self._socket:
            event = message.json()
            if "id" in event:
                waiting = self._waiting.pop(event["id"])
                if not waiting.done():
                    waiting.set_result(event)
                continue
            method, detail = event["method"], event["params"]
            if method == "Page.loadEventFired":
                self._loaded.set()
            elif method == "Runtime.exceptionThrown":
                thrown = detail["exceptionDetails"]
                self.errors.append(thrown.get("exception", {}).get("description", thrown["text"]))
            elif method == "Runtime.consoleAPICalled" and detail["type"] in ("error", "assert"):
                self.errors.append(" ".join(str(one.get("value", one)) for one in detail["args"]))
            elif method == "Log.entryAdded" and detail["entry"]["level"] == "error":
                self.errors.append(detail["entry"]["text"])
            elif method == "Network.requestWillBeSent":
                self.requests.append(detail["request"]["url"])

    async def call(self, method: str, **parameters) -> dict:
        """One command of the protocol, and its result."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        answer = await asyncio.wait_for(self._waiting[number], 30)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    async def size(self, width: int, height: int = 900) -> None:
        """The window's size in CSS pixels."""
        self._width = width
        await self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=width < 600,
        )  # fmt: skip

    async def dark(self, on: bool) -> None:
        """Whether the user likes it dark."""
        value = "dark" if on else "light"
        await self.call(
            "Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": value}]
        )

    async def open(self, address: str, width: int = 1400, dark: bool = False) -> None:
        """Loads a page and returns when it has."""
        await self.size(width)
        await self.dark(dark)
        self._loaded.clear()
        await self.call("Page.navigate", url=address)
        await asyncio.wait_for(self._loaded.wait(), 30)

    async def value(self, expression: str):
        """What an expression of JavaScript gives, a promise's value too."""
        answer = await self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the window was asked to be."""
        return await self.value(f"document.documentElement.scrollWidth - {self._width}")

    async def faults(self) -> list[str]:
        """What is wrong with the page as it stands, a sentence each."""
        found = await self.value(LAYOUT.replace("WIDTH", str(self._width)))
        return [f"console: {error}" for error in self.errors] + found

    async def picture(self, path: str | os.PathLike) -> None:
        """The whole page as a PNG file."""
        size = (await self.call("Page.getLayoutMetrics"))["cssContentSize"]
        shot = await self.call(
            "Page.captureScreenshot", captureBeyondViewport=True,
            clip={"x": 0, "y": 0, "width": self._width, "height": size["height"], "scale": 1},
        )  # fmt: skip
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))


@contextlib.asynccontextmanager
async def browser():
    """Starts a browser with one page, and ends it."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    program = next((found for name in names if name and (found := shutil.which(name))), None)
    if program is None:
        raise SystemExit("There is no Chromium: install the package chromium, or set CHROMIUM to one.")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        process = await asyncio.create_subprocess_exec(
            program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--hide-scrollbars", "--no-first-run", "--remote-debugging-port=0",
            f"--user-data-dir={home}", "about:blank",
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            told = pathlib.Path(home, "DevToolsActivePort")
            for _ in range(300):
                if told.exists() and "\n" in told.read_text() or process.returncode is not None:
                    break
                await asyncio.sleep(0.1)
            if not told.exists():
                raise SystemExit(f"{program} did not start: run it by hand to see why.")
            port = told.read_text().splitlines()[0]
            async with aiohttp.ClientSession() as session:
                async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                    tabs = await answer.json()
                address = next(tab for tab in tabs if tab["type"] == "page")["webSocketDebuggerUrl"]
                async with session.ws_connect(address, max_msg_size=0) as socket:
                    page = Page(socket)
                    reading = asyncio.create_task(page._read())
                    for domain in ("Page", "Runtime", "Log", "Network"):
                        await page.call(f"{domain}.enable")
                    yield page
                    reading.cancel()
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()
