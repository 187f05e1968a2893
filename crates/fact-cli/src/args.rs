//! The flags.

mod check;
#[cfg(feature = "student")]
mod experiment;
mod metrics;
mod runs;
#[cfg(feature = "student")]
mod student;
mod synth;
mod transfer;
mod view;

pub(crate) use check::{CheckArgs, SchemaArgs};
#[cfg(feature = "student")]
pub(crate) use experiment::ExperimentArgs;
pub(crate) use metrics::MetricsArgs;
pub(crate) use runs::{DiffArgs, GcArgs, ListArgs, RunsArgs, RunsCommand, ShowRunArgs};
#[cfg(feature = "student")]
pub(crate) use student::{EvalArgs, ObjectiveKind, TeachArgs};
pub(crate) use synth::{SynthArgs, World};
pub(crate) use transfer::{KeepArgs, TransferArgs};
pub(crate) use view::ViewArgs;

use crate::style::StyleArgs;
use clap::{Args, Parser, Subcommand};
use fact_pipeline::config::{
    Accept, Api, BoxConvention, BridgeSpec, Look, PerceptionSpec, ProposerSpec, Visible,
};
use fact_pipeline::export::{Format, Reviewed, Task};
use std::path::PathBuf;

const AFTER: &str = "\
Exit codes:
  0    done (programs that fail are counted results, not errors)
  1    `fact check` rejected a certificate
  2    wrong usage, or a file, folder or setting cannot be used
  3    the budget for a language model is used up; with a larger one the same command resumes
  130  stopped by Ctrl-C; the same command resumes

Example:
  fact demo";

/// Faithful, concise and transferable rationales from visual programs.
#[derive(Debug, Parser)]
#[command(name = "fact", version, after_help = AFTER, disable_help_subcommand = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The commands, in the order in which one meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// See it work: drawn data, a run from pixels, check and export; needs nothing
    Demo(DemoArgs),
    /// Turn a data set's questions into verified rationales
    Run(Box<RunArgs>),
    /// Ask one question about one image: answer, rationale, certificate and a picture with boxes
    Ask(Box<AskArgs>),
    /// Run one program on an image, or on several
    Exec(Box<ExecArgs>),
    /// Tell how far a run's questions, candidates and samples came, why no further, and the cost
    Report(ReportArgs),
    /// Show one sample of a run: program, slice, trace, rationale, verdicts
    Show(ShowArgs),
    /// List runs, show one as a whole, compare two, drop what is not needed
    Runs(RunsArgs),
    /// Look at a run's samples in a browser, and accept or reject them
    View(ViewArgs),
    /// Re-check every certificate of a run or of a JSONL export, offline
    Check(CheckArgs),
    /// Fit the confidence of programs on a run whose questions have several images
    Calibrate(CalibrateArgs),
    /// Ask verifier models whether a run's rationales help them
    Transfer(Box<TransferArgs>),
    /// Export a run for people and trainers
    Export(ExportArgs),
    /// Draw a data set: images, sentences, labels, annotations, programs
    Synth(SynthArgs),
    /// Score a prediction file as a benchmark's official script does, with intervals
    Metrics(Box<MetricsArgs>),
    /// Teach students, small vision-language models, with answers and rationales
    #[cfg(feature = "student")]
    Teach(Box<TeachArgs>),
    /// Have a student answer, and write its predictions
    #[cfg(feature = "student")]
    Eval(EvalArgs),
    /// Compare ways to teach: arms, sizes and seeds from one file, with tables
    #[cfg(feature = "student")]
    Experiment(ExperimentArgs),
    /// Print the JSON schema of a certificate or of an exported row
    Schema(SchemaArgs),
    /// Look at an exemplar bank and edit it
    Bank(BankArgs),
    /// Write a commented fact.toml
    Init(InitArgs),
}

/// Flags of `fact demo`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  fact demo
  fact demo --samples 40 --out /tmp/demo")]
