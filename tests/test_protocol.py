"""Requests as front ends send them."""

import re
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


def ask(kernel, message_type, content, channel="shell"):
    """Sends a request as it is, and returns its id."""
    message = kernel.client.session.msg(message_type, content)
    getattr(kernel.client, f"{channel}_channel").send(message)
    return message["header"]["msg_id"]


def test_expressions_beside_a_cell(kernel):
    kernel.ok("let x = 20;")
    expressions = {"sum": "x + 1", "table": 'df!("n" => [1, 2])?', "wrong": "no_such_name", "nothing": "()"}
    reply = kernel.ok("let y = 2;", user_expressions=expressions).reply["user_expressions"]
    assert reply["sum"] == {"status": "ok", "data": {"text/plain": "21"}, "metadata": {}}
    assert "<table" in reply["table"]["data"]["text/html"]
    assert reply["nothing"]["data"] == {}
    wrong = reply["wrong"]
    assert wrong["status"] == "error" and wrong["ename"] == "error[E0425]" and wrong["traceback"]
    assert wrong["evalue"].startswith("cannot find value")
    # They leave no trace.
    assert kernel.ok("x + y").reply["execution_count"] == 3


def test_expressions_of_a_request_without_code(kernel):
    reply = kernel.ok("", silent=True, user_expressions={"two": "1 + 1"}).reply
    assert reply["user_expressions"]["two"]["data"]["text/plain"] == "2"


@pytest.mark.parametrize("message_type", ["execute_request", "complete_request", "inspect_request", "is_complete_request"])
def test_a_request_that_cannot_be_read_has_a_reply(kernel, message_type):
    reply = kernel.reply(ask(kernel, message_type, {}))
    assert reply["status"] == "error" and reply["ename"] == "malformed request"
    assert kernel.ok("1 + 1").result == "2"


def test_an_unknown_request_has_a_reply(kernel):
    reply = kernel.reply(ask(kernel, "weather_request", {"place": "here"}))
    assert reply["status"] == "error" and "weather_request" in reply["evalue"]


def test_what_may_be_left_out_of_a_request(kernel):
    assert kernel.finish(ask(kernel, "execute_request", {"code": "1 + 1"})).result == "2"


def test_a_comm_that_nobody_knows_is_closed(kernel):
    message_id = ask(kernel, "comm_open", {"comm_id": "c1", "target_name": "jupyter.widget", "data": {}})
    deadline = time.monotonic() + 60
    while True:
        message = kernel.iopub(deadline)
        if message["msg_type"] == "comm_close":
            assert message["content"]["comm_id"] == "c1" and message["parent_header"]["msg_id"] == message_id
            return


def test_the_heartbeat_echoes(kernel):
    info = kernel.manager.get_connection_info()
    socket = zmq.Context.instance().socket(zmq.REQ)
    socket.linger = 0
    socket.connect(f"tcp://{info['ip']}:{info['hb_port']}")
    for said in [b"ping", b"", b"\x00\xff" * 40]:
        socket.send(said)
        assert socket.poll(10_000) and socket.recv() == said
    socket.close()


def test_messages_are_of_the_version_that_kernel_info_tells(kernel):
    kernel.client.kernel_info()
    info = kernel.client.get_shell_msg(timeout=10)
    assert info["header"]["version"] == info["content"]["protocol_version"]
    assert re.fullmatch(r"1\.\d+\.\d+", info["content"]["language_info"]["version"])


def test_errors_name_the_cell_also_where_cells_are_not_counted(kernel):
    # As nbval runs a notebook, to compare it with outputs that were counted.
    kernel.ok("let x = 1;", store_history=False)
    cell = kernel.run("let y = 2;\nx + z", store_history=False)
    assert cell.error["evalue"].startswith("cell 2, line 2: ")


def test_json_is_json(kernel):
    cell = kernel.ok('display(&MimeBundle::text("a map").with("application/json", "{\\"a\\": [1, 2]}"));')
    assert cell.of("display_data")[0]["data"]["application/json"] == {"a": [1, 2]}
