//! What an OpenAI-compatible server replies: a completion, read in the many forms there are.

use crate::http::reply::excerpt;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Characters of a server's own error that a message repeats.
const REPORTED: usize = 240;

/// The body of a reply, as far as it is used. Servers leave out or add much.
#[derive(Debug, Deserialize)]
pub(crate) struct Completion {
    choices: Option<Vec<Choice>>,
    usage: Option<Value>,
    error: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Choice {
    /// Where a prompt was completed.
    text: Option<String>,
    /// Where a chat was.
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

/// The first choice of a completion.
#[derive(Debug, Default)]
pub(crate) struct First {
    /// What the model wrote; empty if nothing.
    pub(crate) text: String,
    /// Why it ended, in the server's word: `stop`, `length`, `content_filter`, …
    pub(crate) finish_reason: Option<String>,
    /// The model's or the vendor's refusal, where it is marked as one and says something.
    pub(crate) refusal: Option<String>,
    /// The tokens with their probabilities, where a chat's server sends them.
    pub(crate) tokens: Option<Vec<Token>>,
}

/// A token of a completion with its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Token {
    /// Its text.
    pub token: String,
    /// Natural logarithm of its probability.
    pub logprob: f64,
    /// The likeliest tokens in its place; it may be among them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub top_logprobs: Vec<Alternative>,
}

/// A token that might have stood in a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Its text.
    pub token: String,
    /// Natural logarithm of its probability.
    pub logprob: f64,
}

impl Token {
    /// The likeliest tokens in its place with their probabilities in [0, 1], itself among them once.
    pub fn alternatives(&self) -> impl Iterator<Item = (&str, f64)> {
        let listed = self.top_logprobs.iter().any(|t| t.token == self.token);
        let own = (!listed).then_some((self.token.as_str(), self.logprob));
        let others = (self.top_logprobs.iter()).map(|t| (t.token.as_str(), t.logprob));
        // A server may round above 0.
        others
            .chain(own)
            .map(|(token, logprob)| (token, logprob.min(0.0).exp()))
    }
}

/// Why a good HTTP reply holds no completion.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NoCompletion {
    /// What is wrong.
    pub(crate) message: String,
    /// Whether it may pass.
    pub(crate) transient: bool,
}

impl Completion {
    /// Prompt and completion tokens, where the server tells.
    pub(crate) fn tokens(&self) -> (Option<u64>, Option<u64>) {
        let count = |name: &str| self.usage.as_ref()?.get(name)?.as_u64();
        (count("prompt_tokens"), count("completion_tokens"))
    }

    /// The first choice. A reply without any choice is one without text.
    pub(crate) fn first(self) -> Result<First, NoCompletion> {
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
            return Ok(First::default());
        };
        let (content, refusal) = choice
            .message
            .map_or((None, None), |message| (message.content, message.refusal));
        let said = match content {
            None => String::new(),
            Some(Content::Text(text)) => text,
            Some(Content::Parts(parts)) => parts
                .into_iter()
                .filter(|part| part.kind.as_deref().is_none_or(|kind| kind == "text"))
                .filter_map(|part| part.text)
                .collect(),
        };
        Ok(First {
            text: choice.text.unwrap_or(said),
            finish_reason: choice.finish_reason,
            refusal: refusal.filter(|refusal| !refusal.trim().is_empty()),
            tokens: choice
                .logprobs
                .and_then(|logprobs| logprobs.get("content").cloned())
                .and_then(|content| serde_json::from_value(content).ok()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn first(reply: Value) -> Result<First, NoCompletion> {
        serde_json::from_value::<Completion>(reply).unwrap().first()
    }

    #[test]
    fn both_interfaces_and_their_oddities_are_read() {
        let text = |reply: Value| first(reply).unwrap().text;
        let said = |content: Value| json!({"choices": [{"message": {"content": content}}]});
        assert_eq!(text(json!({"choices": [{"text": "a"}]})), "a");
        assert_eq!(text(said(json!("a"))), "a");
        assert_eq!(text(said(Value::Null)), "");
        let parts = json!([{"type": "text", "text": "a"}, {"type": "thinking", "text": "x"},
            {"text": "b"}, {"type": "text"}]);
        assert_eq!(text(said(parts)), "ab");
        assert_eq!(text(json!({"choices": []})), "");
        assert_eq!(text(json!({"choices": [{}]})), "");
        let refused = json!({"choices": [{"message": {"content": null, "refusal": "No."}}]});
        assert_eq!(first(refused).unwrap().refusal.as_deref(), Some("No."));
        let blank = json!({"choices": [{"message": {"content": "a", "refusal": " "}}]});
        assert_eq!(first(blank).unwrap().refusal, None);
    }

    #[test]
    fn what_is_no_completion_says_whether_it_passes() {
        let none = first(json!({"answer": 3})).unwrap_err();
        assert!(none.message.contains("OpenAI-compatible") && !none.transient);
        let busy = first(json!({"error": {"code": 429, "message": "slow down"}})).unwrap_err();
        assert!(busy.message.contains("slow down") && busy.transient);
        let never = first(json!({"error": "no such model"})).unwrap_err();
        assert!(!never.transient);
    }

    #[test]
    fn usage_is_read_where_there_is_some() {
        let tokens = |usage: Value| {
            let reply = json!({"choices": [], "usage": usage});
            serde_json::from_value::<Completion>(reply)
                .unwrap()
                .tokens()
        };
        let both = json!({"prompt_tokens": 7, "completion_tokens": 2});
        assert_eq!(tokens(both), (Some(7), Some(2)));
        assert_eq!(tokens(json!({"prompt_tokens": -7})), (None, None));
        assert_eq!(tokens(json!("none")), (None, None));
        assert_eq!(tokens(Value::Null), (None, None));
    }
}