pub(crate) struct DemoArgs {
    /// Samples to draw
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) samples: u32,
    /// Folder of data, run and exports; a demo that is there is replaced
    #[arg(long, value_name = "DIR", default_value = "runs/demo")]
    pub(crate) out: PathBuf,
    /// Seed of the drawing
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u32,
    /// Worker threads [default: one per core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<u32>,
}

/// Flags of `fact run`. Each beats the key of the same name in the file.
#[derive(Debug, Default, Args)]
#[command(after_help = "\
A run that was stopped or killed resumes with the same command; nothing is done twice. With other
settings it is refused, and told what --redo would keep and do again.

Example:
  fact run --data nlvr:nlvr/dev --pack blocks --perception pixels --propose bank --out runs/nlvr")]
pub(crate) struct RunArgs {
    /// Data set: READER:PATH, readers nlvr, clevr, gqa, easy-vqa, vqa, jsonl, llava, sharegpt,
    /// parquet, synth
    #[arg(long, value_name = "SPEC")]
    pub(crate) data: Option<String>,
    /// What programs may call: blocks, scene, viper, one of viper's relatives (codevqa, hydra, rvp,
    /// trope, video, viunit), visprog, or the path of a pack
    #[arg(long, value_name = "NAME|PATH")]
    pub(crate) pack: Option<String>,
    /// Who looks at the images: pixels, scene (the annotations), http://HOST:PORT (a tool server),
    /// or vlm:MODEL@URL (a vision-language model)
    #[arg(long, value_name = "KIND|URL")]
    pub(crate) perception: Option<PerceptionSpec>,
    /// Where programs come from, in order of preference: bank, gold, llm:MODEL@URL (a language
    /// model)
    #[arg(long, value_name = "KIND,…", value_delimiter = ',')]
    pub(crate) propose: Option<Vec<ProposerSpec>>,
    /// Who writes the text of rationales: rules, or llm:MODEL@URL (a language model writes them
    /// anew, and counts where it says the same) [default: rules]
    #[arg(long, value_name = "KIND")]
    pub(crate) bridge: Option<BridgeSpec>,
    /// Exemplar bank of the proposer bank [default: the pack's]
    #[arg(long, value_name = "FILE")]
    pub(crate) bank: Option<PathBuf>,
    /// Folder of the run [default: runs/run]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Folder of another run: what it was answered by back ends behind a wire is not asked again;
    /// repeat it
    #[arg(long, value_name = "RUN")]
    pub(crate) reuse: Vec<PathBuf>,
    /// Programs proposed per question and proposer [default: 16]
    #[arg(long, value_name = "K")]
    pub(crate) candidates: Option<u32>,
    /// Rounds of learning: what a round is sure of are exemplars of the next one [default: 1]
    #[arg(long, value_name = "N")]
    pub(crate) rounds: Option<u32>,
    /// Scenes of a question that its program is chosen on; the others only score [default: all]
    #[arg(long, value_name = "N|all")]
    pub(crate) visible: Option<Visible>,
    /// What a sample must reach: siblings (V2 where its question has siblings, else V1), v1, v2, or a
    /// precision such as 0.9 (that share of the accepted is expected to be right in general)
    #[arg(long, value_name = "RULE")]
    pub(crate) accept: Option<Accept>,
    /// Whether a sample's siblings may be looked at when its program is chosen: use or hide
    #[arg(long, value_name = "use|hide")]
    pub(crate) siblings: Option<Look>,
    /// Whether answers may be looked at when programs are chosen and accepted: use or hide
    #[arg(long, value_name = "use|hide")]
    pub(crate) answers: Option<Look>,
    /// Calibration of confidence, as fact calibrate writes it [default: the shipped one]
    #[arg(long, value_name = "FILE")]
    pub(crate) calibration: Option<PathBuf>,
    /// Only the first samples
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u32>,
    /// Seed of whatever is drawn [default: 0]
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u32>,
    /// Worker threads; changes nothing in the results [default: one per core]
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<u32>,
    /// Stop at the first malformed record instead of counting it
    #[arg(long)]
    pub(crate) strict: bool,
    /// Start over if the folder holds a run; its stored answers are lost, too
    #[arg(long)]
    pub(crate) fresh: bool,
    /// If the folder holds a run with other settings: do it again with these, with its stored answers
    #[arg(long, conflicts_with = "fresh")]
    pub(crate) redo: bool,
    /// Settings file [default: fact.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) llm: LlmArgs,
    #[command(flatten)]
    pub(crate) wire: WireArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// How a language model is asked for programs.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Programs by a language model")]
pub(crate) struct LlmArgs {
    /// Interface of the endpoint: completions or chat [default: completions]
    #[arg(long, value_name = "KIND")]
    pub(crate) llm_api: Option<Api>,
    /// Completions per question, the first at temperature 0 [default: 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) samples: Option<u32>,
    /// Temperature of the further ones [default: 0.7]
    #[arg(long, value_name = "T")]
    pub(crate) temperature: Option<f64>,
    /// Exemplars shown with each question [default: 8]
    #[arg(long, value_name = "N")]
    pub(crate) exemplars: Option<u32>,
    /// Longest prompt, in estimated tokens; the pack's description gives way first [default: 900]
    #[arg(long, value_name = "N")]
    pub(crate) prompt_tokens: Option<u32>,
    /// Longest completion, in tokens [default: 256]
    #[arg(long, value_name = "N")]
    pub(crate) max_tokens: Option<u32>,
    /// Requests at once to the language model [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) llm_concurrency: Option<u16>,
    /// Send the image with the question, to a vision-language model; needs --llm-api chat
    #[arg(long)]
    pub(crate) llm_image: bool,
    /// Ask once more, with what went wrong, for a question without a good program
    #[arg(long)]
    pub(crate) repair: bool,
    /// Most questions to send to the language model, in all sessions of the run
    #[arg(long, value_name = "N")]
    pub(crate) max_requests: Option<u64>,
    /// Most tokens to use, of prompts and completions together
    #[arg(long, value_name = "N")]
    pub(crate) max_total_tokens: Option<u64>,
    /// Most that the run may cost; needs both prices
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) max_cost: Option<f64>,
    /// Price of a million tokens of prompts
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) price_prompt: Option<f64>,
    /// Price of a million tokens of completions
    #[arg(long, value_name = "AMOUNT")]
    pub(crate) price_completion: Option<f64>,
    /// Environment variable that holds the language model's key
    #[arg(long, value_name = "NAME")]
    pub(crate) llm_key_env: Option<String>,
    /// File that holds the language model's key
    #[arg(long, value_name = "FILE", conflicts_with = "llm_key_env")]
    pub(crate) llm_key_file: Option<PathBuf>,
    /// Seconds until a completion must be there [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) llm_timeout: Option<u32>,
}

