use super::*;
use crate::perception::{Depth, Detect, MatchText};
use fact_lang::tool::{BBox, Detection};
use std::sync::Arc;

struct Fake;

impl Detect for Fake {
    fn detect(&self, _: &View<'_>, bbox: BBox, name: &str) -> Result<Vec<Detection>, Refusal> {
        match name {
            "cup" => Ok(vec![Detection {
                label: name.into(),
                bbox,
                score: 1.0,
                id: None,
                attributes: Default::default(),
            }]),
            "dog" => Ok(Vec::new()),
            _ => Err(Refusal(format!("unknown object `{name}`"))),
        }
    }
}

impl MatchText for Fake {
    fn match_texts(&self, _: &View<'_>, _: BBox, texts: &[String]) -> Result<Vec<f64>, Refusal> {
        Ok(texts.iter().map(|text| text.len() as f64).collect())
    }
}

impl Depth for Fake {
    fn depth(&self, _: &View<'_>, region: BBox) -> Result<f64, Refusal> {
        Ok(region.bottom)
    }
}

fn fake() -> Perception {
    Perception {
        detect: Some(Arc::new(Fake)),
        match_text: Some(Arc::new(Fake)),
        depth: Some(Arc::new(Fake)),
        ..Perception::without_capabilities("fake-1")
    }
}

fn ask(tool: &str, args: &[(&str, Arg)]) -> Answer {
    let request = Request {
        tool: tool.into(),
        image: 0,
        region: [0.0, 0.0, 10.0, 8.0].into(),
        args: args
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    };
    fake().answer(&[View::default()], &request)
}

fn text(text: &str) -> Arg {
    Arg::Str(text.into())
}

fn error(answer: Answer) -> String {
    match answer {
        Answer::Error(message) => message,
        other => panic!("expected an error, got {other:?}"),
    }
}

#[test]
fn tools_reach_their_capability() {
    let Answer::Detections(found) = ask("find", &[("object_name", text("cup"))]) else {
        panic!("no detections");
    };
    assert_eq!(found.len(), 1);
    assert_eq!(ask("exists", &[("n", text("cup"))]), Answer::Bool(true));
    assert_eq!(ask("exists", &[("n", text("dog"))]), Answer::Bool(false));
    assert_eq!(ask("compute_depth", &[]), Answer::Number(8.0));
    assert_eq!(
        ask("match_text", &[("t", text("abc"))]),
        Answer::Number(3.0)
    );
}

#[test]
fn the_best_option_is_the_first_of_the_best_and_returned_as_given() {
    let options = Arg::List(vec![text("red"), text("blue"), text("gold")]);
    let args = [("option_list", options), ("prefix", text("a cup that is"))];
    assert_eq!(ask("best_text_match", &args), Answer::Text("blue".into()));
}

#[test]
fn a_missing_capability_names_the_back_end_and_a_way_out() {
    let message = error(ask("simple_query", &[("question", Arg::None)]));
    assert!(message.starts_with("the back end `fake-1` cannot answer questions in words"));
    assert!(message.contains("use `find`"), "{message}");
    let message = error(ask("llm_answer", &[("question", text("why?"))]));
    assert!(
        message.contains("a back end with a language model"),
        "{message}"
    );
}

#[test]
fn a_refusal_keeps_its_reason() {
    let message = error(ask("find", &[("object_name", text("unicorn"))]));
    assert_eq!(
        message,
        "`find` of the back end `fake-1`: unknown object `unicorn`"
    );
}

#[test]
fn wrong_arguments_are_named() {
    assert_eq!(
        error(ask("find", &[("object_name", Arg::Int(3))])),
        "`find` needs a non-empty str as argument 1, `object_name` was an int"
    );
    assert_eq!(
        error(ask("find", &[])),
        "`find` needs a non-empty str as argument 1"
    );
    assert_eq!(
        error(ask(
            "best_text_match",
            &[("option_list", Arg::List(vec![]))]
        )),
        "`best_text_match` needs a non-empty list of str as argument 1, `option_list` was an empty list"
    );
    assert!(error(ask("compute_depth", &[("x", Arg::None)])).contains("takes 0 arguments"));
    assert_eq!(
        error(ask(
            "llm_answer",
            &[("question", text("why?")), ("long_answer", text("yes"))]
        )),
        "`llm_answer` needs a bool or None as argument 2, `long_answer` was a str"
    );
    assert!(error(ask("teleport", &[])).contains("`teleport`; the tools are: find, exists"));
}

#[test]
fn a_request_outside_the_run_is_refused() {
    let mut request = Request {
        tool: "compute_depth".into(),
        image: 2,
        region: [0.0, 0.0, 1.0, 1.0].into(),
        args: Vec::new(),
    };
    let views = [View::default()];
    assert!(error(fake().answer(&views, &request)).contains("image 2, but the run has 1"));
    request.image = 0;
    request.region.right = f64::NAN;
    assert!(error(fake().answer(&views, &request)).contains("not a rectangle"));
}
