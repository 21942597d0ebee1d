"""Each kind of failure: status error, one error message, cell and line as a student counts them."""

import re

import pytest

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def text_of(error):
    return ANSI.sub("", "\n".join(error["traceback"]))


def assert_place(error, cell, line):
    """Cell and line are named, in evalue or in the traceback; generated files are not."""
    text = text_of(error) + "\n" + error["evalue"]
    assert re.search(rf"cell {cell}(, line |:){line}\b", text), text
    assert not re.search(r"\.rs:\d|/tmp/|\.cargo", text), f"a generated path shows: {text}"


def test_compile_error(kernel):
    kernel.ok("let first = 1;")
    cell = kernel.run('let a = 1;\nlet b = 2;\nlet c: i32 = "three";')
    assert cell.status == "error"
    assert cell.reply["ename"] == cell.error["ename"]
    assert "mismatched types" in cell.error["evalue"]
    assert "E0308" in cell.error["ename"] + text_of(cell.error)
    assert_place(cell.error, 2, 3)
    assert 'let c: i32 = "three";' in text_of(cell.error)


def test_compile_error_below_an_import_of_two_lines(kernel):
    cell = kernel.run("use std::collections::\n    HashMap;\nfn size(map: HashMap<i32, i32>) -> usize {\n    map.size()\n}")
    assert_place(cell.error, 1, 4)


@pytest.mark.parametrize("options", [{"silent": True}, {"store_history": False}])
def test_code_that_is_not_counted_is_not_mistaken_for_the_cell_before_it(kernel, options):
    kernel.ok("fn check(x: i32) {\n    assert!(x > 0);\n}")
    kernel.ok("let uncounted = 1;", **options)
    cell = kernel.run("check(-uncounted);")
    assert_place(cell.error, 1, 2)
    assert "assert!(x > 0);" in text_of(cell.error)


def test_compile_error_shows_its_suggestion(kernel):
    cell = kernel.run("let number = 1;\nnumbre + 1")
    assert "numbre" in cell.error["evalue"]
    assert "number" in text_of(cell.error).replace("numbre", "")


def test_syntax_error(kernel):
    cell = kernel.run("let a = 1;\nlet b = = 2;")
    assert cell.status == "error"
    assert_place(cell.error, 1, 2)


def test_compile_error_runs_nothing(kernel):
    assert kernel.run('println!("ran");\nlet wrong: u8 = "x";').stdout == ""


def test_panic(kernel):
    kernel.ok("let numbers = vec![1, 2, 3];")
    cell = kernel.run('println!("reached");\nlet at = numbers.len();\nnumbers[at]')
    assert cell.status == "error"
    assert cell.stdout == "reached\n"
    assert cell.error["ename"] == "panic"
    assert "index out of bounds" in cell.error["evalue"]
    assert_place(cell.error, 2, 3)


def test_panic_inside_a_function_of_an_earlier_cell(kernel):
    kernel.ok('fn check(x: i32) {\n    assert!(x > 0, "x is {x}");\n}')
    cell = kernel.run("let ok = 1;\ncheck(-1);")
    assert "x is -1" in cell.error["evalue"]
    assert_place(cell.error, 1, 2)


def test_panic_in_a_library_points_at_the_cell(kernel):
    cell = kernel.run('let a = 1;\nlet n: i32 = "x".parse().unwrap();')
    assert "ParseIntError" in cell.error["evalue"]
    assert_place(cell.error, 1, 2)


def test_question_mark(kernel):
    cell = kernel.run('let a = "12".parse::<i32>()?;\nlet b = "x".parse::<i32>()?;\nprintln!("not reached");')
    assert cell.status == "error"
    assert cell.error["ename"] == "ParseIntError"
    assert "invalid digit found in string" in cell.error["evalue"]
    assert_place(cell.error, 1, 2)
    assert cell.stdout == ""


def test_question_mark_on_io_and_polars_errors(kernel):
    missing = kernel.run('std::fs::read_to_string("no-such-file.tsv")?;').error
    assert "No such file" in missing["evalue"]
    column = kernel.run('df!("x" => [1])?.column("y")?;').error
    assert column["ename"] == "PolarsError" and "y" in column["evalue"]


def test_err_as_last_value_is_a_failure(kernel):
    cell = kernel.run('"x".parse::<i32>()')
    # Shown or failed, but never mistaken for a value.
    assert "invalid digit" in str(cell.outputs) or "InvalidDigit" in str(cell.outputs)


@pytest.mark.parametrize("code", ["1 +", "fn f() {", "]", '"unterminated', "let = 3;", "unknown_macro!()", "use no_such::thing;"])
def test_nonsense_is_one_error_and_no_more(kernel, code):
    cell = kernel.run(code)
    assert cell.status == "error"
    assert cell.error["evalue"]
    assert kernel.ok("1 + 1").result == "2"


def test_error_reply_repeats_the_message(kernel):
    cell = kernel.run('panic!("twice")')
    for field in ("ename", "evalue", "traceback"):
        assert cell.reply[field] == cell.error[field]


