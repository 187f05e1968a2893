//! What became of the rationales: how long they are, how much they help verifiers, what people say.

use super::chart::bars;
use super::percent;
use crate::concise::Concise;
use crate::report::{Bin, Lengths};
use crate::store::ReviewCounts;
use crate::terminal::one_line;
use crate::transfer::Effect;
use maud::{Markup, html};

/// Token lengths of the rationales and of what they are compared with.
pub(super) fn lengths(lengths: Option<&Lengths>) -> Markup {
    let Some(lengths) = lengths else {
        return html! { p { "No rationale." } };
    };
    html! {
        p {
            "Tokens of a text, of " (lengths.rationales) " rationales and of the same answers told with less of "
            "the pipeline. Slicing kept " (kept(lengths)) "."
        }
        table {
            thead { tr {
                th { "text" } th { "texts" } th { "median" } th { "90th percentile" } th { "of naive" }
                th { "median with boxes" } th { "of naive" }
            } }
            @for text in &lengths.texts {
                tr {
                    th scope="row" { (kind(text.concise)) }
                    td { (text.texts) }
                    td { (text.plain.median) }
                    td { (text.plain.p90) }
                    td { (share(text.plain.of_off)) }
                    td { (text.boxed.median) }
                    td { (share(text.boxed.of_off)) }
                }
            }
        }
        @for text in &lengths.texts {
            h3 { (kind(text.concise)) }
            @let rows = histogram(&text.plain.histogram);
            @let rows: Vec<(&str, u64)> = rows.iter().map(|(name, n)| (name.as_str(), *n)).collect();
            (bars(&format!("Tokens, {}", kind(text.concise)), &rows, text.texts))
        }
    }
}

fn kind(concise: Concise) -> &'static str {
    match concise {
        Concise::Off => "naive: the run line by line",
        Concise::Slice => "sliced, line by line",
        Concise::Unsliced => "merged and bridged, not sliced",
        Concise::Merge => "sliced and merged",
        Concise::On => "bridged: the rationale",
    }
}

fn kept(lengths: &Lengths) -> String {
    let s = &lengths.slicing;
    let part = |kept: u64, all: u64| percent(kept as f64 / all.max(1) as f64);
    format!(
        "{} of the events, {} of the statements, {} of the calls of perception",
        part(s.events_kept, s.events),
        part(s.statements_kept, s.statements),
        part(s.tool_calls_kept, s.tool_calls),
    )
}

fn share(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), percent)
}

fn histogram(bins: &[Bin]) -> Vec<(String, u64)> {
    let name = |bin: &Bin| match bin.below {
        Some(below) => format!("{} to {}", bin.from, below - 1),
        None => format!("{} and more", bin.from),
    };
    bins.iter().map(|bin| (name(bin), bin.texts)).collect()
}

/// How much the rationales help each verifier.
pub(super) fn transfer(effects: &[Effect]) -> Markup {
    html! {
        @if effects.is_empty() {
            p { "No verifier was asked (" code { "fact transfer" } ")." }
        }
        @for effect in effects {
            h3 { (one_line(&effect.verifier)) }
            p { (effect.samples) " samples of " (effect.questions) " questions." }
            table {
                thead { tr { th { "measure" } th { "value" } th { "95 % interval" } th { "samples" } } }
                @for measured in &effect.measures {
                    @if let Some(value) = measured.value {
                        tr {
                            th scope="row" { (measured.name) }
                            td { (format!("{value:.1}")) }
                            td { @if let Some(i) = measured.interval { (format!("{:.1} to {:.1}", i.low, i.high)) } }
                            td { @if let Some(count) = measured.count { (count) } }
                        }
                    }
                }
            }
        }
    }
}

/// What people said in the viewer, if anything.
pub(super) fn reviews(reviews: Option<&ReviewCounts>) -> Markup {
    html! {
        @if let Some(r) = reviews {
            p {
                "Reviewed by people: " (r.accepted) " accepted, " (r.rejected) " rejected, "
                (r.commented) " with a comment only, " (r.out_of_date) " out of date."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_bin_is_open() {
        let bin = |from, below| Bin {
            from,
            below,
            texts: 2,
        };
        let rows = histogram(&[bin(10, Some(20)), bin(550, None)]);
        let names: Vec<&str> = rows.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["10 to 19", "550 and more"]);
    }

    #[test]
    fn a_verifier_cannot_write_markup() {
        let effect = Effect {
            verifier: "<script>alert(1)</script>".to_owned(),
            samples: 1,
            questions: 1,
            measures: Vec::new(),
        };
        let page = transfer(&[effect]).into_string();
        assert!(
            page.contains("&lt;script&gt;") && !page.contains("<script>"),
            "{page}"
        );
    }
}
