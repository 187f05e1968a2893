//! Searching, replacing, splitting and stripping.

use super::case::is_space;
use super::slice::bounds;
use super::{TextError, byte_offset, len};

/// The part of `s` between code points `start` and `stop` as `str.find` takes them, and the index
/// of its first code point. `None` when the start is past the stop.
fn window(s: &str, start: Option<i64>, stop: Option<i64>) -> Option<(&str, usize)> {
    if start.is_none() && stop.is_none() {
        return Some((s, 0));
    }
    let (start, stop) = bounds(start, stop, len(s));
    if start > stop {
        return None;
    }
    s.get(byte_offset(s, start)..byte_offset(s, stop))
        .map(|part| (part, start))
}

/// `s.find(sub, start, stop)`, with `None` for -1 (`index` raises `ValueError: substring not
/// found`).
pub fn find(s: &str, sub: &str, start: Option<i64>, stop: Option<i64>) -> Option<usize> {
    let (part, offset) = window(s, start, stop)?;
    part.find(sub).map(|at| offset + len(&part[..at]))
}

/// `s.rfind(sub, start, stop)`
pub fn rfind(s: &str, sub: &str, start: Option<i64>, stop: Option<i64>) -> Option<usize> {
    let (part, offset) = window(s, start, stop)?;
    part.rfind(sub).map(|at| offset + len(&part[..at]))
}

/// `s.count(sub, start, stop)`: without overlap; of `""` one more than there are code points.
pub fn count(s: &str, sub: &str, start: Option<i64>, stop: Option<i64>) -> usize {
    match window(s, start, stop) {
        None => 0,
        Some((part, _)) if sub.is_empty() => len(part) + 1,
        Some((part, _)) => part.matches(sub).count(),
    }
}

/// `s.startswith(prefix, start, stop)`
pub fn starts_with(s: &str, prefix: &str, start: Option<i64>, stop: Option<i64>) -> bool {
    window(s, start, stop).is_some_and(|(part, _)| part.starts_with(prefix))
}

/// `s.endswith(suffix, start, stop)`
pub fn ends_with(s: &str, suffix: &str, start: Option<i64>, stop: Option<i64>) -> bool {
    window(s, start, stop).is_some_and(|(part, _)| part.ends_with(suffix))
}

/// `s.removeprefix(prefix)`
pub fn remove_prefix<'a>(s: &'a str, prefix: &str) -> &'a str {
    s.strip_prefix(prefix).unwrap_or(s)
}

/// `s.removesuffix(suffix)`
pub fn remove_suffix<'a>(s: &'a str, suffix: &str) -> &'a str {
    s.strip_suffix(suffix).unwrap_or(s)
}

/// `s.replace(old, new, count)`; a negative `count` replaces all. An empty `old` matches before
/// every code point and at the end.
///
/// # Errors
/// [`TextError::TooLarge`]
pub fn replace(
    s: &str,
    old: &str,
    new: &str,
    count: i64,
    limit: usize,
) -> Result<String, TextError> {
    let most = usize::try_from(count).unwrap_or(usize::MAX);
    let found = if old.is_empty() {
        len(s) + 1
    } else {
        s.matches(old).count()
    };
    let times = found.min(most);
    let grown = new
        .len()
        .checked_mul(times)
        .and_then(|added| added.checked_add(s.len() - old.len() * times));
    match grown {
        Some(bytes) if bytes <= limit || bytes <= s.len() => Ok(s.replacen(old, new, times)),
        _ => Err(TextError::TooLarge),
    }
}

/// `s.split(sep, maxsplit)`; a negative `maxsplit` splits everywhere.
///
/// # Errors
/// `ValueError: empty separator`
pub fn split<'a>(s: &'a str, sep: Option<&str>, maxsplit: i64) -> Result<Vec<&'a str>, TextError> {
    let most = usize::try_from(maxsplit).unwrap_or(usize::MAX);
    match sep {
        Some("") => Err(TextError::value("empty separator")),
        Some(sep) => Ok(s.splitn(most.saturating_add(1), sep).collect()),
        None => {
            let mut parts = Vec::new();
            let mut rest = s.trim_start_matches(is_space);
            while !rest.is_empty() {
                match rest.find(is_space) {
                    Some(end) if parts.len() < most => {
                        parts.push(&rest[..end]);
                        rest = rest[end..].trim_start_matches(is_space);
                    }
                    // What is left when the splits are used up keeps its trailing space.
                    _ => {
                        parts.push(rest);
                        break;
                    }
                }
            }
            Ok(parts)
        }
    }
}

/// `s.rsplit(sep, maxsplit)`: as [`split`], from the end.
///
/// # Errors
/// `ValueError: empty separator`
pub fn rsplit<'a>(s: &'a str, sep: Option<&str>, maxsplit: i64) -> Result<Vec<&'a str>, TextError> {
    let most = usize::try_from(maxsplit).unwrap_or(usize::MAX);
    let mut parts: Vec<&str> = match sep {
        Some("") => return Err(TextError::value("empty separator")),
        Some(sep) => s.rsplitn(most.saturating_add(1), sep).collect(),
        None => {
            let mut parts = Vec::new();
            let mut rest = s.trim_end_matches(is_space);
            while !rest.is_empty() {
                match rest.char_indices().rfind(|(_, c)| is_space(*c)) {
                    Some((at, c)) if parts.len() < most => {
                        parts.push(&rest[at + c.len_utf8()..]);
                        rest = rest[..at].trim_end_matches(is_space);
                    }
                    _ => {
                        parts.push(rest);
                        break;
                    }
                }
            }
            parts
        }
    };
    parts.reverse();
    Ok(parts)
}

