//! The benchmark that `benchmarks/concise-speed.sh` runs: how long a rationale takes, and how that grows
//! with the trace.
//!
//! ```text
//! concise SPEC_FOLDER PASSES       the cases of SPEC_FOLDER/*.md, as Markdown tables
//! concise SPEC_FOLDER profile N    N passes of slice, merge and bridge, for a profiler
//! ```
//!
//! Times are processor time of the thread (Linux: `/proc/thread-self/schedstat`), so that a busy
//! machine does not slow them; elsewhere they are wall time.
#![allow(
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a benchmark reads files and the clock, and fails where a test would"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Scene, executed};
use fact_core::certificate::{inputs, limits};
use fact_core::explain::{Context, explain, write};
use fact_core::matcher::Matcher;
use fact_core::slice::{
    Behaviour, Setting, deletable, idle, is_whole, minimality, print::print, reproduce, without,
};
use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, Run, end};
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// As in the program `fact`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A program with its run, and the residual that a whole slice comes to.
struct Case {
    pack: String,
    program: Module,
    run: Run,
    inputs: Inputs,
    limits: Limits,
    question: String,
    answer: String,
    matcher: Matcher,
    residual: Module,
}

impl Case {
    fn new(scene: &Scene, pack: &Pack, source: &str) -> Option<Self> {
        let program = pack.parse(source).ok()?;
        let run = executed(scene, pack, &program);
        let Outcome::Returned(returned) = &run.outcome else {
            return None;
        };
        let (matcher, answer) = match returned.text.as_str() {
            "True" | "False" => (Matcher::TrueFalse, returned.text.to_lowercase()),
            _ => (Matcher::Open, returned.text.clone()),
        };
        let residual = program.clone();
        let mut case = Self {
            pack: scene.pack.clone(),
            program,
            run,
            inputs: inputs(vec![scene.image.clone()], &scene.question, &[]),
            limits: limits(),
            question: scene.question.clone(),
            answer,
            matcher,
            residual,
        };
        let made = explain(case.setting(pack), &case.program, &case.run, case.context()).ok()?;
        case.residual = pack.parse(&made.certificate.residual).ok()?;
        Some(case)
    }

    fn setting<'a>(&'a self, pack: &'a Pack) -> Setting<'a> {
        Setting {
            pack,
            inputs: &self.inputs,
            answers: &self.run.trace.answers,
            limits: &self.limits,
        }
    }

    fn context(&self) -> Context<'_> {
        Context {
            question: &self.question,
            choices: &[],
            answer: &self.answer,
            matcher: self.matcher,
        }
    }

    /// Slice, merge and bridge without any test: closure, projection, the residual printed and, where
    /// something was left out, parsed and run once on the recorded answers; the text written.
    fn alone(&self, pack: &Pack) {
        let setting = self.setting(pack);
        black_box(idle(&self.program, &self.run));
        let (residual, run) =
            reproduce(setting, &self.program, &self.run, &self.residual).expect("a residual");
        black_box(write(setting, &residual, &run, self.context())).expect("a rationale");
    }

    /// The same, and the residual held against the program on every flipped table.
    fn tested(&self, pack: &Pack) {
        self.alone(pack);
        let behaviour = Behaviour::new(self.setting(pack), &self.program, &self.run);
        if !is_whole(&self.program, &self.residual) {
            black_box(behaviour.first_disagreement(&self.residual));
        }
    }

    /// All of it, deletions and certificate included.
    fn whole(&self, pack: &Pack) {
        let setting = self.setting(pack);
        black_box(explain(setting, &self.program, &self.run, self.context())).expect("a rationale");
    }

    /// The alternative without a trace: delete each unit of the whole program, print, parse, and
    /// re-execute on the recorded answers and every flipped table.
    fn naive(&self, pack: &Pack) {
        let behaviour = Behaviour::new(self.setting(pack), &self.program, &self.run);
        let mut current = self.program.clone();
        loop {
            let mut changed = false;
            for id in deletable(&current, pack) {
                let smaller = without(&current, &[id]);
                if let Ok(printed) = pack.parse(&print(&smaller, &|_| true))
                    && behaviour.agrees(&printed).expect("a budget")
                {
                    current = smaller;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        black_box(current);
    }

    /// The test that a checker makes: a program agrees with itself.
    fn checked(&self, pack: &Pack) {
        let behaviour = Behaviour::new(self.setting(pack), &self.program, &self.run);
        if !is_whole(&self.program, &self.residual) {
            black_box(behaviour.first_disagreement(&self.residual));
        }
        black_box(minimality(&behaviour, &self.residual));
    }
}

/// Nanoseconds of processor time of this thread.
fn spent(start: Instant) -> f64 {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(start.elapsed().as_nanos() as f64)
}

/// Microseconds a call takes: as many calls as last 40 ms, since the kernel adds up time in ticks.
fn micros(start: Instant, mut f: impl FnMut()) -> f64 {
    let mut calls = 1;
    loop {
        let before = spent(start);
        (0..calls).for_each(|_| f());
        let taken = spent(start) - before;
        if taken > 4e7 || calls > 1 << 20 {
            return taken / f64::from(calls) / 1e3;
        }
        calls = if taken < 4e6 { calls * 16 } else { calls * 2 };
    }
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// `median [least–greatest]` of the passes.
fn spread(values: &mut [f64]) -> String {
    let middle = median(values);
    format!(
        "{middle:.1} [{:.1}–{:.1}]",
        values[0],
        values[values.len() - 1]
    )
}

/// Every fenced block of a file: language, content.
fn blocks(text: &str) -> Vec<(&str, String)> {
    let mut out = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let content: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
            out.push((language, content.join("\n")));
        }
    }
    out
}

fn cases(folder: &Path, packs: &mut BTreeMap<String, Pack>) -> Result<Vec<Case>, Box<dyn Error>> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|e| e == "md"));
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file)?;
        let mut scene = Scene::parse("");
        for (language, content) in blocks(&text) {
            match language {
                "scene" => scene = Scene::parse(&content),
                "python" | "visprog" => {
                    if !packs.contains_key(&scene.pack) {
                        packs.insert(scene.pack.clone(), Pack::builtin(&scene.pack)?);
                    }
                    cases.extend(Case::new(&scene, &packs[&scene.pack], &content));
                }
                _ => {}
            }
        }
    }
    Ok(cases)
}

