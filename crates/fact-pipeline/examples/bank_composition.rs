//! What composition adds to an exemplar bank, measured without any sentence of NLVR dev or test.
//!
//! ```sh
//! FACT_DATA=DATA cargo run --release -p fact-pipeline --example bank_composition
//! ```
//!
//! `DATA/nlvr/train/images` has the images of NLVR's training part. For each size, seeded subsets of
//! the shipped bank `blocks` are asked for the sentences of its other exemplars, with composition and
//! without; and banks that lack one exemplar in twenty are asked for those. A candidate is right
//! if it returns what the sentence's own program returns on all scenes: images of the training part,
//! looked at as pixels. Sentences whose own program returns the same on all of them are left out, as
//! are sentences of which the bank has another exemplar. Prints a Markdown table.
//!
//! Options: `--size N` (only this size; 0 is all but one in twenty), `--wrong` (prints the sentences without a right
//! candidate), `--slow` (prints the time that proposing takes).

#![allow(clippy::print_stdout, reason = "it prints a table")]

use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, run};
use fact_lang::tool::Recorded;
use fact_models::DecodeLimits;
use fact_pipeline::datasets::ImageSource;
use fact_pipeline::proposers::bank::{Bank, Exemplar};
use fact_pipeline::stages::{Looks, Material, Perceiver, Prepared, execute};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// How many images programs are compared on.
const SCENES: usize = 60;
/// How many candidates count.
const BEST: usize = 10;
/// Of all exemplars, this many parts are left out in turn.
const FOLDS: usize = 20;
/// Sizes of subsets, and how many of each.
const SIZES: [(usize, u64); 3] = [(50, 4), (100, 4), (200, 2)];

/// What a program may ask of one image.
struct Scene {
    inputs: Inputs,
    answers: Vec<Recorded>,
}

/// Asks for all that programs may want to know.
const PROBE: &str =
    "def execute_command(image):\n    return len(image.items) + len(image.towers)\n";

fn scenes(folder: &Path, pack: &Pack) -> Result<Vec<Scene>, Box<dyn Error>> {
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        for file in std::fs::read_dir(entry?.path())? {
            let path = file?.path();
            // One of the six arrangements of each.
            if path.to_string_lossy().ends_with("-0.png") {
                files.push(path);
            }
        }
    }
    files.sort();
    let perception = fact_models::pixels::perception();
    let probe = pack.parse(PROBE)?;
    let mut out = Vec::new();
    let step = (files.len() / SCENES).max(1);
    for path in files.into_iter().step_by(step).take(SCENES) {
        let images = [ImageSource::File {
            relative: path.display().to_string(),
            path,
        }];
        let material = Material {
            images: &images,
            scene: None,
            question: "",
            choices: &[],
        };
        let prepared = Prepared::new(material, Looks::AtPixels, &DecodeLimits::default())?;
        let samples = std::slice::from_ref(&prepared);
        let executed = execute(
            &[&probe],
            samples,
            pack,
            Perceiver::Local(&perception),
            &Limits::default(),
            &|| false,
            |_, _, _| (),
        )?;
        out.push(Scene {
            answers: executed.into_iter().flat_map(|e| e.answers).collect(),
            inputs: prepared.inputs,
        });
    }
    Ok(out)
}

/// What programs return, found once for each program and scene.
struct Judge<'a> {
    pack: &'a Pack,
    scenes: &'a [Scene],
    limits: Limits,
    known: HashMap<String, Vec<String>>,
}

impl Judge<'_> {
    /// What a program returns on the first scenes, `count` of them.
    fn returns(&mut self, program: &str, count: usize) -> &[String] {
        let known = self.known.entry(program.to_owned()).or_default();
        if known.len() < count {
            let module = self.pack.parse(program);
            for scene in &self.scenes[known.len()..count] {
                known.push(match &module {
                    Err(_) => "does not parse".into(),
                    Ok(module) => {
                        let mut answers = &scene.answers[..];
                        let run = run(module, self.pack, &scene.inputs, &mut answers, &self.limits);
                        match run.outcome {
                            Outcome::Returned(value) => value.repr,
                            Outcome::Raised(raised) => format!("raised {}", raised.class),
                            Outcome::LimitReached { limit, .. } => format!("limit {limit:?}"),
                            Outcome::Suspended(request) => format!("asked {request:?}"),
                        }
                    }
                });
            }
        }
        &known[..count]
    }

    fn is_right(&mut self, program: &str, gold: &[String]) -> bool {
        // Most wrong programs differ on one of the first scenes.
        (1..=gold.len()).all(|count| self.returns(program, count)[count - 1] == gold[count - 1])
    }
}

/// How many sentences have a right candidate.
#[derive(Default, Clone, Copy)]
struct Score {
    sentences: usize,
    first: usize,
    best_three: usize,
    any: usize,
}

impl Score {
    fn share(self, n: usize) -> String {
        format!("{:.1}", 100.0 * n as f64 / self.sentences.max(1) as f64)
    }
}

/// Splitmix64.
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A subset of this size.
fn subset(all: usize, size: usize, seed: u64) -> BTreeSet<usize> {
    let mut order: Vec<usize> = (0..all).collect();
    let mut state = seed;
    for i in (1..all).rev() {
        order.swap(i, (next(&mut state) % (i as u64 + 1)) as usize);
    }
    order.into_iter().take(size).collect()
}

