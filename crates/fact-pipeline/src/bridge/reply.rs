//! Taking the paragraph out of what a model wrote.

/// Longest text that is kept, in bytes: no rationale comes near it.
const MOST_KEPT: usize = 8 << 10;

/// The paragraph in a reply: what stands behind the model's thoughts, without a label, a fence or
/// quotes around it. It only ever cuts.
pub(super) fn paragraph(reply: &str) -> String {
    let mut text = reply.trim();
    if let Some((_, behind)) = text.rsplit_once("</think>") {
        text = behind.trim();
    } else if text.starts_with("<think>") {
        // Cut off within its thoughts.
        return String::new();
    }
    if let Some(fenced) = text.strip_prefix("```")
        && let Some((_, inner)) = fenced.split_once('\n')
    {
        text = inner.trim_end().trim_end_matches("```").trim();
    }
    for label in ["Paragraph:", "Rationale:", "Answer:"] {
        text = text.strip_prefix(label).unwrap_or(text).trim_start();
    }
    if let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'))
        && !inner.contains('"')
    {
        text = inner.trim();
    }
    bounded(text)
}

/// The beginning of a text, as much as is kept.
pub(super) fn bounded(text: &str) -> String {
    let end = (0..=MOST_KEPT.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    text[..end.unwrap_or(0)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_around_the_paragraph_is_cut() {
        for reply in [
            "A b. C.",
            " \n A b. C.\n",
            "<think>Hm. </think>\n\nA b. C.",
            "Paragraph: A b. C.",
            "\"A b. C.\"",
            "```\nA b. C.\n```",
            "```text\nA b. C.\n```\n",
        ] {
            assert_eq!(paragraph(reply), "A b. C.", "{reply}");
        }
        assert_eq!(paragraph("<think>never ends"), "");
        assert_eq!(paragraph("Say \"a\" or \"b\""), "Say \"a\" or \"b\"");
        assert!(paragraph(&"é".repeat(1 << 20)).len() <= MOST_KEPT);
    }
}
