"""`cargo xtask grade`: a class at once, with limits, on this machine and on a Dask cluster; killed workers and second runs."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest

import grade_class
import grade_one
import sandbox
from nbgrader_course import Course

PROGRAM = Path(sandbox.__file__).parent / "grade_class.py"
pytestmark = pytest.mark.timeout(600)


class Tiny(Course):
    """One task, one test cell: a second or two for each submission."""

    def __init__(self, folder):
        source = folder / "source" / "tiny"
        source.mkdir(parents=True)
        nbformat.write(tiny_notebook(), source / "tiny.ipynb")
        self.folder, self.assignment = folder, "tiny"

    def submit(self, student, body):
        notebook = tiny_notebook()
        notebook.cells[0].source = f"fn double(x: i64) -> i64 {{\n    {body}\n}}"
        self.submit_notebook(student, notebook)

    def command(self, *options):
        return [sys.executable, str(PROGRAM), str(self.folder), *options]

    def grade(self, *options):
        ran = subprocess.run(self.command(*options), capture_output=True, text=True, timeout=350)
        assert ran.returncode == 0, ran.stderr
        return ran.stderr

    def result(self, student):
        return json.loads((self.folder / "graded" / "tiny" / student / "result.json").read_text())

    @property
    def page(self):
        return (self.folder / "graded" / "tiny" / "index.html").read_text(encoding="utf-8")


def tiny_notebook():
    def cell(source, name, **kind):
        settings = {"schema_version": 3, "grade_id": name, "task": False, "grade": False, "solution": False, "locked": False}
        return nbformat.v4.new_code_cell(source, id=name, metadata={"nbgrader": settings | kind})

    solution = "fn double(x: i64) -> i64 {\n    // BEGIN SOLUTION\n    2 * x\n    // END SOLUTION\n}"
    test = 'check! { 1, "two", same(double(1), 2); 1, "forty-two", same(double(21), 42); }'
    cells = [cell(solution, "double", solution=True), cell(test, "double-test", grade=True, locked=True, points=2)]
    kernel = {"name": "cuaderno", "display_name": "Rust (cuaderno)", "language": "rust"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


FILLS = "let mut all = Vec::new(); loop { all.push(vec![1_u8; 1 << 28]); if all.len() > 1000 { return x; } }"


def test_a_class_with_every_kind_of_trouble(tmp_path):
    course = Tiny(tmp_path)
    bodies = {"ana": "2 * x", "ben": "2", "eva": "panic!()", "greedy": FILLS}
    for student, body in bodies.items():
        course.submit(student, body)
    course.submit_notebook("empty", nbformat.v4.new_notebook())
    (tmp_path / "submitted" / "empty" / "tiny" / "tiny.ipynb").write_text("no notebook")
    said = course.grade("--seconds=300", "--gigabytes=4")
    points = {student: course.result(student)["points"] for student in bodies}
    assert points == {name: {"double-test": value} for name, value in {"ana": 2, "ben": 1, "eva": 0, "greedy": 0}.items()}
    assert course.result("empty")["status"] != "graded"
    assert "it panicked" in (tmp_path / "graded/tiny/eva/tiny.html").read_text()
    grades = (tmp_path / "graded/tiny/grades.csv").read_text().splitlines()
    assert grades[0] == "student,status,points,most,double-test" and "ana,graded,2.0,2.0,2.0" in grades
    assert "5 submissions, 4 graded, 1 failed" in course.page and "href='eva/tiny.html'" in course.page
    assert "5 submissions, 0 graded before" in said
    # Once more: only what failed is tried again, and what has changed.
    (tmp_path / "submitted/ben/tiny/tiny.ipynb").unlink()
    os.rmdir(tmp_path / "submitted/ben/tiny")
    course.submit("ben", "x + x")
    said = course.grade()
    assert "5 submissions, 3 graded before" in said and "ana:" not in said
    assert course.result("ben")["points"] == {"double-test": 2}


def test_time_is_up(tmp_path):
    course = Tiny(tmp_path)
    course.submit("slow", "loop { std::thread::sleep(std::time::Duration::from_secs(1)) }")
    course.grade("--seconds=12")
    assert course.result("slow")["status"] == "stopped after 12 seconds"
    assert "stopped after 12 seconds" in course.page


def run_sandboxed(code, folder, *limits):
    command = [sys.executable, sandbox.__file__, *limits, f"--folder={folder}", "--", sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder)


def test_there_is_no_network_but_loopback(tmp_path):
    code = """
import socket
with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen()
    socket.create_connection(server.getsockname()).close()