/// How a perception behind a wire is reached and asked.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Perception behind a wire")]
pub(crate) struct WireArgs {
    /// Environment variable that holds the server's key
    #[arg(long, value_name = "NAME")]
    pub(crate) key_env: Option<String>,
    /// File that holds the server's key
    #[arg(long, value_name = "FILE", conflicts_with = "key_env")]
    pub(crate) key_file: Option<PathBuf>,
    /// Seconds until a reply must be there [default: 120]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) timeout: Option<u32>,
    /// How often a request that failed is repeated [default: 4]
    #[arg(long, value_name = "N")]
    pub(crate) retries: Option<u32>,
    /// How the vision-language model writes boxes: pixels, norm1000, norm1000-yx, norm1, box-tokens
    /// [default: norm1000]
    #[arg(long, value_name = "KIND")]
    pub(crate) boxes: Option<BoxConvention>,
    /// Requests at once to the vision-language model [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) concurrency: Option<u16>,
}

/// Bounds of one execution.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Bounds of one execution")]
pub(crate) struct LimitArgs {
    /// Evaluation steps
    #[arg(long, value_name = "N")]
    pub(crate) max_steps: Option<u64>,
    /// Nested calls
    #[arg(long, value_name = "N")]
    pub(crate) max_depth: Option<u32>,
    /// Bytes allocated
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_heap: Option<u64>,
    /// Bytes printed
    #[arg(long, value_name = "BYTES")]
    pub(crate) max_output: Option<u64>,
    /// Calls of perception
    #[arg(long, value_name = "N")]
    pub(crate) max_tool_calls: Option<u64>,
    /// Events in the trace
    #[arg(long, value_name = "N")]
    pub(crate) max_events: Option<u64>,
}

