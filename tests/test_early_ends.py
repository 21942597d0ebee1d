"""What a cell has made and what it was to move, where `?`, a panic or `return` ends it early."""

import pytest


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


def test_variables_of_a_failed_cell_are_explained(kernel):
    kernel.run('let rows = "two".parse::<i32>()?;\nlet table = df!("a" => [1, rows])?;')
    assert kernel.run("table.height()").error["evalue"] == (
        "cell 2, line 1: there is no variable `table` yet: cell 1, which makes it, failed; repair that cell and run it again"
    )
    kernel.run("let other = undefined;")
    assert "`other` yet: cell 3, which makes it, failed" in kernel.run("other").error["evalue"]
    kernel.ok('let table = df!("a" => [1, 2])?;')
    assert kernel.run("let table = undefined;").status == "error"
    assert kernel.ok("table.height()").result == "2"


def test_what_a_cell_has_made_is_kept_when_a_question_mark_ends_it(kernel):
    cell = kernel.run('let table = df!("a" => [1, 2])?;\nlet mut sum = 1;\nsum += 1;\nlet other = table\n    .column("b")?\n    .len();\nlet late = 1;')
    assert (cell.error["ename"], cell.stderr) == ("PolarsError", "kept of this cell: sum, table\n")
    assert cell.error["evalue"].startswith("cell 1, line 4: ")
    assert kernel.ok("table.height() + 1").result == "3"
    assert kernel.ok("sum += 1;\nsum").result == "3"
    for name in ["other", "late"]:
        assert "cell 1, which makes it, failed" in kernel.run(name).error["evalue"]


@pytest.mark.parametrize(
    "fails",
    [
        'let n: i32 = "x".parse()?;',
        '"x".parse::<i32>()?',
        'for text in ["1", "x"] { let _: i32 = text.parse()?; }',
        'for text in &texts { let _: i32 = text.parse()?; }',
        'if true { let n = 1 + "x".parse::<i32>()?; println!("{n}"); }',
        'match texts[1].parse::<i32>()? { 1 => (), _ => {} }',
        'let Some(n) = "x".parse::<i32>().map(Some)? else { panic!() };',
        'let f = |text: &str| Ok::<i32, std::num::ParseIntError>(text.parse::<i32>()?);\nf("x")?;',
        'let guard = std::sync::Mutex::new(1);\nlet held = guard.lock().unwrap();\n"x".parse::<i32>()?;',
    ],
)
def test_wherever_the_question_mark_stands(kernel, fails):
    cell = kernel.run(f'let texts = vec!["1", "x"];\nlet kept = vec![1, 2];\n{fails}')
    assert cell.error["ename"] == "ParseIntError", cell
    assert "kept" in cell.stderr.split("kept of this cell: ")[1], cell
    assert kernel.ok("kept.len()").result == "2"


def test_names_that_mean_several_things_are_not_confused(kernel):
    code = 'let model = 1;\nlet kept = 2;\nfor model in ["x"] { let _: i32 = model.parse()?; }'
    assert kernel.run(code).stderr == "kept of this cell: kept, model\n"
    assert kernel.ok("model").result == "1"
    # Moved away, and not there when the cell fails.
    code = 'let mut text = String::from("x");\ntext = std::convert::identity(text).parse::<i32>()?.to_string();'
    assert "kept of this cell" not in kernel.run(code).stderr
    assert "cell 3, which makes it, failed" in kernel.run("text").error["evalue"]


@pytest.mark.parametrize(
    "fails",
    [
        '"x".parse::<i32>().unwrap();',
        'let n: i32 = "x".parse().expect("a number");',
        "let third = kept[2];",
        "kept[2]",
        "assert_eq!(kept.len(), 3);",
        "kept.push(3);\nlet average = kept.iter().sum::<i32>() / (kept.len() as i32 - 3);",
        'for row in &kept { if *row == 2 { panic!("{row}") } }',
        'let sums: Vec<i32> = (0..4).into_par_iter().map(|row| kept[row]).collect();',
        'let Some(n) = "x".parse::<i32>().map(Some).unwrap() else { return Ok(()) };',
        'struct Broken;\nimpl std::fmt::Debug for Broken { fn fmt(&self, _: &mut std::fmt::Formatter) -> std::fmt::Result { panic!("shown") } }\nBroken',
    ],
)
def test_what_a_cell_has_made_is_kept_when_it_panics(kernel, fails):
    cell = kernel.run(f"use rayon::prelude::*;\nlet mut kept = vec![1, 2];\n{fails}")
    assert cell.error["ename"] == "panic", cell
    assert "kept of this cell: kept\n" in cell.stderr
    assert kernel.ok("kept[1]").result == "2"


