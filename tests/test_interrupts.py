"""A cell that is stopped: where it was, what it has made, and what stopping it once more would cost."""

import pytest

SLEEP = 'println!("working");\nstd::thread::sleep(std::time::Duration::from_secs({seconds}));'


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
    message_id = kernel.interrupted(f'println!("working");\n{body}', after="working")
    assert kernel.reply(message_id)["ename"] == "interrupted"
    kernel.drain()
    assert kernel.ok("kept.len()").result == "3"


@pytest.mark.parametrize("code", ["(0..u64::MAX).map(|x| x ^ 3).fold(0u64, |a, b| a ^ b)", "fib(90)"])
def test_functions_and_chains_of_iterators_stop_at_once(kernel, code):
    kernel.ok("let keep = 1;\nfn fib(n: u64) -> u64 { if n < 2 { n } else { fib(n - 1) + fib(n - 2) } }")
    message_id = kernel.interrupted(f'println!("working");\n{code}', after="working")
    assert kernel.reply(message_id)["ename"] == "interrupted"
    kernel.drain()
    assert kernel.ok("keep").result == "1"


def test_an_interrupt_names_the_line_of_the_last_expression(kernel):
    message_id = kernel.interrupted('println!("working");\nloop { std::thread::sleep(std::time::Duration::from_millis(5)); }', after="working")
    assert kernel.reply(message_id)["evalue"].startswith("cell 1, line 2: ")


def test_an_interrupted_loop_keeps_what_its_cell_has_made(kernel):
    # Each loop speaks when it has been round once: an interrupt before that finds nothing done.
    say = 'println!("working")'
    kernel.ok(f"fn train(weights: &mut Vec<u64>) {{ loop {{ weights[0] += 1; if weights[0] == 1 {{ {say}; }} }} }}")
    for loop in [
        f"loop {{ weights[0] += 1; if weights[0] == 1 {{ {say}; }} }}",
        "train(&mut weights);",
        f"for step in 1.. {{ weights[0] = step; if step == 1 {{ {say}; }} }}",
    ]:
        message_id = kernel.interrupted(f"let mut weights = vec![0];\n{loop}", after="working")
        kernel.wait_for_output(message_id, "kept of this cell: weights")
        assert kernel.reply(message_id)["ename"] == "interrupted"
        kernel.drain()
        assert kernel.ok("weights[0] > 0").result == "true"


def test_an_interrupt_while_values_are_dropped_keeps_the_process(kernel):
    kernel.ok("""struct List(Vec<i32>);
impl Drop for List { fn drop(&mut self) { while let Some(_) = self.0.pop() {} } }
let kept = 1;""")
    code = 'let list = List(vec![1; 10]);\nprintln!("working");\nloop { std::hint::black_box(&list); }'
    message_id = kernel.interrupted(code, after="working")
    assert kernel.reply(message_id)["ename"] == "interrupted"
    kernel.drain()
    assert kernel.ok("kept").result == "1"


def test_the_first_stop_tells_what_a_second_would_cost(kernel):
    kernel.ok("let kept = vec![1, 2, 3];")
    message_id = kernel.interrupted(SLEEP.format(seconds=500), allow_stdin=True, after="working")
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
    message_id = kernel.interrupted(f'std::process::Command::new("sh").args(["-c", "{script}"]).status()?;', allow_stdin=True, after="working")
    kernel.wait_for_output(message_id, "stop it once more")
    go.write_text("")
    kernel.reply(message_id)
    kernel.drain()
    assert kernel.ok("kept.len()").result == "3"


def test_without_a_user_a_cell_that_does_not_stop_is_ended(kernel):
    message_id = kernel.interrupted(SLEEP.format(seconds=500), allow_stdin=False, after="working")
    assert "did not stop when it was asked to" in kernel.reply(message_id)["evalue"]


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
