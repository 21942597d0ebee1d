"""What stays from cell to cell, without a type annotation anywhere."""

import pytest


@pytest.mark.parametrize(
    "value, later, shown",
    [
        ("3", "v + 1", "4"),
        ("2.5f32", "v * 2.0", "5.0"),
        ('"text"', "v.len()", "4"),
        ('String::from("owned")', "v.to_uppercase()", '"OWNED"'),
        ("vec![1u8, 2, 3]", "v.len()", "3"),
        ("(1..=4).map(|x| x as f64).collect::<Vec<_>>()", "v.iter().sum::<f64>()", "10.0"),
        ("std::collections::HashMap::from([(1, \"one\")])", "v[&1]", '"one"'),
        ("Some((1, [2.0, 3.0]))", "v.unwrap().1[1]", "3.0"),
        ('df!("x" => [1, 2, 3])?', "v.height()", "3"),
        ('df!("x" => [1, 2, 3])?.lazy().filter(col("x").gt(lit(1)))', "v.collect()?.height()", "2"),
        ('df!("x" => [1, 2, 3])?.column("x")?.clone()', "v.len()", "3"),
    ],
)
def test_type_is_found(kernel, value, later, shown):
    kernel.ok(f"let v = {value};")
    assert kernel.ok(later).result == shown


def test_mutable_variables_can_change_in_later_cells(kernel):
    kernel.ok("let mut numbers = vec![1];")
    kernel.ok("numbers.push(2);")
    assert kernel.ok("numbers.len()").result == "2"


def test_redefinition_may_change_the_type(kernel):
    kernel.ok("let x = 1;")
    kernel.ok('let x = "text".to_string();')
    assert kernel.ok("x").result == '"text"'


def test_shadowing_by_own_value(kernel):
    kernel.ok("let x = vec![1, 2];")
    kernel.ok("let x = x.len();")
    assert kernel.ok("x").result == "2"


def test_patterns_bind(kernel):
    kernel.ok("let (a, [b, c]) = (1, [2, 3]);")
    assert kernel.ok("a + b + c").result == "6"


def test_moved_variables_are_gone_with_a_clear_error(kernel):
    kernel.ok('let text = String::from("x");')
    kernel.ok("drop(text);")
    error = kernel.run("text.len()").error
    assert "text" in error["evalue"]


def test_items_of_earlier_cells(kernel):
    kernel.ok("#[derive(Debug, Clone, PartialEq)]\nstruct Point { x: f64, y: f64 }")
    kernel.ok("impl Point { fn norm(&self) -> f64 { self.x.hypot(self.y) } }")
    kernel.ok("fn double(p: &Point) -> Point { Point { x: 2.0 * p.x, y: 2.0 * p.y } }")
    kernel.ok("let p = Point { x: 3.0, y: 4.0 };")
    assert kernel.ok("double(&p).norm()").result == "10.0"


def test_imports_of_earlier_cells(kernel):
    kernel.ok("use std::collections::BTreeMap;")
    kernel.ok("let mut map = BTreeMap::new();\nmap.insert(1, 2);")
    assert kernel.ok("map.len()").result == "1"


def test_functions_may_be_redefined(kernel):
    kernel.ok("fn answer() -> i32 { 41 }")
    kernel.ok("fn answer() -> i32 { 42 }")
    assert kernel.ok("answer()").result == "42"


FAILURES = {
    "compile error": "let wrong: i32 = \"text\";",
    "panic": 'kept.push(4);\npanic!("on purpose");',
    "error": 'kept.push(4);\n"x".parse::<i32>()?;',
}


@pytest.mark.parametrize("kind", FAILURES)
def test_variables_survive_failure(kernel, kind):
    kernel.ok("let mut kept = vec![1, 2, 3];")
    assert kernel.run(FAILURES[kind]).status == "error"
    assert kernel.ok("kept[..3] == [1, 2, 3]").result == "true"


def test_closure_cannot_stay_and_is_told_in_one_line(kernel):
    cell = kernel.run("let add = |x: i32| x + 1;\nadd(1)")
    text = str(cell.outputs)
    assert "add" in text and ("fn" in text or "closure" in text), text


def test_two_kernels_do_not_meet(kernel):
    from conversation import conversation

    with conversation() as other:
        kernel.ok("let shared = 1;")
        assert other.run("shared").status == "error"
        assert kernel.ok("shared").result == "1"


@pytest.mark.parametrize(
    "cell, later, reason",
    [
        ('let df = df!("x" => [1])?;\nlet lazy = df.lazy();', "df.height()", "cell 1 moved `df` away"),
        ("let c = |x: i32| x + 1;\nc(1)", "c(4)", "`c` is a closure and is not kept after its cell"),
        ("let v = vec![1];\nlet least = v.first();", "least", "`least` borrows from something that ends with its cell"),
    ],
)
def test_a_variable_that_is_gone_says_why(kernel, cell, later, reason):
    kernel.ok(cell)
    error = kernel.run(later).error
    assert reason in error["evalue"]


def test_a_moved_variable_names_the_cell_that_moved_it(kernel):
    kernel.ok('let df = df!("x" => [1])?;')
    kernel.ok("let lazy = df.lazy();")
    error = kernel.run("df").error
    assert error["evalue"].startswith("cell 3, line 1: there is no variable `df` any more: cell 2 moved `df` away; write `df.clone()`")
    kernel.ok('let df = df!("x" => [1])?;')
    assert kernel.ok("df.height()").result == "1"


def test_a_lost_variable_says_what_ended_the_process(kernel):
    kernel.ok("let kept = 1;")
    kernel.run("std::process::exit(3)")
    assert "lost when cell 2 ended its process" in kernel.run("kept").error["evalue"]
