"""What a program means in `fn main` it means in a cell: moves, closures, `?`, `return`, places, programs that are pasted."""

import pytest

from conversation import conversation


def test_a_variable_that_is_assigned_again_lives_on(kernel):
    kernel.ok('let mut s = String::from("a");')
    kernel.ok('s = s + "b";')
    assert kernel.ok("s").result == '"ab"'
    kernel.ok('let mut df = df!("x" => [1, 2, 3])?;')
    kernel.ok('df = df.lazy().with_column((col("x") * lit(2)).alias("y")).collect()?;')
    assert kernel.ok("df.width()").result == "2"
    kernel.ok("let (mut a, mut b) = (vec![1], vec![2, 3]);\n(a, b) = (b, a);")
    kernel.ok("(a, b) = (b, a);")
    assert kernel.ok("(a.len(), b.len())").result == "(1, 2)"


@pytest.mark.parametrize(
    "cell",
    [
        "for i in 0..3 { v = push(v, i) }",
        "if v.is_empty() { v = push(push(push(v, 0), 1), 2) }",
        "v = push(v, 0);\nv = push(v, 1);\nv = push(v, 2)",
        "let old = v;\nv = vec![0, 1, 2];\ndrop(old);",
    ],
)
def test_however_it_is_assigned(kernel, cell):
    kernel.ok("fn push(mut v: Vec<i32>, i: i32) -> Vec<i32> { v.push(i); v }\nlet mut v: Vec<i32> = vec![];")
    kernel.ok(cell)
    assert kernel.ok("v").result == "[0, 1, 2]"


def test_a_table_that_a_failing_cell_moves_is_as_it_was(kernel):
    kernel.ok('let mut df = df!("x" => [1, 2, 3])?;')
    assert kernel.run('df = df.lazy().select([col("y")]).collect()?;').status == "error"
    assert kernel.ok("df.height()").result == "3"


def test_what_is_moved_for_good_is_gone_with_its_reason(kernel):
    kernel.ok('let mut s = String::from("a");')
    kernel.ok("if s.len() > 5 { s = String::new(); }\nlet t = s;")
    assert "cell 2 moved `s` away" in kernel.run("s").error["evalue"]
    assert kernel.ok("t").result == '"a"'


def test_closures_that_borrow_numbers(kernel):
    cell = kernel.ok("let k = 2.0;\nlet scale = |x: f64| x * k;\n[1.0, 2.0].map(scale)")
    assert cell.result == "[2.0, 4.0]" and "`scale` is a closure" in cell.stderr
    assert kernel.ok("k").result == "2.0"
    assert kernel.ok("let mut s: u64 = 7;\nlet mut next = || {\n    s = s * 5 % 101;\n    s\n};\n(next(), next())").result == "(35, 74)"
    assert kernel.ok("s").result == "74"
    cell = kernel.ok("let mut n = 5;\nlet r = &mut n;\n*r += 1;\nn")
    assert cell.result == "6" and "`r` borrows" in cell.stderr and "`n`" not in cell.stderr
    assert kernel.ok("n").result == "6"


def test_a_question_mark_takes_what_main_takes(kernel):
    kernel.ok("#[derive(Debug)]\nenum Bad { Short }\nfn f(n: usize) -> Result<usize, Bad> { if n > 2 { Ok(n) } else { Err(Bad::Short) } }")
    assert kernel.ok("f(3)?").result == "3"
    assert kernel.run("let a = 1;\nlet b = f(a)? + f(3)?;").error["evalue"] == "cell 3, line 2: Short"
    assert kernel.ok('fn g() -> Result<i32, Box<dyn std::error::Error + Send + Sync>> { Ok("7".parse()?) }\ng()?').result == "7"
    kernel.ok("use std::sync::{Arc, Mutex};\nlet counter = Arc::new(Mutex::new(5));")
    assert kernel.ok("*counter.lock()?").result == "5"
    assert kernel.run("[1, 2, 3].get(4)?").error["evalue"] == "cell 7, line 1: the value is None"
    kernel.ok("struct Shown;\nimpl std::fmt::Display for Shown { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { f.write_str(\"said\") } }\n"
              "impl std::fmt::Debug for Shown { fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { f.write_str(\"debugged\") } }")
    assert kernel.run("Err::<i32, _>(Shown)?").error["evalue"].endswith("said")


def test_a_cell_may_end_early(kernel):
    assert kernel.ok('let x: Option<i32> = None;\nlet Some(y) = x else {\n    return;\n};\nprintln!("{y}");').stdout == ""
    assert kernel.ok('println!("on");\nOk(())').stdout == "on\n"
    assert kernel.ok("if true { return; }\nprintln!(\"not reached\");").stdout == ""
    assert kernel.ok('if true { return println!("done"); }').stdout == "done\n"
    kernel.ok("if true { return (); }")
    kernel.ok("let gone = vec![1];\nif true { return drop(gone); }")
    kernel.ok("return Ok(())")
    assert kernel.run('return Err("bad".into())').error["evalue"].endswith("bad")
    error = kernel.run('match "x".parse::<i32>() { Ok(_) => {}, Err(e) => return Err(e) }').error
    assert error["ename"] == "ParseIntError"


