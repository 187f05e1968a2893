//! Charts: bars in HTML, a reliability diagram in SVG. Every number is also text.

use super::percent;
use fact_core::verify::calibration::Bin;
use maud::{Markup, html};

/// Named counts as parts of a whole.
pub(super) fn bars(title: &str, rows: &[(&str, u64)], of: u64) -> Markup {
    html! {
        div class="bars" role="group" aria-label=(title) {
            @for (name, n) in rows {
                @let share = if of == 0 { 0.0 } else { *n as f64 / of as f64 };
                span { (name) }
                i aria-hidden="true" { b style={ "width:" (format!("{:.2}", 100.0 * share)) "%" } {} }
                span { (n) " (" (percent(share)) ")" }
            }
        }
    }
}

/// Side of the diagram's square, and the room around it, in pixels.
const SIDE: f64 = 260.0;
const ROOM: f64 = 44.0;

/// Confidence against the share that is right; on the diagonal confidence is what it says. The area
/// of a dot is the share of samples.
pub(super) fn reliability(bins: &[Bin]) -> Markup {
    let all: usize = bins.iter().map(|bin| bin.count).sum();
    let x = |share: f64| ROOM + share * SIDE;
    let y = |share: f64| ROOM / 2.0 + (1.0 - share) * SIDE;
    let (width, height) = (SIDE + 1.5 * ROOM, SIDE + 1.5 * ROOM);
    let at = |n: f64| format!("{n:.1}");
    html! {
        svg role="img" aria-label="Reliability diagram: the table below has its numbers"
            width=(width) height=(height) viewBox={"0 0 " (width) " " (height)} font-size="12" {
            rect x=(at(x(0.0))) y=(at(y(1.0))) width=(SIDE) height=(SIDE) fill="none" stroke="var(--line)" {}
            line x1=(at(x(0.0))) y1=(at(y(0.0))) x2=(at(x(1.0))) y2=(at(y(1.0))) stroke="var(--soft)" stroke-dasharray="4 4" {}
            @for bin in bins {
                @let share = bin.count as f64 / all.max(1) as f64;
                circle cx=(at(x(bin.confidence))) cy=(at(y(bin.right))) r=(at(3.0 + 18.0 * share.sqrt())) fill="var(--fill)" fill-opacity="0.55" {}
            }
            @for tick in [0.0, 0.5, 1.0] {
                text x=(at(x(tick))) y=(at(y(0.0) + 16.0)) text-anchor="middle" { (tick) }
                text x=(at(x(0.0) - 8.0)) y=(at(y(tick) + 4.0)) text-anchor="end" { (tick) }
            }
            text x=(at(x(0.5))) y=(at(y(0.0) + 34.0)) text-anchor="middle" { "confidence" }
            text x="12" y=(at(y(0.5))) text-anchor="middle" transform={"rotate(-90 12 " (at(y(0.5))) ")"} { "share right" }
        }
    }
}
