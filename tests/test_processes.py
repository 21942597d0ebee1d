"""Ports, interrupts, restarts: and nothing is left behind."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack

import psutil
import pytest
from jupyter_client.manager import KernelManager

from conversation import KERNEL, conversation


def family(pid):
    """The kernel and everything it started."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def family_with(pid, name, seconds=30):
    """The same, once a program of that name is among them."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        processes = family(pid)
        if any(name in program_of(process) for process in processes):
            return processes
        time.sleep(0.05)
    raise AssertionError(f"no {name} was started: {[program_of(process) for process in family(pid)]}")


def program_of(process):
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def wait_until_gone(processes, seconds=10):
    gone, alive = psutil.wait_procs(processes, timeout=seconds)
    assert not alive, f"still there: {[(process.pid, program_of(process)) for process in alive]}"


def wait_until_dead(processes, seconds=10):
    """They run no more; whoever started them need not have taken notice yet."""
    end = time.monotonic() + seconds
    while any(process.is_running() and not is_dead(process) for process in processes):
        assert time.monotonic() < end, f"still running: {[(process.pid, program_of(process)) for process in processes]}"
        time.sleep(0.01)


def is_dead(process):
    """Its first thread and all others: until then nobody can take notice."""
    try:
        return status_of(process) == psutil.STATUS_ZOMBIE and len(os.listdir(f"/proc/{process.pid}/task")) == 1
    except FileNotFoundError:
        return True


def status_of(process):
    try:
        return process.status()
    except psutil.NoSuchProcess:
        return psutil.STATUS_ZOMBIE


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


@pytest.mark.parametrize(
    "body",
    [
        "loop { std::thread::sleep(std::time::Duration::from_millis(5)); }",
        "let mut n = 0u64;\nloop { n = std::hint::black_box(n + 1); }",
        "let counter = std::thread::spawn(|| { let mut n = 0u64;\nloop { n = std::hint::black_box(n + 1); } });\nlet _ = counter.join();",
    ],
    ids=["loop that sleeps", "loop that computes", "loop in a thread that is joined"],
)
def test_interrupt_ends_the_cell(kernel, body):
    kernel.ok("let kept = vec![1, 2, 3];")
    message_id = kernel.client.execute(f'println!("working");\n{body}')
    kernel.wait_for_output(message_id, "working")
    kernel.manager.interrupt_kernel()
    assert kernel.reply(message_id)["ename"] == "interrupted"
    kernel.drain()
    assert kernel.ok("kept.len()").result == "3"


SLEEP = 'println!("working");\nstd::thread::sleep(std::time::Duration::from_secs({seconds}));'


def test_the_first_stop_tells_what_a_second_would_cost(kernel):
    kernel.ok("let kept = vec![1, 2, 3];")
    message_id = kernel.client.execute(SLEEP.format(seconds=500), allow_stdin=True)
    kernel.wait_for_output(message_id, "working")
    kernel.manager.interrupt_kernel()
    said = kernel.wait_for_output(message_id, "stop it once more")
    assert "the variables would be lost: kept" in said
    kernel.manager.interrupt_kernel()
    assert "variables lost: kept" in kernel.reply(message_id)["evalue"]
    kernel.drain()
    assert kernel.ok("1 + 1").result == "2"


def test_a_call_that_ends_after_a_stop_loses_nothing(kernel, tmp_path):
    go = tmp_path / "go"
    kernel.ok("let kept = vec![1, 2, 3];")
    script = f"echo working; until [ -e {go} ]; do sleep 0.05; done"
    message_id = kernel.client.execute(f'std::process::Command::new("sh").args(["-c", "{script}"]).status()?;', allow_stdin=True)
    kernel.wait_for_output(message_id, "working")
    kernel.manager.interrupt_kernel()
    kernel.wait_for_output(message_id, "stop it once more")
    go.write_text("")
    kernel.reply(message_id)
    kernel.drain()
    assert kernel.ok("kept.len()").result == "3"


def test_without_a_user_a_cell_that_does_not_stop_is_ended(kernel):
    message_id = kernel.client.execute(SLEEP.format(seconds=500), allow_stdin=False)
    kernel.wait_for_output(message_id, "working")
    kernel.manager.interrupt_kernel()
    assert "did not stop when it was asked to" in kernel.reply(message_id)["evalue"]


def test_an_interrupted_loop_keeps_what_its_cell_has_made(kernel):
    # Each loop speaks when it has been round once: an interrupt before that finds nothing done.
    say = 'println!("working")'
    kernel.ok(f"fn train(weights: &mut Vec<u64>) {{ loop {{ weights[0] += 1; if weights[0] == 1 {{ {say}; }} }} }}")
    for loop in [
        f"loop {{ weights[0] += 1; if weights[0] == 1 {{ {say}; }} }}",
        "train(&mut weights);",
        f"for step in 1.. {{ weights[0] = step; if step == 1 {{ {say}; }} }}",
    ]:
        message_id = kernel.client.execute(f"let mut weights = vec![0];\n{loop}")
        kernel.wait_for_output(message_id, "working")
        kernel.manager.interrupt_kernel()
        kernel.wait_for_output(message_id, "kept of this cell: weights")
        assert kernel.reply(message_id)["ename"] == "interrupted"
        kernel.drain()
        assert kernel.ok("weights[0] > 0").result == "true"


def test_an_interrupt_names_the_line_of_the_last_expression(kernel):
    message_id = kernel.client.execute('println!("working");\nloop { std::thread::sleep(std::time::Duration::from_millis(5)); }')
    kernel.wait_for_output(message_id, "working")
    kernel.manager.interrupt_kernel()
    assert kernel.reply(message_id)["evalue"].startswith("cell 1, line 2: ")


def test_a_crash_is_told_and_the_next_cell_runs(kernel):
    kernel.ok("fn answer() -> i32 { 42 }")
    cell = kernel.run("std::process::abort();")
    assert cell.status == "error"
    assert cell.error["evalue"]
    assert kernel.ok("answer()").result == "42"


def test_exit_in_a_cell_does_not_end_the_kernel(kernel):
    assert kernel.run("std::process::exit(3);").status == "error"
    assert kernel.ok("1 + 1").result == "2"


def test_no_files_left(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with conversation() as kernel:
        kernel.ok("let x = 1;")
        kernel.ok("x")
        kernel.manager.shutdown_kernel()
        wait_until_gone([process for process in psutil.Process().children(recursive=True) if process.pid == kernel.pid])
    left = [str(path) for path in tmp_path.rglob("*") if path.is_file()]
    assert left == []


def test_a_question_can_be_interrupted(kernel):
    kernel.ok("let kept = vec![1, 2, 3];")
    message_id = kernel.client.execute('println!("working");\nlet name = input("name? ")?;', allow_stdin=True)
    kernel.wait_for_output(message_id, "working")
    kernel.client.get_stdin_msg(timeout=30)
    kernel.manager.interrupt_kernel()
    # Not "crash": the question heeds the wish itself.
    assert kernel.reply(message_id)["ename"] == "interrupted"
    kernel.client.input("too late")
    kernel.drain()
    assert kernel.ok("kept.len()").result == "3"
    message_id = kernel.client.execute('input("name? ")?', allow_stdin=True)
    kernel.client.get_stdin_msg(timeout=30)
    kernel.client.input("Ana")
    assert kernel.finish(message_id).result == '"Ana"'


def test_an_interrupt_while_values_are_dropped_keeps_the_process(kernel):
    kernel.ok("""struct List(Vec<i32>);
