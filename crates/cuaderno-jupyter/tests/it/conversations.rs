//! What a front end hears for what it asks.

use crate::client::{Client, connection_info, execute, line};
use crate::echo::Echo;
use cuaderno_jupyter::{ServerError, serve};
use jupyter_protocol::{
    CommOpen, CompleteRequest, ExecuteRequest, ExpressionResult, HistoryEntry, HistoryRequest, InputReply,
    InspectRequest, InterruptRequest, IsCompleteReplyStatus, IsCompleteRequest, JupyterMessage,
    JupyterMessageContent as Content, KernelInfoRequest, ReplyStatus, ShutdownRequest, UnknownMessage,
};
use serde_json::json;
use std::time::{Duration, Instant};

#[tokio::test]
async fn a_cell_is_busy_input_outputs_idle_and_a_reply() {
    let mut client = Client::new(Echo::new()).await;
    let (heard, reply) = client.run("say one\nwarn two\nshow a three\nupdate a four\nclear\nfive").await;
    let expected = [
        "busy",
        "input 1 \"say one\\nwarn two\\nshow a three\\nupdate a four\\nclear\\nfive\"",
        "stdout \"one\\n\"",
        "stderr \"two\\n\"",
        "display a three",
        "update a four",
        "clear, wait: true",
        "result five",
        "idle",
    ];
    assert_eq!(heard, expected);
    assert_eq!(reply, "ok 1");
    assert_eq!(client.run("again").await.1, "ok 2");
}

#[tokio::test]
async fn a_failing_cell_says_so_and_cells_that_wait_are_given_up() {
    let mut client = Client::new(Echo::new()).await;
    for code in ["fail it broke", "say never", "say never again"] {
        client.shell.send(JupyterMessage::new(execute(code), None)).await.unwrap();
    }
    assert_eq!(line(&client.reply().await), "error 1");
    assert_eq!(line(&client.reply().await), "aborted 1");
    assert_eq!(line(&client.reply().await), "aborted 1");
    let expected = ["busy", "input 1 \"fail it broke\"", "error echo: it broke [\"cell 1: it broke\"]", "idle"];
    assert_eq!(client.heard().await, expected);
    for _ in 0..2 {
        assert_eq!(client.heard().await, ["busy", "idle"]);
    }
    assert_eq!(client.run("on").await.1, "ok 2");
}

#[tokio::test]
async fn text_that_comes_in_pieces_leaves_nothing_out() {
    let mut client = Client::new(Echo::new()).await;
    let code: String = (0..2000).map(|number| format!("say {number}\n")).collect();
    let (heard, reply) = client.run(&code).await;
    let text: String = heard.iter().filter_map(|line| line.strip_prefix("stdout ")).collect();
    let text = text.replace("\"\"", "").replace("\\n", " ").replace('"', "");
    let numbers: Vec<usize> = text.split_whitespace().map(|number| number.parse().unwrap()).collect();
    assert_eq!(numbers, (0..2000).collect::<Vec<_>>());
    assert_eq!(reply, "ok 1");
}

#[tokio::test]
async fn a_silent_cell_shows_nothing_and_is_not_counted() {
    let mut client = Client::new(Echo::new()).await;
    let request = ExecuteRequest { silent: true, store_history: false, ..execute("say one\nfail two") };
    assert_eq!(line(&client.ask(request).await), "error 0");
    assert_eq!(client.heard().await, ["busy", "idle"]);
    let request = ExecuteRequest { store_history: false, ..execute("three") };
    assert_eq!(line(&client.ask(request).await), "ok 0");
    assert_eq!(client.run("four").await.1, "ok 1");
}

#[tokio::test]
async fn expressions_are_evaluated_and_one_that_fails_is_an_answer() {
    let mut client = Client::new(Echo::new()).await;
    client.run("one").await;
    let expressions = [("good", "value"), ("bad", "fail oh")].map(|(name, code)| (name.to_owned(), code.to_owned()));
    let request = ExecuteRequest { user_expressions: Some(expressions.into()), store_history: false, ..execute("") };
    let Content::ExecuteReply(reply) = client.ask(request).await else { panic!("no reply") };
    assert!(matches!(reply.status, ReplyStatus::Ok));
    let results = reply.user_expressions.unwrap();
    let ExpressionResult::Ok { data, .. } = &results["good"] else { panic!("{:?}", results["good"]) };
    assert_eq!(crate::client::plain(data), "value");
    let ExpressionResult::Error { evalue, .. } = &results["bad"] else { panic!("{:?}", results["bad"]) };
    assert_eq!(evalue, "oh");
}

