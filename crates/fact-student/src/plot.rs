//! Curves as SVG that needs nothing else.

use std::fmt::Write;

/// A line of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// In the legend.
    pub name: String,
    /// In the order of x.
    pub points: Vec<(f64, f64)>,
}

/// A chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Chart {
    /// Above it.
    pub title: String,
    /// What x is.
    pub x: String,
    /// What y is.
    pub y: String,
    /// Whether x is drawn by its logarithm, as sizes are.
    pub log_x: bool,
    /// The lines.
    pub series: Vec<Series>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 46.0;
/// Told apart by those who see no red or green too (Okabe, Ito 2008); lines are dashed differently as well.
const COLOURS: [&str; 7] = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000",
];
const DASHES: [&str; 4] = ["", "6 3", "2 3", "8 3 2 3"];

impl Chart {
    /// As SVG. Points that are not finite are left out. The same chart gives the same bytes.
    pub fn svg(&self) -> String {
        let place = |x: f64| if self.log_x { x.max(1e-12).log10() } else { x };
        let finite = |&(x, y): &(f64, f64)| x.is_finite() && y.is_finite();
        let points = || self.series.iter().flat_map(|s| s.points.iter().copied());
        let seen = || points().filter(finite);
        let (x0, x1) = span(seen().map(|p| place(p.0)));
        let (y0, y1) = span(seen().map(|p| p.1));
        let at_x = |x: f64| LEFT + (place(x) - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT);
        let at_y = |y: f64| HEIGHT - BOTTOM - (y - y0) / (y1 - y0) * (HEIGHT - TOP - BOTTOM);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
             <text x=\"{LEFT}\" y=\"20\" font-size=\"14\">{}</text>\n",
            escaped(&self.title)
        );
        for i in 0..=4 {
            let share = f64::from(i) / 4.0;
            let y = y0 + (y1 - y0) * share;
            let height = at_y(y);
            // Writing to a string cannot fail.
            let _ = writeln!(
                svg,
                "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{height:.1}\" y2=\"{height:.1}\" stroke=\"#ddd\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                height + 4.0,
                number(y)
            );
            let x = x0 + (x1 - x0) * share;
            let shown = if self.log_x { 10f64.powf(x) } else { x };
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                LEFT + share * (WIDTH - LEFT - RIGHT),
                HEIGHT - BOTTOM + 16.0,
                number(shown)
            );
        }
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n\
             <text transform=\"translate(14 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            (LEFT + WIDTH - RIGHT) / 2.0,
            HEIGHT - 10.0,
            escaped(&self.x),
            (TOP + HEIGHT - BOTTOM) / 2.0,
            escaped(&self.y)
        );
        for (i, series) in self.series.iter().enumerate() {
            let (colour, dash) = (COLOURS[i % COLOURS.len()], DASHES[i % DASHES.len()]);
            let line: Vec<String> = series
                .points
                .iter()
                .filter(|p| finite(p))
                .map(|&(x, y)| format!("{:.1},{:.1}", at_x(x), at_y(y)))
                .collect();
            let style = format!(
                "fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.6\" stroke-dasharray=\"{dash}\""
            );
            let _ = writeln!(svg, "<polyline {style} points=\"{}\"/>", line.join(" "));
            let y = TOP + 10.0 + 18.0 * i as f64;
            let x = WIDTH - RIGHT + 12.0;
            let _ = writeln!(
                svg,
                "<line {style} x1=\"{x}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\"/>\
                 <text x=\"{}\" y=\"{}\">{}</text>",
                x + 24.0,
                x + 30.0,
                y + 4.0,
                escaped(&series.name)
            );
        }
        svg.push_str("</svg>\n");
        svg
    }
}

/// Least and largest, never the same.
fn span(numbers: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for number in numbers {
        low = low.min(number);
        high = high.max(number);
    }
    if low > high {
        return (0.0, 1.0);
    }
    if low == high {
        return (low - 0.5, high + 0.5);
    }
    (low, high)
}

fn number(x: f64) -> String {
    match x.abs() {
        n if n >= 1e6 => format!("{:.1}M", x / 1e6),
        n if n >= 1e4 => format!("{:.0}k", x / 1e3),
        n if n >= 100.0 => format!("{x:.0}"),
        _ => format!("{x:.2}"),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_names_are_text_and_odd_numbers_are_left_out() {
        let chart = Chart {
            title: "<script>".into(),
            x: "step".into(),
            y: "loss".into(),
            log_x: false,
            series: vec![Series {
                name: "a & \"b\"".into(),
                points: vec![(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0)],
            }],
        };
        let svg = chart.svg();
        assert!(svg.contains("&lt;script&gt;") && svg.contains("a &amp; &quot;b&quot;"));
        assert!(svg.contains("points=\"60.0,314.0 490.0,34.0\""), "{svg}");
        assert!(!svg.contains("NaN"));
    }

    #[test]
    fn an_empty_chart_is_a_chart() {
        let chart = Chart {
            title: String::new(),
            x: String::new(),
            y: String::new(),
            log_x: true,
            series: vec![],
        };
        assert!(chart.svg().ends_with("</svg>\n") && !chart.svg().contains("NaN"));
    }
}
