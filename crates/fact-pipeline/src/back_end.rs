//! Opening the perception back end that a configuration names.

use crate::calls::{CallLog, Dispatcher};
use crate::config::PerceptionSpec;
use crate::stages::{Looks, Perceiver};
use fact_models::Perception;
use fact_models::remote::Remote;
use std::sync::Arc;

/// A perception back end, ready to be asked.
#[derive(Clone)]
pub enum BackEnd {
    /// In this process.
    Local {
        /// What it can do.
        perception: Perception,
        /// What it looks at.
        looks: Looks,
    },
    /// Behind a wire.
    Remote(Arc<dyn Remote>),
}

/// Why a back end cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BackEndError {}

impl BackEndError {
    pub fn hint(&self) -> Option<String> {
        None
    }
}

impl BackEnd {
    /// Opens it: a remote one is asked what it can do.
    ///
    /// # Errors
    /// If a server cannot be reached or does not speak the protocol.
    pub fn open(spec: &PerceptionSpec) -> Result<Self, BackEndError> {
        let (perception, looks) = match spec {
            PerceptionSpec::Pixels => (fact_models::pixels::perception(), Looks::AtPixels),
            PerceptionSpec::Scene => (fact_models::scene::perception(), Looks::AtAnnotations),
            PerceptionSpec::Server { .. } | PerceptionSpec::Vlm { .. } => todo!(),
        };
        Ok(Self::Local { perception, looks })
    }

    /// Name and version of the back end and its settings.
    pub fn fingerprint(&self) -> &str {
        match self {
            Self::Local { perception, .. } => &perception.fingerprint,
            Self::Remote(remote) => remote.fingerprint(),
        }
    }

    /// What it looks at.
    pub fn looks(&self) -> Looks {
        match self {
            Self::Local { looks, .. } => *looks,
            Self::Remote(_) => Looks::AtFiles,
        }
    }
}

/// A perception back end at work: what stages ask.
pub enum AtWork<'a> {
    /// In this process.
    Local(&'a Perception),
    /// Behind a wire.
    Remote(Dispatcher),
}

impl BackEnd {
    /// Sets it to work; `log` is asked for, and used, only by a back end behind a wire.
    ///
    /// # Errors
    /// Those of `log`; or if a thread cannot be started.
    pub fn start<E: From<std::io::Error>>(
        &self,
        log: impl FnOnce(&str) -> Result<Box<dyn CallLog>, E>,
    ) -> Result<AtWork<'_>, E> {
        Ok(match self {
            Self::Local { perception, .. } => AtWork::Local(perception),
            Self::Remote(remote) => {
                let log = log(remote.fingerprint())?;
                AtWork::Remote(Dispatcher::new(remote.clone(), log)?)
            }
        })
    }
}

impl AtWork<'_> {
    /// What programs ask.
    pub fn perceiver(&self) -> Perceiver<'_> {
        match self {
            Self::Local(perception) => Perceiver::Local(perception),
            Self::Remote(dispatcher) => Perceiver::Remote(dispatcher),
        }
    }
}