impl Drop for List { fn drop(&mut self) { while let Some(_) = self.0.pop() {} } }
let kept = 1;""")
    code = 'let list = List(vec![1; 10]);\nprintln!("working");\nloop { std::hint::black_box(&list); }'
    message_id = kernel.client.execute(code)
    kernel.wait_for_output(message_id, "working")
    kernel.manager.interrupt_kernel()
    assert kernel.reply(message_id)["ename"] == "interrupted"
    kernel.drain()
    assert kernel.ok("kept").result == "1"


def test_a_crash_is_seen_while_a_program_of_the_cell_goes_on(kernel):
    kernel.ok('let child = std::process::Command::new("sleep").arg("60").spawn()?.id();\nprintln!("{child}");')
    # Within the time limit of a cell, which is that of the program's sleep.
    assert "exit code 3" in kernel.run("std::process::exit(3);", timeout=50).error["evalue"]
    assert kernel.ok("1 + 1").result == "2"


def test_shutdown_ends_programs_at_work():
    with conversation() as kernel:
        kernel.ok("1")
        message_id = kernel.client.execute("!echo started; sleep 1000")
        kernel.wait_for_output(message_id, "started")
        processes = family_with(kernel.pid, "sleep")
        kernel.manager.shutdown_kernel()
        wait_until_gone(processes)


def processes_with(argument):
    """The processes whose command line has this word."""
    return [process for process in psutil.process_iter(["cmdline"]) if argument in (process.info["cmdline"] or [])]


def wait_for_process(argument, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := processes_with(argument):
            return found
        time.sleep(0.05)
    raise AssertionError(f"no process was started with {argument}")


@pytest.mark.parametrize("code", ["!sh -c 'sleep 54321.{}; true'", 'std::process::Command::new("sleep").arg("54321.{}").status()?;'])
def test_a_killed_kernel_leaves_no_program_behind(code):
    seconds = f"54321.{os.getpid()}{len(code)}"
    with conversation() as kernel:
        kernel.ok("1")
        kernel.client.execute(code.replace("54321.{}", seconds))
        found = wait_for_process(seconds)
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
        found = wait_for_process(seconds)
        kernel.manager.shutdown_kernel()
        wait_until_gone(found)


def test_the_folder_of_cells_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with conversation() as kernel:
        kernel.ok("let kept = 1;")
        for folder in tmp_path.glob("cuaderno-*"):
            shutil.rmtree(folder)
        assert kernel.ok("kept + 1").result == "2"


def test_a_temporary_folder_that_is_not_there_is_no_obstacle(monkeypatch):
    monkeypatch.setenv("TMPDIR", "/no/such/folder")
    with conversation() as kernel:
        assert kernel.ok("1 + 1").result == "2"


def test_a_notebooks_folder_that_is_gone_is_no_obstacle(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    with conversation(cwd=str(folder)) as kernel:
        kernel.ok("let kept = 1;")
        folder.rename(tmp_path / "renamed")
        assert kernel.ok("kept + 1").result == "2"
        assert "folder is gone" in kernel.run("!pwd").error["evalue"]
        kernel.run("std::process::exit(3);")
        assert kernel.ok("1 + 1").result == "2"


def test_a_cell_that_closes_everything_ends_only_its_process(kernel):
    kernel.ok('unsafe extern "C" { fn close(file: i32) -> i32; }\nfor file in 3..100 { unsafe { close(file) }; }')
    # The process hears no more commands, and ends with the next one.
    kernel.run("1 + 1")
    assert kernel.ok("1 + 1").result == "2"


def test_a_runner_that_was_killed_between_cells_is_not_the_next_cells_fault(kernel):
    kernel.ok("let kept = 1;\nfn answer() -> i32 { 42 }")
    runners = psutil.Process(kernel.pid).children()
    for process in runners:
        process.kill()
    wait_until_dead(runners)
    cell = kernel.ok("answer()")
    assert cell.result == "42" and "variables lost: kept" in cell.stderr


@pytest.mark.parametrize("code", ["close(1);", 'dup2(std::os::fd::AsRawFd::as_raw_fd(&std::fs::File::create("/dev/null")?), 1);'])
def test_a_cell_may_close_or_redirect_its_output(kernel, code):
    kernel.ok('unsafe extern "C" { fn close(file: i32) -> i32; fn dup2(from: i32, to: i32) -> i32; }')
    kernel.ok(f'unsafe {{ {code} }}\nprintln!("not seen");')
    assert kernel.ok('println!("seen");').stdout == "seen\n"


def test_a_thread_that_prints_between_cells_does_not_fill_the_memory(kernel):
    kernel.ok('std::thread::spawn(|| { let line = "x".repeat(1000); loop { println!("{line}"); } });')
    time.sleep(3)
    assert psutil.Process(kernel.pid).memory_info().rss < 200e6


@pytest.mark.parametrize("code", ["(0..u64::MAX).map(|x| x ^ 3).fold(0u64, |a, b| a ^ b)", "fib(90)"])
def test_functions_and_chains_of_iterators_stop_at_once(kernel, code):
    kernel.ok("let keep = 1;\nfn fib(n: u64) -> u64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }")
    request = kernel.client.execute(code)
    time.sleep(1)
    kernel.manager.interrupt_kernel()
    assert kernel.finish(request, 60).error["ename"] == "interrupted"
    assert kernel.ok("keep").result == "1"
