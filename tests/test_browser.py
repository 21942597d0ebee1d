"""A student in JupyterLab: Debian's Chromium, headless, drives the real thing."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest
from playwright.sync_api import expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
# A busy machine takes its time to open JupyterLab.
PATIENCE_MS = 90_000

TABLE = 'let frame = df!("class" => ["Disinformation", "Other"], "posts" => [5932, 4063])?;\nframe'
CURVE = """let shown = display(&MimeBundle::text("epoch 0").with_html("<b class='curve'>epoch 0</b>"));
for epoch in 1..=3 {
    std::thread::sleep(std::time::Duration::from_millis(300));
    let losses: Vec<f64> = (0..=epoch).map(|step| 1.0 / f64::from(step + 1)).collect();
    let steps: Vec<f64> = (0..=epoch).map(f64::from).collect();
    let figure = plot::Line::new(steps, losses)?.title(&format!("loss after epoch {epoch}"));
    shown.update(&figure);
}"""
ENDLESS = 'println!("round and round");\nloop { std::thread::sleep(std::time::Duration::from_millis(10)); }'
COMPLETED = "frame.heig"


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a free port of this machine, in a folder with one notebook; its address."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code) for code in (TABLE, CURVE, COMPLETED, ENDLESS)],
        metadata={"kernelspec": {"name": "cuaderno", "display_name": "Rust (cuaderno)", "language": "rust"}},
    )
    nbformat.write(notebook, tmp_path / "student.ipynb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Settings and workspaces of whoever runs this stay as they are.
    home = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1"]
    command += [f"--ServerApp.port={port}", "--IdentityProvider.token=", f"--ServerApp.root_dir={tmp_path}"]
    settings = tmp_path / "JUPYTERLAB_SETTINGS_DIR" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text('{"fetchNews": "false", "checkForUpdates": false}')
    with open(tmp_path / "lab.log", "w") as log:
        server = subprocess.Popen(command, env=os.environ | home, stdout=log, stderr=log)
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/api", server)
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(address, server):
    deadline = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < deadline:
        assert server.poll() is None, "JupyterLab ended"
        try:
            with urllib.request.urlopen(address, timeout=5) as answer:
                return json.load(answer)
        except OSError:
            time.sleep(0.2)
    raise AssertionError("JupyterLab does not answer")


@pytest.mark.timeout(600)
def test_a_student_runs_completes_and_interrupts(lab, tmp_path):
    assert CHROMIUM, "this test drives Chromium: `sudo apt install chromium`"
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        page = browser.new_page(viewport={"width": 1200, "height": 1000})
        page.set_default_timeout(PATIENCE_MS)
        expect.set_options(timeout=PATIENCE_MS)
        page.goto(f"{lab}/lab/tree/student.ipynb")
        cells = page.locator(".jp-Notebook .jp-CodeCell")
        expect(cells).to_have_count(4)
        expect(page.get_by_text("Rust (cuaderno) | Idle")).to_be_visible()
        cells.nth(0).locator(".cm-content").click()

        page.keyboard.press("Shift+Enter")
        table = cells.nth(0).locator(".jp-OutputArea-output table")
        expect(table).to_contain_text("Disinformation")
        expect(table).to_contain_text("5932")

        page.keyboard.press("Shift+Enter")
        curve = cells.nth(1).locator(".jp-OutputArea-output")
        expect(curve).to_have_count(1)
        expect(curve.locator("img, svg").first).to_be_visible()
        expect(cells.nth(1).locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[2\]"))
        expect(curve).to_have_count(1)  # three updates, one output
        save(page, tmp_path, "table-and-curve")

        cells.nth(2).locator(".cm-content").click()
        page.keyboard.press("Control+End")
        page.keyboard.press("Tab")
        expect(page.locator(".jp-Completer")).to_contain_text("height")
        save(page, tmp_path, "completion")
        page.keyboard.press("Enter")
        expect(cells.nth(2).locator(".cm-content")).to_contain_text("frame.height")
        page.keyboard.type("()")
        page.keyboard.press("Shift+Enter")
        expect(cells.nth(2).locator(".jp-OutputArea-executeResult")).to_contain_text("2")

        page.keyboard.press("Shift+Enter")
        expect(cells.nth(3).locator(".jp-OutputArea-output")).to_contain_text("round and round")
        expect(cells.nth(3).locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\*\]"))
        page.keyboard.press("Escape")
        page.keyboard.press("i")
        page.keyboard.press("i")
        expect(cells.nth(3).locator(".jp-OutputArea-child").last).to_contain_text("interrupted")
        save(page, tmp_path, "interrupted")
        browser.close()


def save(page, folder, name):
    """Screenshots are for people: CUADERNO_SCREENSHOTS names a folder to keep them in."""
    page.screenshot(path=os.path.join(os.environ.get("CUADERNO_SCREENSHOTS", folder), f"{name}.png"))
