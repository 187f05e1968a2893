//! What rationales cost: programs, executions, and calls of back ends behind a wire.

use crate::store::{Reader, StoreError};
use serde::Serialize;

/// What a run did and paid, and how much of it per rationale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cost {
    /// Accepted samples with a rationale.
    pub rationales: u64,
    /// Candidate programs.
    pub candidates: u64,
    /// Candidates tried on samples, each pair once.
    pub executions: u64,
    /// Calls of back ends behind a wire, by back end and tool.
    pub calls: Vec<CallCost>,
    /// All of it per rationale; `None` if there is none.
    pub per_rationale: Option<PerRationale>,
}

/// Calls of one tool of one back end.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CallCost {
    /// The back end's fingerprint.
    pub back_end: String,
    /// The tool.
    pub tool: String,
    /// Different questions.
    pub questions: u64,
    /// How often they were sent, those included that were sent again after an interruption: not in
    /// `summary.json`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<u64>,
    /// Of the questions: answered.
    pub answered: u64,
    /// What the answers say they took.
    #[serde(flatten)]
    pub spending: Spending,
}

/// What answers say they took: `None` where no answer says it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Spending {
    /// Tokens of what was asked.
    pub prompt_tokens: Option<u64>,
    /// Tokens of what was answered.
    pub completion_tokens: Option<u64>,
    /// Price, in the unit that the back end counts in.
    pub price: Option<f64>,
}

/// What one rationale cost on average.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct PerRationale {
    /// Candidate programs.
    pub candidates: f64,
    /// Executions.
    pub executions: f64,
    /// Different questions to back ends behind a wire.
    pub questions: f64,
    /// Tokens asked.
    pub prompt_tokens: Option<f64>,
    /// Tokens answered.
    pub completion_tokens: Option<f64>,
    /// Price.
    pub price: Option<f64>,
}

impl Cost {
    /// From a store.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(reader: &Reader) -> Result<Self, StoreError> {
        let counts = reader.counts()?;
        let mut cost = Self {
            rationales: counts.rationales,
            candidates: counts.candidates,
            executions: reader.executions()?,
            calls: reader.call_costs()?,
            per_rationale: None,
        };
        cost.per_rationale = cost.spread();
        Ok(cost)
    }

    fn spread(&self) -> Option<PerRationale> {
        if self.rationales == 0 {
            return None;
        }
        let rationales = self.rationales as f64;
        let per = |n: u64| n as f64 / rationales;
        let tokens = |of: fn(&Spending) -> Option<u64>| {
            let said = self.calls.iter().filter_map(|call| of(&call.spending));
            said.reduce(u64::saturating_add).map(per)
        };
        let prices = self.calls.iter().filter_map(|call| call.spending.price);
        Some(PerRationale {
            candidates: per(self.candidates),
            executions: per(self.executions),
            questions: per(self.calls.iter().map(|call| call.questions).sum()),
            prompt_tokens: tokens(|spending| spending.prompt_tokens),
            completion_tokens: tokens(|spending| spending.completion_tokens),
            price: prices.reduce(|a, b| a + b).map(|sum| sum / rationales),
        })
    }
}