impl LimitArgs {
    /// Those given, by their key in the configuration.
    pub(crate) fn given(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("steps", self.max_steps),
            ("depth", self.max_depth.map(u64::from)),
            ("heap", self.max_heap),
            ("output", self.max_output),
            ("tool_calls", self.max_tool_calls),
            ("events", self.max_events),
        ]
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
    }
}

/// Flags of `fact ask`.
#[derive(Debug, Args)]
#[command(after_help = "\
Into the question's folder go answer.jsonl, which `fact check` verifies, boxes.svg, and the run; the
same question asks nobody again. Exit code 2: no program gave an answer.

Example:
  fact ask boxes.png 'There is a tower with a blue block at the top.'
  fact ask street.jpg 'Is there a dog?' --pack viper --perception vlm:MODEL@URL --propose llm:MODEL@URL")]
pub(crate) struct AskArgs {
    /// The image
    pub(crate) image: PathBuf,
    /// The question
    pub(crate) question: String,
    /// One of the answers to choose from; repeat it
    #[arg(long, value_name = "TEXT")]
    pub(crate) choice: Vec<String>,
    /// What programs may call, as in fact run [default: blocks]
    #[arg(long, value_name = "NAME|PATH")]
    pub(crate) pack: Option<String>,
    /// Who looks at the image: pixels, http://HOST:PORT, or vlm:MODEL@URL [default: pixels]
    #[arg(long, value_name = "KIND|URL")]
    pub(crate) perception: Option<PerceptionSpec>,
    /// Where programs come from: bank, llm:MODEL@URL [default: bank]
    #[arg(long, value_name = "KIND,…", value_delimiter = ',')]
    pub(crate) propose: Option<Vec<ProposerSpec>>,
    /// Exemplar bank of the proposer bank [default: the pack's]
    #[arg(long, value_name = "FILE")]
    pub(crate) bank: Option<PathBuf>,
    /// Folder of the question [default: beside the image, named after both]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Settings file [default: fact.toml, if there is one]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Print one JSON object: the row of answer.jsonl
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) llm: LlmArgs,
    #[command(flatten)]
    pub(crate) wire: WireArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Flags of `fact exec`.
#[derive(Debug, Args)]
#[command(after_help = "\
A program that raises or reaches a limit is a result: the exit code is 0. docs/formats.md describes
the object that --json prints, and the lines that --batch reads and --out gets.

Example:
  fact exec program.py --image img.png --pack blocks --perception pixels --json
  fact exec --batch programs.jsonl --pack viper --perception http://127.0.0.1:9000 \\
            --out results.jsonl")]
pub(crate) struct ExecArgs {
    /// The program; - reads standard input
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    pub(crate) program: Option<PathBuf>,
    /// An image; several, in order, for a program that takes `image_list`, `images` or `video` (its
    /// frames), two for `image_dict` (left and right)
    #[arg(long, value_name = "FILE")]
    pub(crate) image: Vec<PathBuf>,
    /// Annotation of the image, JSON: a CLEVR scene, a GQA scene graph, an NLVR structured_rep, or
    /// Fact's own
    #[arg(long, value_name = "FILE")]
    pub(crate) scene: Option<PathBuf>,
    /// What the parameters `question` and `query` are bound to
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) question: String,
    /// One of the texts that the parameter `possible_answers` is bound to; repeat it
    #[arg(long, value_name = "TEXT")]
    pub(crate) choice: Vec<String>,
    /// What the program may call: blocks, scene, viper, one of viper's relatives (codevqa, hydra,
    /// rvp, trope, video, viunit), visprog, or the path of a pack
    #[arg(long, value_name = "NAME|PATH", default_value = "blocks")]
    pub(crate) pack: String,
    /// Who looks at the image: pixels, scene (the annotation), http://HOST:PORT (a tool server), or
    /// vlm:MODEL@URL (a vision-language model)
    #[arg(long, value_name = "KIND|URL")]
    pub(crate) perception: Option<PerceptionSpec>,
    /// Take the program from a language model's completion, and tell what was cut
    #[arg(long)]
    pub(crate) salvage: bool,
    /// Print one JSON object
    #[arg(long, conflicts_with = "batch")]
    pub(crate) json: bool,
    /// Also print the trace; with --json or --batch as JSON
    #[arg(long)]
    pub(crate) trace: bool,
    #[command(flatten)]
    pub(crate) batch: BatchArgs,
    #[command(flatten)]
    pub(crate) wire: WireArgs,
    #[command(flatten)]
    pub(crate) limits: LimitArgs,
}

