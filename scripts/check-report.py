"""Opens reports in headless Chromium: no console error, nothing fetched, nothing cut off or covered.

usage: check-report.py FOLDER_OF_PICTURES REPORT.html...
"""

import asyncio
import pathlib
import sys

from browser import browser


async def main() -> bool:
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wrong = []
    async with browser() as page:
        for report in map(pathlib.Path, sys.argv[2:]):
            if (size := report.stat().st_size) > 1_500_000:
                wrong.append(f"{report.name} has {size} bytes, more than 1.5 MB")
            for width in (390, 960, 1400):
                for dark in (False, True):
                    page.errors.clear()
                    page.requests.clear()
                    await page.open(report.resolve().as_uri(), width, dark)
                    name = f"{report.stem}-{width}-{'dark' if dark else 'light'}"
                    found = await page.faults()
                    outside = [r for r in page.requests if not r.startswith(("file:", "data:"))]
                    found += [f"it fetches {address}" for address in outside]
                    if await page.value("document.querySelectorAll('figure svg').length") == 0:
                        found.append("it has no figure")
                    wrong += [f"{name}: {fault}" for fault in found]
                    await page.picture(folder / f"{name}.png")
    for fault in wrong:
        print(f"check-report: {fault}", file=sys.stderr)
    print(f"check-report: pictures are in {folder}", file=sys.stderr)
    return bool(wrong)


sys.exit(asyncio.run(main()))
