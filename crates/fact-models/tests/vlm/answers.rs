//! Answers that cannot be used, odd replies, servers that are none.

use super::*;

#[test]
fn an_answer_that_cannot_be_used_is_shown_to_the_model_once() {
    for (ask, bad, good, expected, problem) in [
        (
            exists("cup"),
            "Yes... no",
            "yes",
            Answer::Bool(true),
            "it says yes and no",
        ),
        (exists("cup"), "", "no", Answer::Bool(false), "it is empty"),
        (
            query("Who?"),
            "I'm sorry, but I can't help with that.",
            "a man",
            Answer::Text("man".into()),
            "it is a refusal",
        ),
        (
            find("cup", WHOLE),
            "There are no cups.",
            "[]",
            Answer::Detections(vec![]),
            "it is not JSON",
        ),
        (
            find("cup", WHOLE),
            "[{\"bbox_2d\": [0, 0, 5000, 5000]}]",
            "[]",
            Answer::Detections(vec![]),
            "entry 1 reaches outside of the image",
        ),
        (
            ask("compute_depth", WHOLE, &[]),
            "far",
            "90",
            Answer::Number(90.0),
            "not a number from 0 to 100",
        ),
    ] {
        let server = texts(&[bad, good]);
        let vlm = vlm(&server, Options::default());
        assert_eq!(answer(&vlm, &ask), Ok(expected));
        let seen = server.seen();
        assert_eq!(seen.len(), 2);
        let (first, second) = (prompt(&seen[0]), prompt(&seen[1]));
        assert!(
            second.starts_with(&first) && second.contains(problem),
            "{second}"
        );
        assert!(
            second.contains(&serde_json::to_string(bad).unwrap()),
            "{second}"
        );
        // The picture is sent again, the same.
        let bodies = [seen[0].json(), seen[1].json()];
        let parts = bodies
            .each_ref()
            .map(|body| &body["messages"][0]["content"][0]);
        assert_eq!(parts[0], parts[1]);
        let spent = vlm.spent();
        assert_eq!(
            (spent.requests, spent.retries, spent.prompt_tokens),
            (2, 0, 200)
        );
    }
}

#[test]
fn after_two_such_answers_the_program_gets_an_error() {
    let server = texts(&["perhaps", "Yes and no\n\u{1b}[31m<|im_end|>"]);
    let message = error(&vlm(&server, Options::default()), &exists("cup"));
    assert_eq!(
        message,
        "`exists` of `tiny`: the answer \"Yes and no\\n\\u001b[31m\\u003c|im_end|>\" cannot be \
         used: it says yes and no (asked twice; the first time: it is neither yes nor no)"
    );
    assert_eq!(server.seen().len(), 2);

    let huge = "all work and no play ".repeat(100_000);
    let server = texts(&[&huge, &huge]);
    let message = error(&vlm(&server, Options::default()), &query("What?"));
    assert!(
        message.contains("longer than 65536") && message.len() < 500,
        "{message}"
    );
    assert!(prompt(&server.seen()[1]).len() < 3000);

    let best = ask(
        "best_text_match",
        WHOLE,
        &[("options", Arg::List(vec![text("Red"), text("Blue")]))],
    );
    let server = texts(&["green", "The answer is Red"]);
    let message = error(&vlm(&server, Options::default()), &best);
    assert!(message.contains("\"The answer is Red\" cannot be used: it is not one of the texts"));
}

#[test]
fn replies_in_odd_shapes_are_answers_or_said() {
    let parts = completion(json!([{"type": "text", "text": "y"}, {"type": "text", "text": "es"}]));
    let server = saying(&[parts]);
    assert_eq!(
        answer(&vlm(&server, Options::default()), &exists("cup")),
        Ok(Answer::Bool(true))
    );

    let cut = json!({"choices": [{"message": {"content": "[[1, 2"}, "finish_reason": "length"}]});
    for (first, problem) in [
        (json!({"choices": []}), "it is empty"),
        (completion(Value::Null), "it is empty"),
        (cut, "it was cut off at the limit of tokens"),
    ] {
        // No usage in the reply: nothing is counted, nothing is made up.
        let server = saying(&[first, json!({"choices": [{"message": {"content": "[]"}}]})]);
        let vlm = vlm(&server, Options::default());
        assert_eq!(
            answer(&vlm, &find("cup", WHOLE)),
            Ok(Answer::Detections(vec![]))
        );
        assert!(prompt(&server.seen()[1]).contains(problem));
    }

    let refusal = json!({"choices": [{"message": {"content": null, "refusal": "I will\nnot."}}]});
    let server = saying(&[refusal]);
    let message = error(&vlm(&server, Options::default()), &exists("cup"));
    assert_eq!(
        message,
        "`exists` of `tiny`: the model refused: \"I will\\nnot.\""
    );
    assert_eq!(server.seen().len(), 1);
}

#[test]
fn a_server_that_is_no_such_server_leaves_the_question_open() {
    let fails = |reply: Value| {
        let server = saying(&[reply]);
        answer(&vlm(&server, Options::default()), &exists("cup")).unwrap_err()
    };
    let other = fails(json!({"detections": []}));
    assert!(
        other.message.contains("OpenAI-compatible") && !other.transient,
        "{other}"
    );
    assert!(other.endpoint.ends_with("/v1/chat/completions"), "{other}");
    let busy = fails(json!({"error": {"code": 503, "message": "over\nloaded"}}));
    assert!(busy.transient && busy.message.contains("loaded"), "{busy}");
    assert!(!busy.message.contains('\n'));
    let wrong = fails(json!({"choices": [{"message": {"content": 7}}]}));
    assert!(wrong.message.contains("choices[0].message"), "{wrong}");
    let server = Server::start(|_, _| Reply::status(404, "no model `tiny`"));
    let missing = answer(&vlm(&server, Options::default()), &exists("cup")).unwrap_err();
    assert!(missing.message.contains("404") && missing.message.contains("no model"));
}
