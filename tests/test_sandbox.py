"""The limits within which a submission runs: network, files, memory, nothing left behind."""

import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from cuaderno.grading import reach
from cuaderno.grading import sandbox
from tiny_course import can_be_limited, half_allowed, needs_limits


def run_sandboxed(code, folder, *limits, **how):
    command = [sys.executable, sandbox.__file__, *limits, *([] if can_be_limited() else ["--unprotected"]), f"--folder={folder}", "--", sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder, **how)


LOOPBACK = """
import socket
with socket.socket() as server:
    server.bind(("127.0.0.1", 0))
    server.listen()
    socket.create_connection(server.getsockname(), timeout=5).close()
"""


@needs_limits
def test_there_is_no_network_but_loopback(tmp_path):
    # The address is one that no network has (RFC 5737): with a way out, this would wait.
    code = LOOPBACK + """
import errno
try:
    socket.create_connection(("192.0.2.1", 80), timeout=20)
except OSError as error:
    print(errno.errorcode.get(error.errno))
"""
    ran = run_sandboxed(code, tmp_path, "--seconds=30", "--gigabytes=1")
    assert ran.returncode == 0 and ran.stdout == "ENETUNREACH\n", ran


def test_where_only_half_of_the_limits_is_allowed_loopback_still_works(tmp_path):
    command = [sys.executable, half_allowed(tmp_path), "--seconds=30", "--gigabytes=1", f"--folder={tmp_path}"]
    said = "network: NOT cut off, the system does not allow it (Operation not permitted)\n"
    for option, code in [("--unprotected", 0), ("--", sandbox.REFUSED)]:
        ran = subprocess.run([*command, option, "--", sys.executable, "-c", LOOPBACK], capture_output=True, text=True, timeout=60)
        assert (ran.returncode, ran.stderr) == (code, said), ran


@needs_limits
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
    assert ran.stdout == "Read-only file system\n" * 2, ran
    assert (own / "mine").read_text() == "kept" and (tmp_path / "gradebook").exists() and not (tmp_path / "other").exists()


LATE = """
import ctypes, os, socket, sys, time
open("begun", "w").close()
while not os.path.exists("made"):
    time.sleep(0.05)
for path in sys.argv[1:3]:
    try:
        if path.endswith("socket"):
            socket.socket(socket.AF_UNIX).connect(path)
        else:
            open(path, "w").write("from within")
        print("reached", path)
    except OSError as error:
        print(type(error).__name__)
libc = ctypes.CDLL(None, use_errno=True)
print(libc.shmget(0x51A7ED, 4096, 0o1666) >= 0, os.path.exists(sys.argv[3]))
"""


@needs_limits
def test_sockets_and_pipes_made_later_are_not_there_and_shared_memory_does_not_stay(tmp_path):
    (own := tmp_path / "own").mkdir()
    (tmp_path / "solutions").write_text("2 * x")
    late, pipe = tmp_path / "socket", tmp_path / "pipe"
    command = [sys.executable, sandbox.__file__, "--seconds=60", "--gigabytes=1", f"--folder={own}", "--", sys.executable, "-c", LATE]
    with subprocess.Popen([*command, late, pipe, tmp_path / "solutions"], cwd=own, stdout=subprocess.PIPE, text=True) as running:
        while not (own / "begun").exists():
            assert running.poll() is None
            time.sleep(0.05)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(late))
            server.listen()
            os.mkfifo(pipe)
            reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            (own / "made").touch()
            said = running.communicate(timeout=60)[0]
            assert os.read(reader, 100) == b""
            os.close(reader)
    assert said.splitlines() == ["FileNotFoundError", "OSError", "True False"], said
    assert str(0x51A7ED) not in Path("/proc/sysvipc/shm").read_text()


