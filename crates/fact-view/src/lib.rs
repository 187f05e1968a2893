//! `fact view`: a run in a browser, on the own machine.
//!
//! | module | owns |
//! |---|---|
//! | `http` | requests and responses, bounded in bytes, time and number |
//! | `guard` | who may ask: token, host, origin |
//! | `routes` | what is replied |
//! | `list` | all samples in memory: filters and orders |
//! | `sample` | one sample: program, trace as a tree, what belongs together |
//! | `picture` | pictures, decoded and made anew |
//! | `assets` | the page itself |
//!
//! A crate of its own, because it faces a browser: what comes from there is no more trusted than a
//! model's answer, and what goes there (questions, answers, texts of models, names of files) is data,
//! never markup. `docs/viewer.md` says what is promised.

mod assets;
mod guard;
mod http;
mod list;
mod picture;
mod readers;
mod routes;
mod sample;

use fact_pipeline::store::{Reader, StoreError};
use guard::{Guard, Token};
use http::Listening;
use list::Listing;
use picture::Pictures;
use readers::Readers;
use routes::Site;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// How a run is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Where to listen.
    pub host: IpAddr,
    /// The port; 0 takes a free one.
    pub port: u16,
    /// Whether `host` may be reached from other machines.
    pub allow_remote: bool,
    /// Where the data set is now, if not where the run found it.
    pub data: Option<String>,
}

impl Default for Options {
    /// On the own machine, at a free port.
    fn default() -> Self {
        Self {
            host: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            allow_remote: false,
            data: None,
        }
    }
}

/// Why a run cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ViewError {
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Other machines could reach it.
    #[error("{0} can be reached from other machines, and what is sent is not encrypted")]
    Remote(IpAddr),
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// No secret can be drawn.
    #[error("the operating system gives no random bits: {0}")]
    Random(getrandom::Error),
}

impl ViewError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(e) => e.hint(),
            Self::Remote(_) => Some("--allow-remote does it all the same".into()),
            Self::Listen { .. } => Some("choose another --port".into()),
            Self::Random(_) => None,
        }
    }
}

/// A run that is being served; it ends when this is dropped.
#[derive(Debug)]
pub struct Serving {
    listening: Listening,
    token: String,
}

impl Serving {
    /// The address to open, with the secret after `#`, which a browser sends to nobody.
    pub fn url(&self) -> String {
        format!("http://{}/#token={}", self.listening.address(), self.token)
    }
}

/// Serves a run until the result is dropped. The run is only ever read; reviews go into a file of their
/// own beside it.
///
/// # Errors
/// If the run cannot be read, or nothing can listen at the address.
pub fn serve(run: &Path, options: &Options) -> Result<Serving, ViewError> {
    if !options.host.is_loopback() && !options.allow_remote {
        return Err(ViewError::Remote(options.host));
    }
    let reader = Reader::open(run)?;
    let data = match &options.data {
        Some(data) => data.clone(),
        None => reader.data()?,
    };
    let folder = reader
        .path()
        .parent()
        .map_or(PathBuf::new(), Path::to_owned);
    let address = SocketAddr::new(options.host, options.port);
    let failed = |source| ViewError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let token = Token::new().map_err(ViewError::Random)?;
    let secret = token.text().to_owned();
    let readers = Arc::new(Readers::new(run));
    let listing = Arc::new(Listing::new(&folder, readers.clone()));
    listing.begin();
    let site = Site {
        guard: Guard {
            token,
            address: listener.local_addr().map_err(failed)?,
        },
        listing,
        folder,
        readers,
        pictures: Pictures::new(data),
        reviews: Mutex::default(),
        turn: Mutex::default(),
    };
    let listening = http::listen(listener, move |request| site.respond(request)).map_err(failed)?;
    Ok(Serving {
        listening,
        token: secret,
    })
}
