//! `MODEL@URL`, and settings that are written as one text.

use fact_models::vlm::split_target;

/// Name and address of a model.
pub(super) struct ModelAt {
    pub(super) model: String,
    pub(super) url: String,
}

impl ModelAt {
    /// Reads `KIND:MODEL@URL`; `None` if it is of another kind.
    ///
    /// # Errors
    /// What is wrong behind the kind.
    pub(super) fn of_kind(kind: &str, text: &str) -> Option<Result<Self, String>> {
        let target = text.strip_prefix(kind)?.strip_prefix(':')?;
        let found = split_target(target).map_err(|error| error.to_string());
        Some(found.map(|(model, url)| Self {
            model: model.to_owned(),
            url: url.to_owned(),
        }))
    }
}

/// Reads and writes a setting by its `FromStr` and `Display`.
macro_rules! as_text {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(super) use as_text;
