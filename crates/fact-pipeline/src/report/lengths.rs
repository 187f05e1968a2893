//! How long the rationales of a run are, beside what they are compared with, and what slicing cut.

use crate::concise::Concise;
use crate::store::{ReadRow, Reader, StoreError, UnparsedRow};
use fact_core::slice::Reduction;
use fact_core::style::{Boxes, Style, render};
use fact_core::tokens;
use fact_lang::pack::Pack;
use serde::Serialize;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc;

/// Rationales that are counted as one piece of work.
const BATCH: usize = 64;
/// About the most bytes of them.
const BATCH_BYTES: usize = 4 << 20;
/// Pieces of work a thread that are read and not yet counted: with the bytes of each, what bounds the
/// memory.
const BATCHES_A_THREAD: usize = 4;
/// Stack of a counting thread: parser and interpreter recurse as deep as the limits allow.
const STACK_BYTES: usize = 32 << 20;
/// Upper ends of the histogram's bins, exclusive; the last bin has none.
const BINS: [usize; 9] = [10, 20, 30, 50, 80, 130, 210, 340, 550];

/// Tokens of rationales and of what they are compared with ([`fact_core::tokens`]).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Lengths {
    /// Accepted samples with a rationale.
    pub rationales: u64,
    /// For each way to tell an answer, in the order of [`Concise::ALL`].
    pub texts: Vec<TextLengths>,
    /// What slicing cut.
    pub slicing: Slicing,
}

/// Tokens of one kind of text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TextLengths {
    /// Which.
    pub concise: Concise,
    /// How many; fewer than the rationales where programs are to be told that the run's pack does
    /// not read, or an answer cannot be written.
    pub texts: u64,
    /// Without boxes.
    pub plain: Tokens,
    /// With boxes, in whole pixels: what a text that grounds what it says costs.
    pub boxed: Tokens,
}

/// How many tokens texts have.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tokens {
    /// The middle one (of two, the mean).
    pub median: f64,
    /// Nine of ten are at most as long.
    pub p90: u64,
    /// The longest.
    pub most: u64,
    /// All together.
    pub total: u64,
    /// The median, as a part of that of `off`.
    pub of_off: Option<f64>,
    /// The median over the rationales of their part of their own `off`.
    pub of_own_off: Option<f64>,
    /// Texts by length, empty bins left out.
    pub histogram: Vec<Bin>,
}

/// Texts of at least `from` and less than `below` tokens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bin {
    /// At least.
    pub from: usize,
    /// Less than; `None` for the last.
    pub below: Option<usize>,
    /// How many.
    pub texts: u64,
}

/// Sums over all rationales, before and after slicing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Slicing {
    /// Events of the programs' runs.
    pub events: u64,
    /// Of those: in what the answer depends on.
    pub events_kept: u64,
    /// Statements of the programs.
    pub statements: u64,
    /// Statements of the residuals.
    pub statements_kept: u64,
    /// Different calls of perception by the programs.
    pub tool_calls: u64,
    /// By the residuals.
    pub tool_calls_kept: u64,
}

impl Slicing {
    fn add(&mut self, one: &Reduction) {
        self.events += one.events as u64;
        self.events_kept += one.events_kept as u64;
        self.statements += one.statements as u64;
        self.statements_kept += one.statements_kept as u64;
        self.tool_calls += one.tool_calls as u64;
        self.tool_calls_kept += one.tool_calls_kept as u64;
    }
}

/// Where [`Concise::Off`] is in [`Concise::ALL`].
const OFF: usize = 0;

/// Tokens of one rationale without and with boxes, in the order of [`Concise::ALL`]. In 32 bits: those of
/// all rationales are in memory.
type Counted = [Option<[u32; 2]>; Concise::ALL.len()];

