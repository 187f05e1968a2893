//! Reading an argument by what it looks like.
//!
//! The reader that is derived for an enum without tags keeps a copy of the value and tries one variant
//! after the other, each with an error text. Recorded answers are full of attributes, so that took a
//! tenth of a certificate's check. Here the form decides at once.

use super::{Arg, BBox};
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;

impl<'de> Deserialize<'de> for Arg {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ByForm)
    }
}

struct ByForm;

impl<'de> Visitor<'de> for ByForm {
    type Value = Arg;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, a bool, a number, a text, a list of these, or a region of an image")
    }

    fn visit_unit<E: Error>(self) -> Result<Arg, E> {
        Ok(Arg::None)
    }

    fn visit_none<E: Error>(self) -> Result<Arg, E> {
        Ok(Arg::None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Arg, E> {
        Ok(Arg::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Arg, E> {
        Ok(Arg::Int(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Arg, E> {
        // An integer that does not fit is a float, as JSON has but one kind of number.
        Ok(i64::try_from(value).map_or(Arg::Float(value as f64), Arg::Int))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Arg, E> {
        Ok(Arg::Float(value))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Arg, E> {
        Ok(Arg::Str(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Arg, E> {
        Ok(Arg::Str(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Arg, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Arg::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Arg, A::Error> {
        let (mut image, mut region) = (None, None);
        while let Some(field) = entries.next_key()? {
            match field {
                Field::Image if image.is_none() => image = Some(entries.next_value()?),
                Field::Region if region.is_none() => region = Some(entries.next_value::<BBox>()?),
                Field::Image => return Err(A::Error::duplicate_field("image")),
                Field::Region => return Err(A::Error::duplicate_field("region")),
            }
        }
        Ok(Arg::Region {
            image: image.ok_or_else(|| A::Error::missing_field("image"))?,
            region: region.ok_or_else(|| A::Error::missing_field("region"))?,
        })
    }
}

/// Fields of a region.
#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Image,
    Region,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the reader that is derived has it.
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(untagged, deny_unknown_fields)]
    enum Derived {
        None,
        Bool(bool),
        Int(i64),
        Float(f64),
        Str(String),
        List(Vec<Derived>),
        Region { image: usize, region: BBox },
    }

    impl Derived {
        fn arg(self) -> Arg {
            match self {
                Self::None => Arg::None,
                Self::Bool(b) => Arg::Bool(b),
                Self::Int(i) => Arg::Int(i),
                Self::Float(x) => Arg::Float(x),
                Self::Str(text) => Arg::Str(text),
                Self::List(items) => Arg::List(items.into_iter().map(Self::arg).collect()),
                Self::Region { image, region } => Arg::Region { image, region },
            }
        }
    }

    #[test]
    fn reads_what_the_derived_reader_reads() {
        for text in [
            "null",
            "true",
            "-3",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551616",
            "-9223372036854775809",
            "1.0",
            "1e3",
            "1e400",
            "\"\"",
            "\"a\\n\\u00e9\"",
            "[]",
            "[1, [null, \"x\"], 2.5]",
            "[0, [1, 2, 3, 4]]",
            "{\"image\": 1, \"region\": [1, 2, 3, 4.5]}",
            "{\"region\": [1, 2, 3, 4], \"image\": 0}",
            "[{\"image\": 1, \"region\": [1, 2, 3, 4]}, 5]",
            "{}",
            "{\"image\": 1}",
            "{\"region\": [1, 2, 3, 4]}",
            "{\"image\": -1, \"region\": [1, 2, 3, 4]}",
            "{\"image\": 1, \"region\": [1, 2, 3]}",
            "{\"image\": 1, \"region\": [1, 2, 3, 4, 5]}",
            "{\"image\": 1, \"image\": 1, \"region\": [1, 2, 3, 4]}",
            "{\"image\": 1, \"region\": [1, 2, 3, 4], \"more\": 0}",
            "[{\"text\": 1}]",
        ] {
            let expected: Option<Derived> = serde_json::from_str(text).ok();
            let found: Option<Arg> = serde_json::from_str(text).ok();
            assert_eq!(found, expected.map(Derived::arg), "{text}");
            // As it is read from a file: through a value.
            let value: Result<serde_json::Value, _> = serde_json::from_str(text);
            let through = value.ok().and_then(|v| serde_json::from_value(v).ok());
            if !text.contains("image\": 1, \"image") {
                assert_eq!(through, found, "{text}");
            }
        }
    }
}