/// A bank of some of the exemplars.
fn bank_of(
    tables: &str,
    exemplars: &[Exemplar],
    admit: impl Fn(usize) -> bool,
    pack: &Pack,
) -> Result<Bank, Box<dyn Error>> {
    let mut text = tables.to_owned();
    for (_, exemplar) in exemplars.iter().enumerate().filter(|(i, _)| admit(*i)) {
        text.push_str(&format!(
            "[[exemplar]]\nid = {:?}\nsentence = {:?}\nprogram = {:?}\n",
            exemplar.id, exemplar.sentence, exemplar.program
        ));
    }
    Ok(Bank::load_for(&text, "subset", pack)?)
}

/// A sentence for comparison with others.
fn reading(sentence: &str) -> String {
    sentence
        .to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .collect::<Vec<_>>()
        .join(" ")
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let flag = |name: &str| args.iter().any(|arg| arg == name);
    let only = args.iter().position(|arg| arg == "--size");
    let only: Option<usize> = only.and_then(|at| args.get(at + 1)?.parse().ok());
    let data =
        std::env::var_os("FACT_DATA").ok_or("set FACT_DATA to the folder with nlvr/train")?;
    let pack = Pack::builtin("blocks")?;
    let scenes = scenes(&Path::new(&data).join("nlvr/train/images"), &pack)?;
    let text = Bank::builtin_text("blocks").ok_or("no bank is shipped for blocks")?;
    let tables = text.split("[[exemplar]]").next().unwrap_or_default();
    let full = Bank::load_for(text, "blocks", &pack)?;
    let exemplars = full.exemplars();
    let mut judge = Judge {
        pack: &pack,
        scenes: &scenes,
        limits: Limits::default(),
        known: HashMap::new(),
    };
    let mut golds: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (i, exemplar) in exemplars.iter().enumerate() {
        let gold = judge.returns(&exemplar.program, scenes.len()).to_vec();
        if gold.iter().any(|value| *value != gold[0]) {
            golds.insert(i, gold);
        }
    }
    let mut rows: Vec<(String, [Score; 2])> = Vec::new();
    let mut slowest = 0.0_f64;
    let (mut spent, mut asked) = (0.0, 0);
    let sizes = SIZES.into_iter().chain([(0, FOLDS as u64)]);
    for (size, draws) in sizes.filter(|(size, _)| only.is_none_or(|only| only == *size)) {
        let mut scores = [Score::default(); 2];
        for seed in 0..draws {
            let in_fold = |i: usize| (i % FOLDS) as u64 == seed;
            let chosen: BTreeSet<usize> = match size {
                0 => (0..exemplars.len()).filter(|i| !in_fold(*i)).collect(),
                _ => subset(exemplars.len(), size, seed),
            };
            let readings = chosen.iter().map(|i| reading(&exemplars[*i].sentence));
            let known: BTreeSet<String> = readings.collect();
            let bank = bank_of(tables, exemplars, |i| chosen.contains(&i), &pack)?;
            for (i, gold) in &golds {
                let sentence = &exemplars[*i].sentence;
                if chosen.contains(i) || known.contains(&reading(sentence)) {
                    continue;
                }
                let start = Instant::now();
                let with = bank.propose(sentence, BEST);
                let seconds = start.elapsed().as_secs_f64();
                slowest = slowest.max(seconds);
                spent += seconds;
                asked += 1;
                let without = bank.propose_whole(sentence, BEST);
                for (mode, found) in [without, with].into_iter().enumerate() {
                    let right = found.iter().position(|c| judge.is_right(&c.program, gold));
                    let score = &mut scores[mode];
                    score.sentences += 1;
                    score.first += usize::from(right == Some(0));
                    score.best_three += usize::from(right.is_some_and(|at| at < 3));
                    score.any += usize::from(right.is_some());
                    if flag("--wrong") && mode == 1 && right != Some(0) {
                        let place = right.map_or("none".into(), |at| (at + 1).to_string());
                        println!("{sentence}\n    first right: {place}");
                        for candidate in found.iter().take(3) {
                            let lines = candidate.program.lines().skip(1).map(str::trim);
                            let program = lines.collect::<Vec<_>>().join("; ");
                            println!("    {:.3} {program}", candidate.score);
                        }
                    }
                }
            }
        }
        let name = match size {
            0 => format!("all but 1 in {FOLDS} ({FOLDS} parts)"),
            _ => format!("{size} ({draws} draws)"),
        };
        rows.push((name, scores));
    }
    println!(
        "{} scenes; {} of {} programs tell scenes apart. Right, in % of sentences: any of the {BEST} \
         candidates / one of the first 3 / the first.\n",
        scenes.len(),
        golds.len(),
        exemplars.len()
    );
    println!("| exemplars | sentences asked | whole exemplars | with composition |");
    println!("|---|---|---|---|");
    for (name, [without, with]) in rows {
        let cell = |s: Score| {
            let shares = [s.any, s.best_three, s.first].map(|n| s.share(n));
            shares.join(" / ")
        };
        println!(
            "| {name} | {} | {} | {} |",
            with.sentences,
            cell(without),
            cell(with)
        );
    }
    if flag("--slow") {
        println!(
            "\nproposing: mean {:.2} ms, slowest {:.2} ms",
            1e3 * spent / f64::from(asked.max(1)),
            1e3 * slowest
        );
    }
    Ok(())
}
