"""Runs a command with limits of time, memory, files and processes, without network, and leaves nothing of it behind; for root as for any other
user. Linux.

    sandbox.py --seconds 600 --gigabytes 4 [--disk 10] --folder FOLDER [--readable PATH]... [--unprotected] -- COMMAND...

The command finds one folder to write to, the system's programs, this Python, and the paths named, to read: nothing else is there, so that no
socket or pipe of others is, whenever it was made. The exit code is the command's, 124 when its time was up, or 123 when its folder had more than so many gigabytes. The first line on stderr says
whether network and files are out of its reach; where the system does not allow that (a container without user namespaces), the exit code is
125, and the command runs only with --unprotected.
"""

import argparse
import ctypes
import errno
import fcntl
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

CLONE_NEWUSER, CLONE_NEWNET, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWIPC = 0x10000000, 0x40000000, 0x20000000, 0x00020000, 0x08000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 1 << 12, 1 << 14, 1 << 18
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY, MOUNT_ATTR_NODEV = 442, -100, 0x8000, 1, 4
SYS_PIVOT_ROOT, MNT_DETACH = {"x86_64": 155, "aarch64": 41}.get(os.uname().machine, -1), 2
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
LINUX_CAPABILITY_VERSION_3 = 0x20080522
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
# Where programs and what they need are installed. Not /run, /tmp, /var and homes, where sockets, pipes and others' work are.
SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/etc", "/opt", "/nix", "/gnu", "/sys"]
TOO_MUCH, TIME_IS_UP, REFUSED = 123, 124, 125
# Seconds between two looks at the disk.
LOOK = 5
# Far more than a course needs. Root is not bound by the second.
LARGEST_FILE, MOST_THREADS = 2 << 30, 4096
OUT_OF_REACH = "network: off, files: its own"

libc = ctypes.CDLL(None, use_errno=True)


def check(result):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def try_in_a_child(step):
    """Does a step in a child process, where it leaves nothing behind; raises OSError if it is refused.

    A system may allow the first half of a step and refuse the second (Ubuntu: a user namespace, but nobody in it), and there is no
    way back: this process would be in a network of its own whose loopback is down.
    """
    child = os.fork()
    if child == 0:
        try:
            step()
        except OSError as error:
            os._exit(error.errno or errno.EPERM)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if refused := os.waitstatus_to_exitcode(status):
        raise OSError(refused, os.strerror(refused))


def leave_network():
    """Moves this process to a network of its own, where only loopback is, and its children to processes of their own, which all
    end with the first of them."""
    user, group = os.getuid(), os.getgid()
    own = CLONE_NEWNET | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWIPC
    if user == 0:
        check(libc.unshare(own))
    else:
        check(libc.unshare(own | CLONE_NEWUSER))
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    loopback_up()  # Jupyter and kernel talk over it


def leave_files(folder, readable):
    """Moves this process to a tree of files of its own: what may be read, and a folder to write to. Linux 5.12 or newer.

    To make all others read-only would not do: sockets and pipes are written to all the same, and those that are made later are in no list.
    """
    place = os.path.realpath(folder)
    wanted = {path: os.path.realpath(path) for path in [*SYSTEM, sys.prefix, sys.base_prefix, *readable] if os.path.exists(path)}
    check(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None))
    check(libc.mount(b"tmpfs", b"/tmp", b"tmpfs", MS_NOSUID | MS_NODEV, b"mode=755,size=1m"))
    for name in ["old", "new"]:
        os.mkdir(f"/tmp/{name}")
    pivot_root("/tmp", "/tmp/old")
    bind("/new", "/new")  # a mount, as the second change of root wants it
    for real in outermost(wanted.values()):
        show(real, MS_REC)
    for path, real in wanted.items():
        if not os.path.lexists(f"/new{path}"):
            os.makedirs(os.path.dirname(f"/new{path}"), exist_ok=True)
            os.symlink(real, f"/new{path}")
    for path in [*DEVICES, place]:
        show(path)
    for path in ["/tmp", "/proc"]:
        os.makedirs(f"/new{path}", exist_ok=True)
    os.symlink("/proc/self/fd", "/new/dev/fd")
    show_processes()
    # Read-only does not count for a device, and a disk is root's own file.
    set_mount("/new", AT_RECURSIVE, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV, 0)
    set_mount(f"/new{place}", 0, 0, MOUNT_ATTR_RDONLY)
    for path in DEVICES:
        set_mount(f"/new{path}", 0, 0, MOUNT_ATTR_NODEV)
    os.chdir("/new")
    pivot_root(".", ".")
    check(libc.umount2(b".", MNT_DETACH))
    os.chdir(place)


def outermost(paths):
    """Those that lie in no other."""
    kept = []
    for path in sorted(set(paths)):
        if not kept or not path.startswith(kept[-1].rstrip("/") + "/"):
            kept.append(path)
    return kept


