//! Errors of the annotation readers.

use serde_json::Value;

/// A record that does not have the shape its schema promises.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{schema} scene: {field}: expected {expected}, found {found}")]
pub struct SceneError {
    /// Which schema.
    pub schema: &'static str,
    /// Path to the field, such as `objects[2].pixel_coords`.
    pub field: String,
    /// What belongs there.
    pub expected: &'static str,
    /// What is there.
    pub found: String,
}

/// A place in a JSON record, for reading with errors that say where.
#[derive(Clone)]
pub(super) struct At<'a> {
    schema: &'static str,
    path: String,
    value: &'a Value,
}

impl<'a> At<'a> {
    pub(super) fn root(schema: &'static str, value: &'a Value) -> Self {
        Self {
            schema,
            path: String::new(),
            value,
        }
    }

    pub(super) fn error(&self, expected: &'static str) -> SceneError {
        let found = match self.value {
            Value::Null => "nothing".to_owned(),
            Value::Array(items) => format!("a list of {}", items.len()),
            Value::Object(_) => "an object".to_owned(),
            other => {
                let text = other.to_string();
                let short: String = text.chars().take(40).collect();
                if short == text {
                    text
                } else {
                    format!("{short}…")
                }
            }
        };
        let field = if self.path.is_empty() {
            "record"
        } else {
            &self.path
        };
        SceneError {
            schema: self.schema,
            field: field.to_owned(),
            expected,
            found,
        }
    }

    /// The field `name`; absent reads as null.
    pub(super) fn get(&self, name: &str) -> At<'a> {
        static NULL: Value = Value::Null;
        let dot = if self.path.is_empty() { "" } else { "." };
        Self {
            schema: self.schema,
            path: format!("{}{dot}{name}", self.path),
            value: self.value.get(name).unwrap_or(&NULL),
        }
    }

    pub(super) fn is_null(&self) -> bool {
        self.value.is_null()
    }

    pub(super) fn list(&self) -> Result<Vec<At<'a>>, SceneError> {
        let items = self.value.as_array().ok_or_else(|| self.error("a list"))?;
        let items = items.iter().enumerate().map(|(n, value)| Self {
            schema: self.schema,
            path: format!("{}[{n}]", self.path),
            value,
        });
        Ok(items.collect())
    }

    /// Fields of an object, in the record's order.
    pub(super) fn fields(&self) -> Result<Vec<(&'a str, At<'a>)>, SceneError> {
        let fields = self
            .value
            .as_object()
            .ok_or_else(|| self.error("an object"))?;
        Ok(fields.keys().map(|k| (k.as_str(), self.get(k))).collect())
    }

    pub(super) fn text(&self) -> Result<&'a str, SceneError> {
        self.value.as_str().ok_or_else(|| self.error("text"))
    }

    /// A finite number.
    pub(super) fn number(&self) -> Result<f64, SceneError> {
        let number = self.value.as_f64().filter(|n| n.is_finite());
        number.ok_or_else(|| self.error("a number"))
    }

    pub(super) fn index(&self, below: usize) -> Result<usize, SceneError> {
        let index = self.value.as_u64().and_then(|n| usize::try_from(n).ok());
        index
            .filter(|n| *n < below)
            .ok_or_else(|| self.error("the index of an object of the scene"))
    }

    /// Width or height; absent is 0 (unknown).
    pub(super) fn pixels(&self) -> Result<u32, SceneError> {
        if self.is_null() {
            return Ok(0);
        }
        let pixels = self.value.as_u64().and_then(|n| u32::try_from(n).ok());
        pixels.ok_or_else(|| self.error("a number of pixels"))
    }

    /// A list of exactly `N` numbers.
    pub(super) fn numbers<const N: usize>(&self) -> Result<[f64; N], SceneError> {
        let items = self.list()?;
        if items.len() != N {
            return Err(self.error("a list of the right length"));
        }
        let mut numbers = [0.0; N];
        for (number, item) in numbers.iter_mut().zip(&items) {
            *number = item.number()?;
        }
        Ok(numbers)
    }
}
