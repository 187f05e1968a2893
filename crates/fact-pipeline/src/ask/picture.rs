//! The picture of an answer: the image with the boxes of the rationale, each in the colour of the
//! sentence that speaks of it, as one SVG file that needs nothing else.

use crate::export::ExportRow;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::ImageFormat;
use std::fmt::Write;
use std::io::Cursor;

/// Colours of sentences, told apart by the colour-blind (Okabe and Ito).
const COLOURS: [&str; 6] = [
    "#d55e00", "#0072b2", "#009e73", "#cc79a7", "#e69f00", "#56b4e9",
];
/// Characters of a line below the image, for each pixel of its width.
const PER_PIXEL: f64 = 1.0 / 7.5;
/// Height of a line, in pixels.
const LINE: usize = 20;
/// Least width of the picture, in pixels: small images are shown with room for text.
const LEAST_WIDTH: u32 = 480;

/// Draws it.
///
/// # Errors
/// If the image cannot be encoded; why.
pub(super) fn draw(row: &ExportRow, bytes: &[u8]) -> Result<String, String> {
    let (png, (width, height)) = pixels(bytes)?;
    let whole = width.max(LEAST_WIDTH);
    let mut lines = vec![("#222", row.question.clone())];
    let answer = row.predicted.as_deref().unwrap_or("no answer");
    lines.push(("#222", format!("Answer: {answer}")));
    for (i, step) in row.steps.iter().enumerate() {
        lines.push((COLOURS[i % COLOURS.len()], step.text.clone()));
    }
    let most = (f64::from(whole) * PER_PIXEL) as usize;
    let lines: Vec<(&str, String)> = lines
        .iter()
        .flat_map(|(colour, text)| wrapped(text, most).into_iter().map(|line| (*colour, line)))
        .collect();
    let total = height as usize + LINE * lines.len() + LINE;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"{total}\" \
         viewBox=\"0 0 {whole} {total}\" role=\"img\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <title>{}</title>\n<rect width=\"{whole}\" height=\"{total}\" fill=\"#fff\"/>\n\
         <image width=\"{width}\" height=\"{height}\" href=\"data:image/png;base64,{}\"/>\n",
        escaped(&row.question),
        STANDARD.encode(png),
    );
    // Writing to a string cannot fail.
    for (i, step) in row.steps.iter().enumerate() {
        let colour = COLOURS[i % COLOURS.len()];
        for grounded in step.boxes.iter().filter(|grounded| grounded.image == 0) {
            let [left, top, right, bottom] = grounded.bbox;
            let name = escaped(&grounded.name);
            let _ = writeln!(
                svg,
                "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" fill=\"none\" \
                 stroke=\"{colour}\" stroke-width=\"2\"><title>{name}</title></rect>",
                right - left,
                bottom - top,
            );
        }
    }
    for (i, (colour, line)) in lines.iter().enumerate() {
        let at = height as usize + LINE * (i + 1);
        let line = escaped(line);
        let _ = writeln!(
            svg,
            "<text x=\"6\" y=\"{at}\" fill=\"{colour}\">{line}</text>"
        );
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

/// The pixels that boxes refer to, as PNG, with their width and height: a viewer would turn an image
/// as its metadata say.
fn pixels(bytes: &[u8]) -> Result<(Vec<u8>, (u32, u32)), String> {
    let limits = fact_models::DecodeLimits::default();
    let decoded = fact_models::decode(bytes, &limits).map_err(|e| e.to_string())?;
    let mut png = Cursor::new(Vec::new());
    let written = decoded.rgb.write_to(&mut png, ImageFormat::Png);
    written.map_err(|e| e.to_string())?;
    Ok((png.into_inner(), decoded.rgb.dimensions()))
}

/// A text in lines of at most so many characters, broken at blanks where there are any.
fn wrapped(text: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        while !rest.is_empty() {
            let room = lines.last().map_or(0, |line| {
                let used = line.chars().count();
                most.saturating_sub(used + usize::from(used > 0))
            });
            let fresh = lines.last().is_some_and(String::is_empty);
            if rest.len() > room && !fresh {
                lines.push(String::new());
                continue;
            }
            let part: String = rest.drain(..rest.len().min(room.max(1))).collect();
            if let Some(line) = lines.last_mut() {
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(&part);
            }
        }
    }
    lines
}

/// A text as XML shows it. What XML has no character for is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\t' | '\n' | '\r' => out.push(' '),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_wrapped_and_lose_nothing() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefgh ij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("", 4), [""]);
        assert_eq!(wrapped("ab", 0).concat(), "ab");
    }

    #[test]
    fn markup_is_text() {
        let hostile = "<script>alert('&')</script>\u{0}\u{b}\"";
        assert_eq!(
            escaped(hostile),
            "&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;&quot;"
        );
    }
}
