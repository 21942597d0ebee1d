"""Completion and inspection: what could stand at the cursor, and what is known about it."""

import pytest

from conversation import conversation


def complete(kernel, code, cursor=None):
    """The reply to Tab at the `|`, or at the end."""
    if "|" in code and cursor is None:
        cursor = code.index("|")
        code = code.replace("|", "", 1)
    return kernel.reply(kernel.client.complete(code, cursor))


def matches(kernel, code):
    return complete(kernel, code)["matches"]


def inspect(kernel, code, detail_level=0):
    """The text about what stands at the `|`, None if nothing is known."""
    cursor = code.index("|") if "|" in code else len(code)
    reply = kernel.reply(kernel.client.inspect(code.replace("|", "", 1), cursor, detail_level))
    assert reply["status"] == "ok"
    return reply["data"]["text/plain"] if reply["found"] else None


def test_variables_items_and_snippets_of_the_cell(kernel):
    kernel.ok("let posts_read = 3;\n/// Doubles.\nfn double_it(x: i32) -> i32 { 2 * x }")
    assert matches(kernel, "posts_") == ["posts_read"]
    assert matches(kernel, "double_") == ["double_it"]
    assert "posts_local" in matches(kernel, "let posts_local = 1; posts_")
    assert matches(kernel, "fn helper_here() {}\nhelper_") == ["helper_here"]
    found = complete(kernel, "double_")["metadata"]["_jupyter_types_experimental"]
    assert found[0]["type"] == "fn"
    assert found[0]["signature"] == "fn double_it(x: i32) -> i32"


def test_commands(kernel):
    reply = complete(kernel, ":he")
    assert (reply["matches"], reply["cursor_start"], reply["cursor_end"]) == ([":help"], 0, 3)
    assert ":doc" in matches(kernel, ":")
    assert matches(kernel, ":doc DataFra|")[0] == "DataFrame"


@pytest.mark.parametrize(
    "code, expected",
    [
        ("std::collections::BTreeM", "BTreeMap"),
        ("use std::{fmt, io::BufR", "BufReader"),
        ("polars::prelude::LazyF", "LazyFrame"),
        ("plotters::prelude::Chart", "ChartBuilder"),
        ("dfdx::shapes::Rank", "Rank2"),
        ("image::RgbIm", "RgbImage"),
        ("cuaderno::eda::read_po", "read_posts"),
        ("read_po", "read_posts"),
        ("DataFr", "DataFrame"),
        ("printl", "println!"),
        ("HashMa", "HashMap"),
        ("Vec::with_c", "with_capacity"),
        ("Optimizer::", "adam"),
        ("f64::MA", "MAX"),
    ],
)
def test_paths_and_the_preload(kernel, code, expected):
    assert expected in matches(kernel, code)


def test_members_of_variables(kernel):
    kernel.ok('let frame = df!("x" => [1, 2])?;\nlet numbers = vec![1.0, 2.0];\nlet name = String::from("é");\nlet half = 0.5;')
    assert matches(kernel, "frame.heig") == ["height"]
    assert {"push", "len", "iter"} <= set(matches(kernel, "numbers."))
    assert "to_uppercase" in matches(kernel, "name.to_")
    assert "sqrt" in matches(kernel, "half.sq")
    assert "starts_with" in matches(kernel, '"text".starts')


def test_members_of_expressions_and_of_local_variables(kernel):
    kernel.ok('let frame = df!("x" => [1, 2])?;')
    assert "group_by" in matches(kernel, "frame.clone().lazy().grou")
    assert "collect" in matches(kernel, "let sums = frame.clone().lazy()\n    .coll|;\nsums.height()")
    assert "to_uppercase" in matches(kernel, 'for word in ["a", "b"] {\n    word.to_upp')
    assert "abs" in matches(kernel, "let local = -3.5;\nlet other = local.ab|;")


def test_members_of_own_types_and_models(kernel):
    kernel.ok(
        "struct Score { points: f64, name: String }\nimpl Score { fn best(&self) -> f64 { self.points } fn zero() -> Self { todo!() } }\n"
        "enum Side { Left, Right }\nlet score = Score { points: 1.0, name: String::new() };\n"
        "cnn! { Tiny: [3, 8, 8] => [conv2d(4, 3), relu, flatten, dense(2)] }\nlet mut tiny = Tiny::new(1);"
    )
    assert set(matches(kernel, "score.")) == {"points", "name", "best"}
    assert "zero" in matches(kernel, "Score::")
    assert set(matches(kernel, "Side::")) == {"Left", "Right"}
    assert {"fit", "predict", "summary"} <= set(matches(kernel, "tiny."))
    assert {"new", "PARAMETERS"} <= set(matches(kernel, "Tiny::"))


