//! The file of a bank: exemplars, and tables that say how sentences of its domain are read.

use super::error::BankError;
use fact_lang::syntax::parse_program;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How well the program of a learned exemplar was verified. What is verified less is no exemplar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Level {
    /// Right on sibling samples too.
    V2,
    /// Without siblings: by coverage, behaviour and agreement.
    V3,
}

impl Level {
    /// `V2` or `V3`.
    pub fn name(self) -> &'static str {
        match self {
            Self::V2 => "V2",
            Self::V3 => "V3",
        }
    }
}

/// Where a learned exemplar is from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The run.
    pub run: String,
    /// Id of the sample.
    pub sample: String,
    /// The round of learning, from 1.
    pub round: u32,
    /// How sure the verification was, from 0 to 1.
    pub confidence: f64,
}

/// A sentence with its program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exemplar {
    /// Unique in the bank.
    pub id: String,
    /// The sentence or question.
    pub sentence: String,
    /// Where the sentence is from; empty if the bank does not say.
    #[serde(default)]
    pub source: String,
    /// How well its program was verified, if it was learned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// Where it was learned, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
    /// Its program.
    pub program: String,
}

/// What a bank's file holds.
#[derive(Debug)]
pub(super) struct File {
    pub(super) phrases: Phrases,
    pub(super) members: Members,
    pub(super) stems: BTreeMap<String, String>,
    pub(super) reading: Reading,
    pub(super) rewrites: Vec<Rewrite>,
    pub(super) exemplars: Vec<Exemplar>,
}

/// `[phrases]`: which classes of the vocabulary make up phrases such as "small yellow square".
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Phrases {
    /// In the order in which programs write them; the last one is the noun.
    pub(super) classes: Vec<String>,
    /// The noun that everything answers to.
    pub(super) any: String,
    /// The class that a program may name by itself, as in `item.color == "blue"`.
    pub(super) alone: String,
    /// The method that takes the place of a member named after the general noun when the phrase
    /// says more: `box.items` becomes `box.find("blue item")`.
    pub(super) method: String,
}

/// `[members.CLASS]`: value → members of objects that stand for it; the first one is written.
pub(super) type Members = IndexMap<String, IndexMap<String, Vec<String>>>;

/// `[reading]`: how questions say how many.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Reading {
    /// The words with which a sentence affirms what "there is no" denies.
    pub(super) affirmative: String,
    /// What sentences begin with; the first that fits counts.
    pub(super) quantifiers: Vec<RawQuantifier>,
}

/// A way of saying how many.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawQuantifier {
    /// `any`, `none`, `all` or `number`.
    pub(super) kind: String,
    /// The words; see [`super::quantifier::Pattern`].
    pub(super) words: String,
}

/// `[[rewrite]]`: what else changes in a program when one container takes the place of another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rewrite {
    /// The value of the class `container` that is put in.
    pub(super) container: String,
    /// Whole names and what takes their place, applied in order.
    pub(super) replace: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    #[serde(default)]
    phrases: Phrases,
    #[serde(default)]
    members: Members,
    #[serde(default)]
    stems: BTreeMap<String, String>,
    #[serde(default)]
    reading: Reading,
    #[serde(default)]
    rewrite: Vec<Rewrite>,
    #[serde(default)]
    exemplar: Vec<RawExemplar>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExemplar {
    id: Option<String>,
    sentence: Option<String>,
    #[serde(default)]
    source: String,
    level: Option<Level>,
    provenance: Option<Provenance>,
    program: Option<String>,
}

impl File {
    /// Reads a bank's file; `origin` names it in messages.
    pub(super) fn read(text: &str, origin: &str) -> Result<Self, BankError> {
        let raw: RawFile = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start.min(text.len()));
            BankError::Toml {
                origin: origin.into(),
                line: text.as_bytes()[..at]
                    .iter()
                    .filter(|b| **b == b'\n')
                    .count()
                    + 1,
                message: error.message().replace('\n', " "),
            }
        })?;
        if raw.exemplar.is_empty() {
            return Err(BankError::Table {
                origin: origin.into(),
                field: "exemplar".into(),
                message: "there are none".into(),
            });
        }
        let mut seen = BTreeSet::new();
        let mut exemplars = Vec::with_capacity(raw.exemplar.len());
        for (index, raw) in raw.exemplar.into_iter().enumerate() {
            let exemplar = raw.check(index + 1, origin)?;
            if !seen.insert(exemplar.id.clone()) {
                return Err(BankError::Exemplar {
                    origin: origin.into(),
                    number: index + 1,
                    id: Some(exemplar.id),
                    field: "id",
                    message: "is used twice".into(),
                });
            }
            exemplars.push(exemplar);
        }
        Ok(Self {
            phrases: raw.phrases,
            members: raw.members,
            stems: raw.stems,
            reading: raw.reading,
            rewrites: raw.rewrite,
            exemplars,
        })
    }
}

impl RawExemplar {
    fn check(self, number: usize, origin: &str) -> Result<Exemplar, BankError> {
        let wrong = |field: &'static str, message: String| BankError::Exemplar {
            origin: origin.into(),
            number,
            id: self.id.clone().filter(|id| !id.trim().is_empty()),
            field,
            message,
        };
        let given = |field: &'static str, value: &Option<String>| match value {
            None => Err(wrong(field, "is missing".into())),
            Some(text) if text.trim().is_empty() => Err(wrong(field, "is empty".into())),
            Some(text) => Ok(text.clone()),
        };
        let exemplar = Exemplar {
            id: given("id", &self.id)?,
            sentence: given("sentence", &self.sentence)?,
            source: self.source.clone(),
            level: self.level,
            provenance: self.provenance.clone(),
            program: given("program", &self.program)?,
        };
        if let Some(provenance) = &exemplar.provenance
            && !(0.0..=1.0).contains(&provenance.confidence)
        {
            let message = "`confidence` must be from 0 to 1".into();
            return Err(wrong("provenance", message));
        }
        match parse_program(&exemplar.program) {
            Ok(_) => Ok(exemplar),
            Err(error) => {
                let place = format!("line {}, column {}", error.line, error.column);
                Err(wrong(
                    "program",
                    format!("does not parse: {} ({place})", error.message),
                ))
            }
        }
    }
}