interfaces = [name for _, name in socket.if_nameindex()]
print(interfaces)
"""
    ran = run_sandboxed(code, tmp_path, "--seconds=30", "--gigabytes=1")
    if not ran.stderr.startswith("network: off"):
        pytest.skip(ran.stderr.splitlines()[0])
    assert ran.returncode == 0 and "eth" not in ran.stdout and "'lo'" in ran.stdout, ran


def test_only_its_own_folder_can_be_written(tmp_path):
    (own := tmp_path / "own").mkdir()
    code = f"""
open("mine", "w").write("kept")
for reach in [lambda: open({str(tmp_path / "other")!r}, "w"), lambda: __import__("os").remove({str(tmp_path / "gradebook")!r})]:
    try:
        reach()
    except OSError as error:
        print(error.strerror)
"""
    (tmp_path / "gradebook").write_text("points")
    ran = run_sandboxed(code, own, "--seconds=30", "--gigabytes=1")
    if not ran.stderr.startswith(sandbox.OUT_OF_REACH):
        pytest.skip(ran.stderr.splitlines()[0])
    assert ran.stdout == "Read-only file system\n" * 2, ran
    assert (own / "mine").read_text() == "kept" and (tmp_path / "gradebook").exists() and not (tmp_path / "other").exists()


REACHES = """
import ctypes, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
MS_REMOUNT, MS_BIND = 32, 4096

def asks(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)

def remounts():
    if libc.mount(None, b"/", None, MS_REMOUNT | MS_BIND, None) != 0:
        raise OSError(ctypes.get_errno(), "")

def opens(path):
    os.close(os.open(path, os.O_RDWR))

def joins(namespace):
    with open(f"/proc/1/ns/{namespace}") as other:
        if libc.setns(other.fileno(), 0) != 0:
            raise OSError(ctypes.get_errno(), "")

for reach in ["remounts()", "joins('net')", "opens('/dev/ptmx')", "opens('/dev/null')", f"asks({sys.argv[1]!r})"]:
    try:
        eval(reach)
        print(reach, "done")
    except OSError as error:
        print(reach, type(error).__name__)