#[tokio::test]
async fn a_cell_asks_for_input() {
    let mut client = Client::new(Echo::new()).await;
    client.shell.send(JupyterMessage::new(execute("ask name?"), None)).await.unwrap();
    let request = client.stdin.read().await.unwrap();
    let Content::InputRequest(asked) = &request.content else { panic!("{request:?}") };
    assert_eq!((&*asked.prompt, asked.password), ("name?", false));
    let reply = InputReply { value: "Ana".to_owned(), status: ReplyStatus::Ok, error: None };
    client.stdin.send(JupyterMessage::new(reply, Some(&request))).await.unwrap();
    assert_eq!(line(&client.reply().await), "ok 1");
    assert!(client.heard().await.contains(&"stdout \"Ana\\n\"".to_lowercase()));
}

#[tokio::test]
async fn where_nobody_can_answer_the_cell_is_told() {
    let mut client = Client::new(Echo::new()).await;
    let request = ExecuteRequest { allow_stdin: false, ..execute("ask name?") };
    assert_eq!(line(&client.ask(request).await), "error 1");
    assert!(client.heard().await.iter().any(|line| line.contains("nobody answers")));
}

#[tokio::test]
async fn an_interrupt_ends_the_cell_and_other_requests_do_not_wait_for_it() {
    let mut client = Client::new(Echo::new()).await;
    client.shell.send(JupyterMessage::new(execute("wait"), None)).await.unwrap();
    while line(&client.published().await.content) != "input 1 \"wait\"" {}
    let Content::IsCompleteReply(reply) = client.ask(IsCompleteRequest { code: "x".to_owned() }).await else {
        panic!("no reply while a cell runs")
    };
    assert!(matches!(reply.status, IsCompleteReplyStatus::Complete));
    assert!(matches!(client.ask_on_control(InterruptRequest {}).await, Content::InterruptReply(_)));
    assert_eq!(line(&client.reply().await), "error 1");
    assert_eq!(client.run("on").await.1, "ok 2");
}

#[tokio::test]
async fn a_cell_that_does_not_stop_costs_its_variables_only_on_a_second_interrupt() {
    let mut client = Client::new(Echo::new()).await;
    client.shell.send(JupyterMessage::new(execute("stay"), None)).await.unwrap();
    while line(&client.published().await.content) != "input 1 \"stay\"" {}
    let start = Instant::now();
    client.ask_on_control(InterruptRequest {}).await;
    let warning = loop {
        let line = line(&client.published().await.content);
        if line.starts_with("stderr") {
            break line;
        }
    };
    assert!(warning.contains("the variables would be lost: x, y"), "{warning}");
    assert!(start.elapsed() > Duration::from_secs(2), "the cell had no time to stop");
    client.ask_on_control(InterruptRequest {}).await;
    assert_eq!(line(&client.reply().await), "error 1");
}

#[tokio::test]
async fn questions_have_answers() {
    let mut client = Client::new(Echo::new()).await;
    // Is heard before the session has started, or after.
    let Content::KernelInfoReply(info) = client.ask(KernelInfoRequest {}).await else { panic!("no reply") };
    assert_eq!((&*info.implementation, &*info.language_info.version, &*info.protocol_version), ("echo", "2.0", "5.4"));
    assert_eq!(info.help_links[0].text, "Echo");

    let Content::CompleteReply(reply) = client.ask(CompleteRequest { code: "éa b".to_owned(), cursor_pos: 2 }).await
    else {
        panic!("no reply")
    };
    assert_eq!((reply.matches, reply.cursor_start, reply.cursor_end), (vec!["éa-completed".to_owned()], 0, 2));
    let types = &reply.metadata["_jupyter_types_experimental"][0];
    assert_eq!((&types["type"], &types["signature"]), (&json!("word"), &json!("a word")));

    for (code, found) in [("word", true), ("", false)] {
        let request = InspectRequest { code: code.to_owned(), cursor_pos: 0, detail_level: Some(1) };
        let Content::InspectReply(reply) = client.ask(request).await else { panic!("no reply") };
        assert_eq!(reply.found, found);
        assert_eq!(crate::client::plain(&reply.data), if found { "word at level 1" } else { "" });
    }

    for (code, status) in [("x", "Complete"), ("x…", "Incomplete"), ("x!", "Invalid")] {
        let Content::IsCompleteReply(reply) = client.ask(IsCompleteRequest { code: code.to_owned() }).await else {
            panic!("no reply")
        };
        assert_eq!(format!("{:?}", reply.status), status);
    }
}