def test_first_line_of_traceback_is_useful_in_a_log(kernel):
    cell = kernel.run('let a = 1;\npanic!("the reason")')
    assert "the reason" in text_of(cell.error)


def test_a_panic_in_a_parallel_loop_has_its_message(kernel):
    # What rayon does: the panic of a worker goes on in the thread that waits for it.
    code = """let rows = [Some(1), None];
let worker = std::thread::spawn(move || rows[1].expect("row 2 is empty"));
if let Err(payload) = worker.join() { std::panic::resume_unwind(payload) }"""
    assert kernel.run(code).error["evalue"] == "cell 1, line 3: row 2 is empty"


def test_a_panic_that_a_library_caught_is_not_blamed(kernel):
    kernel.ok('let _ = std::panic::catch_unwind(|| panic!("caught"));')
    assert "the real one" in kernel.run('std::panic::resume_unwind(Box::new("the real one"));').error["evalue"]


def test_a_drop_that_panics_ends_its_cell_only(kernel):
    kernel.ok("struct Noisy;\nimpl Drop for Noisy { fn drop(&mut self) { panic!(\"cannot close\"); } }\nlet kept = 1;")
    kernel.ok("let noisy = Noisy;")
    assert "cannot close" in kernel.run("let noisy = 2;").error["evalue"]
    assert kernel.ok("kept").result == "1"


def test_a_loop_in_the_head_of_a_loop(kernel):
    code = """let mut letters = 0;
for n in ["ab", "c"].iter().map(|word| { let mut n = 0; for _ in word.chars() { n += 1; } n }) { letters += n; }
letters"""
    assert kernel.ok(code).result == "3"


def test_standard_error_belongs_to_its_cell(kernel):
    for number in range(5):
        cell = kernel.ok(f'for line in 0..200 {{ eprintln!("{{line}} of {number}"); }}')
        assert cell.stderr == "".join(f"{line} of {number}\n" for line in range(200))


def test_a_thread_that_goes_on_complaining_holds_nothing_up(kernel):
    kernel.ok('std::thread::spawn(|| loop { eprintln!("still here"); std::thread::sleep(std::time::Duration::from_millis(1)); });')
    assert kernel.ok("1 + 1").result == "2"


def test_the_last_words_of_a_crash_are_shown(kernel):
    cell = kernel.run('eprintln!("the reason"); std::process::abort();')
    assert cell.stderr == "the reason\n"
    assert "aborted" in cell.error["evalue"]


@pytest.mark.parametrize(
    "code, summary",
    [
        ('let posts = read_posts(data("reddit/multimodal_train.tsv"))', "cell 2, line 1: expected `;`, found the end of the cell"),
        ("let q = vec![1, 2, 3]\nq.len()", "cell 2, line 1: expected `;`, found `q`"),
        ("let b = 2\na + b", "cell 2, line 1: expected `;`, found `a`"),
        ("let s = String::new();\ns.len(", "cell 2, line 2: unclosed delimiter (opened here)"),
        ('println!("{}", a', "cell 2, line 1: unclosed delimiter (opened here)"),
        ("vec![1, 2;\na", "cell 2, line 1: unclosed delimiter (opened here)"),
        ("fn f() {\nlet x = a;", "cell 2, line 2: a brace is still open at the end of the cell"),
        ("a.checked_add('two')", "cell 2, line 1: character literal may only contain one codepoint"),
    ],
)
def test_where_the_parser_objects_nothing_else_is_said(kernel, code, summary):
    kernel.ok("let a = 1;")
    error = kernel.run(code).error
    assert error["evalue"] == summary
    assert len(error["traceback"]) == 1, text_of(error)


def test_a_suggestion_of_several_parts_is_one_line(kernel):
    kernel.ok('let table = df!("class" => ["a", "b"])?;')
    text = text_of(kernel.run("table.head(5)").error)
    assert "table.head(Some(5))" in text
    text = text_of(kernel.run("count(&table, 'class')?").error)
    assert 'count(&table, "class")?' in text
    text = text_of(kernel.run("struct R { r: R }").error)
    assert "Box<R>" in text and "Box<R }" not in text


def test_an_import_that_is_missing_is_named(kernel):
    assert "use std::io::Cursor;" in text_of(kernel.run("let c = Cursor::new(vec![1]);").error)


def test_no_advice_to_use_what_the_student_never_heard_of(kernel):
    kernel.ok('let table = df!("class" => ["a", "b"])?;')
    for code in ['data_of("x")', '"x".encode()', "table.write()", "5.data()", "table.compression(1)"]:
        text = text_of(kernel.run(code).error)
        for crate in ["tiff", "image_webp", "png::", "exr", "parquet", "arrow"]:
            assert crate not in text, text


@pytest.mark.parametrize("code", ["fn f(n: u64) -> u64 { f(n + 1) + 1 }\nf(0)", "let big = [[1u8; 1000]; 300_000];\nbig[1][1]"])
def test_a_stack_overflow_is_called_that(kernel, code):
    error = kernel.run(code).error
    assert "stack" in error["evalue"] and "segmentation" not in error["evalue"]
    assert kernel.ok("1 + 1").result == "2"