def test_what_is_named_can_be_read_also_by_way_of_a_link(tmp_path):
    for name in ["own", "data", "other"]:
        (tmp_path / name).mkdir()
    (tmp_path / "data" / "posts.tsv").write_text("there")
    (tmp_path / "link").symlink_to(tmp_path / "data")
    code = f"print(open({str(tmp_path / 'link' / 'posts.tsv')!r}).read())"
    ran = run_sandboxed(code, tmp_path / "own", "--seconds=30", "--gigabytes=1", f"--readable={tmp_path / 'link'}")
    assert ran.stdout == "there\n", ran


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
    if not can_be_limited(user):
        pytest.skip("`unshare` is not allowed here")
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
    *reached, rights = ran.stdout.splitlines()
    assert reached == [
        "remounts() PermissionError",
        "joins('net') PermissionError",
        "opens('/dev/ptmx') FileNotFoundError",
        "opens('/dev/null') done",
        f"asks('{folder}/socket') FileNotFoundError",
    ], ran
    assert rights == "0 0 1 2", ran  # no capabilities, none to come, two processes


def test_memory_has_a_limit(tmp_path):
    code = "try:\n    bytearray(1 << 30)\nexcept MemoryError:\n    print('refused')"
    assert run_sandboxed(code, tmp_path, "--seconds=30", "--gigabytes=0.5").stdout == "refused\n"


def test_a_file_has_a_limit(tmp_path):
    code = "try:\n    open('large', 'wb').truncate(3 << 30)\nexcept OSError as error:\n    print(error.strerror)"
    assert run_sandboxed(code, tmp_path, "--seconds=30", "--gigabytes=1").stdout == "File too large\n"


def test_a_folder_has_a_limit(tmp_path):
    """Many files, none of them large."""
    code = "import time\nfor name in range(20): open(str(name), 'wb').write(bytes(1 << 20))\nprint('written', flush=True)\ntime.sleep(50)"
    ran = run_sandboxed(code, tmp_path, "--seconds=60", "--gigabytes=1", "--disk=0.01")
    assert (ran.returncode, ran.stdout) == (sandbox.TOO_MUCH, "written\n"), ran
    assert run_sandboxed(code.replace("50", "6"), tmp_path, "--seconds=60", "--gigabytes=1", "--disk=1").returncode == 0


def test_threads_have_a_limit_and_none_is_raised(tmp_path):
    code = "import resource; print(resource.getrlimit(resource.RLIMIT_NPROC), resource.getrlimit(resource.RLIMIT_FSIZE))"
    smaller = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))}
    ran = run_sandboxed(code, tmp_path, "--seconds=30", "--gigabytes=1", **smaller)
    most = min(4096, resource.getrlimit(resource.RLIMIT_NPROC)[1] % (1 << 64))
    assert ran.stdout == f"({most}, {most}) ({1 << 20}, {1 << 20})\n", ran


def test_nothing_is_left_behind(tmp_path):
    marker = f"300.{os.getpid()}"
    code = f"import subprocess; subprocess.Popen(['sleep', '{marker}'], start_new_session=True)"
    ran = run_sandboxed(code, tmp_path, "--seconds=30", "--gigabytes=1")
    assert ran.returncode == 0, ran
    assert not any(marker in process.info["cmdline"] for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"])


def test_what_a_submission_may_read_is_the_kernel_and_the_data(monkeypatch, tmp_path, kernelspec, root):
    monkeypatch.setenv("CUADERNO_DATA", str(tmp_path))
    monkeypatch.setenv("CARGO_HOME", str(tmp_path / "cargo"))
    paths = [Path(path) for path in reach.readable()]
    needed = [tmp_path, Path(kernelspec["argv"][0]), Path(kernelspec["env"]["CUADERNO_PRELOAD"]), root / "data" / "reddit"]
    assert all(any(place == path or path in place.parents for path in paths) for place in needed)
    # Not the clone, nor what the course is in.
    assert not {root, root / "assignments", Path.home(), Path("/"), tmp_path / "cargo"} & set(paths)
