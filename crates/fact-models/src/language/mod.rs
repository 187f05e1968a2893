//! A language model behind any OpenAI-compatible endpoint: completions and chat.
//!
//! A question is a [`Question`]: everything that goes to the model. It travels as an [`Ask`] with the
//! tool [`TOOL`], so that whoever batches, stores and shares the answers of back ends does the same
//! for completions. Its arguments are part of the key under which an answer is kept: what changes an
//! answer is in them, or in the fingerprint (the model and the interface); where the server is, is
//! in neither. Sample numbers are in them too, so that equal questions asked k times stay k.
//!
//! The answer is [`Answer::Text`] with the JSON of a [`Reply`]. What the model wrote is in it as it
//! came, bounded; reading programs out of it is the caller's. A request that the server refuses for
//! its content, and a reply that cannot be read even when it is asked for again, are answers too:
//! [`Answer::Error`]. A server that is down or refuses the key leaves the question open.
//!
//! | module | holds |
//! |---|---|
//! | `question` | what is asked, as arguments of a request and back |
//! | `wire` | the two wire formats |

mod question;
mod wire;

pub use crate::completion::{Alternative, Token};
pub use question::{Api, Message, Prompt, Question, Role, TOOL};
pub use wire::Reply;

use crate::http::{Client, ClientError, Options as HttpOptions, PostError};
use crate::remote::{Ask, CallError, Remote, Spent};
use crate::vlm::TokenField;
use fact_lang::tool::Answer;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// A language model as a back end.
#[derive(Debug)]
pub struct Language {
    client: Client,
    model: String,
    options: Options,
    fingerprint: String,
    prompt_tokens: AtomicU64,
    completion_tokens: AtomicU64,
    /// Questions without a usable reply since the last good one.
    failures: AtomicU32,
}

/// How a model is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Which interface.
    pub api: Api,
    /// Name of the field that bounds an answer.
    pub max_tokens_field: TokenField,
    /// Requests at once.
    pub concurrency: usize,
    /// After so many questions in a row without a usable reply the fault is not in the questions:
    /// the next one has no answer, instead of one that says so.
    pub give_up_after: u32,
}

/// Why there is no back end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LanguageError {
    /// The name of the model is empty, too long, or holds white space or control characters.
    #[error(
        "the name of the language model must be 1 to 256 bytes without white space or control \
         characters"
    )]
    Model,
    /// The address cannot be used.
    #[error(transparent)]
    Client(#[from] ClientError),
}

impl Language {
    /// The model called `model` at `base_url`, such as `http://127.0.0.1:8000/v1`. An address
    /// without a path gets `/v1`; one that ends in `/completions` or `/chat/completions` loses that.
    /// Sends nothing.
    ///
    /// # Errors
    /// When the model's name or the address cannot be used.
    pub fn new(
        model: &str,
        base_url: &str,
        options: Options,
        http: HttpOptions,
    ) -> Result<Self, LanguageError> {
        if !crate::vlm::is_model(model) {
            return Err(LanguageError::Model);
        }
        let base = base_url.trim().trim_end_matches('/');
        let base = base.strip_suffix("/completions").unwrap_or(base);
        let base = base.strip_suffix("/chat").unwrap_or(base);
        let has_path = base
            .split("://")
            .nth(1)
            .is_some_and(|host| host.contains('/'));
        let base = match has_path {
            true => base.to_owned(),
            false => format!("{base}/v1"),
        };
        Ok(Self {
            client: Client::new(&base, http)?,
            fingerprint: format!("llm-1:{model};{}", options.api.name()),
            model: model.to_owned(),
            options,
            prompt_tokens: AtomicU64::new(0),
            completion_tokens: AtomicU64::new(0),
            failures: AtomicU32::new(0),
        })
    }

    fn path(&self) -> &'static str {
        match self.options.api {
            Api::Completions => "/completions",
            Api::Chat => "/chat/completions",
        }
    }

    fn one(&self, ask: &Ask) -> Result<Answer, CallError> {
        let question = match Question::of(&ask.request) {
            Ok(question) => question,
            Err(message) => return Ok(Answer::Error(message)),
        };
        let body = match wire::request(&self.model, &self.options, &question, &ask.pictures) {
            Ok(body) => body,
            Err(message) => return Ok(Answer::Error(message)),
        };
        let mut again = true;
        let message = loop {
            let problem = match self.client.post_judged(self.path(), &body) {
                Ok(completion) => match Reply::of(completion) {
                    Ok(reply) => return Ok(self.understood(&reply)),
                    Err(none) if none.transient => {
                        return Err(self.error(none.message, true));
                    }
                    Err(none) => none.message,
                },
                Err(PostError::Server(error)) => return Err(error),
                // It would be refused again.
                Err(PostError::Request(error)) => break error.message,
                Err(PostError::Reply(error)) => error.message,
            };
            // What was damaged on its way comes whole the second time.
            if !std::mem::take(&mut again) {
                break problem;
            }
        };
        let failures = self.failures.fetch_add(1, Ordering::Relaxed) + 1;
        if failures >= self.options.give_up_after {
            let message = format!(
                "{message} ({failures} questions in a row have no usable reply: are model, \
                 interface and address right?)"
            );
            return Err(self.error(message, false));
        }
        Ok(Answer::Error(message))
    }

    fn error(&self, message: String, transient: bool) -> CallError {
        CallError {
            endpoint: format!("{}{}", self.client.endpoint(), self.path()),
            message,
            transient,
            unsent: false,
        }
    }

    fn understood(&self, reply: &Reply) -> Answer {
        self.failures.store(0, Ordering::Relaxed);
        let add = |to: &AtomicU64, tokens: Option<u64>| {
            to.fetch_add(tokens.unwrap_or(0), Ordering::Relaxed);
        };
        add(&self.prompt_tokens, reply.prompt_tokens);
        add(&self.completion_tokens, reply.completion_tokens);
        Answer::Text(reply.to_json())
    }
}

impl Remote for Language {
    fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// One completion is one request: `n` is not known to every server, and one that fails would
    /// lose the others.
    fn batch(&self) -> usize {
        1
    }

    fn concurrency(&self) -> usize {
        self.options.concurrency
    }

    fn answer(&self, asks: &[Ask]) -> Vec<Result<Answer, CallError>> {
        asks.iter().map(|ask| self.one(ask)).collect()
    }

    fn spent(&self) -> Spent {
        Spent {
            prompt_tokens: self.prompt_tokens.load(Ordering::Relaxed),
            completion_tokens: self.completion_tokens.load(Ordering::Relaxed),
            ..self.client.spent()
        }
    }
}
