//! The wire formats: a request's body, and what is read from a reply.

use super::Options;
use super::question::{Prompt, Question, Role};
use crate::completion::{Completion, NoCompletion, Token};
use crate::remote::Picture;
use crate::vlm::{self, picture_url};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Longest reason of the server's own that is kept, in bytes.
const MOST_SAID: usize = 240;
/// Longest completion that is kept, in bytes: far more than any program, little enough to store.
const MOST_KEPT: usize = 256 << 10;
/// Most tokens of a completion whose probabilities are kept: they are asked for with short answers.
const MOST_TOKENS: usize = 64;

/// The body of a request.
///
/// # Errors
/// If a picture cannot be encoded.
pub(super) fn request(
    model: &str,
    options: &Options,
    question: &Question,
    pictures: &[Picture],
) -> Result<Value, String> {
    let mut body = Map::new();
    body.insert("model".into(), model.into());
    match &question.prompt {
        Prompt::Text(prompt) => {
            if !pictures.is_empty() {
                return Err("pictures can only go with a chat".into());
            }
            if question.probabilities {
                return Err("probabilities of tokens are asked for by chat only".into());
            }
            body.insert("prompt".into(), prompt.as_str().into());
        }
        Prompt::Messages(messages) => {
            let mut sent: Vec<Value> = messages
                .iter()
                .map(|m| json!({"role": m.role.name(), "content": m.text}))
                .collect();
            if let (false, Some(last)) = (pictures.is_empty(), messages.last())
                && last.role == Role::User
            {
                let mut content = Vec::new();
                for picture in pictures {
                    let url = picture_url(&picture.pixels, &vlm::Options::default())?;
                    content.push(json!({"type": "image_url", "image_url": {"url": url}}));
                }
                content.push(json!({"type": "text", "text": last.text}));
                if let Some(sent) = sent.last_mut() {
                    sent["content"] = content.into();
                }
            }
            body.insert("messages".into(), sent.into());
        }
    }
    let field = options.max_tokens_field.name();
    body.insert(field.into(), question.max_tokens.into());
    let optional: [(&str, Option<Value>); 4] = [
        ("temperature", question.temperature.map(Into::into)),
        ("top_p", question.top_p.map(Into::into)),
        ("seed", question.seed.map(Into::into)),
        (
            "stop",
            (!question.stop.is_empty()).then(|| question.stop.clone().into()),
        ),
    ];
    if question.probabilities {
        body.insert("logprobs".into(), true.into());
        body.insert("top_logprobs".into(), vlm::ALTERNATIVES.into());
    }
    for (name, value) in optional {
        if let Some(value) = value {
            body.insert(name.into(), value);
        }
    }
    Ok(Value::Object(body))
}

/// A completion as it is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reply {
    /// What the model wrote; empty if nothing.
    pub text: String,
    /// Why it ended, in the server's word: `stop`, `length`, `content_filter`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// The model's or the vendor's refusal, where it is marked as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// Tokens of the prompt, if the server tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    /// Tokens of the completion, if the server tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    /// Its tokens with their probabilities, if they were asked for and the server sent them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<Vec<Token>>,
}

impl Reply {
    /// Whether model or vendor refused.
    pub fn is_refusal(&self) -> bool {
        self.refusal.is_some() || self.finish_reason.as_deref() == Some("content_filter")
    }

    /// The text under which it is kept.
    pub fn to_json(&self) -> String {
        // Plain data: encoding it cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From the text under which it is kept.
    ///
    /// # Errors
    /// If it is not one.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }
}

impl Reply {
    /// What of a server's reply is kept.
    pub(super) fn of(completion: Completion) -> Result<Self, NoCompletion> {
        let (prompt_tokens, completion_tokens) = completion.tokens();
        let first = completion.first()?;
        Ok(Self {
            text: bounded(first.text, MOST_KEPT),
            finish_reason: first.finish_reason.map(|word| bounded(word, MOST_SAID)),
            refusal: first.refusal.map(|refusal| bounded(refusal, MOST_SAID)),
            prompt_tokens,
            completion_tokens,
            tokens: first.tokens.map(few),
        })
    }
}

/// As many tokens as are kept, with as many alternatives, and none with a text of a size that no
/// token has.
fn few(mut tokens: Vec<Token>) -> Vec<Token> {
    let whole = |token: &str| token.len() <= MOST_SAID;
    let end = tokens
        .iter()
        .position(|t| !whole(&t.token) || !t.logprob.is_finite());
    tokens.truncate(end.unwrap_or(tokens.len()).min(MOST_TOKENS));
    for token in &mut tokens {
        token
            .top_logprobs
            .retain(|t| whole(&t.token) && t.logprob.is_finite());
        token.top_logprobs.truncate(vlm::ALTERNATIVES as usize);
    }
    tokens
}

/// At most so many bytes of a text.
fn bounded(mut text: String, most: usize) -> String {
    let end = (0..=most.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at));
    text.truncate(end.unwrap_or(0));
    text
}

#[cfg(test)]
mod tests {
    use super::super::question::{Api, Message};
    use super::*;
    use crate::vlm::TokenField;
    use fact_lang::tool::ImageRef;
    use std::sync::Arc;

