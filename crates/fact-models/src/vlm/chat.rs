//! The wire format: one user message with text and perhaps a picture, and what comes back.

use super::options::{Options, TokenField};
use super::problem::Problem;
use crate::http::reply::excerpt;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Tokens beside the chosen one whose probabilities are asked for.
const ALTERNATIVES: u32 = 5;

/// Characters of a server's own error that a message repeats.
const REPORTED: usize = 240;

/// The body of a request.
pub(super) fn request(
    model: &str,
    options: &Options,
    text: &str,
    picture: Option<&str>,
    probabilities: bool,
) -> Value {
    let mut content = Vec::new();
    if let Some(url) = picture {
        content.push(json!({"type": "image_url", "image_url": {"url": url}}));
    }
    content.push(json!({"type": "text", "text": text}));
    let mut body = Map::new();
    body.insert("model".into(), model.into());
    body.insert(
        "messages".into(),
        json!([{"role": "user", "content": content}]),
    );
    let field = match options.max_tokens_field {
        TokenField::MaxTokens => "max_tokens",
        TokenField::MaxCompletionTokens => "max_completion_tokens",
    };
    body.insert(field.into(), options.max_tokens.into());
    if let Some(temperature) = options.temperature {
        body.insert("temperature".into(), temperature.into());
    }
    if let Some(seed) = options.seed {
        body.insert("seed".into(), seed.into());
    }
    if probabilities {
        body.insert("logprobs".into(), true.into());
        body.insert("top_logprobs".into(), ALTERNATIVES.into());
    }
    Value::Object(body)
}

/// The body of a reply, as far as it is used. Servers leave out or add much.
#[derive(Debug, Deserialize)]
pub(super) struct Completion {
    choices: Option<Vec<Choice>>,
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Option<Message>,
    finish_reason: Option<String>,
    logprobs: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Message {
    content: Option<Content>,
    refusal: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Debug, Deserialize)]
struct Part {
    #[serde(rename = "type")]
    kind: Option<String>,
    text: Option<String>,
}

