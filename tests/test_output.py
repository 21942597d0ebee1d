"""Text, figures and results: in the order written, at once, complete."""

FIGURE = 'MimeBundle::text("[figure {0}]").with_svg("<svg id=\'{0}\'/>")'


def test_value_of_last_expression(kernel):
    assert kernel.ok("40 + 2").result == "42"


def test_no_result_after_semicolon(kernel):
    assert kernel.ok("let _ = 40 + 2;").outputs == []


def test_unit_is_no_result(kernel):
    assert kernel.ok('println!("said")').kinds == ["stdout"]


def test_rust_prelude_and_cuaderno_prelude_need_no_import(kernel):
    code = 'let lazy = df!("x" => [1, 2, 3]).unwrap().lazy();\nlazy.select([col("x").sum()]).collect().unwrap().height()'
    assert kernel.ok(code).result == "1"


def test_text_and_figures_in_order_written(kernel):
    cell = kernel.ok(
        f"""
        println!("before");
        display(&{FIGURE.format("one")});
        println!("between");
        display(&{FIGURE.format("two")});
        eprintln!("aside");
        display(&Html("<b>three</b>".to_string()));
        7
        """
    )
    assert [kind for kind in cell.kinds if kind != "stderr"] == [
        "stdout",
        "display_data",
        "stdout",
        "display_data",
        "display_data",
        "execute_result",
    ]
    assert cell.stdout == "before\nbetween\n"
    assert cell.stderr == "aside\n"
    figures = [output["data"] for output in cell.of("display_data")]
    assert figures[0] == {"text/plain": "[figure one]", "image/svg+xml": "<svg id='one'/>"}
    assert "two" in figures[1]["image/svg+xml"]
    assert figures[2]["text/html"] == "<b>three</b>"


def test_rich_output_always_has_text(kernel):
    cell = kernel.ok('display(&Html("<i>x</i>".into()));\nHtml("<i>y</i>".into())')
    data = [content["data"] for kind, content in cell.outputs if "data" in content]
    assert len(data) == 2
    assert all(bundle["text/plain"] for bundle in data), data


def test_unterminated_text_appears_at_once(kernel, tmp_path):
    # The line goes on only when its first half has been seen.
    go = tmp_path / "go"
    code = f'print!("half a line");\nwhile !std::path::Path::new("{go}").exists() {{}}\nprintln!(", and the rest");'
    message_id = kernel.client.execute(code)
    kernel.wait_for_output(message_id, "half a line")
    go.write_text("")
    assert kernel.wait_for_output(message_id, "and the rest").endswith(", and the rest\n")


def test_carriage_return_passes_through(kernel):
    assert kernel.ok('print!("10 %\\r20 %\\r30 %");').stdout == "10 %\r20 %\r30 %"


def test_updates_name_what_they_replace(kernel):
    cell = kernel.ok('let shown = display(&MimeBundle::text("first"));\nshown.update(&MimeBundle::text("second"));')
    assert cell.kinds == ["display_data", "update_display_data"]
    first, second = (content for _, content in cell.outputs)
    assert first["transient"]["display_id"] == second["transient"]["display_id"]
    assert second["data"]["text/plain"] == "second"


def test_handles_work_in_later_cells(kernel):
    first = kernel.ok('let shown = display(&MimeBundle::text("first"));').of("display_data")[0]
    second = kernel.ok('shown.update(&MimeBundle::text("second"));').of("update_display_data")[0]
    assert first["transient"] == second["transient"]


def test_clear_output(kernel):
    cell = kernel.ok('println!("old");\nclear_output(true);\nprintln!("new");')
    assert cell.kinds == ["stdout", "clear_output", "stdout"]
    assert cell.of("clear_output")[0] == {"wait": True}


def test_many_lines_arrive_complete(kernel):
    cell = kernel.ok("for line in 0..20_000 { println!(\"line {line}\"); }")
    assert cell.stdout.splitlines() == [f"line {line}" for line in range(20_000)]


def test_a_hundred_thousand_lines_arrive_complete(kernel):
    cell = kernel.ok("for line in 0..100_000 { println!(\"line {line}\"); }")
    assert cell.stdout.splitlines() == [f"line {line}" for line in range(100_000)]
    assert cell.stderr == ""


def test_what_a_page_cannot_hold_is_counted_and_told(kernel):
    cell = kernel.ok('let line = "x".repeat(1023);\nfor _ in 0..40_000 { println!("{line}"); }\nprintln!("the end");')
    shown = cell.stdout.count("\n")
    assert 10_000 < shown < 17_000
    assert "output limit: this cell has printed 16 MB" in cell.stderr
    assert f"{40_001 - shown} lines of text" in cell.stderr
    assert kernel.ok('println!("next");').stdout == "next\n"


def test_text_that_looks_like_a_frame_is_text(kernel):
    cell = kernel.ok(r'println!("\u{1b}_cuaderno:0000:5\n{{}}");')
    assert cell.stdout == "\x1b_cuaderno:0000:5\n{}\n"


def test_text_of_background_thread_of_the_cell(kernel):
    cell = kernel.ok('std::thread::spawn(|| println!("from a thread")).join().unwrap();')
    assert cell.stdout == "from a thread\n"


def test_emoji_and_umlauts_survive(kernel):
    text = "größer als 🦀 – «ñandú»"
    assert kernel.ok(f'println!("{text}");').stdout == text + "\n"


def test_a_forgotten_question_mark_shows_the_value_all_the_same(kernel):
    kernel.ok('let table = df!("class" => ["x", "y"], "n" => [1, 2])?;')
    [figure] = kernel.ok('bar(&table, "class", "n")').of("execute_result")
    assert figure["data"]["image/svg+xml"].startswith("<svg")
    [shown] = kernel.ok("Some(table.head(Some(1)))").of("execute_result")
    assert "<table" in shown["data"]["text/html"]
    assert kernel.ok('bar(&table, "klass", "n")').result.startswith("Err(")
    assert kernel.ok('"x".parse::<i32>()').result == "Err(ParseIntError { kind: InvalidDigit })"
    assert kernel.ok("Some(1)").result == "Some(1)"


def test_what_a_reference_refers_to_is_shown(kernel):
    kernel.ok('let table = df!("n" => [1, 2])?;\nlet text = String::from("a");')
    for expression in ["&table", 'table.column("n")?', "&&table"]:
        [shown] = kernel.ok(expression).of("execute_result")
        assert "<table" in shown["data"].get("text/html", ""), expression
    for expression in ["&text", "text.as_str()", "&&text"]:
        assert kernel.ok(expression).result == '"a"'
    assert kernel.ok("&[1, 2][..]").result == "[1, 2]"
    assert "no Debug form" in kernel.ok("struct Opaque;\n&Opaque").result


def test_a_network_shows_its_layers(kernel):
    kernel.ok("cnn! { Net: [3, 8, 8] => [conv2d(4, 3), relu, flatten, dense(2), softmax] }")
    kernel.ok("let mut model = Net::new(1);")
    for expression in ["model", "&model", "&mut model"]:
        [shown] = kernel.ok(expression).of("execute_result")
        assert "[4, 6, 6]" in shown["data"]["text/plain"] and "<table" in shown["data"]["text/html"]


def test_half_a_character_ends_its_cell_all_the_same(kernel):
    kernel.ok("let kept = 1;")
    cell = kernel.ok('use std::io::Write;\nstd::io::stdout().write_all(&"é".as_bytes()[..1])?;')
    assert cell.stdout == "\ufffd"
    assert kernel.ok("kept").result == "1"
