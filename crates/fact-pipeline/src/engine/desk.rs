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

    /// The bound of the budget that had no room for a question, if it had none.
    pub(crate) fn exhausted(&self) -> Option<&str> {
        self.purse.as_ref()?.exhausted()
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
