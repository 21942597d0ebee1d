"""Lines that speak to the kernel."""


def test_help_lists_every_command(kernel):
    text = kernel.ok(":help").result
    for command in [":help", ":vars", ":type", ":timing", ":opt", ":dep", ":doc", ":reset", "!COMMAND"]:
        assert command in text


def test_an_unknown_command_suggests_the_nearest(kernel):
    error = kernel.run(":tmiing").error
    assert "did you mean :timing?" in error["evalue"]


def test_the_type_of_an_expression(kernel):
    kernel.ok("let numbers = vec![1.5];")
    assert kernel.ok(":type numbers.iter().sum::<f64>()").result == "f64"


def test_shell_lines(kernel):
    assert kernel.ok("!echo über").stdout == "über\n"
    assert "exit code 3" in kernel.run("!exit 3").error["evalue"]


def test_timing_is_told_until_switched_off(kernel):
    kernel.ok(":timing")
    assert "compiled in" in kernel.ok("1 + 1").stderr
    kernel.ok(":timing")
    assert kernel.ok("1 + 1").stderr == ""


def test_reset_forgets(kernel):
    kernel.ok("let x = 1;")
    kernel.ok(":reset")
    assert kernel.run("x").status == "error"


def test_variables_have_types_and_sizes(kernel):
    kernel.ok('let numbers = vec![0.5; 1000];\nlet whole: i32 = 3;\nlet frame = df!("x" => [1.0, 2.0])?;')
    rows = {line.split()[0]: line for line in kernel.ok(":vars").result.splitlines()}
    assert rows["whole"].split() == ["whole", "i32", "4", "B"]
    assert "Vec<f64>" in rows["numbers"] and rows["numbers"].endswith("8.0 kB")
    assert "DataFrame" in rows["frame"]
    assert kernel.ok("numbers.len()").result == "1000"
