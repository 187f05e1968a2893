//! Indices and slices of sequences.

/// Index into a sequence of `len` elements, negative from its end; `None` when out of range.
pub fn index(i: i64, len: usize) -> Option<usize> {
    let i = i128::from(i);
    let at = if i < 0 { i + len as i128 } else { i };
    usize::try_from(at).ok().filter(|&at| at < len)
}

/// Normalized slice: what `slice(start, stop, step).indices(len)` gives, with its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Indices {
    /// First position; may be -1 for a negative step.
    pub start: i64,
    /// Position it stops before; may be -1 for a negative step.
    pub stop: i64,
    /// Step, never 0.
    pub step: i64,
    /// Number of positions.
    pub count: usize,
}

impl Indices {
    /// The positions, each within the sequence.
    pub fn iter(self) -> impl ExactSizeIterator<Item = usize> {
        // Positions are below the length by construction; saturating only rules out panics.
        (0..self.count).map(move |i| {
            let offset = i128::from(self.step) * i as i128;
            usize::try_from(i128::from(self.start) + offset).unwrap_or(0)
        })
    }
}

/// `slice(start, stop, step).indices(len)`. Callers clamp larger integers to `i64`.
///
/// `None` when the step is 0: `ValueError: slice step cannot be zero`.
pub fn indices(
    start: Option<i64>,
    stop: Option<i64>,
    step: Option<i64>,
    len: usize,
) -> Option<Indices> {
    let step = step.unwrap_or(1).max(-i64::MAX);
    if step == 0 {
        return None;
    }
    let len = i64::try_from(len).unwrap_or(i64::MAX);
    let (lower, upper) = if step < 0 { (-1, len - 1) } else { (0, len) };
    let clamp = |value: Option<i64>, default: i64| match value {
        None => default,
        Some(v) if v < 0 => v.saturating_add(len).max(lower),
        Some(v) => v.min(upper),
    };
    let (start, stop) = if step < 0 {
        (clamp(start, upper), clamp(stop, lower))
    } else {
        (clamp(start, lower), clamp(stop, upper))
    };
    let count = if step < 0 && stop < start {
        (start - stop - 1) / -step + 1
    } else if step > 0 && start < stop {
        (stop - start - 1) / step + 1
    } else {
        0
    };
    Some(Indices {
        start,
        stop,
        step,
        count: usize::try_from(count).unwrap_or(0),
    })
}

/// The bounds of `s.find(x, start, stop)` and `list.index(x, start, stop)`: start and stop within
/// `0..=len`, negative from the end. Start may exceed stop.
pub fn bounds(start: Option<i64>, stop: Option<i64>, len: usize) -> (usize, usize) {
    let length = i64::try_from(len).unwrap_or(i64::MAX);
    let clamp = |value: i64| {
        let at = if value < 0 {
            value.saturating_add(length).max(0)
        } else {
            value
        };
        usize::try_from(at).unwrap_or(usize::MAX)
    };
    // Only the stop is clamped to the length: `"abc".find("", 4)` is -1.
    (start.map_or(0, clamp), stop.map_or(len, clamp).min(len))
}

/// `s[start:stop:step]` on code points.
pub fn slice_str(s: &str, at: Indices) -> String {
    if s.is_ascii() {
        let bytes = s.as_bytes();
        return at
            .iter()
            .filter_map(|i| bytes.get(i).map(|&b| char::from(b)))
            .collect();
    }
    if at.step == 1 {
        return s
            .chars()
            .skip(usize::try_from(at.start).unwrap_or(0))
            .take(at.count)
            .collect();
    }
    let chars: Vec<char> = s.chars().collect();
    at.iter().filter_map(|i| chars.get(i)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sliced(s: &str, a: Option<i64>, b: Option<i64>, c: Option<i64>) -> String {
        indices(a, b, c, super::super::len(s)).map_or("zero".into(), |at| slice_str(s, at))
    }

    #[test]
    fn slices_as_cpython() {
        assert_eq!(sliced("abcdef", None, None, Some(-1)), "fedcba");
        assert_eq!(sliced("abcdef", Some(1), Some(-1), None), "bcde");
        assert_eq!(sliced("abcdef", Some(-2), None, None), "ef");
        assert_eq!(sliced("abcdef", Some(4), Some(1), Some(-2)), "ec");
        assert_eq!(sliced("abcdef", Some(-100), Some(100), Some(4)), "ae");
        assert_eq!(sliced("abcdef", Some(100), Some(-100), Some(-4)), "fb");
        assert_eq!(sliced("abcdef", Some(3), Some(2), None), "");
        assert_eq!(sliced("héllo😀", Some(-1), None, None), "😀");
        assert_eq!(sliced("héllo😀", None, None, Some(-2)), "😀lé");
        assert_eq!(sliced("héllo😀", Some(1), Some(3), None), "él");
        assert_eq!(sliced("", None, None, Some(-1)), "");
        assert_eq!(sliced("a", None, None, Some(0)), "zero");
        assert_eq!(
            sliced("abc", Some(i64::MIN), Some(i64::MAX), Some(i64::MAX)),
            "a"
        );
        assert_eq!(
            sliced("abc", Some(i64::MAX), Some(i64::MIN), Some(i64::MIN)),
            "c"
        );
    }

    #[test]
    fn indexes_as_cpython() {
        assert_eq!(index(-1, 3), Some(2));
        assert_eq!(index(-4, 3), None);
        assert_eq!(index(3, 3), None);
        assert_eq!(index(i64::MIN, 3), None);
        assert_eq!(bounds(Some(-2), None, 3), (1, 3));
        assert_eq!(bounds(Some(5), Some(9), 3), (5, 3));
    }
}
