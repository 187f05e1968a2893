//! Judge: what speaks for a candidate besides a right answer.

use crate::proposers::Candidate;
use crate::proposers::bank::Bank;
use fact_core::verify::behaviour::Behaviours;
use fact_core::verify::confidence::Evidence;
use fact_core::verify::content::Reader;
use fact_core::verify::coverage::Coverage;
use fact_core::verify::phrases::{Pair, Phrases};
use fact_lang::ast::{Module, NodeId};
use fact_lang::pack::Pack;

/// Judges the candidates of one pack.
#[derive(Debug)]
pub struct Judge {
    reader: Reader,
    phrases: Phrases,
}

/// A candidate to judge.
#[derive(Debug, Clone, Copy)]
pub struct Witness<'a> {
    /// The candidate.
    pub candidate: &'a Candidate,
    /// Its program.
    pub program: &'a Module,
    /// Statements of it that its answer does not depend on.
    pub idle: &'a [NodeId],
}

impl Judge {
    /// Learns what phrases mean from the exemplars of a bank.
    pub fn new(pack: &Pack, bank: Option<&Bank>) -> Self {
        let reader = Reader::new(pack);
        let pairs: Vec<Pair> = bank
            .into_iter()
            .flat_map(Bank::exemplars)
            .filter_map(|exemplar| {
                let program = pack.parse(&exemplar.program).ok()?;
                Some(Phrases::pair(&reader, &exemplar.sentence, &program))
            })
            .collect();
        Self {
            phrases: Phrases::learn(&pairs),
            reader,
        }
    }

    /// The evidence on candidates of a question that parse; `answers[c]` is what each answers on each
    /// probe.
    pub fn evidence(
        &self,
        question: &str,
        candidates: &[Witness<'_>],
        answers: &[Vec<Option<String>>],
    ) -> Vec<Evidence> {
        let question = self.reader.question(question);
        let behaviours = Behaviours::of(answers);
        let evidence = |(c, witness): (usize, &Witness<'_>)| {
            let candidate = witness.candidate;
            let content = self.reader.program(witness.program, witness.idle);
            // Nobody proposes that many.
            let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            Evidence {
                proposer: candidate.proposer.to_owned(),
                score: candidate.score,
                backing: count(1 + candidate.support.len()),
                coverage: Coverage::of(&self.reader, &question, &content),
                consistency: self.phrases.consistency(&Pair::new(&question, &content)),
                behaviour: behaviours.behaviour(c),
                probes: count(answers.get(c).map_or(0, Vec::len)),
                answers: behaviours.counts(c),
                cluster: behaviours.cluster(c),
            }
        };
        candidates.iter().enumerate().map(evidence).collect()
    }
}
