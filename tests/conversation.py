"""A kernel and a client that talks to it, through the sockets only."""

import time
from contextlib import contextmanager, suppress
from queue import Empty

from jupyter_client.manager import KernelManager

KERNEL = "cuaderno"
# A cell takes well under a second; these tests also run on busy machines.
TIMEOUT = 60


class Cell:
    """What one execute request led to: the reply, and the outputs in the order in which they came."""

    def __init__(self, reply, outputs):
        self.reply = reply
        self.outputs = outputs  # (message type, content)

    @property
    def status(self):
        return self.reply["status"]

    @property
    def kinds(self):
        """Message types in order, neighbouring pieces of one stream counted once."""
        kinds = []
        for kind, content in self.outputs:
            name = content["name"] if kind == "stream" else kind
            if not kinds or kind != "stream" or kinds[-1] != name:
                kinds.append(name)
        return kinds

    def stream(self, name):
        return "".join(content["text"] for kind, content in self.outputs if kind == "stream" and content["name"] == name)

    @property
    def stdout(self):
        return self.stream("stdout")

    @property
    def stderr(self):
        return self.stream("stderr")

    def of(self, wanted):
        return [content for kind, content in self.outputs if kind == wanted]

    @property
    def result(self):
        """The text of the cell's value, None without one."""
        results = self.of("execute_result")
        assert len(results) <= 1, results
        return results[0]["data"]["text/plain"] if results else None

    @property
    def error(self):
        """The cell's only error message."""
        errors = self.of("error")
        assert len(errors) == 1, f"one error message expected: {self.outputs}"
        return errors[0]

    def __repr__(self):
        return f"Cell({self.reply}, {self.outputs})"


class Conversation:
    """A running kernel and its client."""

    def __init__(self, manager, client):
        self.manager = manager
        self.client = client

    def run(self, code, timeout=TIMEOUT, **options):
        """Executes a cell to its end. The conversation must be: busy, input, outputs, idle; and a reply."""
        return self.finish(self.client.execute(code, **options), timeout)

    def ok(self, code, **options):
        """Executes a cell that must succeed."""
        cell = self.run(code, **options)
        assert cell.status == "ok", cell
        return cell

    def finish(self, message_id, timeout=TIMEOUT):
        """Waits for the end of a request; messages of other requests are not expected."""
        outputs, states = [], []
        deadline = time.monotonic() + timeout
        while "idle" not in states:
            message = self.iopub(deadline)
            if message["parent_header"].get("msg_id") != message_id:
                continue
            kind, content = message["msg_type"], message["content"]
            if kind == "status":
                states.append(content["execution_state"])
            elif kind != "execute_input":
                outputs.append((kind, content))
        assert states == ["busy", "idle"], states
        return Cell(self.reply(message_id, deadline), outputs)

    def reply(self, message_id, deadline=None):
        deadline = deadline or time.monotonic() + TIMEOUT
        while True:
            message = self.client.get_shell_msg(timeout=max(0.1, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") == message_id:
                return message["content"]

    def iopub(self, deadline):
        return self.client.get_iopub_msg(timeout=max(0.1, deadline - time.monotonic()))

    def wait_for_output(self, message_id, text, timeout=TIMEOUT):
        """Waits until a running cell has printed this; returns all that it printed so far."""
        seen, deadline = "", time.monotonic() + timeout
        while text not in seen:
            message = self.iopub(deadline)
            if message["msg_type"] == "stream" and message["parent_header"].get("msg_id") == message_id:
                seen += message["content"]["text"]
        return seen

    def interrupted(self, code, after, **options):
        """Runs a cell and interrupts it once it has printed `after`; returns the message's id."""
        message_id = self.client.execute(code, **options)
        self.wait_for_output(message_id, after)
        self.manager.interrupt_kernel()
        return message_id

    def drain(self):
        """Forgets iopub messages that nobody asked for."""
        while True:
            try:
                self.client.get_iopub_msg(timeout=0.2)
            except Empty:
                return

    @property
    def pid(self):
        return self.manager.provisioner.pid


@contextmanager
def conversation(kernel_spec_manager=None, **options):
    """Starts a kernel, found by the manager given, with `start_kernel`'s options, and ends it with everything it started."""
    manager = KernelManager(kernel_name=KERNEL)
    if kernel_spec_manager:
        manager.kernel_spec_manager = kernel_spec_manager
    manager.start_kernel(**options)
    client = manager.client()
    client.start_channels()
    try:
        wait_until_it_answers(manager, client)
        yield Conversation(manager, client)
    finally:
        client.stop_channels()
        end(manager)


def wait_until_it_answers(manager, client, timeout=TIMEOUT):
    """Until the kernel answers and its iopub messages arrive. `wait_for_ready` of the client listens 0.2 s longer, for messages of before: here the
    last of them is known."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        asked = client.kernel_info()
        # A subscription to iopub may come too late for the messages of a request: then another one is made.
        with suppress(Empty):
            while client.get_shell_msg(timeout=1)["parent_header"].get("msg_id") != asked:
                pass
            while not is_idle_after(asked, client.get_iopub_msg(timeout=0.02)):
                pass
            return
        assert manager.is_alive(), "the kernel ended before it answered"
    raise AssertionError(f"the kernel did not answer within {timeout} seconds")


def is_idle_after(request, message):
    parent, content = message["parent_header"].get("msg_id"), message["content"]
    return parent == request and message["msg_type"] == "status" and content["execution_state"] == "idle"


def end(manager):
    """Ends the kernel at once. `shutdown_kernel` sends it a message first, and waits 0.1 s for a kernel that is gone by then."""
    if manager.has_kernel:
        manager.provisioner.process.kill()
        manager.provisioner.process.wait()
    manager.cleanup_resources()