def test_what_a_failing_statement_has_moved_is_not_there(kernel):
    cell = kernel.run('let text = String::from("x");\nlet kept = 1;\nlet n: i32 = Some(text).map(|text| text.parse::<i32>().unwrap()).unwrap();')
    assert cell.stderr == "kept of this cell: kept\n"
    assert "cell 1, which makes it, failed" in kernel.run("text").error["evalue"]


def test_of_a_variable_made_again_the_newer_value_is_kept(kernel):
    kernel.ok("let count = 1;\nlet steps = vec![1];")
    cell = kernel.run('let count = "two";\nlet steps: Vec<i32> = steps.iter().map(|s| s + 1).collect();\n"x".parse::<i32>().unwrap();')
    assert cell.stderr == "kept of this cell: count, steps\n"
    assert kernel.ok("(count, steps[0])").result == '("two", 2)'
    assert kernel.run('let count = "x".parse::<i32>()?;').status == "error"
    assert kernel.ok("count").result == '"two"'


@pytest.mark.parametrize(
    "code",
    [
        "let one = 1;\nlet add: Option<Box<dyn Fn(i32) -> i32>> = Some(Box::new(move |x| x + one));\nadd.unwrap()(2)",
        "let one = 1;\nlet numbers: Vec<i32> = (0..3).map(|x| x + one).collect();\nnumbers[2]",
        "let one = 1;\nlet three = Some(&mut vec![one, 3]).unwrap().pop().unwrap();\nthree",
        "let mut v = vec![1];\nlet last = v.last_mut().unwrap();\n*last += 2;\nv[0]",
        "let mut v = vec![1, 3];\nif v.len() > 5 { return Ok(()); }\nv.pop().unwrap()",
        "let v = vec![1];\nlet n;\nn = v[0] + 2;\nn",
        "let v = vec![1];\nlet pair = (&vec![3], v.len());\npair.0[0]",
        "let v = vec![3];\nlet large = [0_u8; 32 << 20];\nlet first = large[0] as i32;\nv[0] + first",
    ],
)
def test_cells_mean_the_same_with_and_without_something_to_keep(kernel, code):
    assert kernel.ok(code).result == "3"


@pytest.mark.parametrize(
    "leaves",
    [
        'println!("{}", match v.get(5) { Some(x) => x, None => return Ok(()) });',
        "if v.len() == 1 { leave!(); }",
        "leave_if!(v.len() == 1);",
    ],
)
def test_a_return_in_a_macro_ends_the_cell(kernel, leaves):
    kernel.ok("macro_rules! leave { () => { return Ok(()) } }\nmacro_rules! leave_if { ($x:expr) => { if $x { leave!() } } }")
    assert kernel.ok(f'let v = vec![1];\n{leaves}\nprintln!("must not be printed");').stdout == ""
    assert kernel.ok("1 + 1").result == "2"


def test_a_cell_that_returns_says_what_it_does_not_keep(kernel):
    kernel.ok("let old = vec![1];")
    reply = kernel.ok("let v = vec![1];\nlet w = 2;\nif old.len() == 1 { return Ok(()) }\nlet x = 3;")
    assert reply.stderr == "the cell ended by `return`; not kept: x\n"
    assert kernel.ok("(&old, &v, w)").result == "([1], [1], 2)"
    assert "no variable `x` any more: cell 2 ended by `return` before it was kept" in kernel.run("x").error["evalue"]


def test_a_return_before_a_variable_is_made_anew_leaves_the_old_one(kernel):
    kernel.ok("let v = vec![1];\nlet mut n = 1;")
    kernel.ok("if v.len() == 1 { return; }\nlet v = vec![v.len(); 3];")
    assert kernel.ok("v").result == "[1]"
    kernel.ok("let a = String::from(\"a\");\nfor i in 0..5 { n += i; if n > 3 { return } }\nlet v = 7;")
    assert kernel.ok("(&v, &a, n)").result == "([1], \"a\", 4)"
    # What was moved before the return is gone, and said to be.
    kernel.ok("let b = vec![2];\nlet c = vec![3];\nif n == 4 { drop(b); return Ok(()); }\nc.len()")
    assert kernel.ok("c").result == "[3]"
    assert "no variable `b`" in kernel.run("b").error["evalue"]
    assert kernel.run('let d = vec![4];\nif n == 4 { return Err("enough".into()); }\nprintln!("no");').error["evalue"].endswith("enough")
    assert kernel.ok("d").result == "[4]"


