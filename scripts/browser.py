"""A page in headless Chromium over the DevTools protocol: what it draws, says and gets wrong."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time

import websocket

DEADLINE = 30.0

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


class Browser:
    """One tab; use it in a `with` statement."""

    def __init__(self):
        program = shutil.which("chromium") or shutil.which("google-chrome")
        if not program:
            raise SystemExit("There is no Chromium: run scripts/setup-browser.")
        self.folder = tempfile.mkdtemp()
        options = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--remote-debugging-port=0"]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        self.process = subprocess.Popen(
            [program, *options, f"--user-data-dir={self.folder}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.errors = []
        self.number = 0
        self.socket = websocket.create_connection(self._address(), timeout=DEADLINE, suppress_origin=True)
        target = self._send("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self._send("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._send(f"{domain}.enable")

    def _address(self):
        path = os.path.join(self.folder, "DevToolsActivePort")
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            try:
                port, where = open(path).read().split("\n")[:2]
                return f"ws://127.0.0.1:{port}{where}"
            except (OSError, ValueError):
                time.sleep(0.05)
        raise SystemExit(f"Chromium did not open its DevTools port within {DEADLINE:.0f} s.")

    def _send(self, method, parameters=None):
        self.number += 1
        number = self.number
        message = {"id": number, "method": method, "params": parameters or {}}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = self._receive()
            if answer.get("id") == number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def _receive(self):
        message = json.loads(self.socket.recv())
        parameters = message.get("params", {})
        match message.get("method"):
            case "Runtime.exceptionThrown":
                details = parameters["exceptionDetails"]
                self.errors.append(details.get("exception", {}).get("description", details["text"]))
            case "Runtime.consoleAPICalled" if parameters["type"] in ("error", "assert"):
                self.errors.append(" ".join(str(a.get("value", "")) for a in parameters["args"]))
            case "Log.entryAdded" if parameters["entry"]["level"] == "error":
                self.errors.append(parameters["entry"]["text"])
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
        return message

    requests: list = []

    def look(self, width, dark, height=900):
        """A window of so many CSS pixels in a colour scheme; phones below 500."""
        self.width = width
        self._send("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500})
        self._send("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]})

    def open(self, address):
        self.errors, self.requests = [], []
        self._send("Page.navigate", {"url": address})
        self.wait("document.readyState === 'complete' && location.href !== 'about:blank'")

    def value(self, expression):
        answer = self._send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
        if "exceptionDetails" in answer:
            raise SystemExit(f"{expression}: {answer['exceptionDetails']['exception']['description']}")
        return answer["result"].get("value")

    def wait(self, condition):
        """Until an expression holds."""
        end = time.monotonic() + DEADLINE
        while not self.value(condition):
            if time.monotonic() > end:
                raise SystemExit(f"The page did not come to: {condition}")
            time.sleep(0.1)

    def faults(self):
        """What is wrong with the page as it stands, a sentence each."""
        return [f"console: {error}" for error in self.errors] + self.value(
            LAYOUT.replace("WIDTH", str(self.width)))

    def picture(self, path):
        """The whole page as PNG."""
        size = self._send("Page.getLayoutMetrics")["cssContentSize"]
        answer = self._send("Page.captureScreenshot", {
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}})
        with open(path, "wb") as file:
            file.write(base64.b64decode(answer["data"]))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
        self.process.terminate()
        self.process.wait(timeout=DEADLINE)
        shutil.rmtree(self.folder, ignore_errors=True)