/// Many programs at once.
#[derive(Debug, Args)]
#[command(next_help_heading = "Many programs")]
pub(crate) struct BatchArgs {
    /// Programs as JSON lines: id, program, and what it runs on: image or images, scene, question,
    /// choices; what a line lacks is taken from the flags
    #[arg(long, value_name = "FILE", requires = "out")]
    pub(crate) batch: Option<PathBuf>,
    /// Results as JSON lines, in the same order
    #[arg(long, value_name = "FILE", requires = "batch")]
    pub(crate) out: Option<PathBuf>,
    /// Folder that images of lines are under [default: that of the programs]
    #[arg(long, value_name = "DIR", requires = "batch")]
    pub(crate) images: Option<PathBuf>,
    /// Threads that compute; changes nothing in the results [default: one per core]
    #[arg(long, value_name = "N", requires = "batch", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

/// Flags of `fact show`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  fact show runs/demo synth-0-17
  fact show runs/demo synth-0-17 --style think --boxes norm1000")]
pub(crate) struct ShowArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Id of the sample
    pub(crate) sample: String,
    /// Show every event of the trace
    #[arg(long)]
    pub(crate) all: bool,
    #[command(flatten)]
    pub(crate) style: StyleArgs,
}

/// Flags of `fact report`.
#[derive(Debug, Args)]
#[command(after_help = "\
A funnel per proposer, the reasons of every loss with three examples each, and the cost per
rationale. Works while the run is going on. docs/formats.md describes every field.

Example:
  fact report runs/demo")]
pub(crate) struct ReportArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// As JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// As the page that a run leaves in its folder as report.html
    #[arg(long, conflicts_with = "json")]
    pub(crate) html: bool,
}

/// Flags of `fact calibrate`.
#[derive(Debug, Args)]
#[command(after_help = "\
The run must be over labelled questions that each have several images: one is looked at, the others
tell which programs are right. docs/verification.md tells more.

Example:
  fact calibrate runs/dev --out calibration.toml
  fact run --calibration calibration.toml --accept 0.9 …
  fact calibrate runs/other --measure --calibration calibration.toml")]
pub(crate) struct CalibrateArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Fit nothing: measure the shipped calibration, or that of --calibration, on this run
    #[arg(long, conflicts_with_all = ["out", "general"])]
    pub(crate) measure: bool,
    /// The calibration to measure
    #[arg(long, value_name = "FILE", requires = "measure")]
    pub(crate) calibration: Option<PathBuf>,
    /// The calibration to write
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The full report to write, as JSON, with the curve of yield against precision
    #[arg(long, value_name = "FILE")]
    pub(crate) report: Option<PathBuf>,
    /// Use only what every pack and proposer has
    #[arg(long)]
    pub(crate) general: bool,
    /// What to add to the note on where it was fitted, such as a date
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
}

/// Flags of `fact export`.
#[derive(Debug, Args)]
#[command(after_help = "\
Formats for trainers hold accepted samples only; jsonl and parquet hold all, with a flag `accepted`,
unless --only-accepted is given. docs/formats.md describes every field, docs/styles.md every style.
FILE.export.json beside each file records the options.