def test_both_texts_of_a_double_panic_are_told(kernel):
    kernel.ok('struct D;\nimpl Drop for D { fn drop(&mut self) { panic!("the second") } }')
    error = kernel.run('{\n    let d = D;\n    panic!("the first");\n}').error
    assert "the first" in error["evalue"] and "the second" in error["evalue"]


def test_a_long_error_is_cut(kernel):
    cell = kernel.run('let text = "x".repeat(50_000_000);\nErr(text)?;')
    assert len(cell.error["evalue"]) < 100_000 and "bytes are not shown" in cell.error["evalue"]


def test_line_ends_of_windows(kernel):
    assert kernel.ok('let s = "a\r\nb";\r\ns.len()').result == "3"
    assert_place(kernel.run("let a = 1;\r\nlet b: u8 = \"x\";\r\n").error, 2, 2)


@pytest.mark.parametrize("piece, count", [("(", 3000), ("[", 3000), ("{", 3000), ("-", 5000), ("1 + ", 30_000)])
def test_deep_nesting_is_one_line_and_the_kernel_lives(kernel, piece, count):
    kernel.ok("let keep = 1;")
    code = piece * count
    error = kernel.run(f"let x = {code}1;").error
    assert error["evalue"].startswith("cell 2: ") and "too deep" in error["evalue"]
    assert kernel.reply(kernel.client.complete(code))["status"] == "ok"
    assert kernel.reply(kernel.client.inspect(code))["found"] is False
    assert kernel.reply(kernel.client.is_complete(code))["status"] == "complete"
    assert kernel.ok("keep").result == "1"


def test_errors_have_no_colours_that_a_theme_hides(kernel):
    text = "".join(kernel.run('let x: u8 = "a";').error["traceback"])
    # Bold and plain have the theme's own colour; any other is too light or too dark for one of them.
    assert set(re.findall(r"\x1b\[([0-9;]*)m", text)) <= {"0", "", "1"}


def test_a_number_whose_cell_did_not_say_its_type(kernel):
    kernel.ok("let age = 27;\nstruct Person { age: u8 }")
    error = text_of(kernel.run("let p = Person { age };").error)
    assert "expected `u8`, found `i32`" in error
    assert "help: `age` is i32 because the cell that makes it does not say its type; write `let age: u8 = …` there" in error
    assert "try_into" not in error


def test_what_a_failed_cell_would_not_have_kept_is_not_told(kernel):
    cell = kernel.run("let xs = vec![];")
    assert cell.error["ename"] == "error[E0282]" and cell.stderr == ""
    assert "cell 1, which makes it, failed" in kernel.run("xs").error["evalue"]


def test_types_without_a_name_are_told_with_what_to_write(kernel):
    assert kernel.ok("let g = f64::sqrt;").stderr == "`g` is a function and is not kept after its cell; write `let g: fn(f64) -> f64 = …`\n"
    kernel.ok("let g: fn(f64) -> f64 = f64::sqrt;")
    assert kernel.ok("g(4.0)").result == "2.0"
    said = kernel.ok("let m = { #[derive(Debug)] struct Inner(i32); Inner(3) };").stderr
    assert said == "`m` is not kept after its cell: its type, Inner, is defined inside a block; define Inner outside of it\n"
    said = kernel.ok('let t = std::thread::spawn(|| { panic!("x") });').stderr
    assert "the type of `t` is known in part only (std::thread::JoinHandle<_>), so it is not kept; write it: `let t: … = …`" in said


@pytest.mark.parametrize("wrong", ['df.filter(col("x").gt(lit(1)))?', 'df.with_column(col("x") * lit(2))?', 'df.select([col("x")])?', 'df.group_by([col("y")])?'])
def test_expressions_are_for_lazy_tables(kernel, wrong):
    kernel.ok('let mut df = df!("x" => [1, 2, 3], "y" => ["a", "b", "a"])?;')
    assert "help: expressions such as `col(…)` are for a lazy table: write `.clone().lazy()` before this method" in text_of(kernel.run(wrong).error)


@pytest.mark.parametrize(
    ("code", "part"),
    [
        ("let double = |x: i32| x * 2;\nlet n: String = double;", "{closure@cell 1:1:14}"),
        ("trait Foo {}\nstruct Bar<T>(T);\nimpl<T> Foo for T where Bar<T>: Foo {}", "overflow evaluating"),
        ("type Foo = dyn 'static +;", "syntax error"),
    ],
    ids=["a closure", "a type that is too long", "what only our parser refuses"],
)
def test_no_name_of_the_generated_source_is_shown(kernel, code, part):
    cell = kernel.run(code)
    text = cell.error["evalue"] + text_of(cell.error)
    assert part in text, text
    assert not re.search(r"\b__[a-z]|\.cell\.rs|/tmp/|cell_1\b", text), text
    assert re.search(r"cell 1, line \d", cell.error["evalue"]), text
