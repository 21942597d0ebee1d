"""Ports, many kernels, restarts: and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import psutil
import pytest
from jupyter_client.manager import KernelManager

from conversation import KERNEL, conversation
from processes import family, family_with, processes_with, program_of, wait_until_gone


def test_only_the_ports_of_the_connection_file_and_only_loopback(kernel):
    kernel.ok("1")
    info = kernel.manager.get_connection_info()
    given = {info[f"{channel}_port"] for channel in ("shell", "iopub", "stdin", "control", "hb")}
    for process in family(kernel.pid):
        for connection in process.net_connections(kind="inet"):
            if connection.status == psutil.CONN_LISTEN:
                assert connection.laddr.ip == "127.0.0.1"
                assert connection.laddr.port in given


def test_kernelspec_names_no_port(kernelspec):
    assert kernelspec["display_name"] == "Rust (cuaderno)"
    assert kernelspec["interrupt_mode"] == "message"
    assert kernelspec["argv"][1:] == ["{connection_file}"]
    assert os.path.isfile(kernelspec["argv"][0])
    assert os.path.isfile(kernelspec["env"]["CUADERNO_PRELOAD"])


def test_shutdown_leaves_nothing():
    with conversation() as kernel:
        kernel.ok("let x = 1;")
        processes = family(kernel.pid)
        kernel.manager.shutdown_kernel()
        wait_until_gone(processes)


def test_killed_kernel_takes_its_runner_along():
    with conversation() as kernel:
        kernel.ok("let x = 1;")
        processes = family(kernel.pid)
        os.kill(kernel.pid, signal.SIGKILL)
        wait_until_gone(processes)


def test_killed_kernel_takes_a_busy_runner_along():
    with conversation() as kernel:
        kernel.ok("let x = 1;")
        message_id = kernel.client.execute('println!("working");\nloop { std::hint::black_box(x); }')
        kernel.wait_for_output(message_id, "working")
        processes = family(kernel.pid)
        os.kill(kernel.pid, signal.SIGKILL)
        wait_until_gone(processes)


STARTER = """
import time
from conversation import conversation
with conversation() as kernel:
    message_id = kernel.client.execute('println!("working");\\nloop {}')
    kernel.wait_for_output(message_id, "working")
    print(kernel.pid, flush=True)
    time.sleep(600)
"""


def test_the_kernel_ends_with_the_process_that_started_it():
    folder = os.path.dirname(__file__)
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True, cwd=folder) as starter:
        processes = family(int(starter.stdout.readline()))
        starter.kill()
    wait_until_gone(processes)


def test_files_of_a_killed_kernel_go_with_the_next(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with conversation() as kernel:
        kernel.ok("let x = 1;")
        processes = family(kernel.pid)
        for process in reversed(processes):
            process.kill()
        wait_until_gone(processes)
    (left,) = tmp_path.glob("cuaderno-*")
    os.utime(left, (time.time() - 3600, time.time() - 3600))
    with conversation() as kernel:
        kernel.ok("let x = 1;")
        assert not left.exists()
        assert len(list(tmp_path.glob("cuaderno-*"))) == 1


def test_twenty_kernels_at_once():
    with ExitStack() as stack:
        managers = [KernelManager(kernel_name=KERNEL) for _ in range(20)]
        for manager in managers:
            manager.start_kernel()
            stack.callback(manager.shutdown_kernel, now=True)
        clients = [manager.client() for manager in managers]
        for client in clients:
            client.start_channels()
            stack.callback(client.stop_channels)
        for number, client in enumerate(clients):
            client.execute(f"let number = {number};\nnumber * 2")
        for number, client in enumerate(clients):
            assert value_of_first_cell(client) == str(number * 2)


def value_of_first_cell(client):
    deadline = time.monotonic() + 240
    while True:
        message = client.get_iopub_msg(timeout=deadline - time.monotonic())
        if message["msg_type"] == "execute_result":
            return message["content"]["data"]["text/plain"]
        assert message["msg_type"] != "error", message["content"]


def test_ctrl_c_reaches_the_lab_and_nothing_before_it(tmp_path, root):
    """JupyterLab asks at the first Ctrl-C. A program that had started it would be gone by then, and the terminal with it."""
    folders = {name: str(tmp_path / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR")}
    with open(tmp_path / "log", "w") as log:
        command = ["cargo", "xtask", "lab", "--no-browser"]
        lab = psutil.Popen(command, cwd=root, env=os.environ | folders, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 200
        while "http://127.0.0.1:" not in (said := (tmp_path / "log").read_text()):
            assert lab.is_running() and time.monotonic() < deadline, said
            time.sleep(0.2)
        assert "jupyterlab" in lab.cmdline(), lab.cmdline()
    finally:
        processes = family(lab.pid)
        lab.terminate()
        wait_until_gone(processes, seconds=30)


def test_restart_begins_anew():
    with conversation() as kernel:
        kernel.ok("let x = 1;")
        processes = family(kernel.pid)
        kernel.manager.restart_kernel()
        kernel.client.wait_for_ready(timeout=60)
        wait_until_gone(processes)
        assert kernel.run("x").status == "error"
        cell = kernel.ok("2")
        assert cell.reply["execution_count"] == 2


def test_no_files_left(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with conversation() as kernel:
        kernel.ok("let x = 1;")
        kernel.ok("x")
        kernel.manager.shutdown_kernel()
        wait_until_gone([process for process in psutil.Process().children(recursive=True) if process.pid == kernel.pid])
    left = [str(path) for path in tmp_path.rglob("*") if path.is_file()]
    assert left == []


def test_shutdown_ends_programs_at_work():
    with conversation() as kernel:
        kernel.ok("1")
        message_id = kernel.client.execute("!echo started; sleep 1000")
        kernel.wait_for_output(message_id, "started")
        processes = family_with(kernel.pid, "sleep")
        kernel.manager.shutdown_kernel()
        wait_until_gone(processes)


@pytest.mark.parametrize("code", ["!sh -c 'sleep 54321.{}; true'", 'std::process::Command::new("sleep").arg("54321.{}").status()?;'])
def test_a_killed_kernel_leaves_no_program_behind(code):
    seconds = f"54321.{os.getpid()}{len(code)}"
    with conversation() as kernel:
        kernel.ok("1")
        kernel.client.execute(code.replace("54321.{}", seconds))
        found = processes_with(seconds)
        os.kill(kernel.pid, signal.SIGKILL)
        wait_until_gone(found)


def test_a_killed_kernel_leaves_no_compiler_behind():
    with conversation() as kernel:
        kernel.ok("1")
        kernel.client.execute("const X: u64 = { let mut i = 0u64; loop { i += 1; if i == u64::MAX { break i; } } };\nlet a = X;")
        compilers = [process for process in family_with(kernel.pid, "rustc") if program_of(process) == "rustc"]
        os.kill(kernel.pid, signal.SIGKILL)
        wait_until_gone(compilers)


def test_programs_of_a_cell_end_with_the_kernel():
    seconds = f"54322.{os.getpid()}"
    with conversation() as kernel:
        kernel.ok(f'let child = std::process::Command::new("sleep").arg("{seconds}").spawn()?;')
        found = processes_with(seconds)
        kernel.manager.shutdown_kernel()
        wait_until_gone(found)
