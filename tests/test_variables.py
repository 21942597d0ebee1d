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
        ("plot::Line::new(vec![1.0, 2.0], vec![3.0, 4.0])?", 'v.title("t").mime_bundle().plain().len() > 0', "true"),
        ("mobilenet_v2(0.35)", "v.random(1)?.parameters()", "410208"),
        ('df!("x" => [1, 2, 3])?.summary()?', "v.numbers.height()", "1"),
        ("images::Loader::new([8, 8])", 'v.folder("nowhere").is_err()', "true"),
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


def test_a_variable_may_begin_with_a_capital_letter(kernel):
    kernel.ok('let X = df!("x" => [1, 2, 3])?;\nlet (X_train, mut Y) = (2_usize, vec![3_usize]);')
    kernel.ok("Y.push(X_train);")
    assert kernel.ok("X.height() + X_train + Y.len()").result == "7"


@pytest.mark.parametrize(
    "value, definition, later, shown",
    [
        ("32", "const SIZE: usize = 64;", "SIZE", "64"),
        ("32", "const SIZE: i32 = 64;", "SIZE", "64"),
        ("32", "static SIZE: usize = 64;", "SIZE", "64"),
        ("32", "#[derive(Debug)]\nstruct SIZE;", "SIZE", "SIZE"),
        ("32", "struct SIZE(usize);", "SIZE(64).0", "64"),
        ("32", "mod sizes { pub const SIZE: usize = 64; }\nuse sizes::SIZE;", "SIZE", "64"),
    ],
)
def test_a_variable_gives_way_to_a_definition_of_its_name(kernel, value, definition, later, shown):
    kernel.ok(f"let SIZE = {value};\nlet other = 1;")
    assert kernel.ok(definition).stderr == "a name means something else now, so the variable is gone: SIZE\n"
    assert kernel.ok(later).result == shown
    assert kernel.ok("other").result == "1"


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


@pytest.mark.parametrize(
    "definition, changed",
    [
        (
            "trait Shape { fn area(&self) -> f64; }\nstruct Square(f64);\nimpl Shape for Square { fn area(&self) -> f64 { self.0 * self.0 } }",
            'trait Shape { fn name(&self) -> String { "shape".into() } fn area(&self) -> f64; }',
        ),
        ("const SIDE: usize = 2;\nstruct Square([f64; SIDE]);", "const SIDE: usize = 200;"),
        ("struct Side(f64);\nstruct Square(Side);", "struct Side(f64, [u8; 1000]);"),
        ("macro_rules! side { () => { f64 } }\nstruct Square(side!());", "macro_rules! side { () => { [f64; 1000] } }"),
    ],
    ids=["a trait's methods", "a constant", "a field's type", "a macro"],
)
def test_values_that_no_longer_fit_are_gone(kernel, definition, changed):
    kernel.ok(definition)
    values = {
        "trait Shape": "vec![Box::new(Square(2.0)) as Box<dyn Shape>]",
        "const SIDE": "Square([2.0; SIDE])",
        "struct Side": "Square(Side(2.0))",
        "macro_rules": "Square(2.0)",
    }
    value = next(value for start, value in values.items() if definition.startswith(start))
    kernel.ok(f"let squares = {value};\nlet other = 1;")
    assert "squares" in kernel.ok(changed).stderr
    assert "squares" in kernel.run("let _ = &squares;").error["evalue"]
    assert kernel.ok("other").result == "1"


def test_a_comment_changes_no_type(kernel):
    kernel.ok("struct Celsius(f64);\n// to one decimal\nimpl Celsius { fn kelvin(&self) -> f64 { self.0 + 273.15 } }")
    kernel.ok("let today = Celsius(20.0);")
    kernel.ok("struct Celsius(f64); // degrees\n// to two decimals\nimpl Celsius { fn kelvin(&self) -> f64 { self.0 + 273.16 } }")
    assert kernel.ok("today.kelvin()").result == "293.16"


def test_a_comment_above_an_implementation_is_not_part_of_it(kernel):
    kernel.ok("#[derive(Debug)]\nstruct Kelvin(f64);\nstruct Celsius(f64);\n// Celsius to Kelvin\nimpl std::fmt::Display for Celsius {"
              " fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, \"{} °C\", self.0) } }")
    assert kernel.ok("Celsius(20.0).to_string()").result == '"20 °C"'
    kernel.ok("// now without the sign\nimpl std::fmt::Display for Celsius {"
              " fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { write!(f, \"{} C\", self.0) } }")
    assert kernel.ok("Celsius(20.0).to_string()").result == '"20 C"'


