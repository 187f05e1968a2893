//! Where the lines of a residual program are in the whole one.

/// Longest programs that are aligned, as the product of their lines.
const MOST: usize = 4_000_000;

/// For each line of `residual` the line of `program` that it was cut from, from 1; `None` for a line that
/// slicing made (`pass`), or if the programs are too long.
///
/// A residual's lines are the program's own, in its order, in another layout, and an `elif` may have
/// become an `if`. Of several ways to find them there, one with the most lines and then the most with
/// the same indentation is taken: lines that are there twice are usually told apart by what is around them.
pub(super) fn places(program: &str, residual: &str) -> Vec<Option<u32>> {
    let [whole, part] = [program, residual].map(|text| text.lines().collect::<Vec<_>>());
    let (rows, columns) = (part.len(), whole.len());
    if (rows + 1).saturating_mul(columns + 1) > MOST {
        return vec![None; rows];
    }
    // best[i][j]: of the lines of the residual from i in the program from j.
    let width = columns + 1;
    let mut best = vec![0u32; (rows + 1) * width];
    for i in (0..rows).rev() {
        for j in (0..columns).rev() {
            let skipped = best[(i + 1) * width + j].max(best[i * width + j + 1]);
            let taken = match alike(part[i], whole[j]) {
                0 => 0,
                worth => worth + best[(i + 1) * width + j + 1],
            };
            best[i * width + j] = skipped.max(taken);
        }
    }
    let mut found = Vec::with_capacity(rows);
    let mut j = 0;
    for (i, line) in part.iter().enumerate() {
        let here = |j: usize| best[i * width + j];
        let without = |j: usize| best[(i + 1) * width + j];
        // As far as the best way goes through lines of the program that are not this one.
        let mut at = j;
        while at < columns && here(at) == here(j) && here(at) != without(at) {
            let worth = alike(line, whole[at]);
            if worth > 0 && here(at) == worth + without(at + 1) {
                break;
            }
            at += 1;
        }
        if at < columns && here(at) == here(j) && here(at) != without(at) {
            found.push(Some(at as u32 + 1));
            j = at + 1;
        } else {
            found.push(None);
        }
    }
    found
}

/// How well two lines agree: 0 not at all.
fn alike(a: &str, b: &str) -> u32 {
    let text = |line: &str| {
        let line = line.trim();
        let line = line
            .strip_prefix("el")
            .filter(|rest| rest.starts_with("if "))
            .unwrap_or(line);
        line.split_whitespace()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (left, right) = (text(a), text(b));
    if left.is_empty() || left != right {
        return 0;
    }
    let indent = |line: &str| line.len() - line.trim_start().len();
    // A thousand lines of another indentation are worth less than one line more.
    4096 + u32::from(indent(a) == indent(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_in_order() {
        let whole = "def f(image):\n    xs = image.find('a')\n    y = 1\n    if y:\n        return 'b'\n    elif xs:\n        return 'a'\n    return 'b'\n";
        let part = "def f(image):\n    xs = image.find('a')\n    if xs:\n        return 'a'\n    return 'b'\n";
        let expected = [1, 2, 6, 7, 8].map(Some);
        assert_eq!(places(whole, part), expected);
        assert_eq!(places(whole, whole), [1, 2, 3, 4, 5, 6, 7, 8].map(Some));
    }

    #[test]
    fn lines_that_slicing_made_have_no_place() {
        let whole = "def f():\n    if x:\n        y = 1\n    return 2\n";
        let part = "def f():\n    if x:\n        pass\n    return 2\n";
        assert_eq!(places(whole, part), [Some(1), Some(2), None, Some(4)]);
        assert_eq!(places("", "a\nb"), [None, None]);
        assert_eq!(places("a", ""), []);
    }

    #[test]
    fn lines_that_are_there_twice_are_told_apart_by_their_indentation() {
        let whole = "def f():\n    for a in b:\n        c = 1\n    c = 1\n    return c\n";
        let part = "def f():\n    c = 1\n    return c\n";
        assert_eq!(places(whole, part), [Some(1), Some(4), Some(5)]);
    }
}
