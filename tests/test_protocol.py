"""Requests as front ends send them."""

import time

import pytest
import zmq


def test_kernel_info(kernel):
    kernel.client.kernel_info()
    info = kernel.client.get_shell_msg(timeout=10)["content"]
    assert info["status"] == "ok"
    assert info["protocol_version"].startswith("5.")
    assert info["implementation"] == "cuaderno"
    assert info["language_info"]["name"] == "rust"
    assert info["language_info"]["file_extension"] == ".rs"


def test_counts_start_at_one_and_silent_does_not_count(kernel):
    assert kernel.ok("1").reply["execution_count"] == 1
    silent = kernel.ok("2", silent=True)
    assert silent.of("execute_result") == []
    assert kernel.ok("3").reply["execution_count"] == 2


def test_cells_after_a_failure_are_aborted(kernel):
    first = kernel.client.execute('std::thread::sleep(std::time::Duration::from_millis(300));\npanic!("stop")')
    second = kernel.client.execute("1 + 1")
    replies = {}
    deadline = time.monotonic() + 60
    while len(replies) < 2 and time.monotonic() < deadline:
        message = kernel.client.get_shell_msg(timeout=60)
        replies[message["parent_header"]["msg_id"]] = message["content"]["status"]
    assert replies == {first: "error", second: "aborted"}
    kernel.drain()
    assert kernel.ok("1 + 1").result == "2"


def test_queue_goes_on_where_asked(kernel):
    kernel.client.execute('panic!("go on")', stop_on_error=False)
    assert kernel.ok("1 + 1").result == "2"


@pytest.mark.parametrize(
    "code, status",
    [
        ("1 + 1", "complete"),
        ("let x =", "incomplete"),
        ("fn f() {", "incomplete"),
        ('let s = "open', "incomplete"),
        ("fn f() {}", "complete"),
        ("let x = 1;", "complete"),
    ],
)
def test_is_complete(kernel, code, status):
    assert kernel.reply(kernel.client.is_complete(code))["status"] == status


def test_empty_cell(kernel):
    cell = kernel.ok("")
    assert cell.outputs == []


def test_cell_of_comments_only(kernel):
    assert kernel.ok("// nothing to do\n/* still nothing */").outputs == []


def test_messages_with_a_wrong_signature_are_dropped(kernel):
    info = kernel.manager.get_connection_info()
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    socket.connect(f"tcp://{info['ip']}:{info['shell_port']}")
    message = kernel.client.session.msg("kernel_info_request")
    parts = kernel.client.session.serialize(message)
    parts[1] = b"0" * len(parts[1])
    socket.send_multipart(parts)
    assert socket.poll(1000) == 0, "a message with a forged signature was answered"
    socket.close()
    assert kernel.ok("1").result == "1"


def test_input_without_a_user_is_an_error_not_a_hang(kernel):
    cell = kernel.run('let name = input("name? ")?;', allow_stdin=False)
    assert cell.status == "error"
    assert "without a user" in cell.error["evalue"]


def test_input_asks_the_front_end(kernel):
    message_id = kernel.client.execute('let name = input("name? ")?;\nprintln!("hello, {name}");', allow_stdin=True)
    request = kernel.client.get_stdin_msg(timeout=60)
    assert request["content"] == {"prompt": "name? ", "password": False}
    kernel.client.input("Ada")
    assert kernel.finish(message_id).stdout == "hello, Ada\n"
