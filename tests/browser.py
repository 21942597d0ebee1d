"""Jupyter's servers, and Debian's Chromium, headless, that visits them."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

from playwright.sync_api import expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# A busy machine takes its time to open JupyterLab.
PATIENCE_MS = 90_000
SETTINGS = {
    "apputils-extension/notification.jupyterlab-settings": {"fetchNews": "false", "checkForUpdates": False},
    # All cells in the page, not only those in view.
    "notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
}


@contextmanager
def jupyterlab(folder, settings=SETTINGS):
    """JupyterLab in a folder; its address."""
    for name, content in settings.items():
        place = folder / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(content))
    with jupyter(folder, "jupyterlab") as address:
        yield address


@contextmanager
def jupyter(folder, program, token=""):
    """A server of Jupyter's in a folder; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Settings, workspaces and trust of whoever runs this stay as they are.
    home = {name: str(folder / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")}
    command = [sys.executable, "-m", program, "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={folder}"]
    with open(folder / "server.log", "w") as log:
        server = subprocess.Popen(command, cwd=folder, env=os.environ | home, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            wait_until_it_answers(f"{address}/api", server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_until_it_answers(address, server):
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the server does not answer")


@contextmanager
def new_page():
    assert CHROMIUM, "this test drives Chromium: `sudo apt install chromium`"
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        yield page
        browser.close()


def save(page, folder, name):
    """Screenshots are for people: CUADERNO_SCREENSHOTS names a folder to keep them in."""
    page.screenshot(path=os.path.join(os.environ.get("CUADERNO_SCREENSHOTS", folder), f"{name}.png"))