Example:
  fact export runs/demo --format jsonl,llava --out out
  fact export runs/demo --format trl --style think --boxes-for qwen2-vl --out out
  fact export runs/demo --format sharegpt --tasks label,rationale --out out
  fact export runs/demo --format trl --keep 'transfer:lift>0' --out out")]
pub(crate) struct ExportArgs {
    /// Folder of the run
    pub(crate) run: PathBuf,
    /// Formats: jsonl, parquet, llava, sharegpt, trl, ms-swift, openai
    #[arg(long, value_name = "FORMAT,…", value_delimiter = ',', required = true)]
    pub(crate) format: Vec<Format>,
    /// Folder of the files
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Only accepted samples
    #[arg(long)]
    pub(crate) only_accepted: bool,
    /// A file for each task instead of one: label (bare answers, of all samples that have one),
    /// rationale; questions get the prefix `[label]` or `[rationale]`
    #[arg(long, value_name = "TASK,…", value_delimiter = ',')]
    pub(crate) tasks: Vec<Task>,
    /// Put the bytes of the images into Parquet and OpenAI chats
    #[arg(long)]
    pub(crate) images: bool,
    /// What comes before the images' paths in OpenAI chats, if their bytes are not in the file
    #[arg(long, value_name = "URL", conflicts_with = "images")]
    pub(crate) image_url: Option<String>,
    /// Which samples, by their reviews in fact view: accepted, not-rejected, ignore
    #[arg(long, value_name = "KIND", default_value_t)]
    pub(crate) reviewed: Reviewed,
    #[command(flatten)]
    pub(crate) keep: KeepArgs,
    #[command(flatten)]
    pub(crate) style: StyleArgs,
    /// Say nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Flags of `fact bank`.
#[derive(Debug, Args)]
#[command(after_help = "\
docs/bank.md describes the file. The bank that is shipped for a pack is looked at, not edited: write
it to a file of your own first.

Example:
  fact bank show nlvr-150-0
  fact bank export --out my.toml
  fact bank add --bank my.toml --sentence 'There is a blue circle' --program circle.py
  fact run --data nlvr:nlvr/dev --propose bank --bank my.toml")]
pub(crate) struct BankArgs {
    #[command(subcommand)]
    pub(crate) command: BankCommand,
    /// The bank's file [default: the pack's]
    #[arg(long, value_name = "FILE", global = true)]
    pub(crate) bank: Option<PathBuf>,
    /// The pack that its programs are for: a name, or the path of a pack
    #[arg(
        long,
        value_name = "NAME|PATH",
        global = true,
        default_value = "blocks"
    )]
    pub(crate) pack: String,
}

/// What `fact bank` does.
#[derive(Debug, Subcommand)]
pub(crate) enum BankCommand {
    /// One line an exemplar: id, level, sentence
    List,
    /// Show one exemplar: sentence, program, where it is from, the pieces it gives
    Show {
        /// Id of the exemplar
        id: String,
    },
    /// Add an exemplar; its program must parse and run
    Add {
        /// The sentence or question
        #[arg(long, value_name = "TEXT")]
        sentence: String,
        /// File of its program; - reads standard input
        #[arg(long, value_name = "FILE")]
        program: PathBuf,
        /// Its id [default: own-N, the first that is free]
        #[arg(long, value_name = "ID")]
        id: Option<String>,
        /// Where the sentence is from
        #[arg(long, value_name = "TEXT", default_value = "")]
        source: String,
    },
    /// Remove exemplars
    Remove {
        /// Their ids
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Add the exemplars of a JSON lines file, all or none
    Import {
        /// The file; - reads standard input
        file: PathBuf,
    },
    /// Write the exemplars as JSON lines, or the whole bank if the file ends in .toml
    Export {
        /// The file [default: JSON lines on standard output]
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Replace the file if it exists
        #[arg(long)]
        force: bool,
    },
}

/// Flags of `fact init`.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  fact init && fact run")]
pub(crate) struct InitArgs {
    /// The file to write
    #[arg(default_value = "fact.toml")]
    pub(crate) file: PathBuf,
    /// Replace the file if it exists
    #[arg(long)]
    pub(crate) force: bool,
}
