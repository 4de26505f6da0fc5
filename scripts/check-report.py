"""Opens reports in headless Chromium: no console error, nothing fetched, nothing cut off or covered.

usage: check-report.py FOLDER_OF_PICTURES REPORT.html...
"""

import pathlib
import sys

from browser import Browser

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
wrong = []
with Browser() as browser:
    for report in map(pathlib.Path, sys.argv[2:]):
        size = report.stat().st_size
        if size > 1_500_000:
            wrong.append(f"{report.name} has {size} bytes, more than 1.5 MB")
        for width in (390, 1400):
            for scheme in ("light", "dark"):
                browser.look(width, scheme == "dark")
                browser.open(report.resolve().as_uri())
                where = f"{report.stem} at {width} pixels, {scheme}"
                found = browser.faults()
                fetched = [r for r in browser.requests if not r.startswith(("file:", "data:"))]
                found += [f"fetched {r}" for r in fetched]
                if browser.value("document.querySelectorAll('figure svg').length") == 0:
                    found.append("no figure")
                wrong += [f"{where}: {fault}" for fault in found]
                browser.picture(folder / f"{report.stem}-{width}-{scheme}.png")
for fault in wrong:
    print(f"check-report: {fault}", file=sys.stderr)
print(f"check-report: pictures are in {folder}", file=sys.stderr)
sys.exit(bool(wrong))