def test_files_in_strings(tmp_path):
    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "train 🦀.tsv").write_text("")
    with conversation(cwd=str(tmp_path)) as kernel:
        assert matches(kernel, 'read_posts("po|")') == ["posts/"]
        reply = complete(kernel, 'read_posts("posts/tr|")')
        assert reply["matches"] == ["train 🦀.tsv"]
        assert (reply["cursor_start"], reply["cursor_end"]) == (18, 20)


def test_offsets_are_code_points(kernel):
    code = 'let crab = "🦀 é"; std::collections::BTreeM'
    reply = complete(kernel, code)
    assert reply["matches"] == ["BTreeMap"]
    assert code[reply["cursor_start"] : reply["cursor_end"]] == "BTreeM"


def test_nothing_in_comments_and_numbers(kernel):
    assert matches(kernel, "// Vec") == []
    assert matches(kernel, "12") == []


def test_while_a_cell_runs(kernel):
    kernel.ok("let frame_of_posts = 1;")
    message_id = kernel.client.execute('println!("working");\nloop { std::thread::sleep(std::time::Duration::from_millis(5)); }')
    kernel.wait_for_output(message_id, "working")
    # Answers that waited for the cell would never come.
    assert matches(kernel, "frame_of") == ["frame_of_posts"]
    assert "push" in matches(kernel, "vec![1].pus")
    kernel.manager.interrupt_kernel()
    assert kernel.reply(message_id)["status"] == "error"


def test_inspection_gives_declaration_and_documentation(kernel):
    kernel.ok("let numbers = vec![1, 2];\n/// Doubles a number.\nfn double_it(x: i32) -> i32 { 2 * x }")
    assert "let numbers: " in inspect(kernel, "num|bers.len()")
    about = inspect(kernel, "numbers.pu|sh(3)")
    assert about.startswith("pub fn push(&mut self, value: T)") and "Appends an element" in about
    about = inspect(kernel, "double_it(|")
    assert "fn double_it(x: i32) -> i32" in about and "Doubles a number." in about
    assert "pub fn read_posts(" in inspect(kernel, "read_po|sts")
    assert "println" in inspect(kernel, "println!(\"{}\", |1)")
    assert inspect(kernel, "no_such_thing|") is None


def test_a_higher_detail_level_tells_more(kernel):
    short, long = (inspect(kernel, "std::collections::BTreeSet", level) for level in (0, 1))
    assert "B-Tree" in short
    assert len(long) > len(short) and "pub fn insert" in long


def test_doc_command(kernel):
    cell = kernel.ok(":doc Vec::push", allow_stdin=False)
    assert "Appends an element" in cell.result
    assert "lists the commands" in kernel.ok("?:help", allow_stdin=False).result
    cell = kernel.run(":doc no_such_thing")
    assert cell.status == "error" and "no_such_thing" in cell.error["evalue"]


def test_doc_command_uses_the_pager_where_there_is_one(kernel):
    cell = kernel.ok("?DataFrame", allow_stdin=True)
    assert cell.outputs == []
    (page,) = cell.reply["payload"]
    assert page["source"] == "page"
    assert "DataFrame" in page["data"]["text/plain"]


def test_layers_and_their_settings_are_completed_in_cnn(kernel):
    begun = "cnn! { Net: [1, 28, 28] => [conv2d(32, 3)"
    assert matches(kernel, begun + ", conv") == ["conv2d"]
    assert "same" in matches(kernel, begun + ".s") and "stride" in matches(kernel, begun + ".s")
    assert matches(kernel, begun + ", residual(conv2d(8, 3).same(), rel") == ["relu", "relu6"]
    # Among a layer's arguments, names are as everywhere.
    kernel.ok("const FILTERS: usize = 8;")
    assert "FILTERS" in matches(kernel, "cnn! { Net: [1, 28, 28] => [conv2d(FIL")
    assert "conv2d" not in matches(kernel, "conv")


def test_columns_of_a_table_are_completed_and_told(kernel):
    kernel.ok('let posts = df!("title" => ["a", "b"], "ups" => [1, 2])?;\nlet other = df!("tidal" => [0.5])?;')
    assert matches(kernel, 'count(&posts, "t')[0] == "title"
    assert matches(kernel, 'posts.column("|")')[:2] == ["title", "ups"]
    assert matches(kernel, 'let x = 1; col("ti')[:2] == ["tidal", "title"]
    found = complete(kernel, 'count(&posts, "u')["metadata"]["_jupyter_types_experimental"]
    assert (found[0]["type"], found[0]["signature"]) == ("column", "i32")
    told = inspect(kernel, "posts")
    assert "2 rows, 2 columns" in told and "- `ups`: i32" in told
    kernel.ok('let posts = posts.drop("ups")?;')
    assert matches(kernel, 'count(&posts, "u') == []
