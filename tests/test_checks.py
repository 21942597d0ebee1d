"""`check!` in a cell: a table for the student, a number for nbgrader."""


def test_points_are_the_result(kernel):
    cell = kernel.ok('let mean = 42.03;\ncheck! { 2, "the mean", close(mean, 42.0, 0.1); 1, "its sign", mean < 0.0, "a length is never negative"; }')
    assert cell.result == "2"
    shown = cell.of("display_data")[0]["data"]
    assert shown["text/plain"] == (
        "2 of 2  the mean\n0 of 1  its sign: this does not hold; hint: a length is never negative\n2 of 3 points"
    )
    assert ">✗</td>" in shown["text/html"]


def test_a_semicolon_changes_nothing(kernel):
    assert kernel.ok('check! { 1, "one", share(1, 4) };').result == "0.25"


def test_panics_todo_and_errors_cost_their_own_line(kernel):
    kernel.ok('fn later() -> i32 { todo!("count") }\nfn bad() -> i32 { vec![1][9] }\nfn no() -> Result<i32, String> { Err("no such file".into()) }')
    cell = kernel.ok(
        'check! { 1, "a", same(later(), 1); 1, "b", same(bad(), 1); 1, "c", same(no()?, 1); 1, "d", same(1, 1) }'
    )
    assert cell.result == "1"
    table = cell.of("display_data")[0]["data"]["text/plain"]
    assert "a: not written yet: count" in table and "b: it panicked: index out of bounds" in table and "no such file" in table
    assert cell.stderr == ""


def test_variables_of_earlier_cells_stay(kernel):
    kernel.ok('let table = df!("a" => [1, 2])?;')
    kernel.ok('let same_table = table.clone();\ncheck! { 1, "equal", close(&table, &same_table, 0.0) }')
    assert kernel.ok("table.height()").result == "2"


def test_an_endless_check_can_be_stopped(kernel):
    kernel.ok("let kept = 5;\nfn endless() -> bool { loop {} }")
    request = kernel.client.execute('println!("started"); check! { 1, "ends", endless() }')
    kernel.wait_for_output(request, "started")
    kernel.manager.interrupt_kernel()
    assert kernel.reply(request)["ename"] == "interrupted"
    kernel.drain()
    assert kernel.ok("kept").result == "5"
