"""The live page of `hi serve` in a real browser, under load. See scripts/check-live."""

import asyncio
import contextlib
import json
import pathlib
import subprocess
import sys
import time

import aiohttp
from browser import browser

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODEL = "fashion-remote"
CLIENTS = 12
FIGURES = ["rate", "p50", "p99", "waiting", "batch", "busy"]
READ = f"""(() => ({{
  tiles: Object.fromEntries({json.dumps(FIGURES)}.map(id => [id, document.getElementById(id).textContent])),
  state: document.getElementById("state").textContent,
  uptime: document.getElementById("uptime").textContent,
  answered: Number(document.querySelector("#statuses tr td:last-child").textContent.replaceAll(",", "")),
  statuses: document.querySelectorAll("#statuses tr").length,
  models: [...document.querySelectorAll("#models tr td:first-child")].map(cell => cell.textContent),
  rates: document.querySelectorAll("#rates path").length,
  latencies: document.querySelectorAll("#latencies path").length,
  batches: document.querySelectorAll("#batches rect").length,
}}))()"""


def check(holds: bool, sentence: str) -> None:
    if not holds:
        raise SystemExit(f"check-live: {sentence}")


async def load(session: aiohttp.ClientSession, base: str) -> None:
    """Asks one sample after the other until it is cancelled."""
    body = {
        "inputs": [{"name": "image", "shape": [1, 28, 28, 1], "datatype": "UINT8", "data": [7] * 784}]
    }
    async with session.get(f"{base}/v2/models/{MODEL}") as answer:
        fact = (await answer.json())["inputs"][0]
    body["inputs"][0]["name"] = fact["name"]
    body["inputs"][0]["shape"] = [1, *fact["shape"][1:]]
    while True:
        async with session.post(f"{base}/v2/models/{MODEL}/infer", json=body) as answer:
            await answer.read()
            check(answer.status == 200, f"a request was answered {answer.status}.")


async def watch(base: str, pictures: pathlib.Path) -> None:
    async with browser() as page:
        await page.open(f"{base}/")
        await asyncio.sleep(6)
        first = await page.value(READ)
        await asyncio.sleep(6)
        second = await page.value(READ)
        for reading in (first, second):
            check(reading["state"] == "ready", f"the state is {reading['state']!r}, not ready.")
            check(MODEL in reading["models"], f"the models are {reading['models']}.")
            check(reading["statuses"] >= 4, "the table of statuses has fewer than four rows.")
            check(reading["rates"] >= 1 and reading["latencies"] >= 2, "a chart has no line.")
            check(reading["batches"] >= 1, "the batch sizes have no bar.")
            check("–" not in reading["tiles"].values(), f"a tile is empty: {reading['tiles']}.")
        check(second["answered"] > first["answered"] > 0, "the answers did not grow.")
        check(second["uptime"] != first["uptime"], "the uptime stood still.")
        check(second["tiles"] != first["tiles"], "two readings of the tiles are the same.")
        # The page's rate over ten seconds against its own counter, read by another way.
        before = time.monotonic(), second["answered"]
        await asyncio.sleep(8)
        third = await page.value(READ)
        counted = (third["answered"] - before[1]) / (time.monotonic() - before[0])
        shown = float(third["tiles"]["rate"].replace(",", ""))
        check(0.6 < shown / counted < 1.6, f"it shows {shown}/s where {counted:.0f}/s were counted.")
        for dark in (False, True):
            await page.dark(dark)
            for width in (390, 1400):
                await page.size(width)
                await asyncio.sleep(1.5)
                excess = await page.overflow()
                check(excess <= 0, f"at {width} pixels the page is {excess} pixels too wide.")
                await page.picture(pictures / f"live-{width}-{'dark' if dark else 'light'}.png")
        check(not page.errors, f"the console has errors: {page.errors}.")
        outside = [url for url in page.requests if not url.startswith((base, "data:", "about:"))]
        check(not outside, f"the page asks others: {outside}.")
        print(json.dumps({"first": first["tiles"], "third": third["tiles"]}), file=sys.stderr)


async def main() -> None:
    program, pictures = sys.argv[1], pathlib.Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    server = await asyncio.create_subprocess_exec(
        program, "serve", ROOT / f"Models/{MODEL}.himodel", ROOT / "Models/fashion-tiny.himodel",
        "--port", "0", "--http-port", "0", "--drain", "20", "--json", stdout=subprocess.PIPE,
    )  # fmt: skip
    try:
        listening = json.loads(await asyncio.wait_for(server.stdout.readline(), 60))
        base = f"http://127.0.0.1:{listening['httpPort']}"
        async with aiohttp.ClientSession() as session:
            clients = [asyncio.create_task(load(session, base)) for _ in range(CLIENTS)]
            watching = asyncio.create_task(watch(base, pictures))
            done, _ = await asyncio.wait([watching, *clients], return_when=asyncio.FIRST_COMPLETED)
            for client in clients:
                client.cancel()
            for ended in done:
                ended.result()
            # A stream is open while the server is told to stop: it has to end with it.
            async with session.get(f"{base}/live/events") as stream:
                check(await stream.content.readuntil(b"\n\n") != b"", "the stream says nothing.")
                started = time.monotonic()
                server.terminate()
                await stream.read()
            status = await asyncio.wait_for(server.wait(), 15)
            check(status == 0, f"the server ended with status {status}.")
            print(f"it ended {time.monotonic() - started:.2f} s after it was told to", file=sys.stderr)
    finally:
        with contextlib.suppress(ProcessLookupError):
            server.kill()
    print(f"check-live: the page shows what the server does; pictures are in {pictures}", file=sys.stderr)


asyncio.run(main())
