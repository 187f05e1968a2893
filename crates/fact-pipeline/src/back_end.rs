//! Opening the perception back end that a configuration names.

use crate::calls::{CallLog, Dispatcher};
use crate::config::{EndpointConfig, PerceptionSpec};
use crate::stages::{Looks, Perceiver};
use fact_models::Perception;
use fact_models::http::KeyError;
use fact_models::remote::{Remote, Spent};
use fact_models::server::{self, ConnectError};
use fact_models::vlm::{self, Vlm, VlmError};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

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
pub enum BackEndError {
    /// There is no key where one should be.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is no tool server.
    #[error("perception: {0}")]
    Server(#[from] ConnectError),
    /// The vision-language model cannot be asked.
    #[error("perception: {0}")]
    Vlm(#[from] VlmError),
}

impl BackEndError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Server(ConnectError::Call(_)) => {
                Some("start the server, or see its log; docs/tool-server.md".into())
            }
            // Their messages say it.
            Self::Key(_) | Self::Server(_) | Self::Vlm(_) => None,
        }
    }
}

/// How back ends behind a wire are reached and asked.
#[derive(Debug, Clone, Default)]
pub struct Wiring {
    /// How a server is reached.
    pub endpoint: EndpointConfig,
    /// How a vision-language model is asked.
    pub vlm: vlm::Options,
    /// Ends waiting when it becomes true.
    pub stop: Option<Arc<AtomicBool>>,
}

impl BackEnd {
    /// Opens it: a tool server is asked what it can do.
    ///
    /// # Errors
    /// If a server cannot be reached or does not speak the protocol, or a setting cannot be used.
    pub fn open(spec: &PerceptionSpec, wiring: &Wiring) -> Result<Self, BackEndError> {
        let http = || wiring.endpoint.options(wiring.stop.clone());
        let (perception, looks) = match spec {
            PerceptionSpec::Pixels => (fact_models::pixels::perception(), Looks::AtPixels),
            PerceptionSpec::Scene => (fact_models::scene::perception(), Looks::AtAnnotations),
            PerceptionSpec::Server { url } => {
                return Ok(Self::Remote(Arc::new(server::connect(url, http()?)?)));
            }
            PerceptionSpec::Vlm { model, url } => {
                let vlm = Vlm::new(model, url, wiring.vlm.clone(), http()?)?;
                return Ok(Self::Remote(Arc::new(vlm)));
            }
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
    /// What was spent on it by this process; `None` for a back end in this process.
    pub fn spent(&self) -> Option<Spent> {
        match self {
            Self::Local(_) => None,
            Self::Remote(dispatcher) => Some(dispatcher.spent()),
        }
    }

    /// What programs ask.
    pub fn perceiver(&self) -> Perceiver<'_> {
        match self {
            Self::Local(perception) => Perceiver::Local(perception),
            Self::Remote(dispatcher) => Perceiver::Remote(dispatcher),
        }
    }
}