def test_places_are_the_cells(kernel):
    assert kernel.ok("let epochs = 3;\n\nlet doubled = dbg!(epochs * 2) + 1;\ndoubled").stderr == "[cell 1:3:15] epochs * 2 = 6\n"
    assert kernel.ok('println!("line {} of {}", line!(), file!());').stdout == "line 1 of cell 2\n"
    kernel.ok('\nfn here() -> (u32, &\'static str) { (line!(), file!()) }')
    assert kernel.ok("here()").result == '(2, "cell 3")'
    assert kernel.ok("dbg!(1, 2)").result == "(1, 2)"
    said = kernel.ok("#[track_caller]\nfn here() -> String { std::panic::Location::caller().to_string() }\nprintln!(\"{}\", here());")
    assert said.stdout == "cell 6:3:16\n"
    said = kernel.ok('std::thread::spawn(|| {\n    panic!("in a thread")\n}).join().is_err()')
    assert said.stderr == "a background thread panicked at cell 7:2:5: in a thread\n"


def test_files_beside_the_notebook_are_included(tmp_path):
    (tmp_path / "poem.txt").write_text("roses\n")
    (tmp_path / "half.rs").write_text("8 / 2")
    with conversation(cwd=str(tmp_path)) as kernel:
        assert kernel.ok('const POEM: &str = include_str!("poem.txt");\nlet x = 8;\n(POEM.len(), include_bytes!("poem.txt").len(), include!("half.rs"))').result == "(6, 6, 4)"
        assert kernel.ok(f'include_str!("{tmp_path}/poem.txt")').result == '"roses\\n"'
        error = kernel.run('include_str!("prose.txt")').error["evalue"]
        assert f"{tmp_path}/prose.txt" in error and "cell 3, line 1" in error



def test_await_at_the_top_of_a_cell(kernel):
    kernel.ok("async fn fetch() -> u32 { 7 }")
    assert kernel.ok("fetch().await").result == "7"
    kernel.ok("let answer = fetch().await + fetch().await;")
    assert kernel.ok("answer").result == "14"


def test_a_pasted_program_runs(kernel):
    assert kernel.ok('fn main() {\n    println!("total {}", (1..=10).sum::<i32>());\n}').stdout == "total 55\n"
    assert kernel.ok("main()").stdout == "total 55\n"
    failed = kernel.run('fn main() -> Result<(), Box<dyn std::error::Error>> {\n    let _: i32 = "x".parse()?;\n    Ok(())\n}')
    assert "InvalidDigit" in failed.error["evalue"]


def test_pasted_tests_run(kernel):
    code = """fn twice(x: i32) -> i32 { 2 * x }
#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn doubles() { assert_eq!(twice(2), 4); }
    #[test]
    #[should_panic]
    fn overflows() { twice(i32::MAX); }
}"""
    shown = kernel.ok(code).of("display_data")[0]["data"]["text/plain"]
    assert shown.splitlines()[1:] == ["tests::doubles    ok", "tests::overflows  ok"]
    failed = kernel.run("#[test]\nfn wrong() { assert!(1 > 2, \"no\"); }\n#[test]\nfn right() {}")
    assert failed.error["evalue"] == "cell 2, line 1: 1 of 2 tests failed"


def test_items_that_macros_make(kernel):
    kernel.ok("trait Area { fn area(&self) -> f64; }\nmacro_rules! shape {\n    ($name:ident, $area:expr) => {\n        struct $name;\n"
              "        impl Area for $name { fn area(&self) -> f64 { $area } }\n    };\n}")
    kernel.ok("shape!(Square, 1.0);\nshape!(Circle, 3.25);")
    assert kernel.ok("Square.area() + Circle.area()").result == "4.25"
    kernel.ok("macro_rules! make { ($n:ident) => { fn $n() -> i32 { 5 } }; }\nmake!(five);")
    assert kernel.ok("five()").result == "5"
    kernel.ok("#[macro_use]\nmod macros { macro_rules! m { () => { 1 } } }\nfn go() -> i32 { m!() }")
    assert kernel.ok("go()").result == "1"


def test_opposite_conditions(kernel):
    assert kernel.ok('#[cfg(unix)]\nfn os() -> &\'static str { "unix" }\n#[cfg(windows)]\nfn os() -> &\'static str { "windows" }\nos()').result == '"unix"'
    assert kernel.ok("#[cfg(windows)]\nuse std::os::windows::fs::symlink_file;\nos()").result == '"unix"'
    kernel.ok('fn os() -> &\'static str { "any" }')
    assert kernel.ok("os()").result == '"any"'


def test_what_a_student_imports_whole_comes_before_the_prelude(kernel):
    assert kernel.ok("use std::time::*;\nDuration::from_secs(1)").result == "1s"
    assert kernel.ok("use std::cmp::*;\nmax(1, 2)").result == "2"
    kernel.ok("use dfdx::prelude::*;\nlet device = AutoDevice::default();")
    assert "Adam" in kernel.ok("Fit::new().optimizer(Optimizer::adam(1e-3))").result


def test_a_macro_at_the_end_may_make_statements(kernel):
    assert kernel.ok('macro_rules! both { () => { let a = 1; println!("{a}"); } }\nboth!()').stdout == "1\n"


def test_statements_of_a_long_cell_are_quick(kernel):
    import time

    def seconds(count):
        cell = "\n".join(f'let s{n} = String::from("{n}");' for n in range(count))
        began = time.monotonic()
        kernel.ok(cell)
        return time.monotonic() - began

    seconds(10)
    short, long = (min(seconds(count) for _ in range(2)) for count in (40, 160))
    assert long < 8 * short, f"{short:.2f} s for 40 statements, {long:.2f} s for 160"