def show(path, flags=0):
    """Lets a path of the old tree, without links in it, be there in the new one."""
    if os.path.isdir(f"/old{path}"):
        os.makedirs(f"/new{path}", exist_ok=True)
    else:
        os.makedirs(os.path.dirname(f"/new{path}"), exist_ok=True)
        Path(f"/new{path}").touch()
    bind(f"/old{path}", f"/new{path}", flags)


def show_processes():
    """In the /proc of all processes, root could reach another submission's folder. An ordinary user could not, being in a user namespace of
    its own; in some containers it may not mount one of these processes only."""
    if libc.mount(b"proc", b"/new/proc", b"proc", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, None) != 0:
        if os.getuid() == 0:
            check(-1)
        bind("/old/proc", "/new/proc", MS_REC)


def bind(path, place, flags=0):
    check(libc.mount(os.fsencode(path), os.fsencode(place), None, MS_BIND | flags, None))


def pivot_root(new, old):
    check(libc.syscall(SYS_PIVOT_ROOT, os.fsencode(new), os.fsencode(old)))


def set_mount(place, flags, added, removed):
    attributes = struct.pack("QQQQ", added, removed, 0, 0)
    check(libc.syscall(SYS_MOUNT_SETATTR, AT_FDCWD, os.fsencode(place), flags, attributes, ctypes.c_size_t(len(attributes))))


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", flags | IFF_UP))


def limit(seconds, gigabytes):
    at_most(resource.RLIMIT_AS, int(gigabytes * (1 << 30)))
    # A loop on every core for the whole time is all that there is to use up.
    at_most(resource.RLIMIT_CPU, int(seconds * (os.cpu_count() or 1)) + 1)
    at_most(resource.RLIMIT_CORE, 0)
    at_most(resource.RLIMIT_FSIZE, LARGEST_FILE)
    at_most(resource.RLIMIT_NPROC, MOST_THREADS)


def at_most(kind, value):
    allowed = resource.getrlimit(kind)[1]
    value = value if allowed == resource.RLIM_INFINITY else min(value, allowed)
    resource.setrlimit(kind, (value, value))


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def drop_capabilities():
    """Takes from root what lets it undo the above, and others' files with it. Nothing that is started regains it."""
    header, none = struct.pack("Ii", LINUX_CAPABILITY_VERSION_3, 0), bytes(24)
    check(libc.capset(header, none))
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def leave_files_of_a_copy(options):
    """The same in a tree that nobody else sees: where it fails half way, nothing has changed."""
    check(libc.unshare(CLONE_NEWNS))
    leave_files(options.folder, options.readable)


def first_process(options, problem):
    """The first of the new processes: when it ends, the system kills all others."""
    die_with_parent()
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1)  # whatever the command leaves behind becomes this process's child
    try:
        if not problem:
            try_in_a_child(lambda: leave_files_of_a_copy(options))
            leave_files(options.folder, options.readable)
    except OSError as error:
        problem = f"network: off, files: NOT protected, the system does not allow it ({error.strerror})"
    print(problem or OUT_OF_REACH, file=sys.stderr, flush=True)
    if problem and not options.unprotected:
        return REFUSED
    drop_capabilities()
    process = subprocess.Popen(options.command, preexec_fn=lambda: limit(options.seconds, options.gigabytes))
    end = time.monotonic() + options.seconds
    while True:
        try:
            return process.wait(min(LOOK, max(0, end - time.monotonic())))
        except subprocess.TimeoutExpired:
            if time.monotonic() >= end:
                return TIME_IS_UP
            if gigabytes_in(options.folder) > options.disk:
                return TOO_MUCH


def gigabytes_in(folder):
    """What a folder takes on its disk; so many files that they cannot be counted in the time between two looks are too much."""
    try:
        counted = subprocess.run(["du", "-sxk", "--", folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=4 * LOOK)
        return int(counted.stdout.split()[0]) / (1 << 20)
    except subprocess.TimeoutExpired:
        return float("inf")
    except (OSError, IndexError, ValueError):  # no `du` here, or it was killed
        return 0.0


def kill_children():
    """For systems where it is not the end of the first process that does it."""
    import psutil

    for process in psutil.Process().children(recursive=True):
        try:
            process.kill()
        except psutil.NoSuchProcess:
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--gigabytes", type=float, required=True)
    parser.add_argument("--disk", type=float, default=10.0)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--readable", action="append", default=[])
    parser.add_argument("--unprotected", action="store_true")
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    die_with_parent()
    problem = None
    try:
        try_in_a_child(leave_network)
        leave_network()
    except OSError as error:
        problem = f"network: NOT cut off, the system does not allow it ({error.strerror})"
    child = os.fork()
    if child == 0:
        code = first_process(options, problem)
        if problem:
            kill_children()
        os._exit(code if code >= 0 else 128 - code)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    code = main()
    sys.exit(code if code >= 0 else 128 - code)
