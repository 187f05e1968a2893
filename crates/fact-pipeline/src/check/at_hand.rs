//! The packs that certificates name, and the programs that were parsed with them.

use crate::packs;
use fact_core::certificate::PackRef;
use fact_core::check::{Parsed, Parser};
use fact_lang::pack::Pack;
use fact_lang::syntax::SyntaxError;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// Packs of rows that are kept; a file may name a new one in each row.
const MAX_PACKS: usize = 64;
/// Bytes of source of the parsed programs that are kept for one pack: when they get more, all are
/// dropped, as a data set's programs come in runs.
const MAX_KEPT: usize = 4 << 20;
/// Longest program that is kept. Its tree takes up to a hundred times its length.
const MAX_PROGRAM: usize = 64 << 10;

/// Where a pack is from: who vouches for what its functions do and its phrases say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Shipped with this program.
    Shipped,
    /// Given by the user who checks.
    Given,
    /// Kept by the run that is checked.
    Run,
    /// Carried by the rows that are checked.
    Row,
}

/// A pack that certificates were checked against.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct PackUse {
    /// Where it is from.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its source.
    pub sha256: String,
    /// How many certificates.
    pub certificates: u64,
}

/// A pack with what was parsed with it.
pub(super) struct AtHand {
    pub(super) pack: Pack,
    origin: Origin,
    used: AtomicU64,
    programs: RwLock<Kept>,
}

#[derive(Default)]
struct Kept {
    parsed: HashMap<Box<str>, Arc<Parsed>>,
    bytes: usize,
}

impl AtHand {
    fn new(pack: Pack, origin: Origin) -> Arc<Self> {
        Arc::new(Self {
            pack,
            origin,
            used: AtomicU64::new(0),
            programs: RwLock::default(),
        })
    }
}

impl Parser for AtHand {
    fn parse(&self, pack: &Pack, source: &str) -> Result<Arc<Parsed>, SyntaxError> {
        // Nothing panics while a lock is held.
        let known = self.programs.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(parsed) = known.parsed.get(source) {
            return Ok(parsed.clone());
        }
        drop(known);
        let parsed = Arc::new(Parsed::new(pack, source)?);
        if source.len() <= MAX_PROGRAM {
            let mut kept = self
                .programs
                .write()
                .unwrap_or_else(PoisonError::into_inner);
            if kept.bytes + source.len() > MAX_KEPT {
                *kept = Kept::default();
            }
            kept.bytes += source.len();
            kept.parsed.insert(source.into(), parsed.clone());
        }
        Ok(parsed)
    }
}

/// Name and SHA-256.
type Key = (String, String);

/// All packs at hand.
pub(super) struct Packs(RwLock<BTreeMap<Key, Arc<AtHand>>>);

impl Packs {
    /// The pack given by the user, and name and source of the run's.
    pub(super) fn new(given: Option<Pack>, of_run: Option<(String, String)>) -> Self {
        let mut packs = BTreeMap::new();
        if let Some((name, source)) = of_run
            // One that does not load any more is reported with each certificate that names it.
            && let Ok(pack) = Pack::load(&name, &source)
        {
            let origin = if is_shipped(&pack) {
                Origin::Shipped
            } else {
                Origin::Run
            };
            packs.insert(key(&pack), AtHand::new(pack, origin));
        }
        if let Some(pack) = given {
            let origin = if is_shipped(&pack) {
                Origin::Shipped
            } else {
                Origin::Given
            };
            packs.insert(key(&pack), AtHand::new(pack, origin));
        }
        Self(RwLock::new(packs))
    }

    /// The pack that a certificate names.
    ///
    /// # Errors
    /// If there is none, or its source is not what its hash says: the reason for a rejection.
    pub(super) fn find(&self, named: &PackRef) -> Result<Arc<AtHand>, String> {
        let key = (named.name.clone(), named.sha256.clone());
        let packs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = packs.get(&key) {
            found.used.fetch_add(1, Ordering::Relaxed);
            return Ok(found.clone());
        }
        drop(packs);
        let loaded = load(named)?;
        loaded.used.fetch_add(1, Ordering::Relaxed);
        let mut packs = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if packs.len() < MAX_PACKS {
            // Another thread may have loaded it as well; its counts are kept.
            let kept = packs.entry(key).or_insert_with(|| loaded.clone());
            if !Arc::ptr_eq(kept, &loaded) {
                kept.used.fetch_add(1, Ordering::Relaxed);
            }
            return Ok(kept.clone());
        }
        Ok(loaded)
    }

    /// Those that certificates were checked against. Of a file that carries more than a few dozen,
    /// the first.
    pub(super) fn used(&self) -> Vec<PackUse> {
        let packs = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let used = packs.values().map(|at_hand| PackUse {
            origin: at_hand.origin,
            name: at_hand.pack.name.to_string(),
            version: at_hand.pack.version.to_string(),
            sha256: at_hand.pack.sha256.to_string(),
            certificates: at_hand.used.load(Ordering::Relaxed),
        });
        let mut used: Vec<PackUse> = used.filter(|pack| pack.certificates > 0).collect();
        used.sort();
        used
    }
}

fn key(pack: &Pack) -> Key {
    (pack.name.to_string(), pack.sha256.to_string())
}

fn is_shipped(pack: &Pack) -> bool {
    packs::SHIPPED.contains(&&*pack.name)
        && Pack::builtin(&pack.name).is_ok_and(|shipped| shipped.sha256 == pack.sha256)
}

/// A shipped pack, or the one that a row carries.
fn load(named: &PackRef) -> Result<Arc<AtHand>, String> {
    let PackRef { name, sha256, .. } = named;
    if packs::SHIPPED.contains(&name.as_str())
        && let Ok(pack) = Pack::builtin(name)
        && *pack.sha256 == **sha256
    {
        return Ok(AtHand::new(pack, Origin::Shipped));
    }
    let Some(source) = &named.source else {
        return Err(format!(
            "the pack `{name}` with SHA-256 {sha256} is not at hand; give it with --pack"
        ));
    };
    // Before it is parsed: a text that is not the one named is not worth it.
    let digest = Sha256::digest(source.as_bytes());
    let found: String = digest.iter().map(|b| format!("{b:02x}")).collect();
    if found != *sha256 {
        return Err(format!(
            "the source of the pack `{name}` has SHA-256 {found}, the certificate says {sha256}"
        ));
    }
    match Pack::load(name, source) {
        Ok(pack) => Ok(AtHand::new(pack, Origin::Row)),
        Err(e) => Err(format!("the pack `{name}` cannot be used: {e}")),
    }
}
