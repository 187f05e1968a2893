//! Programs by a language model.
//!
//! A question becomes a prompt (`prompt`): what describes the pack, the exemplars of the bank that
//! are most like the question, the question. k completions are asked for, the first at temperature
//! 0, each a call of its own that is kept under its own key, one after another so that a server
//! finds the prompt in its cache. Programs are taken out of them (`answer`), and those that are the
//! same but for formatting, comments and names of variables become one candidate, which the others
//! support. A question whose programs all fail is asked once more, with what went wrong, if the
//! settings say so.

mod answer;
mod prompt;
#[cfg(test)]
mod tests;

use super::bank::{Bank, Exemplar};
use super::{Candidate, Desk, Estimate, FailedProgram, NoProposal, ProposeError, Proposer};
use crate::calls::Used;
use crate::config::LlmConfig;
use crate::datasets::Record;
use crate::stages::{PrepareError, picture};
use answer::Samples;
use fact_lang::pack::Pack;
use fact_lang::tool::Answer;
use fact_models::DecodeLimits;
use fact_models::language::{Prompt, Question, Reply};
use fact_models::remote::{Ask, Picture, Remote};
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
    /// What tells its candidates from those of another model.
    label: String,
}

impl Llm {
    /// Over a back end that answers [`fact_models::language`]'s questions. Without a bank the prompt
    /// has no exemplars. `label` begins the source of its candidates, where several models propose.
    pub fn new(
        remote: Arc<dyn Remote>,
        pack: Arc<Pack>,
        bank: Option<Arc<Bank>>,
        config: LlmConfig,
        label: String,
    ) -> Self {
        let prompter = Prompter::new(&pack, bank.as_deref(), &config);
        Self {
            remote,
            pack,
            bank,
            config,
            prompter,
            label,
        }
    }

    fn exemplars(&self, question: &str) -> Vec<&Exemplar> {
        match &self.bank {
            Some(bank) => bank.nearest(question, self.config.exemplars),
            None => Vec::new(),
        }
    }

    /// The prompt for a question of a data set.
    fn prompt(&self, question: &str) -> Prompt {
        self.prompter.prompt(question, &self.exemplars(question))
    }

    /// The question for one sample of a prompt; number 0 is greedy.
    fn sample(&self, prompt: Prompt, number: u32, greedy: bool) -> Question {
        let config = &self.config;
        Question {
            prompt,
            sample: number,
            temperature: config.temperature.map(|t| if greedy { 0.0 } else { t }),
            top_p: config.top_p.filter(|_| !greedy),
            seed: config.seed.map(|seed| seed + u64::from(number)),
            max_tokens: config.max_tokens,
            stop: self.prompter.stop().to_vec(),
            probabilities: false,
        }
    }

    /// All samples of a record's question.
    fn questions(&self, record: &Record) -> Vec<Question> {
        let prompt = self.prompt(&record.sample.question);
        (0..self.config.samples)
            .map(|number| self.sample(prompt.clone(), number, number == 0))
            .collect()
    }

    /// The images that go with a question, if they do.
    fn pictures(&self, record: &Record) -> Result<Arc<[Picture]>, NoProposal> {
        if !self.config.image {
            return Ok(Arc::from([]));
        }
        let limits = DecodeLimits::default();
        let pictures = record.images.iter().map(|image| picture(image, &limits));
        let pictures: Result<Vec<Picture>, PrepareError> = pictures.collect();
        pictures.map(Arc::from).map_err(|error| NoProposal {
            kind: error.kind(),
            message: error.to_string(),
        })
    }