def test_a_function_defined_anew_keeps_variables(kernel):
    kernel.ok("fn side() -> f64 { 2.0 }\nstruct Square { side: f64 }")
    kernel.ok("let square = Square { side: side() };")
    kernel.ok("fn side() -> f64 { 3.0 }")
    assert kernel.ok("square.side + side()").result == "5.0"


def test_names_of_ones_own_modules_stay(kernel):
    kernel.ok("mod tools { pub fn double(x: i32) -> i32 { 2 * x } pub struct Pair(pub i32, pub i32); }\nuse tools::{double, Pair};")
    assert kernel.ok("1 + 1").result == "2"
    kernel.ok("let pair = Pair(double(1), 3);")
    assert kernel.ok("pair.0 + pair.1").result == "5"


def test_an_import_that_a_changed_type_no_longer_has_gives_way(kernel):
    kernel.ok("#[derive(Debug)]\nenum Kind { A, B }")
    kernel.ok("use Kind::{A, B};")
    assert kernel.ok("[A, B]").result == "[A, B]"
    changed = kernel.ok("#[derive(Debug)]\nenum Kind { A, C }")
    assert changed.stderr == "`use Kind::{A, B};` of cell 2 no longer compiles and is dropped; run cell 2 again once it does\n"
    kernel.ok("use Kind::{A, C};")
    assert kernel.ok("[A, C]").result == "[A, C]"


def test_a_guard_ends_so_that_what_it_guards_is_kept(kernel):
    cell = kernel.ok("let counter = std::sync::Mutex::new(3);\nlet mut guard = counter.lock().unwrap();\n*guard += 1;")
    assert "`guard` borrows" in cell.stderr
    assert kernel.ok("*counter.lock().unwrap()").result == "4"
    kernel.ok("let table = std::cell::RefCell::new(vec![1]);\nlet a = table.borrow();\nlet first = &a[0];\nlet sum = first + 1;")
    assert kernel.ok("table.borrow()[0] + sum").result == "3"


def test_a_borrower_of_a_temporary_beside_a_guard(kernel):
    kernel.ok("let twice = vec![1, 2].iter().map(|x| x * 2);\nlet counter = std::sync::Mutex::new(3);\nlet guard = counter.lock().unwrap();")
    assert kernel.ok("*counter.lock().unwrap()").result == "3"


def test_what_is_made_anew_and_not_kept_hides_the_older_one(kernel):
    kernel.ok("let f = 1;\nlet z = 2;")
    kernel.ok("let f = |x: i32| x + 1;\nlet z = String::new();\nlet z = &z;")
    assert "`f` is a closure" in kernel.run("f").error["evalue"]
    assert "`z` borrows" in kernel.run("z").error["evalue"]


def test_a_pointer_to_a_function_is_kept(kernel):
    kernel.ok("let add: fn(i32, i32) -> i32 = |a, b| a + b;")
    assert kernel.ok("add(1, 2)").result == "3"


def test_a_model_that_is_run_again_leaves_the_others(kernel):
    one = "cnn! { One: [3, 8, 8] => [flatten, dense(2), softmax] }"
    kernel.ok(one)
    kernel.ok("cnn! { Two: [3, 8, 8] => [flatten, dense(2), softmax] }\nlet two = Two::new(1);")
    kernel.ok(one)
    cell = kernel.ok("cnn! { One: [3, 8, 8] => [flatten, dense(3), softmax] }")
    assert "two" not in cell.stderr
    assert kernel.ok("two.parameters()").result == "386"


def test_an_earlier_function_that_no_longer_compiles_is_what_is_told(kernel):
    kernel.ok("fn tax() -> f64 { 0.1 }")
    kernel.ok("fn price(x: f64) -> f64 { x * (1.0 + tax()) }")
    kernel.ok("fn tax() -> i32 { 1 }")
    error = kernel.run("price(2.0)").error
    assert error["evalue"].startswith("cell 2, line 1: cannot add `i32` to"), error["evalue"]
    kernel.ok("fn tax() -> f64 { 0.5 }")
    assert kernel.ok("price(2.0)").result == "3.0"


def test_a_variable_that_a_macro_makes_is_explained_where_it_is_missed(kernel):
    kernel.ok("macro_rules! letv { ($n:ident = $e:expr) => { let $n = $e; }; }")
    assert kernel.ok("letv!(mv = 42);\nmv").result == "42"
    assert "what `letv!` of cell 2 makes ends with its cell" in kernel.run("mv").error["evalue"]
    kernel.ok("let mv = 43;")
    assert kernel.ok("mv").result == "43"
