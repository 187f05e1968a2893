//! `report.html`: a run on one page that needs nothing else. It runs no script and loads nothing;
//! whatever a data set or a model wrote is text in it.

mod chart;
mod style;
mod texts;

use super::{Confidence, Cost, Example, Funnel, Loss};
use crate::export::AtomicFile;
use crate::store::{Reader, RunState, Session, StoreError};
use crate::summary::Summary;
use crate::terminal::{lines, one_line};
use chart::{bars, reliability};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Name of the file in the run's folder.
pub const FILE_NAME: &str = "report.html";

/// The page of a run.
#[derive(Debug)]
pub struct Page {
    summary: Summary,
    yield_of_questions: Option<Share>,
    sessions: Vec<Session>,
    state: RunState,
}

/// A share with the interval that holds 95 % of what would be seen with other questions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// The share, in [0, 1].
    pub value: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Share {
    /// The share of samples that have something, when whole questions are drawn: the ratio estimator
    /// for samples of unequal clusters and its linearised variance (Cochran, *Sampling Techniques*,
    /// 1977, §9A). `counts` are, by question, the samples and those that have it. `None` of no
    /// samples.
    pub fn by_question(counts: &[(u64, u64)]) -> Option<Self> {
        let samples: u64 = counts.iter().map(|(all, _)| all).sum();
        let with: u64 = counts.iter().map(|(_, with)| with).sum();
        if samples == 0 {
            return None;
        }
        let value = with as f64 / samples as f64;
        let squares: f64 = counts
            .iter()
            .map(|(all, with)| (*with as f64 - value * *all as f64).powi(2))
            .sum();
        let questions = counts.len() as f64;
        // Of one question nothing is known about others.
        let correction = if questions > 1.0 {
            questions / (questions - 1.0)
        } else {
            return Some(Self {
                value,
                low: 0.0,
                high: 1.0,
            });
        };
        let deviation = (squares * correction).sqrt() / samples as f64;
        Some(Self {
            value,
            low: (value - 1.96 * deviation).max(0.0),
            high: (value + 1.96 * deviation).min(1.0),
        })
    }
}

