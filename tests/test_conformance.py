"""Jupyter's own conformance suite, with every sample filled in, so that nothing is skipped."""

import jupyter_kernel_test


class TestConformance(jupyter_kernel_test.KernelTests):
    kernel_name = "cuaderno"
    language_name = "rust"
    file_extension = ".rs"

    code_hello_world = 'println!("hello, world");'
    code_stderr = 'eprintln!("careful");'
    code_generate_error = 'panic!("on purpose")'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": '"a".repeat(3)', "result": '"aaa"'},
        {"code": "vec![1, 2]", "result": "[1, 2]"},
    ]
    code_display_data = [
        {"code": 'display(&Html("<b>x</b>".into()));', "mime": "text/html"},
        {"code": 'display(&MimeBundle::text("x").with_svg("<svg/>"));', "mime": "image/svg+xml"},
    ]
    code_clear_output = "clear_output(false);"
    completion_samples = [{"text": "std::collections::BTreeM", "matches": {"BTreeMap"}}]
    complete_code_samples = ["1 + 1", "fn f() -> i32 { 3 }", "let x = [1, 2];"]
    incomplete_code_samples = ["let x =", "fn f() {", "vec![1,", '"open']
    invalid_code_samples = ["let x = 1; }", ")"]
    code_inspect_sample = "Vec"
    code_page_something = ":doc Vec"
    code_history_pattern = "6 *"
    supported_history_operations = ("tail", "range", "search")


class TestWelcome(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "cuaderno"
    support_iopub_welcome = True