impl Lengths {
    /// Counts the texts of a run; `None` if it has no rationale.
    ///
    /// One thread reads while others count what was read before. What comes out does not depend on how
    /// many there are.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn read(reader: &Reader) -> Result<Option<Self>, StoreError> {
        let pack = reader.pack_source()?;
        let pack = pack.and_then(|(name, source)| Pack::load(&name, &source).ok());
        let all = count_all(reader, pack.as_ref())?;
        if all.is_empty() {
            return Ok(None);
        }
        let mut slicing = Slicing::default();
        reader.for_each_reduction(|reduction| slicing.add(&reduction))?;
        Ok(Some(Self {
            rationales: all.len() as u64,
            texts: summarize(&all),
            slicing,
        }))
    }
}

/// Rationales that were counted, in their order.
type Batch = Result<Vec<Counted>, StoreError>;

/// Counts the texts of every rationale, in the data set's order.
fn count_all(reader: &Reader, pack: Option<&Pack>) -> Batch {
    let path = reader.path();
    let one = |row: UnparsedRow| {
        let what = format!("sample `{}`", row.id);
        let row = row.parse().map_err(|e| StoreError::Row {
            path: path.to_owned(),
            what,
            message: e.to_string(),
        })?;
        Ok(row.rationale.is_some().then(|| counted(&row, pack)))
    };
    // One after another: a thread that waited for others could be given another batch meanwhile, on top
    // of a stack that is already deep.
    let count = |rows: Vec<UnparsedRow>| -> Batch {
        let all = rows.into_iter().map(one);
        all.filter_map(Result::transpose).collect()
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .stack_size(STACK_BYTES)
        .build();
    let Ok(pool) = pool else {
        // Without threads of its own the same is done on this one.
        let mut all = Vec::new();
        for_each_batch(reader, |rows| {
            all.extend(count(rows)?);
            Ok(())
        })?;
        return Ok(all);
    };
    let most = BATCHES_A_THREAD * pool.current_num_threads();
    let (sender, receiver) = mpsc::channel::<(usize, std::thread::Result<Batch>)>();
    let mut done: BTreeMap<usize, Batch> = BTreeMap::new();
    let mut take = || match receiver.recv() {
        Ok((number, Ok(counted))) => {
            done.insert(number, counted);
            Ok(())
        }
        Ok((_, Err(panic))) => resume_unwind(panic),
        // Not while this thread holds a sender.
        Err(mpsc::RecvError) => Ok(()),
    };
    pool.in_place_scope(|scope| -> Result<(), StoreError> {
        let (mut begun, mut taken) = (0, 0);
        for_each_batch(reader, |rows| {
            if begun - taken == most {
                take()?;
                taken += 1;
            }
            let (number, sender, count) = (begun, sender.clone(), &count);
            begun += 1;
            scope.spawn(move |_| {
                let counted = catch_unwind(AssertUnwindSafe(|| count(rows)));
                // Nobody listens any more where something else failed.
                let _ = sender.send((number, counted));
            });
            Ok(())
        })?;
        (taken..begun).try_for_each(|_| take())
    })?;
    // In their order, so that of two that are damaged the first is told.
    let mut all = Vec::new();
    for batch in done.into_values() {
        all.extend(batch?);
    }
    Ok(all)
}

/// Calls `each` with all accepted samples, a batch at a time.
fn for_each_batch(
    reader: &Reader,
    mut each: impl FnMut(Vec<UnparsedRow>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let (mut batch, mut bytes) = (Vec::new(), 0);
    reader.for_each_unparsed(true, |row| -> Result<(), StoreError> {
        bytes += row.size();
        batch.push(row);
        if batch.len() == BATCH || bytes >= BATCH_BYTES {
            bytes = 0;
            return each(std::mem::take(&mut batch));
        }
        Ok(())
    })?;
    each(batch)
}

fn counted(row: &ReadRow, pack: Option<&Pack>) -> Counted {
    let boxed = Style {
        boxes: Some(Boxes::Pixel),
        ..Style::default()
    };
    Concise::all_of(row, pack).map(|rationale| {
        let rationale = rationale?;
        let certificate = row.certificate.as_ref()?;
        let (answer, images) = (&certificate.answer, &certificate.images);
        let grounded = render(&rationale, answer, images, boxed).ok()?.text;
        let count = |text: &str| u32::try_from(tokens::count(text)).unwrap_or(u32::MAX);
        Some([rationale.text(), grounded].map(|text| count(&text)))
    })
}

fn summarize(all: &[Counted]) -> Vec<TextLengths> {
    let kinds = Concise::ALL.into_iter().enumerate();
    kinds
        .map(|(kind, concise)| TextLengths {
            concise,
            texts: all.iter().filter(|counted| counted[kind].is_some()).count() as u64,
            plain: tokens_of(all, kind, 0),
            boxed: tokens_of(all, kind, 1),
        })
        .collect()
}

/// Of one kind of text, without (`form` 0) or with (1) boxes.
fn tokens_of(all: &[Counted], kind: usize, form: usize) -> Tokens {
    let length = |counted: &Counted, kind: usize| Some(counted[kind]?[form] as usize);
    let off = |counted: &Counted| length(counted, OFF).filter(|off| *off > 0);
    let median_off = median(all.iter().filter_map(off).map(|n| n as f64));
    let own = all.iter().filter_map(|counted| {
        let (own, off) = (length(counted, kind)?, off(counted)?);
        Some(own as f64 / off as f64)
    });
    let mut lengths: Vec<usize> = all.iter().filter_map(|c| length(c, kind)).collect();
    lengths.sort_unstable();
    let middle = median(lengths.iter().map(|n| *n as f64));
    Tokens {
        median: middle.unwrap_or(0.0),
        p90: percentile(&lengths, 90) as u64,
        most: lengths.last().copied().unwrap_or(0) as u64,
        total: lengths.iter().sum::<usize>() as u64,
        of_off: median_off.and_then(|off| Some(middle? / off)),
        of_own_off: median(own),
        histogram: histogram(&lengths),
    }
}

/// The middle value; of two, their mean.
fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_unstable_by(f64::total_cmp);
    let high = *values.get(values.len() / 2)?;
    match values.len() % 2 {
        0 => Some((values[values.len() / 2 - 1] + high) / 2.0),
        _ => Some(high),
    }
}

/// The least length that so many of a hundred do not exceed; 0 of none.
fn percentile(sorted: &[usize], percent: usize) -> usize {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

fn histogram(sorted: &[usize]) -> Vec<Bin> {
    let mut bins = Vec::new();
    let mut rest = sorted;
    let mut from = 0;
    for below in BINS.into_iter().map(Some).chain([None]) {
        let end = below.map_or(rest.len(), |below| rest.partition_point(|n| *n < below));
        if end > 0 {
            bins.push(Bin {
                from,
                below,
                texts: end as u64,
            });
        }
        rest = &rest[end..];
        from = below.unwrap_or(from);
    }
    bins
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_summarized() {
        assert_eq!(Concise::ALL[OFF], Concise::Off);
        let counted = |lengths: [Option<u32>; 5]| lengths.map(|n| n.map(|n| [n, 2 * n]));
        let all = [
            counted([Some(100), Some(40), Some(35), Some(20), Some(30)]),
            counted([Some(200), Some(90), Some(60), Some(30), Some(50)]),
            counted([None, None, None, Some(10), Some(10)]),
        ];
        let texts = summarize(&all);
        let on = &texts[4];
        assert_eq!((on.texts, on.boxed.median), (3, 60.0));
        let on = &on.plain;
        assert_eq!((on.median, on.p90, on.total), (30.0, 50, 90));
        assert_eq!(on.of_off, Some(0.2));
        let own = on.of_own_off.is_some_and(|own| (own - 0.275).abs() < 1e-9);
        assert!(own, "of 0.3 and 0.25");
        assert_eq!((texts[0].texts, texts[0].plain.median), (2, 150.0));
        let bins: Vec<(usize, Option<usize>, u64)> = on
            .histogram
            .iter()
            .map(|b| (b.from, b.below, b.texts))
            .collect();
        assert_eq!(
            bins,
            [(10, Some(20), 1), (30, Some(50), 1), (50, Some(80), 1)]
        );
        assert_eq!(
            histogram(&[600]),
            [Bin {
                from: 550,
                below: None,
                texts: 1
            }]
        );
        assert_eq!((percentile(&[], 90), percentile(&[7], 90)), (0, 7));
    }
}
