//! What tells things of one name apart: where they are among each other.

use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What tells a thing from others of the same head and place: *the upper square*, *the second
/// square from the left*, *the square at (25, 60)*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Words between article and head, each with a space behind it.
    pub before: String,
    /// Words behind the head, each with a space before it.
    pub behind: String,
    /// How many things are told apart.
    pub alike: usize,
}

/// Two things this many pixels apart along a line are in a visible order along it.
pub(super) const APART: f64 = 2.0;

/// Ranks are counted from the nearer end, up to the fourth: nobody counts further.
const RANKS: [&str; 4] = ["", "second", "third", "fourth"];

/// Marks for objects of one name with their boxes. Boxes that are the same get the same mark: the
/// same thing may have been found twice. One box needs none.
pub(super) fn marks(group: &[(u32, [f64; 4])]) -> BTreeMap<u32, Mark> {
    let center = |b: &[f64; 4]| ((b[0] + b[2]) / 2.0, (b[1] + b[3]) / 2.0);
    let mut boxes: Vec<[f64; 4]> = group.iter().map(|(_, bbox)| *bbox).collect();
    boxes.sort_by(in_order);
    boxes.dedup();
    if boxes.len() < 2 {
        return BTreeMap::new();
    }
    let centers: Vec<(f64, f64)> = boxes.iter().map(center).collect();
    let across: Vec<f64> = centers.iter().map(|c| c.0).collect();
    let down: Vec<f64> = centers.iter().map(|c| c.1).collect();
    let axes = if range(&across) >= range(&down) {
        [(&across, false), (&down, true)]
    } else {
        [(&down, true), (&across, false)]
    };
    let alike = boxes.len();
    let words = axes
        .into_iter()
        .find_map(|(line, vertical)| Some((ranks(line)?, vertical)));
    let mark = |bbox: &[f64; 4]| {
        let at = boxes.binary_search_by(|b| in_order(b, bbox)).ok()?;
        let place = words.as_ref().and_then(|(ranks, vertical)| {
            let near = ranks[at] < alike - ranks[at];
            rank_words(ranks[at], alike, *vertical, near)
        });
        let (before, behind) = place.unwrap_or_else(|| {
            let (x, y) = centers[at];
            (String::new(), format!(" at ({x:.0}, {y:.0})"))
        });
        Some(Mark {
            before,
            behind,
            alike,
        })
    };
    group
        .iter()
        .filter_map(|(object, bbox)| Some((*object, mark(bbox)?)))
        .collect()
}

fn in_order(a: &[f64; 4], b: &[f64; 4]) -> Ordering {
    std::iter::zip(a, b).fold(Ordering::Equal, |so_far, (x, y)| {
        so_far.then(x.total_cmp(y))
    })
}

fn range(line: &[f64]) -> f64 {
    let most = line.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    most - line.iter().copied().fold(f64::INFINITY, f64::min)
}

/// The rank of each along a line, if no two are too close to tell their order.
fn ranks(line: &[f64]) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = (0..line.len()).collect();
    order.sort_by(|a, b| line[*a].total_cmp(&line[*b]));
    let clear = order
        .windows(2)
        .all(|pair| line[pair[1]] - line[pair[0]] >= APART);
    let mut ranks = vec![0; line.len()];
    for (rank, at) in order.into_iter().enumerate() {
        ranks[at] = rank;
    }
    clear.then_some(ranks)
}

/// Words before and behind the noun for the `rank`-th (0-based) of so many, from the left or the
/// top; counted from there if `forward`, else from the other end.
pub(super) fn rank_words(
    rank: usize,
    count: usize,
    vertical: bool,
    forward: bool,
) -> Option<(String, String)> {
    let steps = if forward { rank } else { count - 1 - rank };
    let last = steps + 1 == count;
    let (pair, end, side) = match (vertical, forward != last) {
        (false, true) => ("left", "leftmost", "left"),
        (false, false) => ("right", "rightmost", "right"),
        (true, true) => ("upper", "highest", "highest"),
        (true, false) => ("lower", "lowest", "lowest"),
    };
    if steps == 0 || last {
        let word = if count == 2 { pair } else { end };
        return Some((format!("{word} "), String::new()));
    }
    if (steps, count) == (1, 3) {
        return Some(("middle ".to_owned(), String::new()));
    }
    let ordinal = RANKS.get(steps)?;
    Some(if vertical {
        (format!("{ordinal} {side} "), String::new())
    } else {
        (format!("{ordinal} "), format!(" from the {side}"))
    })
}

/// Words for several at an end: from the left or the top, or from the other one.
pub(super) fn end_words(first: bool, vertical: bool) -> &'static str {
    match (vertical, first) {
        (false, true) => "left",
        (false, false) => "right",
        (true, true) => "upper",
        (true, false) => "lower",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(boxes: &[[f64; 4]]) -> Vec<String> {
        let group: Vec<(u32, [f64; 4])> = (0..).zip(boxes.iter().copied()).collect();
        marks(&group)
            .values()
            .map(|m| format!("{}X{}", m.before, m.behind))
            .collect()
    }

    #[test]
    fn what_is_alike_is_told_apart_by_its_order() {
        let at = |x: f64, y: f64| [x, y, x + 10.0, y + 10.0];
        assert_eq!(shown(&[at(0.0, 0.0)]), Vec::<String>::new());
        assert_eq!(shown(&[at(50.0, 0.0), at(0.0, 9.0)]), ["right X", "left X"]);
        let stack = [at(0.0, 40.0), at(0.0, 0.0), at(1.0, 20.0)];
        assert_eq!(shown(&stack), ["lowest X", "highest X", "middle X"]);
        let row: Vec<[f64; 4]> = (0..5u8).map(|i| at(f64::from(i) * 20.0, 0.0)).collect();
        assert_eq!(
            shown(&row),
            [
                "leftmost X",
                "second X from the left",
                "third X from the left",
                "second X from the right",
                "rightmost X"
            ]
        );
    }

    #[test]
    fn where_no_order_is_to_be_seen_the_center_tells() {
        let at = |x: f64, y: f64| [x, y, x + 10.0, y + 10.0];
        let square = [at(0.0, 0.0), at(20.0, 0.0), at(0.0, 20.0), at(20.0, 20.0)];
        assert_eq!(
            shown(&square),
            [
                "X at (5, 5)",
                "X at (25, 5)",
                "X at (5, 25)",
                "X at (25, 25)"
            ]
        );
        // The same thing found twice is one.
        assert_eq!(shown(&[at(0.0, 0.0), at(0.0, 0.0)]), Vec::<String>::new());
    }
}
