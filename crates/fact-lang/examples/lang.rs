//! Our side of the benchmark that `benchmarks/lang.sh` runs: parse and run visual programs with full
//! trace and default limits on the pack `viper`, with stub perception.
//!
//! ```text
//! lang PROGRAMS PASSES       one JSON object of figures
//! lang PROGRAMS each         microseconds and events of each program
//! lang PROGRAMS passes N     N passes of parse and run, for a profiler
//! ```
#![allow(
    clippy::print_stdout,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a benchmark reads files and the clock"
)]

use fact_lang::ast::Module;
use fact_lang::pack::Pack;
use fact_lang::run::{Inputs, Limits, Outcome, Run, run};
use fact_lang::syntax::parse_program;
use fact_lang::tool::{Answer, Answers, Arg, BBox, Detection, ImageRef, Request};
use fact_lang::trace::{Event, EventId, Object, PackCall, ToolCall, Trace, TraceValue};
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// As in the program `fact`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const WORDS: [&str; 8] = ["red", "blue", "wood", "dog", "1987", "two", "left", "bus"];

/// Answers that are a fixed function of the request; the same one as in `benchmarks/lang/stub.py`.
struct Stub;

impl Answers for Stub {
    fn answer(&mut self, request: &Request) -> Option<Answer> {
        let h = number_of(request);
        Some(match request.tool.as_str() {
            "find" => Answer::Detections(detections(h, request)),
            "verify_property" => Answer::Bool(h & 16 != 0),
            "best_text_match" => match request.args.first() {
                Some((_, Arg::List(options))) if !options.is_empty() => {
                    match &options[h as usize % options.len()] {
                        Arg::Str(text) => Answer::Text(text.clone()),
                        _ => Answer::Error("options are texts".into()),
                    }
                }
                _ => Answer::Error("no options".into()),
            },
            "match_text" | "compute_depth" => Answer::Number(f64::from(h % 1000) / 1000.0),
            _ => Answer::Text(WORDS[h as usize % WORDS.len()].into()),
        })
    }
}

/// FNV-1a of the request.
fn number_of(request: &Request) -> u32 {
    let mut h = 0x811c_9dc5u32;
    let mut add = |data: &[u8]| {
        for byte in data {
            h = (h ^ u32::from(*byte)).wrapping_mul(0x0100_0193);
        }
    };
    add(request.tool.as_bytes());
    let sides: [f64; 4] = request.region.into();
    for side in sides {
        add(&(side as u32).to_le_bytes());
    }
    for (_, arg) in &request.args {
        let one = std::slice::from_ref(arg);
        let texts = if let Arg::List(texts) = arg {
            texts
        } else {
            one
        };
        for text in texts {
            if let Arg::Str(text) = text {
                add(text.as_bytes());
            }
        }
        add(&[0]);
    }
    h ^ (h >> 15)
}

fn detections(h: u32, request: &Request) -> Vec<Detection> {
    let label = match request.args.first() {
        Some((_, Arg::Str(label))) => label.as_str(),
        _ => "",
    };
    let sides: [f64; 4] = request.region.into();
    let [left, top, right, bottom] = sides.map(|x| x as u32);
    let (width, height) = (right - left, bottom - top);
    (0..h % 5)
        .map(|i| {
            let g = h
                .wrapping_mul(2_654_435_761)
                .wrapping_add(i.wrapping_mul(2_246_822_519));
            let g = g ^ (g >> 13);
            let x = left + g % (width * 7 / 10).max(1);
            let y = top + (g >> 8) % (height * 7 / 10).max(1);
            Detection {
                label: label.to_owned(),
                bbox: BBox {
                    left: f64::from(x),
                    top: f64::from(y),
                    right: f64::from(right.min(x + 5 + (g >> 4) % (width * 3 / 10).max(1))),
                    bottom: f64::from(bottom.min(y + 5 + (g >> 12) % (height * 3 / 10).max(1))),
                },
                score: 0.9,
                id: None,
                attributes: Default::default(),
            }
        })
        .collect()
}

