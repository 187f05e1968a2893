//! The flags that say how texts are written.

use clap::{Args, ValueEnum};
use fact_pipeline::concise::Concise;
use fact_pipeline::export::Styling;
use fact_pipeline::style::{Boxes, Layout, Length, Style};

/// How rationales are written; `docs/styles.md`.
#[derive(Debug, Args)]
#[command(next_help_heading = "Style of the text")]
pub(crate) struct StyleArgs {
    /// Running text, with boxes in it, thought and answer, or numbered steps [default: plain]
    #[arg(long, value_name = "STYLE")]
    pub(crate) style: Option<StyleName>,
    /// Boxes in the text: pixel, norm1000, norm1, token, cells (of a board of 8x8), objects (ms-swift only)
    #[arg(long, value_name = "FORM", value_parser = Boxes::form)]
    pub(crate) boxes: Option<Boxes>,
    /// Boxes as a model family writes them: qwen-vl, qwen2-vl, qwen2.5-vl, qwen3-vl, internvl,
    /// llava, shikra
    #[arg(long, value_name = "FAMILY", value_parser = Boxes::family, conflicts_with = "boxes")]
    pub(crate) boxes_for: Option<Boxes>,
    /// Every sentence (long), or what decided the answer (short) [default: long]
    #[arg(long, value_name = "LENGTH")]
    pub(crate) length: Option<Length>,
    /// For comparisons: on (the rationale), merge (without inferences), unsliced (merged and bridged
    /// without slicing), slice (the residual's run told line by line), off (the whole program's run
    /// told line by line) [default: on]
    #[arg(long, value_name = "HOW")]
    pub(crate) concise: Option<Concise>,
}

/// The values of `--style`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StyleName {
    Plain,
    Boxes,
    Think,
    Steps,
}

impl StyleArgs {
    /// What is asked for, or the default.
    pub(crate) fn styling(&self) -> Styling {
        Styling {
            style: self.style(false),
            concise: self.concise.unwrap_or_default(),
        }
    }

    /// What is asked for, if anything is.
    pub(crate) fn asked(&self) -> Option<Styling> {
        let asked = self.style.is_some()
            || self.boxes.is_some()
            || self.boxes_for.is_some()
            || self.length.is_some()
            || self.concise.is_some();
        asked.then(|| self.styling())
    }

    /// The style; `beside` if the format has a place for boxes beside the text, which is then where
    /// they go unless a form is given.
    pub(crate) fn style(&self, beside: bool) -> Style {
        let layout = match self.style {
            None | Some(StyleName::Plain | StyleName::Boxes) => Layout::Plain,
            Some(StyleName::Think) => Layout::Think,
            Some(StyleName::Steps) => Layout::Steps,
        };
        let usual = match beside {
            true => Boxes::Objects,
            false => Boxes::Pixel,
        };
        let with_boxes = self.style == Some(StyleName::Boxes);
        Style {
            layout,
            boxes: self
                .boxes
                .or(self.boxes_for)
                .or(with_boxes.then_some(usual)),
            length: self.length.unwrap_or_default(),
        }
    }
}