/// `s.partition(sep)`
///
/// # Errors
/// `ValueError: empty separator`
pub fn partition<'a>(s: &'a str, sep: &'a str) -> Result<(&'a str, &'a str, &'a str), TextError> {
    if sep.is_empty() {
        return Err(TextError::value("empty separator"));
    }
    Ok(s.split_once(sep)
        .map_or((s, "", ""), |(before, after)| (before, sep, after)))
}

/// `s.rpartition(sep)`
///
/// # Errors
/// `ValueError: empty separator`
pub fn rpartition<'a>(s: &'a str, sep: &'a str) -> Result<(&'a str, &'a str, &'a str), TextError> {
    if sep.is_empty() {
        return Err(TextError::value("empty separator"));
    }
    Ok(s.rsplit_once(sep)
        .map_or(("", "", s), |(before, after)| (before, sep, after)))
}

/// `s.strip(chars)`; `None` strips white space.
pub fn strip<'a>(s: &'a str, chars: Option<&str>) -> &'a str {
    match chars {
        Some(chars) => s.trim_matches(|c| chars.contains(c)),
        None => s.trim_matches(is_space),
    }
}

/// `s.lstrip(chars)`
pub fn lstrip<'a>(s: &'a str, chars: Option<&str>) -> &'a str {
    match chars {
        Some(chars) => s.trim_start_matches(|c| chars.contains(c)),
        None => s.trim_start_matches(is_space),
    }
}

/// `s.rstrip(chars)`
pub fn rstrip<'a>(s: &'a str, chars: Option<&str>) -> &'a str {
    match chars {
        Some(chars) => s.trim_end_matches(|c| chars.contains(c)),
        None => s.trim_end_matches(is_space),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_code_point() {
        assert_eq!(find("héllo", "l", None, None), Some(2));
        assert_eq!(rfind("héllo", "l", None, None), Some(3));
        assert_eq!(find("héllo", "l", Some(-2), None), Some(3));
        assert_eq!(find("héllo", "l", Some(3), Some(3)), None);
        assert_eq!(find("abc", "", Some(3), None), Some(3));
        assert_eq!(find("abc", "", Some(4), None), None);
        assert_eq!(rfind("abc", "", None, None), Some(3));
        assert_eq!(count("aaaa", "aa", None, None), 2);
        assert_eq!(count("abc", "", None, None), 4);
        assert_eq!(count("abc", "", Some(4), None), 0);
        assert_eq!(count("abc", "", Some(3), None), 1);
        assert!(starts_with("héllo", "l", Some(2), None));
        assert!(!starts_with("abc", "", Some(4), None));
        assert!(ends_with("héllo", "é", None, Some(2)));
    }

    #[test]
    fn replaces_as_cpython() {
        let ok = |r: Result<String, TextError>| r.unwrap_or_else(|e| e.to_string());
        assert_eq!(ok(replace("aaaa", "aa", "b", -1, 99)), "bb");
        assert_eq!(ok(replace("aaa", "a", "b", 2, 99)), "bba");
        assert_eq!(ok(replace("aé", "", "-", -1, 99)), "-a-é-");
        assert_eq!(ok(replace("ab", "", "-", 2, 99)), "-a-b");
        assert_eq!(ok(replace("", "", "x", 0, 99)), "");
        assert_eq!(ok(replace("", "", "x", -1, 99)), "x");
        assert_eq!(
            replace("aaa", "a", "bbbb", -1, 11),
            Err(TextError::TooLarge)
        );
    }

    #[test]
    fn splits_as_cpython() {
        assert_eq!(split(" a  b c ", None, -1), Ok(vec!["a", "b", "c"]));
        assert_eq!(split(" a  b c ", None, 1), Ok(vec!["a", "b c "]));
        assert_eq!(split(" a b", None, 0), Ok(vec!["a b"]));
        assert_eq!(split("a  b ", None, 2), Ok(vec!["a", "b"]));
        assert_eq!(split("   ", None, -1), Ok(vec![]));
        assert_eq!(split("", Some(","), -1), Ok(vec![""]));
        assert_eq!(split("a,,b", Some(","), -1), Ok(vec!["a", "", "b"]));
        assert_eq!(split("a,b,c", Some(","), 1), Ok(vec!["a", "b,c"]));
        assert_eq!(rsplit("a,b,c", Some(","), 1), Ok(vec!["a,b", "c"]));
        assert_eq!(rsplit(" a b  c ", None, 1), Ok(vec![" a b", "c"]));
        assert_eq!(rsplit(" a b ", None, 0), Ok(vec![" a b"]));
        assert_eq!(rsplit("aaa", Some("aa"), -1), Ok(vec!["a", ""]));
        assert!(split("a", Some(""), -1).is_err());
        assert_eq!(partition("a=b=c", "="), Ok(("a", "=", "b=c")));
        assert_eq!(rpartition("a=b=c", "="), Ok(("a=b", "=", "c")));
        assert_eq!(rpartition("abc", "="), Ok(("", "", "abc")));
    }

    #[test]
    fn strips_as_cpython() {
        assert_eq!(strip("\u{1c} a\u{a0}", None), "a");
        assert_eq!(strip("xyaxy", Some("yx")), "a");
        assert_eq!(lstrip("aab", Some("a")), "b");
        assert_eq!(rstrip("aab", Some("")), "aab");
    }
}
