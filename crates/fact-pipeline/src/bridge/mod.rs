//! Rationales written anew by a language model (`docs/bridge.md`).
//!
//! The model sees the question, what the rules say, numbered, and the conclusion (`prompt`). What it
//! writes (`reply`) counts if [`fact_core::extract`] finds the same facts in it and no others; else
//! it is asked once more, with the differences named; else the rules' text counts. Every request goes
//! through the dispatcher of [`crate::calls`]: noted before it is sent, kept before it is used.

mod prompt;
mod reply;

use crate::calls::{AskError, Dispatcher};
use crate::config::{BridgeSpec, LlmConfig};
use crate::store::{BridgeRow, BridgeVerdict, ToBridge};
use fact_core::extract::{Difference, rewritten};
use fact_core::rationale::Rationale;
use fact_lang::pack::Pack;
use fact_lang::tool::Answer;
use fact_models::http::KeyError;
use fact_models::language::{Language, LanguageError, Options, Question, Reply};
use fact_models::remote::Remote;
use prompt::Wrong;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Questions in a row for which a model has no usable reply before the run ends.
const GIVE_UP_AFTER: u32 = 8;

/// Why a bridge cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenBridgeError {
    /// There is no key where one should be.
    #[error("language model of the bridge: {0}")]
    Key(#[from] KeyError),
    /// The language model cannot be asked.
    #[error("language model of the bridge: {0}")]
    Language(#[from] LanguageError),
}

/// A language model that writes rationales anew.
pub struct Bridge {
    remote: Arc<dyn Remote>,
    pack: Arc<Pack>,
    config: LlmConfig,
    model: String,
}

impl Bridge {
    /// The bridge of a configuration; `None` for the rules alone. Nothing is sent. When `stop`
    /// becomes true, waiting for the model ends.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub fn open(
        spec: &BridgeSpec,
        config: &LlmConfig,
        pack: &Arc<Pack>,
        stop: &Arc<AtomicBool>,
    ) -> Result<Option<Self>, OpenBridgeError> {
        let BridgeSpec::Llm { model, url } = spec else {
            return Ok(None);
        };
        let options = Options {
            api: config.api,
            max_tokens_field: config.max_tokens_field,
            concurrency: config.concurrency,
            give_up_after: GIVE_UP_AFTER,
        };
        let http = config.endpoint.options(Some(stop.clone()))?;
        Ok(Some(Self {
            remote: Arc::new(Language::new(model, url, options, http)?),
            pack: pack.clone(),
            config: config.clone(),
            model: model.clone(),
        }))
    }

    /// The model as a back end.
    pub fn remote(&self) -> &Arc<dyn Remote> {
        &self.remote
    }

    /// What its texts depend on besides the rationale.
    pub fn fingerprint(&self) -> String {
        let LlmConfig {
            temperature,
            max_tokens,
            seed,
            ..
        } = &self.config;
        let sampled = temperature.is_some();
        format!(
            "{};version={};max_tokens={max_tokens};temperature={sampled};seed={seed:?}",
            self.remote.fingerprint(),
            prompt::VERSION
        )
    }

    fn question(&self, shown: &ToBridge, wrong: Option<&Wrong<'_>>) -> Question {
        let config = &self.config;
        let question = &shown.certificate.question;
        Question {
            prompt: prompt::prompt(config, question, &shown.rationale, wrong),
            sample: u32::from(wrong.is_some()),
            // The likeliest text is the best; a model that refuses the field is not sent it.
            temperature: config.temperature.map(|_| 0.0),
            top_p: None,
            seed: config.seed,
            max_tokens: config.max_tokens,
            stop: prompt::stop(config),
            probabilities: false,
        }
    }

    /// What a model makes of a rationale.
    ///
    /// # Errors
    /// If it could not be asked: the rationale stays open.
    pub fn rewrite(
        &self,
        ordinal: u64,
        shown: &ToBridge,
        dispatcher: &Dispatcher,
        halted: &dyn Fn() -> bool,
    ) -> Result<BridgeRow, AskError> {
        let row = |verdict, text, differences, rationale| BridgeRow {
            ordinal,
            bridge: self.fingerprint(),
            model: self.model.clone(),
            verdict,
            text,
            differences,
            rationale,
        };
        let first = self.question(shown, None);
        let (text, differences) = match self.ask(&first, shown, dispatcher, halted)? {
            Written::Good(rationale) => {
                let text = rationale.text();
                return Ok(row(
                    BridgeVerdict::Accepted,
                    text,
                    Vec::new(),
                    Some(rationale),
                ));
            }
            Written::Other(text, differences) => (text, differences),
            Written::Nothing(why) => return Ok(row(BridgeVerdict::Failed, why, Vec::new(), None)),
        };
        let wrong = Wrong {
            text: &text,
            differences: &differences,
        };
        let second = self.question(shown, Some(&wrong));
        Ok(match self.ask(&second, shown, dispatcher, halted)? {
            Written::Good(rationale) => {
                let text = rationale.text();
                row(BridgeVerdict::Accepted, text, Vec::new(), Some(rationale))
            }
            Written::Other(text, differences) => {
                row(BridgeVerdict::Refused, text, differences, None)
            }
            Written::Nothing(_) => row(BridgeVerdict::Refused, text, differences, None),
        })
    }

    fn ask(
        &self,
        question: &Question,
        shown: &ToBridge,
        dispatcher: &Dispatcher,
        halted: &dyn Fn() -> bool,
    ) -> Result<Written, AskError> {
        let asks = vec![question.ask(Arc::from([]))];
        let answers = dispatcher.ask_all(asks, halted)?;
        let nothing = |why: &str| Written::Nothing(reply::bounded(why));
        let json = match answers.first() {
            Some(Answer::Text(json)) => json,
            Some(Answer::Error(error)) => return Ok(nothing(error)),
            _ => return Ok(nothing("the kept answer is of another kind")),
        };
        let text = match Reply::from_json(json) {
            Ok(reply) if reply.is_refusal() => {
                let said = reply.refusal.unwrap_or_default();
                return Ok(nothing(&format!("the language model refused: {said}")));
            }
            Ok(reply) => reply::paragraph(&reply.text),
            Err(error) => return Ok(nothing(&format!("the kept answer is damaged: {error}"))),
        };
        if text.is_empty() {
            return Ok(nothing("the language model wrote nothing"));
        }
        Ok(match rewritten(&self.pack, &shown.rationale, &text) {
            Ok(rationale) => Written::Good(rationale),
            Err(differences) => Written::Other(text, differences),
        })
    }
}

/// What came of a request.
enum Written {
    Good(Rationale),
    Other(String, Vec<Difference>),
    Nothing(String),
}
