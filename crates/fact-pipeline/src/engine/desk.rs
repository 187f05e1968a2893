//! A language model at work: its dispatcher, within its budget.

use crate::calls::{Budget, CallLog, Dispatcher, Purse, Used};
use crate::config::LlmConfig;
use crate::store::{Reader, StoreError};
use fact_models::remote::Remote;
use std::sync::Arc;

/// A language model at work.
pub(crate) struct AtDesk {
    pub(crate) dispatcher: Dispatcher,
    /// If there is a budget.
    purse: Option<Arc<Purse>>,
}

impl AtDesk {
    /// Sets a model to work, of which earlier sessions used `used`.
    pub(crate) fn start(
        remote: &Arc<dyn Remote>,
        config: &LlmConfig,
        log: Box<dyn CallLog>,
        used: Used,
    ) -> std::io::Result<Self> {
        let budget = Budget {
            requests: config.max_requests,
            tokens: config.max_total_tokens,
            cost: config.max_cost,
            prices: config.price_prompt.zip(config.price_completion),
        };
        let purse = budget
            .is_bounded()
            .then(|| Arc::new(Purse::new(remote.clone(), budget, used)));
        let remote: Arc<dyn Remote> = match &purse {
            Some(purse) => purse.clone(),
            None => remote.clone(),
        };
        let dispatcher = Dispatcher::new(remote, log)?;
        Ok(Self { dispatcher, purse })
    }

    /// Waits until a question may begin to ask, where there is a budget: see
    /// [`Purse::begin_turn`].
    fn begin_turn(&self, number: u64, most: Used, halted: &dyn Fn() -> bool) -> bool {
        let purse = self.purse.as_ref();
        purse.is_none_or(|purse| purse.begin_turn(number, most, halted))
    }

    fn end_turn(&self, number: u64) {
        if let Some(purse) = &self.purse {
            purse.end_turn(number);
        }
    }

    /// The bound of the budget that had no room for a question, if it had none.
    pub(crate) fn exhausted(&self) -> Option<&str> {
        self.purse.as_ref()?.exhausted()
    }
}

/// The turn of a question of the run at desks with budgets; over when it is dropped.
pub(crate) struct Turn<'a> {
    desks: &'a [Option<AtDesk>],
    number: u64,
}

impl<'a> Turn<'a> {
    /// Of the question `number` of the run.
    pub(crate) fn new(desks: &'a [Option<AtDesk>], number: u64) -> Self {
        Self { desks, number }
    }

    /// Waits until it may begin at a desk, where it can use `most`. Whether it may; not so if it was
    /// halted.
    pub(crate) fn begin(&self, desk: usize, most: Used, halted: &dyn Fn() -> bool) -> bool {
        match self.desks.get(desk).and_then(Option::as_ref) {
            Some(desk) => desk.begin_turn(self.number, most, halted),
            None => true,
        }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        for desk in self.desks.iter().flatten() {
            desk.end_turn(self.number);
        }
    }
}

/// What earlier sessions of a run spent on the language model with this fingerprint.
pub(crate) fn used(reader: &Reader, fingerprint: &str) -> Result<Used, StoreError> {
    let account = reader.account_of(Some(fingerprint))?;
    Ok(account.map_or(Used::default(), |account| Used {
        requests: account.sent,
        prompt_tokens: account.prompt_tokens,
        completion_tokens: account.completion_tokens,
    }))
}
