//! The report as text.

use super::{FileReport, Report, Row};
use crate::terminal;
use fact_core::metrics::bootstrap::Interval;
use std::fmt::Write as _;

impl Report {
    /// For people: a table a prediction file. Values have all their digits, intervals four decimals.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (i, file) in self.files.iter().enumerate() {
            if i > 0 {
                out.push('\n');
            }
            self.file(file, &mut out);
        }
        out
    }

    fn file(&self, file: &FileReport, out: &mut String) {
        let s = if file.units == 1 { "" } else { "s" };
        let name = terminal::one_line(&file.predictions);
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{}: {name}, {} {}{s}",
            self.metric, file.units, file.unit
        );
        if let Some(against) = &file.against {
            let _ = writeln!(out, "against: {}", terminal::one_line(against));
        }
        for note in &file.notes {
            let _ = writeln!(out, "note: {}", terminal::one_line(note));
        }
        for note in &file.against_notes {
            let _ = writeln!(out, "note on the other: {}", terminal::one_line(note));
        }
        let compares = file.against.is_some();
        let mut rows = vec![heads(compares)];
        let mut part = None;
        for row in &file.measures {
            if row.measured.part != part {
                part = row.measured.part;
                rows.push(vec![format!("by {}", part.unwrap_or_default())]);
            }
            rows.push(cells(row, compares));
        }
        table(&rows, out);
        if self.resamples > 0 {
            let _ = writeln!(
                out,
                "intervals: {} resamples of {}s, seed {}",
                self.resamples, file.unit, self.seed
            );
        }
    }
}

fn heads(compares: bool) -> Vec<String> {
    let heads = ["", "value", "95 %", "of"];
    let more = ["against", "difference", "95 %", "better in"];
    let more = more.into_iter().filter(|_| compares);
    heads.into_iter().chain(more).map(str::to_owned).collect()
}

fn cells(row: &Row, compares: bool) -> Vec<String> {
    let measured = &row.measured;
    let indent = if measured.part.is_some() { "  " } else { "" };
    let name = terminal::cut(&measured.name, 40);
    let mut cells = vec![
        format!("{indent}{}", terminal::one_line(&name)),
        value(measured.value),
        interval(measured.interval),
        measured.count.map_or_else(String::new, |n| n.to_string()),
    ];
    if let Some(against) = row.against.as_ref().filter(|_| compares) {
        let better = against.better.map(|b| format!("{:.1} %", 100.0 * b));
        cells.extend([
            value(against.value),
            against.difference.map_or_else(none, |d| format!("{d:+.4}")),
            interval(against.interval),
            better.unwrap_or_else(none),
        ]);
    }
    cells
}

fn none() -> String {
    "-".to_owned()
}

fn value(value: Option<f64>) -> String {
    value.map_or_else(none, |value| format!("{value:?}"))
}

fn interval(interval: Option<Interval>) -> String {
    interval.map_or_else(none, |i| format!("[{:.4}, {:.4}]", i.low, i.high))
}

/// Columns as wide as their widest cell.
fn table(rows: &[Vec<String>], out: &mut String) {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows.iter().filter(|row| row.len() > 1) {
        widths.resize(widths.len().max(row.len()), 0);
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}
