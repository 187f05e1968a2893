//! The stage report for a terminal.

use super::{Confidence, Cost, Example, Funnel, Lengths, Loss, Report};
use crate::terminal::one_line;
use std::fmt::Write as _;

// Writing to a string cannot fail: results of `writeln!` are dropped here.

impl Report {
    /// Funnels, losses with their examples, and cost.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for funnel in &self.proposers {
            funnel.write(&mut out);
        }
        let rationales = self.cost.rationales;
        let lost: u64 = self.losses.iter().map(|loss| loss.count).sum();
        let _ = writeln!(
            out,
            "Samples: {} with a rationale, {lost} without",
            rationales
        );
        write_losses(&self.losses, lost + rationales, &mut out);
        if let Some(confidence) = &self.confidence {
            confidence.write(&mut out);
        }
        for effect in &self.transfer {
            out.push_str(&effect.text());
        }
        self.cost.write(&mut out);
        if let Some(lengths) = &self.lengths {
            lengths.write(&mut out);
        }
        if let Some(reviews) = &self.reviews {
            let _ = writeln!(
                out,
                "\nReviewed by people: {} accepted, {} rejected, {} with a comment only, {} out of date",
                reviews.accepted, reviews.rejected, reviews.commented, reviews.out_of_date,
            );
        }
        out
    }
}

fn line(out: &mut String, name: &str, n: u64, of: u64, note: &str) {
    let share = match of {
        0 => String::new(),
        _ => format!("{:5.1}%", 100.0 * n as f64 / of as f64),
    };
    let text = format!("  {name:<36}{n:>9}  {share:>6}  {note}");
    let _ = writeln!(out, "{}", text.trim_end());
}

impl Funnel {
    /// One line for the end of a run.
    pub(crate) fn short(&self) -> String {
        let c = &self.candidates;
        format!(
            "{} proposed, {} parsed, {} ran, {} right, {} agreed; {} rationales",
            c.proposed, c.parsed, c.ran, c.right, c.agreed, self.samples.rationales
        )
    }

    fn write(&self, out: &mut String) {
        let (q, c, s) = (&self.questions, &self.candidates, &self.samples);
        let _ = writeln!(out, "Proposer {}", one_line(&self.proposer));
        line(out, "questions asked", q.asked, 0, "");
        line(out, "  with a candidate", q.proposed_for, q.asked, "");
        line(out, "  candidate chosen", q.chosen, q.asked, "");
        line(out, "candidates", c.proposed, 0, "");
        line(out, "  parsed", c.parsed, c.proposed, "");
        line(out, "  ran", c.ran, c.proposed, "on some sample");
        line(out, "  right", c.right, c.proposed, "on some sample");
        line(
            out,
            "  agreed",
            c.agreed,
            c.proposed,
            "right on all visible samples",
        );
        line(
            out,
            "samples",
            s.chosen,
            0,
            "of questions with a chosen candidate",
        );
        line(out, "  ran", s.ran, s.chosen, "");
        line(out, "  right", s.right, s.chosen, "");
        line(out, "  accepted", s.accepted, s.chosen, "");
        line(out, "  rationales", s.rationales, s.chosen, "");
        if !self.losses.is_empty() {
            let lost = c.proposed - c.agreed;
            let _ = writeln!(out, "Candidates lost: {lost}");
            write_losses(&self.losses, c.proposed, out);
        }
        out.push('\n');
    }
}

fn write_losses(losses: &[Loss], of: u64, out: &mut String) {
    for loss in losses {
        let name = match loss.kind.as_str() {
            "" => loss.stage.clone(),
            kind => format!("{}:{}", loss.stage, one_line(kind)),
        };
        line(out, &name, loss.count, of, "");
        for example in &loss.examples {
            example.write(out);
        }
    }
}

impl Example {
    fn write(&self, out: &mut String) {
        let (sample, question) = (one_line(&self.sample), one_line(&self.question));
        let _ = writeln!(out, "      {sample}  {question}");
        for code in self.program.iter().flat_map(|program| program.lines()) {
            let _ = writeln!(out, "        | {}", one_line(code));
        }
        if let Some(message) = &self.message {
            let _ = writeln!(out, "        {}", one_line(message));
        }
    }
}

impl Confidence {
    fn write(&self, out: &mut String) {
        let _ = writeln!(
            out,
            "\nConfidence, held against hidden siblings of {} samples\n  Brier score {:.4} (always the mean: {:.4})\n  confidence   samples  mean   right",
            self.samples, self.brier, self.brier_of_mean,
        );
        for bin in &self.reliability {
            let _ = writeln!(
                out,
                "  {:.2}-{:.2} {:>10}  {:.3}  {:.3}",
                bin.from, bin.to, bin.count, bin.confidence, bin.right,
            );
        }
    }
}

impl Lengths {
    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "\nTokens of a text (docs/styles.md)");
        let _ = writeln!(
            out,
            "  {:<14}{:>7}  {:>7}{:>7}{:>8}  with boxes {:>7}{:>7}{:>8}",
            "--concise", "texts", "median", "90th", "of off", "median", "90th", "of off"
        );
        for text in &self.texts {
            let cells = [&text.plain, &text.boxed].map(|tokens| {
                let share = tokens.of_off.map_or("-".to_owned(), percent);
                format!("{:>7}{:>7}{share:>8}", tokens.median, tokens.p90)
            });
            let [plain, boxed] = cells;
            let (name, texts) = (text.concise.name(), text.texts);
            let _ = writeln!(out, "  {name:<14}{texts:>7}  {plain}             {boxed}");
        }
        let _ = writeln!(out, "Kept by slicing");
        let s = &self.slicing;
        for (name, kept, all) in [
            ("events", s.events_kept, s.events),
            ("statements", s.statements_kept, s.statements),
            ("calls of perception", s.tool_calls_kept, s.tool_calls),
        ] {
            line(out, name, kept, all, &format!("of {all}"));
        }
    }
}

fn percent(share: f64) -> String {
    format!("{:.1}%", 100.0 * share)
}

impl Cost {
    fn write(&self, out: &mut String) {
        let _ = writeln!(out, "\nCost");
        line(out, "candidates", self.candidates, 0, "");
        line(
            out,
            "executions",
            self.executions,
            0,
            "a candidate on a sample",
        );
        for call in &self.calls {
            let name = format!("{} {}", one_line(&call.back_end), one_line(&call.tool));
            let _ = writeln!(out, "  {name}");
            line(out, "  questions", call.questions, 0, "");
            if let Some(sent) = call.sent {
                line(out, "  sent", sent, 0, "those sent again included");
            }
            line(out, "  answered", call.answered, call.questions, "");
            let spending = &call.spending;
            for (name, tokens) in [
                ("  prompt tokens", spending.prompt_tokens),
                ("  completion tokens", spending.completion_tokens),
            ] {
                if let Some(tokens) = tokens {
                    line(out, name, tokens, 0, "");
                }
            }
            if let Some(price) = spending.price {
                let _ = writeln!(out, "    {:<34}{price:>9.4}", "price");
            }
        }
        let Some(per) = &self.per_rationale else {
            let _ = writeln!(out, "  no rationale to share it");
            return;
        };
        let _ = writeln!(out, "Per rationale");
        for (name, value) in [
            ("candidates", Some(per.candidates)),
            ("executions", Some(per.executions)),
            ("questions", Some(per.questions)),
            ("prompt tokens", per.prompt_tokens),
            ("completion tokens", per.completion_tokens),
            ("price", per.price),
        ] {
            if let Some(value) = value {
                let _ = writeln!(out, "  {name:<36}{value:>9.2}");
            }
        }
    }
}
