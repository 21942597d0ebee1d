"""Processes that a kernel or a program starts, and waiting for what they do."""

import os
import time

import psutil


def wait_for(condition, seconds=60, what="it did not happen"):
    """What the condition gives, as soon as that is something."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
    return found


def family(pid):
    """The process and everything it started."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def family_with(pid, name, seconds=30):
    """The same, once a program of that name is among them."""
    wait_for(lambda: any(name in program_of(process) for process in family(pid)), seconds, f"no {name} was started")
    return family(pid)


def program_of(process):
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return ""


def processes_with(argument):
    """The processes whose command line has this word, once there are any."""
    having = lambda: [process for process in psutil.process_iter(["cmdline"]) if argument in (process.info["cmdline"] or [])]  # noqa: E731
    return wait_for(having, 30, f"no process was started with {argument}")


def wait_until_gone(processes, seconds=10):
    gone, alive = psutil.wait_procs(processes, timeout=seconds)
    assert not alive, f"still there: {[(process.pid, program_of(process)) for process in alive]}"


def wait_until_dead(processes, seconds=10):
    """They run no more; whoever started them need not have taken notice yet."""
    wait_for(lambda: all(map(is_dead, processes)), seconds, f"still running: {processes}")


def is_dead(process):
    """Its first thread and all others: until then nobody can take notice."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE and len(os.listdir(f"/proc/{process.pid}/task")) == 1
    except (FileNotFoundError, psutil.NoSuchProcess):
        return True