/// What a trace occupies: its arenas and what their elements own.
fn trace_bytes(trace: &Trace) -> usize {
    let args: usize = trace.pack_calls.iter().map(|call| call.args.len()).sum();
    let fields: usize = trace.objects.iter().map(|object| object.fields.len()).sum();
    trace.events.len() * size_of::<Event>()
        + trace.inputs.len() * size_of::<EventId>()
        + (trace.items.len() + args) * size_of::<(TraceValue, EventId)>()
        + trace.pack_calls.len() * size_of::<PackCall>()
        + trace.tool_calls.len() * size_of::<ToolCall>()
        + trace.objects.len() * size_of::<Object>()
        + fields * size_of::<(Arc<str>, TraceValue, EventId)>()
}

/// Seconds of the fastest pass over the items, put together item by item: what others on the machine
/// disturb is not counted, on either side.
fn best<T>(items: &[T], passes: u32, each: impl Fn(&T)) -> f64 {
    let mut fastest = vec![Duration::MAX; items.len()];
    for _ in 0..passes {
        for (item, fastest) in items.iter().zip(&mut fastest) {
            let start = Instant::now();
            each(item);
            *fastest = start.elapsed().min(*fastest);
        }
    }
    fastest.iter().map(Duration::as_secs_f64).sum()
}

struct Bench {
    pack: Pack,
    inputs: Inputs,
    limits: Limits,
}

impl Bench {
    fn run(&self, module: &Module) -> Run {
        run(module, &self.pack, &self.inputs, &mut Stub, &self.limits)
    }

    fn parse_run(&self, text: &str) {
        if let Ok(module) = parse_program(black_box(text)) {
            black_box(self.run(&module));
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let usage = "usage: lang PROGRAMS (PASSES | each | passes N)";
    let path = args.get(1).ok_or(usage)?;
    let source = std::fs::read_to_string(path)?;
    let programs: Vec<(&str, &str)> = source
        .split("\n# === ")
        .skip(1)
        .filter_map(|part| part.split_once('\n'))
        .collect();
    let bench = Bench {
        pack: Pack::builtin("viper")?,
        inputs: Inputs::image(ImageRef {
            sha256: "0".repeat(64).into(),
            width: 640,
            height: 480,
        }),
        limits: Limits::default(),
    };
    let mut modules = Vec::new();
    for (name, text) in &programs {
        modules.push(parse_program(text).map_err(|e| format!("{name}: {e}"))?);
    }
    match args.get(2).map(String::as_str) {
        Some("each") => each(&bench, &programs, &modules),
        Some("passes") => {
            let passes: u32 = args.get(3).ok_or(usage)?.parse()?;
            for _ in 0..passes {
                programs.iter().for_each(|(_, text)| bench.parse_run(text));
            }
        }
        Some(passes) => figures(&bench, &programs, &modules, passes.parse()?)?,
        None => return Err(usage.into()),
    }
    Ok(())
}

fn each(bench: &Bench, programs: &[(&str, &str)], modules: &[Module]) {
    for ((name, text), module) in programs.iter().zip(modules) {
        let parse = best(&[text], 1_000, |text| {
            drop(black_box(parse_program(black_box(text))));
        });
        let time = best(&[module], 1_000, |module| {
            drop(black_box(bench.run(module)))
        });
        let run = bench.run(module);
        println!(
            "{name:24} parse {:6.2} us  run {:6.2} us  {:5} events {:3} tool calls {:6} B",
            parse * 1e6,
            time * 1e6,
            run.trace.events.len(),
            run.trace.tool_calls.len(),
            trace_bytes(&run.trace),
        );
    }
}

fn figures(
    bench: &Bench,
    programs: &[(&str, &str)],
    modules: &[Module],
    passes: u32,
) -> Result<(), Box<dyn Error>> {
    let mut results = Vec::new();
    let (mut events, mut bytes) = (Vec::new(), Vec::new());
    for ((name, _), module) in programs.iter().zip(modules) {
        let run = bench.run(module);
        let Outcome::Returned(returned) = &run.outcome else {
            return Err(format!("{name}: {:?}", run.outcome).into());
        };
        results.push(returned.repr.clone());
        events.push(run.trace.events.len());
        bytes.push(trace_bytes(&run.trace));
    }
    let parse = best(programs, passes, |(_, text)| {
        drop(black_box(parse_program(black_box(text))));
    });
    let run = best(modules, passes, |module| drop(black_box(bench.run(module))));
    let parse_run = best(programs, passes, |(_, text)| bench.parse_run(text));
    let report = serde_json::json!({
        "seconds": { "parse": parse, "run": run, "parse_run": parse_run },
        "events": events,
        "bytes": bytes,
        "results": results,
    });
    println!("{report}");
    Ok(())
}