impl Page {
    /// From a store and the summary of its run.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub fn read(reader: &Reader, mut summary: Summary) -> Result<Self, StoreError> {
        // No finding of the run, and so not in its summary.
        summary.report.reviews = reader.review_counts()?;
        Ok(Self {
            yield_of_questions: Share::by_question(&reader.accepted_by_question()?),
            sessions: reader.sessions()?,
            state: reader.state()?,
            summary,
        })
    }

    /// Writes it into a run's folder, and returns its path.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, folder: &Path) -> io::Result<PathBuf> {
        let path = folder.join(FILE_NAME);
        let mut file = AtomicFile::create(&path)?;
        file.write_all(self.html().as_bytes())?;
        file.commit()?;
        Ok(path)
    }

    /// The page.
    pub fn html(&self) -> String {
        let s = &self.summary;
        let setting = |name: &str| s.settings.get(name).map_or("", |v| v.trim_matches('"'));
        let data = one_line(setting("data"));
        let title = format!("Fact: {data}");
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    // Should markup ever slip through, nothing of it may run or load.
                    meta http-equiv="Content-Security-Policy"
                        content="default-src 'none'; style-src 'unsafe-inline'";
                    title { (title) }
                    style { (PreEscaped(style::CSS)) }
                }
                body {
                    header {
                        h1 { (data) }
                        p {
                            "pack " b { (setting("pack.name")) }
                            ", perception " b { (setting("perception")) }
                            ", programs by " b { (setting("propose").trim_matches(['[', ']']).replace('"', "")) }
                            ", accepted by " b { (setting("accept")) }
                            @if self.state != RunState::Finished { " · " strong { (self.state) } }
                        }
                        nav aria-label="Sections" {
                            @for (id, name) in SECTIONS { a href={"#" (id)} { (name) } " " }
                        }
                    }
                    main {
                        (self.key_numbers())
                        section id="funnel" {
                            h2 { "Funnel" }
                            (self.funnel())
                        }
                        section id="proposers" {
                            h2 { "Proposers" }
                            (proposers(&s.report.proposers))
                        }
                        section id="confidence" {
                            h2 { "Confidence" }
                            (self.confidence())
                        }
                        section id="losses" {
                            h2 { "Losses" }
                            (losses(&s.report.losses, s.funnel.samples))
                        }
                        section id="lengths" {
                            h2 { "Lengths" }
                            (texts::lengths(s.report.lengths.as_ref()))
                        }
                        section id="transfer" {
                            h2 { "Transfer" }
                            (texts::transfer(&s.report.transfer))
                            (texts::reviews(s.report.reviews.as_ref()))
                        }
                        section id="cost" {
                            h2 { "Cost and time" }
                            (cost(&s.report.cost))
                            (sessions(&self.sessions))
                        }
                        section id="settings" {
                            h2 { "Settings" }
                            table {
                                @for (key, value) in &s.settings {
                                    tr { th scope="row" { (key) } td { code { (one_line(value)) } } }
                                }
                            }
                        }
                    }
                }
            }
        };
        page.into_string()
    }

    fn key_numbers(&self) -> Markup {
        let s = &self.summary;
        let (f, t) = (&s.funnel, &s.truth);
        let yielded = self.yield_of_questions;
        html! {
            dl class="tiles" {
                (tile("samples", &f.samples.to_string(), &format!("{} questions", s.questions.total)))
                (tile("rationales", &f.rationales.to_string(), "each with a certificate"))
                @if let Some(y) = yielded {
                    (tile("yield", &percent(y.value), &format!("accepted; 95 % by questions {}–{}", percent(y.low), percent(y.high))))
                }
                @if t.tested > 0 {
                    (tile("precision", &percent(t.tested_right as f64 / t.tested as f64), &expected(t.expected_precision, "measured on hidden siblings")))
                } @else if f.v3 > 0 {
                    (tile("precision", "not measured", &expected(t.expected_precision, "no labels of hidden siblings")))
                }
                @if let Some(per) = &s.report.cost.per_rationale {
                    (tile("candidates a rationale", &format!("{:.1}", per.candidates), &spent(per.questions, per.prompt_tokens, per.completion_tokens)))
                }
            }
        }
    }

    fn funnel(&self) -> Markup {
        let f = &self.summary.funnel;
        let mut steps = vec![
            ("samples", f.samples),
            ("V0: the program ran", f.v0),
            ("V1: and is right here", f.v1),
            ("V2: and on all siblings", f.v2),
        ];
        if f.v3 > 0 {
            steps.push(("V3: confident enough", f.v3));
        }
        steps.extend([("accepted", f.accepted), ("with a rationale", f.rationales)]);
        html! {
            (bars("Samples by how far they came", &steps, f.samples))
            @if f.skipped_records > 0 {
                p { (f.skipped_records) " malformed records are no samples; " code { "read_errors" } " in the store lists them." }
            }
        }
    }

    fn confidence(&self) -> Markup {
        match &self.summary.report.confidence {
            None => html! {
                p { "Nothing to hold it against: no labelled sibling was hidden when programs were chosen (" code { "--siblings hide" } ")." }
            },
            Some(Confidence {
                samples,
                brier,
                brier_of_mean,
                reliability: bins,
            }) => html! {
                p {
                    (samples) " samples with hidden siblings. Brier score " b { (format!("{brier:.3}")) }
                    " (always saying the mean: " (format!("{brier_of_mean:.3}")) "); lower is better."
                }
                (reliability(bins))
                table {
                    thead { tr { th { "confidence" } th { "samples" } th { "mean" } th { "right" } } }
                    @for bin in bins {
                        tr {
                            td { (format!("{:.2}–{:.2}", bin.from, bin.to)) }
                            td { (bin.count) }
                            td { (format!("{:.3}", bin.confidence)) }
                            td { (format!("{:.3}", bin.right)) }
                        }
                    }
                }
            },
        }
    }
}

/// Sections by id, in order.
const SECTIONS: [(&str, &str); 8] = [
    ("funnel", "Funnel"),
    ("proposers", "Proposers"),
    ("confidence", "Confidence"),
    ("losses", "Losses"),
    ("lengths", "Lengths"),
    ("transfer", "Transfer"),
    ("cost", "Cost and time"),
    ("settings", "Settings"),
];

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

fn expected(precision: Option<f64>, note: &str) -> String {
    precision.map_or_else(
        || note.to_owned(),
        |p| format!("{note}; expected {}", percent(p)),
    )
}

fn spent(questions: f64, prompt: Option<f64>, completion: Option<f64>) -> String {
    match (prompt, completion) {
        (Some(prompt), Some(completion)) => {
            format!(
                "{questions:.1} questions, {prompt:.0} prompt and {completion:.0} completion tokens"
            )
        }
        _ if questions > 0.0 => format!("{questions:.1} questions to back ends behind a wire"),
        _ => "nothing was asked over a wire".to_owned(),
    }
}

