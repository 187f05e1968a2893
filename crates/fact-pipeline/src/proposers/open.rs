//! Opening the proposers that a configuration names.

use super::bank::{Bank, BankError};
use super::llm::Llm;
use super::{Given, Proposer};
use crate::config::{ProposerSpec, RunConfig};
use fact_lang::pack::Pack;
use fact_models::http::KeyError;
use fact_models::language::{Language, LanguageError, Options};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Questions of a data set in a row for which a model has no usable reply before the run ends.
const GIVE_UP_AFTER: u32 = 4;

/// Why a proposer cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenProposerError {
    /// The bank cannot be loaded.
    #[error(transparent)]
    Bank(#[from] BankError),
    /// There is no key where one should be.
    #[error("language model: {0}")]
    Key(#[from] KeyError),
    /// The language model cannot be asked.
    #[error("language model: {0}")]
    Language(#[from] LanguageError),
}

impl OpenProposerError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Bank(e) => e.hint(),
            // Their messages say it.
            Self::Key(_) | Self::Language(_) => None,
        }
    }
}

/// The proposers of a run, in order of preference, with its bank. Without one, a language model is
/// prompted without exemplars. Nothing is sent. When `stop` becomes true, waiting
/// for back ends behind a wire ends.
///
/// # Errors
/// If one cannot be opened.
pub fn open(
    config: &RunConfig,
    pack: &Arc<Pack>,
    bank: Option<&Arc<Bank>>,
    stop: &Arc<AtomicBool>,
) -> Result<Vec<Box<dyn Proposer>>, OpenProposerError> {
    let is_model = |spec: &&ProposerSpec| matches!(spec, ProposerSpec::Llm { .. });
    let models = config.propose.iter().filter(is_model).count();
    let mut out: Vec<Box<dyn Proposer>> = Vec::new();
    for spec in &config.propose {
        out.push(match spec {
            ProposerSpec::Bank => match bank {
                Some(bank) => Box::new(bank.clone()),
                None => return Err(BankError::NoneShipped(pack.name.to_string()).into()),
            },
            ProposerSpec::Gold => Box::new(Given),
            ProposerSpec::Llm { model, url } => {
                let llm = &config.llm;
                let options = Options {
                    api: llm.api,
                    max_tokens_field: llm.max_tokens_field,
                    concurrency: llm.concurrency,
                    give_up_after: GIVE_UP_AFTER * llm.samples.max(2),
                };
                let http = llm.endpoint.options(Some(stop.clone()))?;
                let remote = Language::new(model, url, options, http)?;
                let label = match models {
                    1 => String::new(),
                    _ => format!("{model}, "),
                };
                let (remote, pack) = (Arc::new(remote), pack.clone());
                Box::new(Llm::new(remote, pack, bank.cloned(), llm.clone(), label))
            }
        });
    }
    Ok(out)
}

/// The bank of a run: the one it names, else the pack's, if the pack has one.
///
/// # Errors
/// If it cannot be loaded.
pub fn bank_of(config: &RunConfig, pack: &Pack) -> Result<Option<Arc<Bank>>, OpenProposerError> {
    let bank = match &config.bank {
        Some(path) => Bank::from_file(path, pack)?,
        None if Bank::builtin_text(&pack.name).is_some() => Bank::shipped(pack)?,
        None => return Ok(None),
    };
    Ok(Some(Arc::new(bank)))
}
