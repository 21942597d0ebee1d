"""What evcxr's own pages promise, asked of this kernel."""

import pytest


def test_types_and_variables_live_on(kernel):
    kernel.ok("pub struct User {\n    username: String\n}")
    kernel.ok('let user = User { username: String::from("John Doe") };')
    kernel.ok('let x = "hello";')
    assert kernel.ok('println!("{} {}", x, user.username)').stdout == "hello John Doe\n"


def test_an_unknown_function_is_named(kernel):
    error = kernel.run("let x = unknown();").error
    assert error["evalue"] == "cell 1, line 1: cannot find function `unknown` in this scope (not found in this scope)"


def test_question_marks_end_the_cell_with_the_error(kernel):
    assert kernel.run('let value = std::env::var("CUADERNO_UNKNOWN")?;').error["evalue"].endswith("environment variable not found")
    assert kernel.run("[1, 2, 3].get(4)?").error["evalue"].endswith("the value is None")
    assert kernel.ok('let n: i32 = "42".parse()?;\nn').result == "42"


def test_await_starts_a_runtime(kernel):
    kernel.ok("async fn foo() -> u32 { 42 }")
    assert kernel.ok("foo().await").result == "42"


def test_variables_survive_a_panic_and_go_with_the_process(kernel):
    kernel.ok("let mut a = vec![1];\nlet b = 2;")
    kernel.run("a.push(2);\npanic!(\"no\");")
    assert kernel.ok("(a.len(), b)").result == "(2, 2)"
    lost = kernel.run("std::process::abort();").error["evalue"]
    assert "variables lost: a, b" in lost
    assert kernel.ok("1 + 1").result == "2"


def test_what_borrows_lives_in_a_block_or_from_a_leak(kernel):
    kernel.ok("let all_values = vec![10, 20, 30, 40, 50];\n{\n    let some_values = &all_values[2..3];\n    assert_eq!(some_values, [30]);\n}")
    kernel.ok("let leaked: &'static Vec<i32> = Box::leak(Box::new(vec![10, 20, 30]));\nlet part = &leaked[1..];")
    assert kernel.ok("(part, all_values.len())").result == "([20, 30], 5)"


def test_a_type_defined_anew_gives_up_its_variables(kernel):
    kernel.ok("#[derive(Debug)] struct Foo { v: i32 }\nlet f1 = Foo { v: 1 };\nlet other = 5_i64;")
    assert "f1" in kernel.ok("#[derive(Debug)] struct Foo { v: i64, w: i8 }").stderr
    assert kernel.ok("Foo { v: other, w: 0 }").result == "Foo { v: 5, w: 0 }"


def test_macros_constants_and_generics_are_kept(kernel):
    kernel.ok("macro_rules! twice { ($x:expr) => { 2 * $x } }\nconst N: usize = 3;\nfn zeros<const K: usize>() -> [u8; K] { [0; K] }")
    assert kernel.ok("(twice!(4), zeros::<N>())").result == "(8, [0, 0, 0])"


def test_a_word_that_is_reserved_can_be_a_name(kernel):
    kernel.ok("let r#type = 7;")
    assert kernel.ok("r#type + 1").result == "8"


def test_values_show_themselves_by_evcxr_display(kernel):
    kernel.ok("""struct Table;
impl Table {
    fn evcxr_display(&self) {
        println!("EVCXR_BEGIN_CONTENT text/html\\n<b>table</b>\\nEVCXR_END_CONTENT");
    }
}""")
    shown = kernel.ok("Table").of("display_data")
    assert [bundle["data"]["text/html"] for bundle in shown] == ["<b>table</b>"]


def test_commands_as_evcxr_has_them(kernel):
    kernel.ok("let x = 0;\nlet y = 1.5;")
    variables = kernel.ok(":vars").result
    assert "x" in variables and "i32" in variables and "f64" in variables
    assert kernel.ok(":t x").result == "i32"
    kernel.run("let z: u8 = 300u16;")
    page = kernel.ok(":explain").reply["payload"][0]["data"]["text/plain"]
    assert "Expected type did not match the received type" in page
    kernel.ok(":clear")
    assert kernel.run("x").error["ename"].startswith("error[E0425]")


@pytest.mark.parametrize("cell", ["let v = vec![1]; v.len()", "fn f() -> i32 { 3 }\nlet a = f();\na", "if true { 1 } else { 2 }"])
def test_statements_and_an_expression_share_a_cell(kernel, cell):
    assert kernel.ok(cell).result in {"1", "3"}
