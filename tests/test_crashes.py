"""Whatever a cell does to its process, its outputs and its folders, the next cell runs."""

import shutil
import time

import psutil
import pytest

from conversation import conversation
from processes import wait_until_dead


def test_a_crash_is_told_and_the_next_cell_runs(kernel):
    kernel.ok("fn answer() -> i32 { 42 }")
    cell = kernel.run("std::process::abort();")
    assert cell.status == "error"
    assert cell.error["evalue"]
    assert kernel.ok("answer()").result == "42"


def test_exit_in_a_cell_does_not_end_the_kernel(kernel):
    assert kernel.run("std::process::exit(3);").status == "error"
    assert kernel.ok("1 + 1").result == "2"


def test_a_crash_is_seen_while_a_program_of_the_cell_goes_on(kernel):
    kernel.ok('let child = std::process::Command::new("sleep").arg("60").spawn()?.id();\nprintln!("{child}");')
    # Within the time limit of a cell, which is that of the program's sleep.
    assert "exit code 3" in kernel.run("std::process::exit(3);", timeout=50).error["evalue"]
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
    written = lambda: sum(process.io_counters().write_chars for process in psutil.Process(kernel.pid).children())  # noqa: E731
    # Until more has come than the kernel may keep, or the thread waits.
    before = -1
    while before < written() < 400e6:
        before = written()
        time.sleep(0.5)
    assert psutil.Process(kernel.pid).memory_info().rss < 200e6


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