rights = [line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapPrm", "CapEff", "NoNewPrivs"))]
print(*(int(number, 16) for number in rights), len([name for name in os.listdir("/proc") if name.isdigit()]))
"""


@pytest.mark.parametrize("user", [os.getuid(), 65534])
def test_neither_root_nor_another_user_undoes_the_limits(tmp_path, user):
    if user != os.getuid() and os.getuid() != 0:
        pytest.skip("only root can become another user")
    # A folder and a Python that any user can reach.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, socket.socket(socket.AF_UNIX) as server:
        os.chmod(folder, 0o755)
        shutil.copy(sandbox.__file__, folder)
        (own := Path(folder, "own")).mkdir()
        os.chown(own, user, -1)
        server.bind(f"{folder}/socket")
        os.chmod(f"{folder}/socket", 0o777)
        server.listen()
        python = shutil.which("python3", path="/usr/bin:/usr/local/bin") or sys.executable
        command = [python, f"{folder}/sandbox.py", "--seconds=30", "--gigabytes=1", f"--folder={own}", "--"]
        command += [python, "-c", REACHES, f"{folder}/socket"]
        ran = subprocess.run(command, user=user, cwd=own, capture_output=True, text=True, timeout=60)
    if not ran.stderr.startswith(sandbox.OUT_OF_REACH):
        pytest.skip(ran.stderr.splitlines()[0])
    *reached, rights = ran.stdout.splitlines()
    assert reached == [
        "remounts() PermissionError",
        "joins('net') PermissionError",
        "opens('/dev/ptmx') PermissionError",
        "opens('/dev/null') done",
        f"asks('{folder}/socket') ConnectionRefusedError",
    ], ran
    assert rights == "0 0 1 2", ran  # no capabilities, none to come, two processes


def test_what_a_submission_leaves_in_its_folder_runs_within_the_limits(tmp_path):
    escaped = tmp_path / "escaped"
    attack = f'open("{escaped}", "a").write("!")'
    leave = 'let home = std::env::var("HOME").unwrap();\n    std::fs::write(format!("{{home}}/{}"), {}).unwrap();\n    2 * x'
    course = Tiny(tmp_path)
    course.submit("configuration", leave.format("nbgrader_config.py", json.dumps(attack)))
    course.submit("module", leave.format("nbgrader.py", json.dumps(attack)))
    said = course.grade()
    if "warning: " in said:
        pytest.skip(said.splitlines()[-1])
    assert not escaped.exists(), said
    configuration, module = course.result("configuration"), course.result("module")
    assert configuration["status"] == "graded" and configuration["pages"] == ["tiny.html"], said
    assert module["status"] == f"feedback: OSError: [Errno 30] Read-only file system: '{escaped}'", said
    assert configuration["points"] == module["points"] == {"double-test": 2}


def test_a_failure_of_grading_itself_costs_one_submission(monkeypatch):
    def grade(job):
        if job["student"] == "ana":
            raise OSError(28, "No space left on device")
        return grade_one.empty_result(job) | {"status": "graded"}

    monkeypatch.setattr(grade_one, "grade_again_if_killed", grade)
    jobs = [{"student": student, "assignment": "tiny", "version": "", "submission": {}} for student in ("ana", "ben")]
    statuses = {result["student"]: result["status"] for result in grade_class.on_this_machine(jobs, 1)}
    assert statuses == {"ana": "OSError: [Errno 28] No space left on device", "ben": "graded"}


def test_memory_has_a_limit(tmp_path):
    code = "try:\n    bytearray(1 << 30)\nexcept MemoryError:\n    print('refused')"
    assert run_sandboxed(code, tmp_path, "--seconds=30", "--gigabytes=0.5").stdout == "refused\n"


def test_nothing_is_left_behind(tmp_path):
    marker = f"300.{os.getpid()}"
    code = f"import subprocess; subprocess.Popen(['sleep', '{marker}'], start_new_session=True)"
    ran = run_sandboxed(code, tmp_path, "--seconds=30", "--gigabytes=1")
    assert ran.returncode == 0, ran
    assert not any(marker in process.info["cmdline"] for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"])


def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path):
    course = Tiny(tmp_path)
    for number in range(4):
        course.submit(f"student-{number}", "2 * x")
    first = subprocess.Popen(course.command("--jobs=1"), stderr=subprocess.PIPE, text=True)
    for line in first.stderr:
        if line.startswith("[  1/4]"):
            break
    first.kill()
    first.wait()
    assert len(list((tmp_path / "graded/tiny").glob("*/result.json"))) in (1, 2)
    said = course.grade()
    assert re.search(r"4 submissions, [12] graded before", said), said
    assert "4 submissions, 4 graded, 0 failed" in course.page


def test_folders_of_killed_processes_are_removed_after_a_day(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    old, new = tmp_path / "cuaderno-grade-old", tmp_path / "cuaderno-grade-new"
    for folder in [old, new]:
        (folder / "submitted").mkdir(parents=True)
    os.utime(old, (0, time.time() - 25 * 3600))
    with grade_one.own_folder() as own:
        assert sorted(tmp_path.iterdir()) == sorted([new, Path(own)])
    assert list(tmp_path.iterdir()) == [new]


@contextmanager
def cluster(folder, workers):
    """A Dask scheduler and worker processes on loopback; yields the scheduler's address and the workers."""
    dask = [str(Path(sys.executable).parent / "dask")]
    file = folder / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    processes = [subprocess.Popen([*dask, "scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard", f"--scheduler-file={file}"], **quiet)]
    try:
        wait_for(file.exists)
        address = wait_for(lambda: file.read_text() and json.loads(file.read_text())["address"])
        one = ["--nthreads=1", "--nworkers=1", "--no-nanny", "--no-dashboard", f"--local-directory={folder}"]
        processes += [subprocess.Popen([*dask, "worker", address, *one], **quiet) for _ in range(workers)]
        yield address, processes[1:]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.1)
    return found


def test_a_dask_worker_is_killed_and_the_other_goes_on(tmp_path):
    course = Tiny(tmp_path)
    students = [f"student-{number}" for number in range(4)]
    for student in students:
        course.submit(student, "2 * x")
    with cluster(tmp_path, 2) as (address, workers):
        grading = subprocess.Popen(course.command(f"--scheduler={address}"), stderr=subprocess.PIPE, text=True)
        # Both are at work once a result is there: one of them is in the middle of another.
        for line in grading.stderr:
            if line.startswith("[  1/4]"):
                break
        workers[0].send_signal(signal.SIGKILL)
        said = grading.stderr.read()
        assert grading.wait() == 0, said
    assert all(course.result(student)["points"] == {"double-test": 2} for student in students), said


def test_what_cannot_be_graded_is_one_line(tmp_path):
    def refused(*options):
        ran = subprocess.run([sys.executable, PROGRAM, tmp_path, *options], capture_output=True, text=True, timeout=60)
        assert ran.returncode == 1 and ran.stderr.count("\n") == 1, ran
        return ran.stderr

    assert "has no source/ASSIGNMENT" in refused()
    Tiny(tmp_path)
    assert refused("--assignment=tinny") == "error: no assignment `tinny`; source/ has tiny\n"
    assert "no submissions" in refused()
