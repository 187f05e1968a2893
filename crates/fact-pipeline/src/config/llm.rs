//! How a language model is asked for programs: the table `llm` of `fact.toml`.

use super::EndpointConfig;
use fact_models::language::Api;
use fact_models::vlm::{TokenField, or_none};
use serde::{Deserialize, Serialize};

/// How a language model is asked for programs. `docs/llm.md` explains each.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LlmConfig {
    /// Which interface of the endpoint.
    pub api: Api,
    /// Completions asked for per question: the first at temperature 0, the others sampled.
    pub samples: u32,
    /// Temperature of the samples behind the first; `None` (in a file: `"none"`) leaves the field
    /// out, of the first too, for models that refuse it.
    #[serde(with = "or_none")]
    pub temperature: Option<f64>,
    /// Share of the probability mass that samples are drawn from; `None` leaves the field out.
    #[serde(with = "or_none")]
    pub top_p: Option<f64>,
    /// Exemplars of the bank shown with each question.
    pub exemplars: usize,
    /// Longest prompt, in tokens as they are estimated. What describes the pack is left out first,
    /// then the exemplars that are least like the question.
    pub prompt_tokens: u32,
    /// Longest completion, in tokens.
    pub max_tokens: u32,
    /// Name of the field that says so.
    pub max_tokens_field: TokenField,
    /// Where completions stop; the interface's own if empty.
    pub stop: Vec<String>,
    /// Seed of the samples: sample number i has this plus i; `None` leaves the field out.
    #[serde(with = "or_none")]
    pub seed: Option<u64>,
    /// Whether the image goes with the question: for vision-language models, by chat.
    pub image: bool,
    /// Whether a question without a good program is asked once more, with what went wrong.
    pub repair: bool,
    /// Requests at once.
    pub concurrency: usize,
    /// Most questions that the run may send to the model; no bound if absent. Repetitions of
    /// requests that failed are not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_requests: Option<u64>,
    /// Most tokens that the run may use, of prompts and completions together; no bound if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_total_tokens: Option<u64>,
    /// Most that the run may cost, in the unit of the prices; no bound if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cost: Option<f64>,
    /// Price of a million tokens of prompts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_prompt: Option<f64>,
    /// Price of a million tokens of completions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_completion: Option<f64>,
    /// How the endpoint is reached.
    pub endpoint: EndpointConfig,
}

impl Default for LlmConfig {
    fn default() -> Self {
        Self {
            api: Api::Completions,
            samples: 8,
            temperature: Some(0.7),
            top_p: Some(0.95),
            exemplars: 8,
            prompt_tokens: 900,
            max_tokens: 256,
            max_tokens_field: TokenField::MaxTokens,
            stop: Vec::new(),
            seed: Some(0),
            image: false,
            repair: false,
            concurrency: 4,
            max_requests: None,
            max_total_tokens: None,
            max_cost: None,
            price_prompt: None,
            price_completion: None,
            endpoint: EndpointConfig::default(),
        }
    }
}

/// The keys of the table.
pub(super) const KEYS: &[&str] = &[
    "api",
    "samples",
    "temperature",
    "top_p",
    "exemplars",
    "prompt_tokens",
    "max_tokens",
    "max_tokens_field",
    "stop",
    "seed",
    "image",
    "repair",
    "concurrency",
    "max_requests",
    "max_total_tokens",
    "max_cost",
    "price_prompt",
    "price_completion",
    "endpoint",
];

/// Most places to stop at: what servers accept.
const MOST_STOPS: usize = 4;

impl LlmConfig {
    /// What tokens cost, if both prices are given.
    pub fn priced(&self, prompt_tokens: u64, completion_tokens: u64) -> Option<f64> {
        let of = |tokens: u64, price: f64| tokens as f64 * price / 1e6;
        Some(of(prompt_tokens, self.price_prompt?) + of(completion_tokens, self.price_completion?))
    }

    /// Whether every setting is in its range.
    ///
    /// # Errors
    /// Says which is not: its key, and what it may be.
    pub fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let amount =
            |value: Option<f64>| value.is_none_or(|value| value >= 0.0 && value.is_finite());
        let image_by_chat = !self.image || self.api == Api::Chat;
        let checks = [
            (
                (1..=1000).contains(&self.samples),
                "samples",
                "must be from 1 to 1000",
            ),
            (
                self.temperature.is_none_or(|t| (0.0..=2.0).contains(&t)),
                "temperature",
                "must be from 0 to 2",
            ),
            (
                self.top_p.is_none_or(|p| p > 0.0 && p <= 1.0),
                "top_p",
                "must be above 0 and at most 1",
            ),
            (self.exemplars <= 256, "exemplars", "must be at most 256"),
            (
                (64..=1_000_000).contains(&self.prompt_tokens),
                "prompt_tokens",
                "must be from 64 to 1000000",
            ),
            (
                (16..=65_536).contains(&self.max_tokens),
                "max_tokens",
                "must be from 16 to 65536",
            ),
            (
                self.stop.len() <= MOST_STOPS && !self.stop.iter().any(String::is_empty),
                "stop",
                "must be at most 4 texts, none of them empty",
            ),
            (
                self.seed.is_none_or(|seed| seed < 1 << 62),
                "seed",
                "must be below 2^62",
            ),
            (image_by_chat, "image", "needs api = \"chat\""),
            (
                (1..=256).contains(&self.concurrency),
                "concurrency",
                "must be from 1 to 256",
            ),
            (
                amount(self.price_prompt),
                "price_prompt",
                "must be 0 or more",
            ),
            (
                amount(self.price_completion),
                "price_completion",
                "must be 0 or more",
            ),
            (amount(self.max_cost), "max_cost", "must be 0 or more"),
            (
                self.max_cost.is_none() || self.priced(0, 0).is_some(),
                "max_cost",
                "needs price_prompt and price_completion",
            ),
            (
                self.endpoint.key_env.is_none() || self.endpoint.key_file.is_none(),
                "endpoint",
                "give key_env or key_file, not both",
            ),
        ];
        match checks.into_iter().find(|(good, ..)| !good) {
            Some((_, key, message)) => Err((key, message)),
            None => Ok(()),
        }
    }
}
