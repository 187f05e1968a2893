//! From completions to candidates.

use super::super::Candidate;
use fact_lang::ast::FrontEnd;
use fact_lang::normal::normal_form;
use fact_lang::pack::Pack;
use fact_lang::syntax::salvage::salvage;
use indexmap::IndexMap;

/// Longest text that is kept of a completion without a program, in bytes.
const MOST_KEPT: usize = 8 << 10;

/// The samples of one question, as they are read.
pub(super) struct Samples<'a> {
    pack: &'a Pack,
    /// How the prompt ended, if it ended within a function.
    header: Option<&'a str>,
    /// Before the number of a sample in the names of sources.
    label: &'a str,
    /// By normal form; by text for what is no program.
    found: IndexMap<String, Found>,
}

struct Found {
    program: String,
    samples: Vec<u32>,
}

impl<'a> Samples<'a> {
    pub(super) fn new(pack: &'a Pack, header: Option<&'a str>, label: &'a str) -> Self {
        Self {
            pack,
            header,
            label,
            found: IndexMap::new(),
        }
    }

    /// Takes the program out of a completion. One without a program becomes a candidate that does
    /// not parse, so that it is counted as such; one without any text becomes none.
    pub(super) fn read(&mut self, number: u32, completion: &str) {
        if completion.trim().is_empty() {
            return;
        }
        let program = self.program(completion);
        let form = match self.pack.parse(&program) {
            Ok(module) => normal_form(&module),
            Err(_) => format!("text {program}"),
        };
        let found = self.found.entry(form).or_insert_with(|| Found {
            program,
            samples: Vec::new(),
        });
        found.samples.push(number);
    }

    fn program(&self, completion: &str) -> String {
        if self.pack.front_end == FrontEnd::VisProg {
            return bounded(completion.trim(), "");
        }
        match salvage(completion, self.header) {
            Ok(salvaged) => {
                let mut program = salvaged.program.trim_end().to_owned();
                program.push('\n');
                program
            }
            Err(_) => bounded(completion, self.header.unwrap_or_default()),
        }
    }

    /// At most `k` candidates of `asked` samples: those with the most samples first, among equals
    /// those that came first.
    pub(super) fn candidates(self, asked: usize, k: usize) -> Vec<Candidate> {
        let label = self.label;
        let name = |number: &u32| format!("{label}sample {number}");
        let mut candidates: Vec<Candidate> = self
            .found
            .into_values()
            .filter_map(|found| {
                let (first, further) = found.samples.split_first()?;
                Some(Candidate {
                    proposer: "llm",
                    source: name(first),
                    score: found.samples.len() as f64 / asked as f64,
                    program: found.program,
                    support: further.iter().map(name).collect(),
                })
            })
            .collect();
        // Stable.
        candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
        candidates.truncate(k);
        candidates
    }
}

/// The beginning of a text that is no program, behind what it continues.
fn bounded(text: &str, header: &str) -> String {
    let end = (0..=MOST_KEPT.min(text.len()))
        .rev()
        .find(|&at| text.is_char_boundary(at));
    format!("{header}{}", &text[..end.unwrap_or(0)])
}