    /// Asks, and reads programs out of what comes back. Nothing at all is told with its reason.
    fn ask(
        &self,
        questions: Vec<Question>,
        record: &Record,
        k: usize,
        desk: Desk<'_>,
    ) -> Result<Vec<Candidate>, ProposeError> {
        let Some(dispatcher) = desk.dispatcher else {
            let message = "the language model is not at work".to_owned();
            return Err(NoProposal::unanswered(message).into());
        };
        let pictures = self.pictures(record)?;
        let asks = questions
            .iter()
            .map(|question| question.ask(pictures.clone()));
        let answers = dispatcher.ask_all(asks.collect(), desk.halted)?;
        let mut samples = Samples::new(&self.pack, self.prompter.continued(), &self.label);
        let mut why = "the language model wrote nothing".to_owned();
        for (question, answer) in questions.iter().zip(&answers) {
            match answer {
                Answer::Text(json) => match Reply::from_json(json) {
                    Ok(reply) if reply.is_refusal() => {
                        let said = reply.refusal.unwrap_or_default();
                        why = format!("the language model refused: {said}");
                    }
                    Ok(reply) => samples.read(question.sample, &reply.text),
                    Err(error) => why = format!("the kept answer is damaged: {error}"),
                },
                Answer::Error(error) => why = error.clone(),
                _ => why = "the kept answer is of another kind".to_owned(),
            }
        }
        let candidates = samples.candidates(answers.len(), k);
        if candidates.is_empty() {
            return Err(NoProposal::unanswered(why).into());
        }
        Ok(candidates)
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
            repair,
            concurrency: _,
            max_requests: _,
            max_total_tokens: _,
            max_cost: _,
            price_prompt: _,
            price_completion: _,
            endpoint: _,
        } = &self.config;
        let bank = self.bank.as_ref().map_or("none", |bank| bank.sha256());
        format!(
            "{};version={VERSION};samples={samples};temperature={temperature:?};top_p={top_p:?};\
             exemplars={exemplars};prompt_tokens={prompt_tokens};max_tokens={max_tokens};\
             stop={stop:?};seed={seed:?};image={image};repair={repair};bank={bank}",
            self.remote.fingerprint(),
        )
    }

    fn remote(&self) -> Option<Arc<dyn Remote>> {
        Some(self.remote.clone())
    }

    /// What a vision-language model is shown is the record's.
    fn is_per_record(&self) -> bool {
        self.config.image
    }

    fn propose(
        &self,
        record: &Record,
        k: usize,
        desk: Desk<'_>,
    ) -> Result<Vec<Candidate>, ProposeError> {
        self.ask(self.questions(record), record, k, desk)
    }

    fn asks(&self, record: &Record) -> Vec<Ask> {
        if self.config.image {
            return Vec::new();
        }
        let questions = self.questions(record).into_iter();
        questions.map(|q| q.ask(Arc::from([]))).collect()
    }

    fn estimate(&self, record: &Record) -> Estimate {
        let samples = u64::from(self.config.samples);
        let prompt = self.prompter.tokens(&self.prompt(&record.sample.question));
        Estimate {
            requests: samples,
            prompt_tokens: samples * prompt,
            completion_tokens: samples * u64::from(self.config.max_tokens),
            stored: 0,
        }
    }

    fn most(&self, record: &Record) -> Used {
        let pictures = match self.config.image {
            true => record.images.len() as u64,
            false => 0,
        };
        let prompt = match self.prompt(&record.sample.question) {
            Prompt::Text(text) => text.len(),
            Prompt::Messages(all) => all.iter().map(|m| m.role.name().len() + m.text.len()).sum(),
        } as u64;
        let of = |requests: u64, prompt: u64| {
            let completions = requests * u64::from(self.config.max_tokens);
            Used::most(
                requests,
                requests * prompt,
                requests * pictures,
                completions,
            )
        };
        let mut most = of(u64::from(self.config.samples), prompt);
        if self.config.repair {
            most.add(of(1, prompt + prompt::MOST_OF_REPAIR as u64));
        }
        most
    }

    fn repairs(&self) -> bool {
        self.config.repair
    }

    fn repair(
        &self,
        record: &Record,
        failed: &FailedProgram,
        desk: Desk<'_>,
    ) -> Result<Vec<Candidate>, ProposeError> {
        let question = &record.sample.question;
        let exemplars = self.exemplars(question);
        let prompt = self.prompter.repair(question, &exemplars, failed);
        // Its number is behind those of the samples.
        let question = self.sample(prompt, self.config.samples, true);
        let mut candidates = self.ask(vec![question], record, 1, desk)?;
        for candidate in &mut candidates {
            candidate.source = format!("repair of {}", failed.source);
            // One of one says nothing about how sure the model is.
            candidate.score = 0.0;
        }
        Ok(candidates)
    }
}
