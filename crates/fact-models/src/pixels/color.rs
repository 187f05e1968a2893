//! Names of colours.
//!
//! The names are `black white gray red orange brown yellow green teal cyan blue purple pink`. A
//! colour is named in two steps:
//!
//! 1. exactly, if it is one of the CSS basic colours below, or NLVR's blue `#0099ff`;
//! 2. otherwise by hue, saturation and value (HSV; hue in degrees, chroma and value in 0..=255):
//!
//! | condition | name |
//! |---|---|
//! | chroma ≤ 24 | `black` if value < 56, `white` if value ≥ 232, else `gray` |
//! | value < 40 | `black` |
//! | hue in 345..15 | `pink` if value ≥ 200 and saturation < 0.5; `brown` if value < 190 and saturation < 0.85; else `red` |
//! | hue in 15..45 | `brown` if value < 190, else `orange` |
//! | hue in 45..70 | `yellow` |
//! | hue in 70..165 | `green` |
//! | hue in 165..200 | `teal` if value < 180, else `cyan` |
//! | hue in 200..260 | `blue` |
//! | hue in 260..300 | `purple` |
//! | hue in 300..345 | `purple` if value < 150, else `pink` |

/// Words for colours → canonical name.
pub(super) const COLOR_WORDS: [(&str, &str); 19] = [
    ("black", "black"),
    ("white", "white"),
    ("gray", "gray"),
    ("grey", "gray"),
    ("red", "red"),
    ("orange", "orange"),
    ("brown", "brown"),
    ("yellow", "yellow"),
    ("golden", "yellow"),
    ("green", "green"),
    ("lime", "green"),
    ("teal", "teal"),
    ("turquoise", "cyan"),
    ("cyan", "cyan"),
    ("blue", "blue"),
    ("navy", "blue"),
    ("purple", "purple"),
    ("violet", "purple"),
    ("pink", "pink"),
];

const EXACT: [([u8; 3], &str); 21] = [
    ([0, 0, 0], "black"),
    ([255, 255, 255], "white"),
    ([128, 128, 128], "gray"),
    ([192, 192, 192], "gray"),
    ([211, 211, 211], "gray"),
    ([255, 0, 0], "red"),
    ([128, 0, 0], "red"),
    ([255, 165, 0], "orange"),
    ([165, 42, 42], "brown"),
    ([255, 255, 0], "yellow"),
    ([0, 128, 0], "green"),
    ([0, 255, 0], "green"),
    ([0, 128, 128], "teal"),
    ([0, 255, 255], "cyan"),
    ([0, 0, 255], "blue"),
    ([0, 0, 128], "blue"),
    ([0, 153, 255], "blue"),
    ([128, 0, 128], "purple"),
    ([255, 0, 255], "pink"),
    ([255, 192, 203], "pink"),
    ([128, 128, 0], "yellow"),
];

/// The name of a colour; see the module for the rules.
pub(super) fn name(rgb: [u8; 3]) -> &'static str {
    if let Some((_, name)) = EXACT.iter().find(|(exact, _)| *exact == rgb) {
        return name;
    }
    let [r, g, b] = rgb.map(i32::from);
    let value = r.max(g).max(b);
    let chroma = value - r.min(g).min(b);
    if chroma <= 24 {
        return match value {
            ..56 => "black",
            232.. => "white",
            _ => "gray",
        };
    }
    if value < 40 {
        return "black";
    }
    let hue = hue_degrees(r, g, b, value, chroma);
    let saturation = f64::from(chroma) / f64::from(value);
    match hue {
        h if !(15.0..345.0).contains(&h) => {
            if value >= 200 && saturation < 0.5 {
                "pink"
            } else if value < 190 && saturation < 0.85 {
                "brown"
            } else {
                "red"
            }
        }
        ..45.0 => {
            if value < 190 {
                "brown"
            } else {
                "orange"
            }
        }
        ..70.0 => "yellow",
        ..165.0 => "green",
        ..200.0 => {
            if value < 180 {
                "teal"
            } else {
                "cyan"
            }
        }
        ..260.0 => "blue",
        ..300.0 => "purple",
        _ => {
            if value < 150 {
                "purple"
            } else {
                "pink"
            }
        }
    }
}

fn hue_degrees(r: i32, g: i32, b: i32, value: i32, chroma: i32) -> f64 {
    let part = |high: i32, low: i32| f64::from(high - low) / f64::from(chroma);
    let sixth = if value == r {
        part(g, b).rem_euclid(6.0)
    } else if value == g {
        part(b, r) + 2.0
    } else {
        part(r, g) + 4.0
    };
    sixth * 60.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn palettes_keep_their_names() {
        let named = [
            ([0, 153, 255], "blue"),
            ([0, 0, 0], "black"),
            ([255, 255, 0], "yellow"),
            ([165, 42, 42], "brown"),
            ([0, 128, 128], "teal"),
            ([211, 211, 211], "gray"),
        ];
        for (rgb, expected) in named {
            assert_eq!(name(rgb), expected);
        }
    }

    #[test]
    fn other_colours_go_by_hue() {
        let named = [
            ([250, 4, 3], "red"),
            ([12, 140, 250], "blue"),
            ([139, 69, 19], "brown"),
            ([240, 240, 30], "yellow"),
            ([40, 200, 60], "green"),
            ([90, 90, 95], "gray"),
            ([20, 20, 22], "black"),
            ([250, 130, 20], "orange"),
            ([140, 30, 220], "purple"),
            ([250, 100, 190], "pink"),
        ];
        for (rgb, expected) in named {
            assert_eq!(name(rgb), expected, "{rgb:?}");
        }
    }
}