/// `n` items in one box, and programs that look at each of them.
fn grown(n: usize, source: &str, pack: &Pack) -> Option<Case> {
    let mut scene = "image 100000x1000\nbox 0,0,100000,1000\n".to_owned();
    for i in 0..n {
        let (x, y) = (i % 1_000 * 40, i / 1_000 * 40);
        let color = ["black", "yellow", "blue"][i % 3];
        let shape = ["square", "circle"][i % 2];
        let (right, bottom) = (x + 20, y + 20);
        writeln!(
            scene,
            "item {x},{y},{right},{bottom} color={color} shape={shape} size=small"
        )
        .ok()?;
    }
    Case::new(&Scene::parse(&scene), pack, source)
}

const LOOP: &str = "def execute_command(image):
    count = 0
    for item in image.items:
        if item.color == \"black\" and item.shape == \"square\":
            count += 1
    return count
";
const ANY: &str = "def execute_command(image):
    return any(item.x > 2000000 for item in image.items)
";

type Figure = (&'static str, fn(&Case, &Pack));

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let folder = Path::new(args.first().ok_or("concise SPEC_FOLDER PASSES")?);
    let start = Instant::now();
    let mut packs = BTreeMap::new();
    let cases = cases(folder, &mut packs)?;
    if args.get(1).is_some_and(|a| a == "profile") {
        for _ in 0..args[2].parse::<usize>()? {
            cases.iter().for_each(|case| case.alone(&packs[&case.pack]));
        }
        return Ok(());
    }
    let passes: usize = args.get(1).map_or(Ok(5), |n| n.parse())?;

    let figures: &[Figure] = &[
        ("run of the program, full trace", |case, pack| {
            black_box(case.setting(pack).run(&case.program));
        }),
        ("run of the program, without trace", |case, pack| {
            let mut answers = &case.run.trace.answers[..];
            black_box(end(
                &case.program,
                pack,
                &case.inputs,
                &mut answers,
                &case.limits,
            ));
        }),
        ("slice + merge + bridge", Case::alone),
        ("and agreement on the flipped tables", Case::tested),
        ("and the deletions, with certificate", Case::whole),
        ("deletions without a trace", Case::naive),
        ("check: flipped tables and deletions", Case::checked),
    ];
    let mut events: Vec<f64> = cases
        .iter()
        .map(|c| c.run.trace.events.len() as f64)
        .collect();
    let tables = |case: &Case| {
        let setting = case.setting(&packs[&case.pack]);
        Behaviour::new(setting, &case.program, &case.run).tables() as f64
    };
    let mut tables: Vec<f64> = cases.iter().map(tables).collect();
    println!(
        "{} programs; median {:.0} events (greatest {:.0}), {:.0} flipped tables; {passes} passes; \
         median [least–greatest]\n",
        cases.len(),
        median(&mut events),
        events[events.len() - 1],
        median(&mut tables),
    );
    println!(
        "| | µs a program, median | µs a program, mean | a second on 2 cores, at the median |"
    );
    println!("|---|---|---|---|");
    for (name, figure) in figures {
        let (mut medians, mut means) = (Vec::new(), Vec::new());
        for _ in 0..passes {
            let each = |case: &Case| micros(start, || figure(case, &packs[&case.pack]));
            let mut taken: Vec<f64> = cases.iter().map(each).collect();
            means.push(taken.iter().sum::<f64>() / taken.len() as f64);
            medians.push(median(&mut taken));
        }
        let middle = median(&mut medians);
        println!(
            "| {name} | {} | {} | {:.0} |",
            spread(&mut medians),
            spread(&mut means),
            2e6 / middle
        );
    }

    let blocks = &packs["blocks"];
    println!(
        "\n| program | objects | events | run, ns an event | slice + merge + bridge, ns an event | with every test, ns an event |"
    );
    println!("|---|---|---|---|---|---|");
    for (name, source) in [("a counting loop", LOOP), ("`any` that finds none", ANY)] {
        for n in [3, 10, 30, 100, 300, 1_000, 3_000] {
            let Some(case) = grown(n, source, blocks) else {
                println!("| {name} | {n} | no slice | | | |");
                continue;
            };
            let events = case.run.trace.events.len() as f64;
            let per = |f: &dyn Fn()| micros(start, f) * 1e3 / events;
            println!(
                "| {name} | {n} | {events} | {:.0} | {:.0} | {:.0} |",
                per(&|| drop(black_box(case.setting(blocks).run(&case.program)))),
                per(&|| case.alone(blocks)),
                per(&|| case.whole(blocks)),
            );
        }
    }
    Ok(())
}