fn tile(name: &str, value: &str, note: &str) -> Markup {
    html! { div { dt { (name) } dd { b { (value) } span { (note) } } } }
}

fn proposers(funnels: &[Funnel]) -> Markup {
    html! {
        @for funnel in funnels {
            @let (q, c, s) = (&funnel.questions, &funnel.candidates, &funnel.samples);
            h3 { (funnel.proposer) }
            p { "Asked " (q.asked) " questions, gave candidates for " (q.proposed_for) ", was chosen for " (q.chosen) " (" (s.rationales) " rationales)." }
            (bars(
                &format!("Candidates of {}", funnel.proposer),
                &[
                    ("proposed", c.proposed),
                    ("parsed", c.parsed),
                    ("ran on some sample", c.ran),
                    ("right on some sample", c.right),
                    ("agreed: right on all visible", c.agreed),
                ],
                c.proposed,
            ))
            (losses(&funnel.losses, c.proposed))
        }
    }
}

fn losses(losses: &[Loss], of: u64) -> Markup {
    html! {
        @if losses.is_empty() {
            p { "None." }
        }
        @for loss in losses {
            details {
                summary {
                    code { (loss.stage) @if !loss.kind.is_empty() { ":" (one_line(&loss.kind)) } }
                    " " b { (loss.count) }
                    @if of > 0 { " (" (percent(loss.count as f64 / of as f64)) ")" }
                }
                @for example in &loss.examples { (example_of(example)) }
            }
        }
    }
}

fn example_of(example: &Example) -> Markup {
    html! {
        div class="example" {
            p { code { (one_line(&example.sample)) } " " q { (one_line(&example.question)) } }
            @if let Some(program) = &example.program { pre { (lines(program)) } }
            @if let Some(message) = &example.message { p { (one_line(message)) } }
        }
    }
}

fn cost(cost: &Cost) -> Markup {
    html! {
        p { (cost.candidates) " candidates, " (cost.executions) " executions of a candidate on a sample." }
        @if !cost.calls.is_empty() {
            table {
                thead { tr {
                    th { "back end" } th { "tool" } th { "questions" } th { "answered" }
                    th { "prompt tokens" } th { "completion tokens" } th { "price" }
                } }
                @for call in &cost.calls {
                    tr {
                        td { code { (call.back_end) } }
                        td { (call.tool) }
                        td { (call.questions) }
                        td { (call.answered) }
                        td { (told(call.spending.prompt_tokens)) }
                        td { (told(call.spending.completion_tokens)) }
                        td { (call.spending.price.map_or("not told".to_owned(), |p| format!("{p:.4}"))) }
                    }
                }
            }
        }
    }
}

fn told(tokens: Option<u64>) -> String {
    tokens.map_or("not told".to_owned(), |n| n.to_string())
}

fn sessions(sessions: &[Session]) -> Markup {
    html! {
        table {
            thead { tr { th { "session" } th { "state" } th { "threads" } th { "samples" } th { "seconds" } th { "samples/s" } } }
            @for (i, session) in sessions.iter().enumerate() {
                tr {
                    td { (i + 1) }
                    td { (session.state.name()) }
                    td { (session.threads) }
                    td { (session.samples) }
                    @match session.seconds {
                        Some(seconds) => {
                            td { (format!("{seconds:.1}")) }
                            td { (format!("{:.0}", session.samples as f64 / seconds.max(1e-9))) }
                        }
                        None => { td { "unknown" } td { "" } }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_of_questions() {
        // Ten questions of one sample: the binomial's deviation, but for n - 1.
        let counts: Vec<(u64, u64)> = (0..10).map(|i| (1, u64::from(i < 8))).collect();
        let share = Share::by_question(&counts).unwrap();
        let half = 1.96 * (0.8_f64 * 0.2 / 9.0).sqrt();
        assert!((share.value - 0.8).abs() < 1e-12);
        assert!((share.low - (0.8 - half)).abs() < 1e-9, "{share:?}");
        assert_eq!(share.high, 1.0);
        // The same samples in two questions tell much less.
        let two = Share::by_question(&[(5, 5), (5, 3)]).unwrap();
        assert!(two.low < share.low, "{two:?}");
        let one = Share::by_question(&[(4, 4)]).unwrap();
        assert_eq!((one.low, one.high), (0.0, 1.0));
        assert_eq!(Share::by_question(&[]), None);
    }
}
