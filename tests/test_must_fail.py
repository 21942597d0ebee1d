"""`:must-fail`: a cell that must not compile, and why."""

SHAPES = """use dfdx::prelude::{Cpu, Module, Rank4, Tensor, ZerosTensor};
cnn! { Net: [3, 32, 32] => [flatten, dense(2)] }
let large: Tensor<Rank4<8, 3, 64, 64>, f32, Cpu> = Cpu::default().zeros();
Net::new(1).forward(large)"""


def test_the_expected_reason_is_well(kernel):
    cell = kernel.ok(f":must-fail expected `32`, found `64`\n{SHAPES}")
    assert cell.stdout.startswith("does not compile, as it should: cell 1, line 5: "), cell
    assert cell.kinds == ["stdout"]


def test_a_code_of_the_compiler_is_a_reason(kernel):
    kernel.ok(":must-fail E0308\nlet x: u8 = \"a\";")


def test_a_cell_that_compiles_fails_and_does_not_run(kernel):
    cell = kernel.run(':must-fail E0308\nprintln!("ran");')
    assert cell.error["evalue"] == "cell 1 compiles, although it must not"
    assert cell.stdout == ""


def test_another_reason_fails(kernel):
    cell = kernel.run(":must-fail expected `32`, found `64`\nno_such_function();")
    assert "but not for the reason `expected `32`, found `64``" in cell.error["evalue"]
    assert "no_such_function" in cell.error["evalue"]


def test_what_cannot_be_read_fails(kernel):
    assert kernel.run(":must-fail\nlet = 1;").status == "error"


def test_nothing_of_it_stays(kernel):
    kernel.ok("let x = 1;")
    kernel.ok(':must-fail\nlet x: u8 = "a"; fn f() {}')
    assert kernel.ok("x + 1").result == "2"
    assert kernel.run("f()").status == "error"


def test_the_next_cell_may_compile(kernel):
    kernel.run(":must-fail\n:no-such-command\n")
    assert kernel.ok("1 + 1").result == "2"