    fn options() -> Options {
        Options {
            api: Api::Chat,
            max_tokens_field: TokenField::MaxTokens,
            concurrency: 1,
            give_up_after: 8,
        }
    }

    fn question(prompt: Prompt) -> Question {
        Question {
            prompt,
            sample: 1,
            temperature: Some(0.5),
            top_p: Some(0.9),
            seed: Some(3),
            max_tokens: 64,
            stop: vec!["\n#".into()],
            probabilities: false,
        }
    }

    fn reply(json: Value) -> Result<Reply, NoCompletion> {
        Reply::of(serde_json::from_value(json).unwrap())
    }

    #[test]
    fn a_request_holds_what_was_given_and_no_more() {
        let mut question = question(Prompt::Text("# a".into()));
        let body = request("m", &options(), &question, &[]).unwrap();
        assert_eq!(
            body,
            json!({"model": "m", "prompt": "# a", "max_tokens": 64, "temperature": 0.5,
                   "top_p": 0.9, "seed": 3, "stop": ["\n#"]})
        );
        (question.temperature, question.top_p, question.seed) = (None, None, None);
        question.stop.clear();
        let options = Options {
            max_tokens_field: TokenField::MaxCompletionTokens,
            ..options()
        };
        let body = request("m", &options, &question, &[]).unwrap();
        assert_eq!(
            body,
            json!({"model": "m", "prompt": "# a", "max_completion_tokens": 64})
        );
    }

    #[test]
    fn pictures_go_with_the_last_message_of_a_chat() {
        let picture = Picture {
            image: ImageRef {
                sha256: "aa".into(),
                width: 40,
                height: 40,
            },
            name: "a".into(),
            bytes: Arc::from([].as_slice()),
            pixels: Arc::new(image::RgbImage::new(40, 40)),
        };
        let message = |role, text: &str| Message {
            role,
            text: text.into(),
        };
        let chat = Prompt::Messages(vec![message(Role::System, "s"), message(Role::User, "u")]);
        let body = request(
            "m",
            &options(),
            &question(chat),
            std::slice::from_ref(&picture),
        );
        let body = body.unwrap();
        assert_eq!(
            body["messages"][0],
            json!({"role": "system", "content": "s"})
        );
        let content = body["messages"][1]["content"].as_array().unwrap();
        let url = content[0]["image_url"]["url"].as_str().unwrap();
        assert!(url.starts_with("data:image/jpeg;base64,"));
        assert_eq!(content[1], json!({"type": "text", "text": "u"}));
        let text = question(Prompt::Text("x".into()));
        assert!(request("m", &options(), &text, &[picture]).is_err());
    }

    #[test]
    fn probabilities_are_asked_for_and_kept_with_a_chat() {
        let chat = Prompt::Messages(vec![Message {
            role: Role::User,
            text: "u".into(),
        }]);
        let mut asked = question(chat);
        asked.probabilities = true;
        let body = request("m", &options(), &asked, &[]).unwrap();
        assert_eq!(
            (&body["logprobs"], &body["top_logprobs"]),
            (&json!(true), &json!(5))
        );
        asked.prompt = Prompt::Text("t".into());
        assert!(request("m", &options(), &asked, &[]).is_err());

        let token = |text: &str, alternatives: usize| {
            let one = json!({"token": text, "logprob": -1.0});
            json!({"token": text, "logprob": -0.5, "top_logprobs": vec![one; alternatives]})
        };
        let of = |tokens: Vec<Value>| {
            let logprobs = json!({"content": tokens});
            let choice = json!({"message": {"content": "a"}, "logprobs": logprobs});
            let kept = reply(json!({ "choices": [choice] })).unwrap();
            assert_eq!(Reply::from_json(&kept.to_json()).unwrap(), kept);
            kept.tokens.unwrap()
        };
        assert_eq!(of(vec![token("a", 9)])[0].top_logprobs.len(), 5);
        assert_eq!(of(vec![token("a", 0); 100]).len(), 64);
        let hostile = "x".repeat(1000);
        assert_eq!(of(vec![token("a", 1), token(&hostile, 1)]).len(), 1);
    }

    #[test]
    fn what_is_kept_is_bounded_and_says_what_was_refused() {
        let long = "é".repeat(MOST_KEPT);
        let kept = reply(json!({"choices": [{"text": long}]})).unwrap();
        assert_eq!(kept.text.len(), MOST_KEPT);
        let told = reply(json!({"choices": [], "usage": {"prompt_tokens": 7}})).unwrap();
        assert_eq!(
            (told.prompt_tokens, told.completion_tokens),
            (Some(7), None)
        );
        let filtered = json!({"choices": [{"text": "", "finish_reason": "content_filter"}]});
        assert!(reply(filtered).unwrap().is_refusal());
        let refused = json!({"choices": [{"message": {"content": null, "refusal": "No."}}]});
        assert!(reply(refused).unwrap().is_refusal());
    }

    #[test]
    fn a_reply_survives_being_kept() {
        let kept = reply(
            json!({"choices": [{"text": "\u{0}\u{2028}\"", "finish_reason": "stop"}],
                                "usage": {"prompt_tokens": 1, "completion_tokens": 2}}),
        )
        .unwrap();
        assert_eq!(Reply::from_json(&kept.to_json()).unwrap(), kept);
    }
}
