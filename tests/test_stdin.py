"""Standard input: the language's own way to read a line asks the user, as `input` does."""

import pytest

from conversation import conversation

GUESSES = """let number: i32 = loop {
    println!("Please type a number.");
    let mut line = String::new();
    std::io::stdin().read_line(&mut line)?;
    match line.trim().parse() {
        Ok(number) => break number,
        Err(_) => continue,
    }
};
number"""


def answer(kernel, *lines):
    for line in lines:
        request = kernel.client.get_stdin_msg(timeout=60)
        assert request["content"] == {"prompt": "", "password": False}
        kernel.client.input(line)


def test_a_line_is_asked_for(kernel):
    code = 'let mut line = String::new();\nprint!("Which class? ");\nstd::io::stdin().read_line(&mut line)?;\nprintln!("you said {line:?}");'
    message_id = kernel.client.execute(code, allow_stdin=True)
    answer(kernel, "été")
    assert kernel.finish(message_id).stdout == 'Which class? you said "été\\n"\n'


def test_a_loop_asks_until_the_answer_is_right(kernel):
    message_id = kernel.client.execute(GUESSES, allow_stdin=True)
    answer(kernel, "seven", "7")
    assert kernel.finish(message_id).result == "7"


def test_what_is_left_of_a_line_is_not_for_the_next_cell(kernel):
    message_id = kernel.client.execute("use std::io::Read;\nlet mut byte = [0];\nstd::io::stdin().lock().read_exact(&mut byte)?;", allow_stdin=True)
    answer(kernel, "x")
    assert kernel.finish(message_id).status == "ok"
    assert kernel.ok("byte[0]").result == "120"


@pytest.mark.parametrize(
    "code",
    [
        'let mut line = String::new();\nstd::io::stdin().read_line(&mut line)?;\nprintln!("you said {line}");',
        'let mut line = String::new();\nstd::io::stdin().read_line(&mut line).unwrap();\nprintln!("you said {line}");',
        "let mut line = String::new();\nlet _ = std::io::stdin().read_line(&mut line);",
        GUESSES,
        GUESSES.replace("line)?", "line).ok()"),
    ],
)
def test_without_a_user_it_is_an_error_that_names_input(kernel, code):
    cell = kernel.run(code, allow_stdin=False)
    assert cell.status == "error" and "without a user" in cell.error["evalue"] and "`input(" in cell.error["evalue"]
    assert "you said" not in cell.stdout
    assert kernel.ok("1 + 1").result == "2"


def test_a_question_of_stdin_can_be_stopped(kernel):
    kernel.ok("let kept = 1;")
    message_id = kernel.client.execute(GUESSES, allow_stdin=True)
    kernel.client.get_stdin_msg(timeout=60)
    kernel.manager.interrupt_kernel()
    assert kernel.reply(message_id)["status"] == "error"
    kernel.drain()
    assert kernel.ok("kept").result == "1"


def test_programs_of_a_cell_read_the_end_of_a_file(kernel):
    assert kernel.ok('std::process::Command::new("cat").status()?.success()').result == "true"


def test_a_cell_may_have_a_standard_input_of_its_own(tmp_path):
    (tmp_path / "lines.txt").write_text("from a file\n")
    with conversation(cwd=str(tmp_path)) as kernel:
        code = """use std::os::fd::AsRawFd;
unsafe extern "C" { fn dup2(from: i32, to: i32) -> i32; }
let file = std::fs::File::open("lines.txt")?;
unsafe { dup2(file.as_raw_fd(), 0) };
let mut line = String::new();
std::io::stdin().read_line(&mut line)?;
line"""
        assert kernel.ok(code, allow_stdin=False).result == '"from a file\\n"'


def test_the_program_has_no_arguments(kernel):
    assert kernel.ok("std::env::args().count()").result == "1"
