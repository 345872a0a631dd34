"""Opens a page in Chromium, waits for words on it, keeps a picture and prints its text.

Usage: look.py CHROMIUM URL PICTURE WORD...
"""

import sys
import time

from playwright.sync_api import Error, sync_playwright

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync""".split()
PATIENCE = 90
SETTLED = 1


def text_of(page):
    """All that is to be read, in the page and in the frames that Markdown is shown in."""
    texts = []
    for frame in page.frames:
        try:
            texts.append(frame.inner_text("body", timeout=2000))
        except Error:
            pass  # A frame that is being loaded again is read at the next look.
    return "\n".join(texts)


def wait_for(page, words):
    deadline = time.monotonic() + PATIENCE
    while True:
        text = text_of(page)
        missing = [word for word in words if word not in text]
        if not missing:
            return
        if time.monotonic() > deadline:
            sys.exit(f"{missing} not found within {PATIENCE} s on the page:\n{text}")
        page.wait_for_timeout(300)


def main():
    chromium, url, picture, *words = sys.argv[1:]
    with sync_playwright() as playwright:
        # Playwright gives it a new, empty user data folder.
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 1100})
        page.goto(url, wait_until="domcontentloaded", timeout=PATIENCE * 1000)
        wait_for(page, words)
        page.wait_for_timeout(SETTLED * 1000)
        page.screenshot(path=picture)
        print(text_of(page))
        browser.close()


main()