/// What the model said.
#[derive(Debug, PartialEq)]
pub(super) struct Said {
    /// Its text; empty when there is none.
    pub(super) text: String,
    /// Whether the limit of tokens cut it.
    pub(super) cut: bool,
    /// The vendor's or the model's refusal, when it is marked as one.
    pub(super) refusal: Option<String>,
    /// The first tokens with their probabilities; `None` when the server sends none.
    tokens: Option<Vec<Token>>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Token {
    token: String,
    logprob: f64,
    #[serde(default)]
    top_logprobs: Vec<Alternative>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Alternative {
    token: String,
    logprob: f64,
}

/// Why a good HTTP reply holds no answer.
#[derive(Debug, PartialEq)]
pub(super) struct NoCompletion {
    pub(super) message: String,
    pub(super) transient: bool,
}

impl Completion {
    /// Prompt and completion tokens, 0 where the server does not tell.
    pub(super) fn tokens(&self) -> (u64, u64) {
        let count = |name: &str| {
            let usage = self.usage.as_ref()?;
            usage.get(name)?.as_u64()
        };
        (
            count("prompt_tokens").unwrap_or(0),
            count("completion_tokens").unwrap_or(0),
        )
    }

    /// The first choice. A reply without any choice is one without text.
    pub(super) fn said(self) -> Result<Said, NoCompletion> {
        if let Some(error) = self.error.filter(|error| !error.is_null()) {
            let code = error.get("code").and_then(Value::as_u64);
            return Err(NoCompletion {
                message: format!(
                    "the server reports an error: {}",
                    excerpt(error.to_string().as_bytes(), REPORTED)
                ),
                transient: matches!(code, Some(408 | 429 | 500..=599)),
            });
        }
        let Some(choices) = self.choices else {
            return Err(NoCompletion {
                message: "the reply has no `choices`: is this an OpenAI-compatible server?".into(),
                transient: false,
            });
        };
        let Some(choice) = choices.into_iter().next() else {
            return Ok(Said {
                text: String::new(),
                cut: false,
                refusal: None,
                tokens: None,
            });
        };
        let finish = choice.finish_reason.unwrap_or_default();
        let (content, refusal) = choice
            .message
            .map_or((None, None), |message| (message.content, message.refusal));
        let text = match content {
            None => String::new(),
            Some(Content::Text(text)) => text,
            Some(Content::Parts(parts)) => parts
                .into_iter()
                .filter(|part| part.kind.as_deref().is_none_or(|kind| kind == "text"))
                .filter_map(|part| part.text)
                .collect(),
        };
        let filtered = finish == "content_filter";
        let refusal = refusal
            .filter(|refusal| !refusal.trim().is_empty())
            .or_else(|| filtered.then(|| "the answer was filtered".to_owned()));
        Ok(Said {
            text,
            cut: finish == "length",
            refusal,
            tokens: choice
                .logprobs
                .and_then(|logprobs| logprobs.get("content").cloned())
                .and_then(|content| serde_json::from_value(content).ok()),
        })
    }
}

impl Said {
    /// Whether the server sent probabilities of tokens.
    pub(super) fn has_probabilities(&self) -> bool {
        self.tokens
            .as_ref()
            .is_some_and(|tokens| !tokens.is_empty())
    }

    /// The probability of yes among yes and no, at the first token that is not white space. One of
    /// the two that is not among the most likely tokens counts as impossible.
    pub(super) fn probability_of_yes(&self) -> Result<f64, Problem> {
        let mut tokens = self.tokens.iter().flatten();
        let first = tokens
            .find(|token| !token.token.trim().is_empty())
            .ok_or(Problem::NeitherYesNorNo)?;
        let chosen = Alternative {
            token: first.token.clone(),
            logprob: first.logprob,
        };
        // The chosen token is among the most likely ones, or is not: count it once.
        let listed = first.top_logprobs.iter().any(|t| t.token == first.token);
        let own = (!listed).then_some(&chosen);
        let mass = |word: &str| -> f64 {
            let same = |token: &&Alternative| {
                let plain = |c: char| !c.is_alphanumeric();
                token.token.trim_matches(plain).eq_ignore_ascii_case(word)
            };
            let all = first.top_logprobs.iter().chain(own);
            all.filter(same).map(|t| t.logprob.min(0.0).exp()).sum()
        };
        let (yes, no) = (mass("yes"), mass("no"));
        if yes + no > 0.0 {
            Ok(yes / (yes + no))
        } else {
            Err(Problem::NeitherYesNorNo)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(reply: Value) -> Result<Said, NoCompletion> {
        serde_json::from_value::<Completion>(reply).unwrap().said()
    }

    fn text(reply: Value) -> String {
        said(reply).unwrap().text
    }

    #[test]
    fn a_request_holds_what_the_settings_say() {
        let mut options = Options::default();
        let body = request("m", &options, "hello", Some("data:x"), true);
        assert_eq!(body["model"], "m");
        let content = &body["messages"][0]["content"];
        assert_eq!(content[0]["image_url"]["url"], "data:x");
        assert_eq!(content[1], json!({"type": "text", "text": "hello"}));
        assert_eq!(body["max_tokens"], 1024);
        assert_eq!(body["temperature"], 0.0);
        assert_eq!(body["seed"], 0);
        assert_eq!(body["logprobs"], true);
        options.temperature = None;
        options.seed = None;
        options.max_tokens_field = TokenField::MaxCompletionTokens;
        let body = request("m", &options, "hello", None, false);
        let names: Vec<&String> = body.as_object().unwrap().keys().collect();
        assert_eq!(names, ["max_completion_tokens", "messages", "model"]);
        assert_eq!(body["messages"][0]["content"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn replies_come_in_many_forms() {
        let of = |content: Value| json!({"choices": [{"message": {"content": content}}]});
        assert_eq!(text(of(json!("yes"))), "yes");
        assert_eq!(text(of(Value::Null)), "");
        let parts = json!([{"type": "text", "text": "a"}, {"type": "thinking", "text": "x"},
            {"text": "b"}, {"type": "text"}]);
        assert_eq!(text(of(parts)), "ab");
        assert_eq!(text(json!({"choices": []})), "");
        assert_eq!(text(json!({"choices": [{}]})), "");
        let cut = json!({"choices": [{"message": {"content": "[[1"}, "finish_reason": "length"}]});
        assert!(said(cut).unwrap().cut);
        let refused = json!({"choices": [{"message": {"content": null, "refusal": "No."}}]});
        assert_eq!(said(refused).unwrap().refusal.as_deref(), Some("No."));
        let filtered = json!({"choices": [{"finish_reason": "content_filter"}]});
        assert!(said(filtered).unwrap().refusal.is_some());
    }

    #[test]
    fn what_is_no_completion_is_said() {
        let none = said(json!({"answer": 3})).unwrap_err();
        assert!(none.message.contains("OpenAI-compatible") && !none.transient);
        let busy = said(json!({"error": {"code": 429, "message": "slow down"}})).unwrap_err();
        assert!(busy.message.contains("slow down") && busy.transient);
        assert!(
            !said(json!({"error": "no such model"}))
                .unwrap_err()
                .transient
        );
    }

    #[test]
    fn usage_is_read_where_there_is_some() {
        let tokens = |usage: Value| {
            let reply = json!({"choices": [], "usage": usage});
            serde_json::from_value::<Completion>(reply)
                .unwrap()
                .tokens()
        };
        assert_eq!(
            tokens(json!({"prompt_tokens": 7, "completion_tokens": 2})),
            (7, 2)
        );
        assert_eq!(tokens(json!({"prompt_tokens": -7})), (0, 0));
        assert_eq!(tokens(json!("none")), (0, 0));
        assert_eq!(tokens(Value::Null), (0, 0));
    }

    #[test]
    fn the_probability_of_yes_is_among_yes_and_no() {
        let first = |content: Value| {
            said(json!({"choices": [{"message": {"content": "x"}, "logprobs": {"content": content}}]}))
                .unwrap()
        };
        let quarter = 0.25f64.ln();
        let both = first(json!([
            {"token": " ", "logprob": 0.0},
            {"token": "Yes", "logprob": quarter, "top_logprobs": [
                {"token": "Yes", "logprob": quarter}, {"token": " no", "logprob": 0.5f64.ln()},
                {"token": "yes", "logprob": quarter}, {"token": "Maybe", "logprob": -9.0}]}]));
        assert!(both.has_probabilities());
        assert!((both.probability_of_yes().unwrap() - 0.5).abs() < 1e-12);
        let alone = first(json!([{"token": "no", "logprob": -0.1}]));
        assert_eq!(alone.probability_of_yes(), Ok(0.0));
        let neither = first(json!([{"token": "Hm", "logprob": -0.1}]));
        assert_eq!(neither.probability_of_yes(), Err(Problem::NeitherYesNorNo));
        let impossible = first(json!([{"token": "yes", "logprob": -9999.0}]));
        assert!(impossible.probability_of_yes().is_err());
        assert!(!first(Value::Null).has_probabilities());
        assert!(!first(json!([{"token": 3}])).has_probabilities());
        assert!(!first(json!([])).has_probabilities());
    }
}
