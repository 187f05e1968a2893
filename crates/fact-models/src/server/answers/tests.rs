use super::*;
use crate::server::harness;

const SHA: &str = "aa";

fn expected(answer: AnswerKind) -> Expected {
    Expected {
        answer,
        width: 64,
        height: 48,
        options: None,
    }
}

/// One answer to a question for `kind`.
fn one(kind: AnswerKind, answer: &str) -> Result<Answer, String> {
    let body = format!(r#"{{"answers": [{{"id": 0, "answer": {answer}}}]}}"#);
    match Reply::read(body.as_bytes(), &[expected(kind)], &[SHA]) {
        Ok(Reply::Answers(mut answers)) => answers.remove(0).map_err(|error| error.to_string()),
        other => panic!("{other:?}"),
    }
}

fn batch(body: &str) -> Result<Reply, String> {
    let expected = [expected(AnswerKind::Bool), expected(AnswerKind::Text)];
    Reply::read(body.as_bytes(), &expected, &[SHA]).map_err(|error| error.to_string())
}

#[test]
fn each_kind_is_read() {
    assert_eq!(
        one(AnswerKind::Bool, r#"{"bool": true}"#),
        Ok(Answer::Bool(true))
    );
    assert_eq!(
        one(AnswerKind::Number, r#"{"number": 3}"#),
        Ok(Answer::Number(3.0))
    );
    assert_eq!(
        one(AnswerKind::Text, r#"{"text": "red"}"#),
        Ok(Answer::Text("red".into()))
    );
    for kind in [AnswerKind::Bool, AnswerKind::Detections] {
        assert_eq!(
            one(kind, r#"{"error": "no model"}"#),
            Ok(Answer::Error("no model".into()))
        );
    }
    assert_eq!(
        one(AnswerKind::Detections, r#"{"detections": []}"#),
        Ok(Answer::Detections(Vec::new()))
    );
}

#[test]
fn boxes_are_cut_to_the_image() {
    let Ok(Answer::Detections(found)) = one(
        AnswerKind::Detections,
        r#"{"detections": [{"label": "cup", "box": [-3, 0.5, 70, 48], "score": 1, "more": 0}]}"#,
    ) else {
        panic!("no detections");
    };
    assert_eq!(<[f64; 4]>::from(found[0].bbox), [0.0, 0.5, 64.0, 48.0]);
}

#[test]
fn what_no_box_can_be_is_refused() {
    for (bbox, reason) in [
        ("[10, 10, 10, 20]", "has no area"),
        ("[10, 10, 5, 20]", "has no area"),
        ("[10, 40, 20, 30]", "has no area"),
        ("[64, 0, 70, 10]", "outside the image of 64 x 48 pixels"),
        ("[0, -10, 5, 0]", "outside the image"),
        ("[0, 0, 1e999, 5]", "out of range"),
        ("[0, 0, NaN, 5]", "expected"),
        ("[0, 0, 5]", "invalid length 3"),
        ("[0, 0, 5, 5, 5]", "trailing characters"),
        ("{\"left\": 0}", "expected an array"),
    ] {
        let body = format!(
            r#"{{"answers": [{{"id": 0, "answer": {{"detections":
                [{{"label": "cup", "score": 1, "box": {bbox}}}]}}}}]}}"#
        );
        let message =
            match Reply::read(body.as_bytes(), &[expected(AnswerKind::Detections)], &[SHA]) {
                Ok(Reply::Answers(answers)) => answers[0].as_ref().unwrap_err().to_string(),
                Err(error) => error.to_string(),
                other => panic!("{other:?}"),
            };
        assert!(message.contains(reason), "{bbox}: {message}");
    }
}

#[test]
fn a_bad_answer_is_named_by_its_field() {
    let detection = |field: &str| {
        one(
            AnswerKind::Detections,
            &format!(
                r#"{{"detections": [{{"label": "cup", "box": [0, 0, 5, 5], "score": 1}},
                    {{"label": "cup", "box": [0, 0, 5, 5], {field}}}]}}"#
            ),
        )
        .unwrap_err()
    };
    let long = "x".repeat(600);
    for (field, expected) in [
        (
            "\"score\": 1.5",
            "`detections[1].score` is 1.5, not from 0 to 1",
        ),
        ("\"score\": \"high\"", "`detections[1].score`: invalid type"),
        ("\"id\": \"a\"", "missing field `score`"),
        ("\"score\": 1, \"id\": 7", "`detections[1].id`"),
        (
            &format!("\"score\": 1, \"id\": \"{long}\""),
            "has 600 bytes of at most 512",
        ),
        (
            "\"score\": 1, \"attributes\": {\"a\": {\"image\": 0, \"region\": [0,0,1,1]}}",
            "hold a region",
        ),
        (
            "\"score\": 1, \"attributes\": {\"a\": [[[[1]]]]}",
            "deeper than 3",
        ),
        (
            "\"score\": 1, \"attributes\": {\"a\": {\"b\": 1}}",
            "`detections[1].attributes.a.b`",
        ),
        (
            &format!("\"score\": 1, \"attributes\": {{\"{long}\": 1}}"),
            "at most 512",
        ),
    ] {
        let message = detection(field);
        assert!(message.contains(expected), "{field}: {message}");
    }
    let text = |text: String| one(AnswerKind::Text, &format!("{{\"text\": \"{text}\"}}"));
    assert!(text("x".repeat(16_384)).is_ok());
    assert!(
        text("x".repeat(16_385))
            .unwrap_err()
            .contains("at most 16384")
    );
    assert!(
        text("x".repeat(2 << 20))
            .unwrap_err()
            .contains("longer than")
    );
    let many = format!(
        "{{\"detections\": [{}]}}",
        vec![r#"{"label":"a","box":[0,0,1,1],"score":1}"#; 4097].join(",")
    );
    let message = one(AnswerKind::Detections, &many).unwrap_err();
    assert!(message.contains("holds 4097 of at most 4096"), "{message}");
}

