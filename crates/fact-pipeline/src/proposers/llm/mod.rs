//! Programs by a language model.
//!
//! A question becomes a prompt (`prompt`): what describes the pack, the exemplars of the bank that
//! are most like the question, the question. k completions are asked for, the first at temperature
//! 0, each a call of its own that is kept under its own key, one after another so that a server
//! finds the prompt in its cache. Programs are taken out of them (`answer`), and those that are the
//! same but for formatting, comments and names of variables become one candidate, which the others
//! support.

mod answer;
mod prompt;

use super::bank::Bank;
use super::{Candidate, Desk, ProposeError, Proposer};
use crate::config::LlmConfig;
use crate::datasets::Record;
use answer::Samples;
use fact_lang::pack::Pack;
use fact_lang::tool::Answer;
use fact_models::language::{Question, Reply};
use fact_models::remote::{Ask, Remote};
use prompt::Prompter;
use std::sync::Arc;

/// Version of the prompts and of what is read from completions: part of a run's identity.
const VERSION: &str = "1";

/// A language model as a proposer.
pub struct Llm {
    remote: Arc<dyn Remote>,
    pack: Arc<Pack>,
    bank: Option<Arc<Bank>>,
    config: LlmConfig,
    prompter: Prompter,
}

impl Llm {
    /// Over a back end that answers [`fact_models::language`]'s questions. Without a bank the prompt
    /// has no exemplars.
    pub fn new(
        remote: Arc<dyn Remote>,
        pack: Arc<Pack>,
        bank: Option<Arc<Bank>>,
        config: LlmConfig,
    ) -> Self {
        let prompter = Prompter::new(&pack, bank.as_deref(), &config);
        Self {
            remote,
            pack,
            bank,
            config,
            prompter,
        }
    }

    /// The questions to the model for a question of a data set: one a sample.
    fn asks(&self, question: &str) -> Vec<Ask> {
        let exemplars = match &self.bank {
            Some(bank) => bank.nearest(question, self.config.exemplars),
            None => Vec::new(),
        };
        let prompt = self.prompter.prompt(question, &exemplars);
        let config = &self.config;
        let ask = |sample: u32| {
            let greedy = sample == 0;
            Question {
                prompt: prompt.clone(),
                sample,
                temperature: config.temperature.map(|t| if greedy { 0.0 } else { t }),
                top_p: config.top_p.filter(|_| !greedy),
                seed: config.seed.map(|seed| seed + u64::from(sample)),
                max_tokens: config.max_tokens,
                stop: self.prompter.stop().to_vec(),
            }
            .ask(Arc::from([]))
        };
        (0..config.samples).map(ask).collect()
    }
}

impl Proposer for Llm {
    fn name(&self) -> &'static str {
        "llm"
    }

    fn fingerprint(&self) -> String {
        let LlmConfig {
            api: _,
            samples,
            temperature,
            top_p,
            exemplars,
            prompt_tokens,
            max_tokens,
            max_tokens_field: _,
            stop,
            seed,
            image,
            concurrency: _,
            endpoint: _,
        } = &self.config;
        let bank = self.bank.as_ref().map_or("none", |bank| bank.sha256());
        format!(
            "{};version={VERSION};samples={samples};temperature={temperature:?};top_p={top_p:?};\
             exemplars={exemplars};prompt_tokens={prompt_tokens};max_tokens={max_tokens};\
             stop={stop:?};seed={seed:?};image={image};bank={bank}",
            self.remote.fingerprint(),
        )
    }

    fn remote(&self) -> Option<Arc<dyn Remote>> {
        Some(self.remote.clone())
    }

    fn propose(
        &self,
        record: &Record,
        k: usize,
        desk: Desk<'_>,
    ) -> Result<Vec<Candidate>, ProposeError> {
        let Some(dispatcher) = desk.dispatcher else {
            return Ok(Vec::new());
        };
        let asks = self.asks(&record.sample.question);
        let answers = dispatcher.ask_all(asks, desk.halted)?;
        let mut samples = Samples::new(&self.pack, self.prompter.continued());
        for (number, answer) in answers.iter().enumerate() {
            if let Answer::Text(json) = answer
                && let Ok(reply) = Reply::from_json(json)
            {
                samples.read(number, &reply.text);
            }
        }
        Ok(samples.candidates(answers.len(), k))
    }
}