#[tokio::test]
async fn what_was_run_is_remembered() {
    let mut client = Client::new(Echo::new()).await;
    for code in ["one", "two", "fail", "two"] {
        client.run(code).await;
    }
    let inputs = |content: Content| -> Vec<String> {
        let Content::HistoryReply(reply) = content else { panic!("{content:?}") };
        let entries = reply.history.into_iter().map(|entry| match entry {
            HistoryEntry::Input(_, line, code) => format!("{line} {code}"),
            HistoryEntry::InputOutput(_, line, (code, _)) => format!("{line} {code} with output"),
        });
        entries.collect()
    };
    let tail = HistoryRequest::Tail { n: 2, output: false, raw: true };
    assert_eq!(inputs(client.ask(tail).await), ["3 fail", "4 two"]);
    let range = HistoryRequest::Range { session: Some(0), start: 2, stop: 4, output: true, raw: true };
    assert_eq!(inputs(client.ask(range).await), ["2 two with output", "3 fail with output"]);
    let search = HistoryRequest::Search { pattern: "t*".to_owned(), output: false, raw: true, unique: true, n: 10 };
    assert_eq!(inputs(client.ask(search).await), ["4 two"]);
}

#[tokio::test]
async fn what_is_not_known_is_refused_and_a_comm_without_a_target_is_closed() {
    let mut client = Client::new(Echo::new()).await;
    let unknown = UnknownMessage { msg_type: "dance_request".to_owned(), content: json!({}) };
    let Content::UnknownMessage(reply) = client.ask(unknown).await else { panic!("no reply") };
    assert_eq!((&*reply.msg_type, &reply.content["status"]), ("dance_reply", &json!("error")));
    assert_eq!(client.heard().await, ["busy", "idle"]);

    let open: CommOpen =
        serde_json::from_value(json!({ "comm_id": "7", "target_name": "widget", "data": {} })).unwrap();
    client.shell.send(JupyterMessage::new(open, None)).await.unwrap();
    assert_eq!(client.heard().await, ["busy", "comm_close", "idle"]);
}

#[tokio::test]
async fn a_message_with_a_bad_signature_is_dropped() {
    let mut client = Client::new(Echo::new()).await;
    let mut wrong = client.connection.clone();
    wrong.key = "guessed".to_owned();
    let identity = jupyter_zmq_client::peer_identity_for_session("stranger").unwrap();
    let mut stranger =
        jupyter_zmq_client::create_client_shell_connection_with_identity(&wrong, "stranger", identity).await.unwrap();
    stranger.send(JupyterMessage::new(execute("say forged"), None)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (heard, reply) = client.run("mine").await;
    assert_eq!(heard, ["busy", "input 1 \"mine\"", "result mine", "idle"]);
    assert_eq!(reply, "ok 1");
}

#[tokio::test]
async fn a_fault_of_the_kernel_ends_the_cell_and_not_the_notebook() {
    let mut client = Client::new(Echo::new()).await;
    let (heard, reply) = client.run("panic at midnight").await;
    assert!(
        heard.iter().any(|line| line.contains("the kernel itself failed on this cell") && line.contains("at midnight"))
    );
    assert_eq!(reply, "error 1");
    assert_eq!(client.run("on").await.1, "ok 2");
}

#[tokio::test]
async fn a_language_that_does_not_start_says_why_in_every_cell() {
    let mut client = Client::new(Echo::broken()).await;
    let (heard, reply) = client.run("one").await;
    assert!(
        heard.contains(&"error setup: there is no echo here [\"setup: there is no echo here\"]".to_owned()),
        "{heard:?}"
    );
    assert_eq!(reply, "error 1");
}

#[tokio::test]
async fn shutdown_is_answered_and_ends_the_server() {
    let mut client = Client::new(Echo::new()).await;
    let Content::ShutdownReply(reply) = client.ask_on_control(ShutdownRequest { restart: true }).await else {
        panic!("no reply")
    };
    assert!(reply.restart);
    tokio::time::timeout(Duration::from_secs(10), client.server).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn only_loopback_addresses_are_listened_on() {
    let info = jupyter_protocol::ConnectionInfo { ip: "0.0.0.0".to_owned(), ..connection_info().await };
    let refused = serve(&info, Echo::new()).await;
    assert!(matches!(&refused, Err(ServerError::NotLoopback(ip)) if ip == "0.0.0.0"), "{refused:?}");
}
