//! A verifier model at an endpoint.

use super::TransferError;
use super::{answer, prompt};
use crate::calls::Dispatcher;
use crate::config::LlmConfig;
use fact_core::matcher::Matcher;
use fact_core::sample::Sample;
use fact_core::transfer::{Condition, Scored};
use fact_lang::tool::Answer;
use fact_models::language::{Api, Language, Options, Question, Reply};
use fact_models::remote::{Ask, Picture, Remote};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Questions in a row for which a model has no usable reply before the work ends.
const GIVE_UP_AFTER: u32 = 8;

/// A vision-language model that is asked whether rationales help it.
pub(super) struct Verifier {
    pub(super) name: String,
    pub(super) remote: Arc<dyn Remote>,
    config: LlmConfig,
    /// What its answers depend on besides the sample and the text.
    pub(super) fingerprint: String,
}

/// What it is asked about one sample.
pub(super) struct Asked<'a> {
    pub(super) sample: &'a Sample,
    pub(super) matcher: Matcher,
    pub(super) pictures: &'a Arc<[Picture]>,
}

impl Verifier {
    /// Opens it; nothing is sent. When `stop` becomes true, waiting for it ends.
    pub(super) fn open(
        (model, url): (&str, &str),
        config: &LlmConfig,
        stop: &Arc<AtomicBool>,
    ) -> Result<Self, TransferError> {
        let options = Options {
            api: Api::Chat,
            max_tokens_field: config.max_tokens_field,
            concurrency: config.concurrency,
            give_up_after: GIVE_UP_AFTER,
        };
        let http = config.endpoint.options(Some(stop.clone()))?;
        let remote: Arc<dyn Remote> = Arc::new(Language::new(model, url, options, http)?);
        let LlmConfig {
            temperature,
            max_tokens,
            seed,
            ..
        } = config;
        let fingerprint = format!(
            "{};verifier={};max_tokens={max_tokens};temperature={temperature:?};seed={seed:?}",
            remote.fingerprint(),
            prompt::VERSION
        );
        Ok(Self {
            name: format!("vlm:{model}"),
            remote,
            config: config.clone(),
            fingerprint,
        })
    }

    fn ask(&self, about: &Asked<'_>, condition: Condition, hint: &str) -> Ask {
        let closed = prompt::closed(about.matcher, about.sample);
        let question = Question {
            prompt: prompt::prompt(condition, about.sample, hint, &closed),
            sample: 0,
            temperature: self.config.temperature,
            top_p: None,
            seed: self.config.seed,
            max_tokens: self.config.max_tokens,
            stop: Vec::new(),
            probabilities: true,
        };
        question.ask(match condition.has_image() {
            true => about.pictures.clone(),
            false => Arc::from([]),
        })
    }

    /// What it answers under each of `conditions` with the text that goes with it; `None` where it
    /// refused, or its reply could not be read.
    ///
    /// # Errors
    /// If it could not be asked.
    pub(super) fn answers(
        &self,
        about: &Asked<'_>,
        conditions: &[(Condition, String)],
        dispatcher: &Dispatcher,
        halted: &dyn Fn() -> bool,
    ) -> Result<Vec<Option<Scored>>, TransferError> {
        let asks = conditions.iter().map(|(c, hint)| self.ask(about, *c, hint));
        let answers = dispatcher.ask_all(asks.collect(), halted)?;
        let closed = prompt::closed(about.matcher, about.sample);
        let scored = |answer: Answer| {
            let Answer::Text(json) = answer else {
                return None;
            };
            let reply = Reply::from_json(&json).ok()?;
            let told = !reply.is_refusal();
            told.then(|| answer::scored(&reply, about.matcher, about.sample, &closed))
        };
        Ok(answers.into_iter().map(scored).collect())
    }
}
