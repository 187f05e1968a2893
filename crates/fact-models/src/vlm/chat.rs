//! The wire format: one user message with text and perhaps a picture, and what comes back.

use super::options::Options;
use super::problem::Problem;
use crate::completion::{Completion, NoCompletion, Token};
use serde_json::{Map, Value, json};

/// Tokens beside the chosen one whose probabilities are asked for.
pub(crate) const ALTERNATIVES: u32 = 5;

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
    let field = options.max_tokens_field.name();
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

impl Said {
    /// What of a server's reply is used.
    pub(super) fn of(completion: Completion) -> Result<Self, NoCompletion> {
        let first = completion.first()?;
        let finish = first.finish_reason.unwrap_or_default();
        let filtered = finish == "content_filter";
        let refusal = first
            .refusal
            .or_else(|| filtered.then(|| "the answer was filtered".to_owned()));
        Ok(Self {
            text: first.text,
            cut: finish == "length",
            refusal,
            tokens: first.tokens,
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
        let mass = |word: &str| -> f64 {
            let same = |token: &str| {
                let plain = |c: char| !c.is_alphanumeric();
                token.trim_matches(plain).eq_ignore_ascii_case(word)
            };
            let of_word = first.alternatives().filter(|(token, _)| same(token));
            of_word.map(|(_, probability)| probability).sum()
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
    use super::super::options::TokenField;
    use super::*;

    fn said(reply: Value) -> Result<Said, NoCompletion> {
        Said::of(serde_json::from_value(reply).unwrap())
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
    fn what_was_cut_or_refused_is_said() {
        let cut = json!({"choices": [{"message": {"content": "[[1"}, "finish_reason": "length"}]});
        assert!(said(cut).unwrap().cut);
        let refused = json!({"choices": [{"message": {"content": null, "refusal": "No."}}]});
        assert_eq!(said(refused).unwrap().refusal.as_deref(), Some("No."));
        let filtered = json!({"choices": [{"finish_reason": "content_filter"}]});
        assert!(said(filtered).unwrap().refusal.is_some());
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
