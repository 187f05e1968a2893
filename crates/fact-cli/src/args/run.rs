//! Flags of `fact run`, and those that other commands share with it.

use clap::Args;
use fact_pipeline::config::{
    Accept, Api, BoxConvention, BridgeSpec, Look, PerceptionSpec, ProposerSpec, Visible,
};
use std::path::PathBuf;

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