def test_mistakes_are_explained_as_if_nothing_was_to_be_kept(kernel):
    error = kernel.run("let v = vec![1];\nlet w = v;\nlet n = v.len();").error
    assert error["evalue"] == "cell 1, line 3: borrow of moved value: `v` (value borrowed here after move)"
    assert "closure" not in str(error)
    error = kernel.run("let v = vec![1];\nlet n: String = v.len();").error
    assert error["evalue"].startswith("cell 2, line 2: mismatched types")


def test_errors_about_what_a_question_mark_follows_are_the_students_own(kernel):
    evalue = kernel.run("let a = 1;\nlet b = a?;").error["evalue"]
    assert evalue.startswith("cell 1, line 2: the `?` operator can only be applied"), evalue
    evalue = kernel.run('let a = 1;\nlet b: String = "1".parse::<i32>()?;').error["evalue"]
    assert evalue.startswith("cell 2, line 2: ") and "incompatible types" in evalue, evalue
    assert "cannot find" in kernel.run("let a = 1;\nlet b = c?;").error["evalue"]


@pytest.mark.parametrize(
    "cell",
    [
        '"a".parse::<i32>()?;\nlet y = x;',
        'panic!("no");\ndrop(x);',
        'let c = df!("a" => [1])?.column("nope")?.len();\nlet out = x.len() + c;\ndrop(x);',
        "if x.len() == 1 { return; }\nlet z = (x, 1);",
        "let made = 5;\nif made > 3 { return; }\nlet later = x;",
    ],
)
def test_what_would_have_been_moved_later_is_kept(kernel, cell):
    kernel.ok("let x = vec![1];")
    kernel.run(cell)
    assert kernel.ok("x").result == "[1]"


def test_a_keyword_as_a_name_is_kept_where_the_cell_ends_early(kernel):
    kernel.ok("let r#type = vec![1];\nlet mut r#match = vec![2];")
    kernel.run('"x".parse::<i32>()?;\ndrop(r#type);')
    kernel.run('drop(r#match);\nr#match = vec![3];\n"x".parse::<i32>()?;\ndrop(r#match);\nr#match = vec![4];')
    assert kernel.ok("(r#type, r#match)").result == "([1], [3])"


def test_a_name_in_an_inner_scope_is_another_variable(kernel):
    kernel.ok("let x = 5;\n{ let x = 6; if x == 6 { return; } }")
    kernel.ok("let y = 7;\nfor y in 0..3 { if y == 1 { return; } }")
    kernel.run('let z = 8;\n{ let z = 9; "x".parse::<i32>()?; }')
    assert kernel.ok("(x, y, z)").result == "(5, 7, 8)"


@pytest.mark.parametrize(
    "cell, value",
    [
        ('let b = a;\na = vec![2];\nif b.len() == 1 { return; }\ndrop(a);\na = vec![3];', "[2]"),
        ('drop(a);\na = vec![4];\nlet n: i32 = "x".parse()?;\ndrop(a);\na = vec![n];', "[4]"),
        ('if true { return; }\ndrop(a);\na = vec![5];', "[1]"),
        ('a = a.into_iter().rev().collect();\na = a.into_iter().chain([6]).collect();\nlet v: Vec<i32> = vec![];\nlet z = v[0];', "[1, 6]"),
        ('let b = a;\nlet n: i32 = "x".parse()?;\na = b;', None),
    ],
)
def test_a_variable_that_is_moved_and_assigned_is_kept_where_the_cell_ends_early(kernel, cell, value):
    kernel.ok("let mut a = vec![1];")
    kernel.run(cell)
    if value:
        assert kernel.ok("a").result == value
    else:
        assert "no variable `a`" in kernel.run("a").error["evalue"]


@pytest.mark.parametrize(
    "anew",
    [
        "drop(a);",
        "let b = a;",
        "for x in a { drop(x); }",
        "let pair = (a, 1);",
        "let c = a.into_iter().count();",
        "std::thread::spawn(move || a.len()).join().unwrap();",
        "if a.len() > 0 { drop(a); }",
        'drop(a);\nlet n: i32 = "x".parse()?;',
    ],
)
def test_a_variable_made_anew_and_moved_never_shows_the_older_one(kernel, anew):
    kernel.ok("let a = vec![String::from(\"old\")];")
    kernel.run(f'let a = vec![String::from("new")];\n{anew}')
    assert "there is no variable `a`" in kernel.run("a").error["evalue"]


def test_a_cell_that_fails_before_it_makes_a_variable_anew_leaves_the_older_one(kernel):
    kernel.ok("let a = vec![1];")
    kernel.run('let n: i32 = "x".parse()?;\nlet a = vec![2];\ndrop(a);')
    assert kernel.ok("a").result == "[1]"
