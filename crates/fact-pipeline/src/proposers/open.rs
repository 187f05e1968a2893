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

/// The proposers of a run, in order of preference. Nothing is sent. When `stop` becomes true, waiting
/// for back ends behind a wire ends.
///
/// # Errors
/// If one cannot be opened.
pub fn open(
    config: &RunConfig,
    pack: &Arc<Pack>,
    stop: &Arc<AtomicBool>,
) -> Result<Vec<Box<dyn Proposer>>, OpenProposerError> {
    let is_model = |spec: &&ProposerSpec| matches!(spec, ProposerSpec::Llm { .. });
    let models = config.propose.iter().filter(is_model).count();
    let mut bank = None;
    let mut out: Vec<Box<dyn Proposer>> = Vec::new();
    for spec in &config.propose {
        out.push(match spec {
            ProposerSpec::Bank => Box::new(loaded(&mut bank, config, pack)?),
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
                // A pack without a bank is prompted without exemplars.
                let there = config.bank.is_some() || Bank::builtin_text(&pack.name).is_some();
                let bank = match there {
                    true => Some(loaded(&mut bank, config, pack)?),
                    false => None,
                };
                let label = match models {
                    1 => String::new(),
                    _ => format!("{model}, "),
                };
                let (remote, pack) = (Arc::new(remote), pack.clone());
                Box::new(Llm::new(remote, pack, bank, llm.clone(), label))
            }
        });
    }
    Ok(out)
}

/// The run's bank, loaded once.
fn loaded(
    known: &mut Option<Arc<Bank>>,
    config: &RunConfig,
    pack: &Pack,
) -> Result<Arc<Bank>, BankError> {
    if let Some(bank) = known {
        return Ok(bank.clone());
    }
    let bank = Arc::new(match &config.bank {
        Some(path) => Bank::from_file(path, pack)?,
        None => Bank::shipped(pack)?,
    });
    *known = Some(bank.clone());
    Ok(bank)
}