#[test]
fn an_answer_of_another_kind_is_refused() {
    assert_eq!(
        one(AnswerKind::Bool, r#"{"text": "yes"}"#).unwrap_err(),
        "the answer must be bool, and is text"
    );
    let message = one(AnswerKind::Bool, r#"{"maybe": true}"#).unwrap_err();
    assert!(message.contains("unknown variant `maybe`"), "{message}");
    let message = one(AnswerKind::Bool, "true").unwrap_err();
    assert!(message.starts_with("the answer: "), "{message}");
    let mut choice = expected(AnswerKind::Text);
    choice.options = Some(vec!["red".into(), "blue".into()]);
    assert_eq!(
        answer(r#"{"text": "green"}"#, &choice),
        Err(AnswerError::Option)
    );
    assert_eq!(
        answer(r#"{"text": "blue"}"#, &choice),
        Ok(Answer::Text("blue".into()))
    );
}

#[test]
fn a_bad_answer_does_not_cost_the_others() {
    let reply = batch(
        r#"{"answers": [{"id": 1, "answer": {"text": "a"}}, {"id": 0, "answer": {"text": "b"}}]}"#,
    );
    let Ok(Reply::Answers(answers)) = reply else {
        panic!("{reply:?}");
    };
    assert!(answers[0].is_err());
    assert_eq!(answers[1], Ok(Answer::Text("a".into())));
}

#[test]
fn ids_must_be_those_asked_once_each() {
    let message = |answers: &str| batch(&format!("{{\"answers\": [{answers}]}}")).unwrap_err();
    let good = r#"{"id": 0, "answer": {"bool": true}}"#;
    assert_eq!(
        message(good),
        "question 1 has no answer; the reply answers 1 of 2"
    );
    assert_eq!(
        message(&format!("{good}, {good}")),
        "`answers[1].id` is 0 a second time"
    );
    assert_eq!(
        message(r#"{"id": 2, "answer": {"bool": true}}"#),
        "`answers[0].id` is 2, but the ids asked are 0 to 1"
    );
    assert!(message(r#"{"id": -1, "answer": {}}"#).contains("`answers[0].id`"));
    assert!(message(r#"{"id": 1}"#).contains("missing field `answer`"));
    assert!(message("").contains("question 0 has no answer"));
}

#[test]
fn a_reply_is_answers_or_missing_images() {
    let missing = batch(r#"{"missing_images": ["aa", "aa"]}"#).unwrap();
    assert!(matches!(missing, Reply::MissingImages(images) if images == ["aa"]));
    for (body, expected) in [
        ("{}", "holds neither"),
        (r#"{"answers": [], "missing_images": []}"#, "holds both"),
        (r#"{"missing_images": []}"#, "is empty"),
        (r#"{"missing_images": ["aa", "bb"]}"#, "`missing_images[1]`"),
        (r#"{"missing_images": 3}"#, "at `missing_images`"),
        ("[]", "holds neither"),
        ("null", "does not have the expected form"),
        ("<html>", "not JSON"),
    ] {
        let message = batch(body).unwrap_err();
        assert!(message.contains(expected), "{body}: {message}");
    }
}

/// A small generator (xorshift): the same replies in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % most as u64) as usize
    }
}

#[test]
fn mutated_replies_never_panic_and_keep_what_is_promised() {
    let good = harness::good_reply().into_bytes();
    let questions = harness::questions();
    let Ok(Reply::Answers(answers)) = Reply::read(&good, &questions, &[SHA]) else {
        panic!("the good reply is refused");
    };
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let pieces: [&[u8]; 24] = [
        b"1e999",
        b"-1",
        b"NaN",
        b"null",
        b"true",
        b"\"\"",
        b"[]",
        b"{}",
        b"[[",
        b"}}",
        b",",
        b"\"id\": 0",
        b"\"bool\": 1",
        b"\\u0000",
        b"\\ud800",
        b"\xff",
        b"\x1b[2J",
        b"1e308",
        b"18446744073709551616",
        b"\"error\": \"x\"",
        b"-0.0",
        b"0.1",
        b"\"detections\": []",
        b"\"missing_images\": [\"aa\"]",
    ];
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut read, mut refused) = (0, 0);
    for _ in 0..8_000 {
        let mut body = good.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(body.len());
            let end = (at + random.below(12)).min(body.len());
            match random.below(9) {
                0 => body[at] = random.below(256) as u8,
                1 => drop(body.drain(at..end)),
                2 => body.truncate(at.max(1)),
                3 => {
                    let piece = body[at..end].to_vec();
                    let to = random.below(body.len());
                    body.splice(to..to, piece);
                }
                4..=6 => {
                    // Another digit keeps the JSON whole and changes what it says.
                    if let Some(digit) = body[at..].iter_mut().find(|b| b.is_ascii_digit()) {
                        *digit = b'0' + random.below(10) as u8;
                    }
                }
                _ => {
                    let piece = pieces[random.below(pieces.len())];
                    body.splice(at..end, piece.iter().copied());
                }
            }
            if body.is_empty() {
                body.push(b'{');
            }
        }
        if let Err(broken) = harness::read_anything(&body) {
            panic!("{broken}\n{}", String::from_utf8_lossy(&body));
        }
        match Reply::read(&body, &questions, &[SHA]) {
            Ok(_) => read += 1,
            Err(_) => refused += 1,
        }
    }
    // Both paths were walked.
    assert!(
        read > 400 && refused > 400,
        "{read} read, {refused} refused"
    );
}
