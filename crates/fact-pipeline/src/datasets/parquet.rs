//! Parquet as on Hugging Face: columns `id`, `question`, `answer` or `answers`, and `image`, a
//! struct of `bytes` and `path`, plain bytes, a path, or a list of these.
//!
//! Rows are read one by one, a few at a time from each column's pages, and only the columns that
//! are needed. The parquet crate checks much of a file but not all of it: a panic over a corrupt
//! file ends the reading of that file with an error, and what a file would take to read is found out before
//! (`bounds`).

mod bounds;
mod thrift;

use super::error::{OpenError, RecordError, RecordFault};
use super::input::{MAX_RECORD_BYTES, Origin};
use super::row::{self, Columns, Role};
use super::spec::{self, Spec};
use super::{DataSet, ImageRoot, ImageSource, Record, Samples};
use fact_core::matcher::Matcher;
use parquet::errors::ParquetError;
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::SerializedFileReader;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use serde_json::{Map, Value};
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const LAYOUT: &str = "a .parquet file, or a folder with .parquet files (there or in data/)";

/// Rows decoded ahead in each column: images are large.
const ROWS_AHEAD: usize = 8;
/// Bytes of all images of a record: a dictionary can say the same image again and again.
const MAX_IMAGE_BYTES: usize = 256 << 20;

#[derive(Debug)]
pub(super) struct Parquet {
    matcher: Matcher,
    files: Vec<PathBuf>,
    images: ImageRoot,
    columns: Columns,
}

impl Parquet {
    pub(super) fn open(spec: &Spec) -> Result<Self, OpenError> {
        let root = spec.root()?;
        let is_parquet = |name: &str| name.ends_with(".parquet");
        let files = if spec.path.is_file() {
            vec![spec.path.clone()]
        } else {
            super::files_in_any(&root, &["", "data"], is_parquet)?
        };
        let matcher = spec.matcher(Matcher::Open)?;
        let this = Self {
            matcher,
            images: spec.image_root(&root)?,
            columns: Columns::new(spec, matcher),
            files,
        };
        let layout = |reason| OpenError::Layout {
            kind: spec.kind_name,
            path: spec.path.clone(),
            reason,
            layout: LAYOUT,
        };
        // Names that the user gave must be right: that shows now, not row by row. A file that
        // cannot be opened is reported when its turn comes.
        match this.files.first() {
            None => return Err(layout("no .parquet file".to_owned())),
            Some(first) => {
                if let Ok((reader, _)) = reader(first) {
                    this.check_columns(&reader).map_err(layout)?;
                }
            }
        }
        Ok(this)
    }

    /// Checks that the columns of every row are there.
    fn check_columns(&self, reader: &SerializedFileReader<File>) -> Result<(), String> {
        let schema = reader.metadata().file_metadata().schema();
        let names: Vec<&str> = schema.get_fields().iter().map(|f| f.name()).collect();
        for role in row::ALL {
            let needed = matches!(role, Role::Image | Role::Question);
            let wanted = self.columns.names(role);
            let given = self.columns.given(role).is_some();
            if (needed || given) && !wanted.iter().any(|name| names.contains(name)) {
                let near = spec::nearest(wanted[0], names.iter().copied());
                let near = near.map_or_else(String::new, |n| format!(" (did you mean `{n}`?)"));
                return Err(format!(
                    "no column `{}`{near}; it has {}, and `?question=NAME` and the like choose",
                    wanted.join("` or `"),
                    names.join(", ")
                ));
            }
        }
        Ok(())
    }

    /// Names of the columns that are read.
    fn names(&self) -> Vec<&str> {
        let names = row::ALL.iter().flat_map(|role| self.columns.names(*role));
        names.collect()
    }

    /// The schema with only the columns that are read.
    fn projection(&self, schema: &Type) -> Result<Type, ParquetError> {
        let names = self.names();
        let fields = schema.get_fields().iter();
        let fields = fields.filter(|f| names.contains(&f.name())).cloned();
        Type::group_type_builder(schema.name())
            .with_fields(fields.collect())
            .build()
    }

    fn rows(&self, path: &Path) -> Rows {
        let at = Origin {
            file: path.display().to_string().into(),
            line: None,
            record: 0,
        };
        let opened = reader(path).and_then(|(reader, mut file)| {
            let names = self.names();
            guarded(|| {
                Ok(bounds::columns(&reader, &mut file, &|name| {
                    names.contains(&name)
                }))
            })??;
            guarded(|| {
                let schema = reader.metadata().file_metadata().schema();
                let projection = self.projection(schema)?;
                let rows = RowIter::from_file_into(Box::new(reader)).project(Some(projection))?;
                Ok(rows.with_batch_size(ROWS_AHEAD))
            })
        });
        let (rows, failed) = match opened {
            Ok(rows) => (Some(rows), None),
            Err(fault) => (None, Some(fault)),
        };
        Rows { at, rows, failed }
    }

    fn record(&self, stem: &str, at: &Origin, row: Row) -> Result<Record, RecordError> {
        let mut values = Map::new();
        let mut images = Vec::new();
        let image_names = self.columns.names(Role::Image);
        let (mut text, mut left) = (MAX_RECORD_BYTES, MAX_IMAGE_BYTES);
        for (name, field) in row.into_columns() {
            if image_names.contains(&name.as_str()) {
                if images.is_empty() {
                    self.image(
                        at,
                        &name,
                        &format!("{stem}-{}", at.record),
                        field,
                        (&mut images, &mut left),
                    )?;
                }
            } else {
                let limit = MAX_RECORD_BYTES;
                let value = json(&field, &mut text).map_err(|e| match e {
                    NoJson::Binary => at.bad(&name, "binary data, not text"),
                    NoJson::TooLong => at.error(Some(&name), RecordFault::TooLong { limit }),
                })?;
                values.insert(name, value);
            }
        }
        if images.is_empty() {
            return Err(at.bad(image_names[0], "no image"));
        }
        let fallback = format!("{stem}-{}", at.record);
        self.columns.record(at, &values, images, Some(fallback))
    }

    /// Adds the images of a field. `name` stands in for a missing path.
    fn image(
        &self,
        at: &Origin,
        column: &str,
        name: &str,
        field: Field,
        (images, left): (&mut Vec<ImageSource>, &mut usize),
    ) -> Result<(), RecordError> {
        match field {
            Field::Null => {}
            Field::Bytes(bytes) => {
                let limit = MAX_IMAGE_BYTES;
                let rest = left.checked_sub(bytes.len());
                *left =
                    rest.ok_or_else(|| at.error(Some(column), RecordFault::TooLong { limit }))?;
                images.push(ImageSource::Bytes {
                    name: name.to_owned(),
                    bytes: bytes.data().into(),
                });
            }
            Field::Str(path) => {
                let below = format!("images/{path}");
                let paths = [path.as_str(), below.as_str()];
                images.push(super::image(at, column, &self.images, &paths, false)?);
            }
            Field::Group(parts) => {
                let mut bytes = Field::Null;
                let mut path = None;
                for (part, value) in parts.into_columns() {
                    match (part.as_str(), value) {
                        ("bytes", value) => bytes = value,
                        ("path", Field::Str(text)) => path = Some(text),
                        _ => {}
                    }
                }
                match (bytes, path) {
                    (Field::Null, None) => {}
                    (Field::Null, Some(path)) => {
                        self.image(at, column, name, Field::Str(path), (images, left))?;
                    }
                    (bytes, path) => {
                        // The path is only a name here: nothing is opened.
                        let path = path.filter(|p| !p.trim().is_empty());
                        let name = path.as_deref().unwrap_or(name);
                        self.image(at, column, name, bytes, (images, left))?;
                    }
                }
            }
            Field::ListInternal(list) => {
                for (i, item) in list.elements().iter().enumerate() {
                    let name = format!("{name}-{i}");
                    self.image(at, column, &name, item.clone(), (images, left))?;
                }
            }
            _ => return Err(at.bad(column, "not an image: expected bytes, a path, or both")),
        }
        Ok(())
    }
}

/// A reader of a file whose footer is no attack, and the file.
fn reader(path: &Path) -> Result<(SerializedFileReader<File>, File), RecordFault> {
    let cannot = |e: std::io::Error| RecordFault::Io(e.to_string());
    let mut file = File::open(path).map_err(cannot)?;
    bounds::footer(&mut file)?;
    // Of its own, since the place in a file is shared by all that have it open.
    let other = File::open(path).map_err(cannot)?;
    Ok((guarded(|| SerializedFileReader::new(other))?, file))
}

/// Runs `f`, which calls the parquet crate; its panics are faults of the file.
fn guarded<T>(f: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, RecordFault> {
    match catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(e)) => Err(RecordFault::Broken(e.to_string())),
        Err(_) => Err(RecordFault::Broken("the file is corrupt".to_owned())),
    }
}

/// The rows of one file; ends at the first error.
struct Rows {
    at: Origin,
    rows: Option<RowIter<'static>>,
    failed: Option<RecordFault>,
}

impl Iterator for Rows {
    type Item = Result<(Origin, Row), RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(fault) = self.failed.take() {
            return Some(Err(self.at.error(None, fault)));
        }
        let rows = self.rows.as_mut()?;
        let at = self.at.clone();
        match guarded(|| rows.next().transpose()) {
            Ok(None) => {
                self.rows = None;
                None
            }
            Ok(Some(row)) => {
                self.at.record += 1;
                Some(Ok((at, row)))
            }
            Err(fault) => {
                self.rows = None;
                Some(Err(at.error(None, fault)))
            }
        }
    }
}

/// Why a field is no JSON.
enum NoJson {
    /// It is binary data.
    Binary,
    /// It is longer than there is room for.
    TooLong,
}

/// A field as JSON, of at most `left` bytes, which are used up.
fn json(field: &Field, left: &mut usize) -> Result<Value, NoJson> {
    let takes = match field {
        Field::Str(text) => text.len(),
        Field::Bytes(bytes) => bytes.len(),
        _ => 0,
    };
    // A number, or what separates values, in characters of JSON.
    *left = left.checked_sub(takes + 4).ok_or(NoJson::TooLong)?;
    Ok(match field {
        Field::Null => Value::Null,
        Field::Bytes(bytes) => {
            let text = std::str::from_utf8(bytes.data());
            Value::String(text.map_err(|_| NoJson::Binary)?.to_owned())
        }
        Field::Group(row) => {
            let mut object = Map::new();
            for (name, field) in row.get_column_iter() {
                object.insert(name.clone(), json(field, left)?);
            }
            Value::Object(object)
        }
        Field::ListInternal(list) => {
            let items = list.elements().iter().map(|item| json(item, left));
            Value::Array(items.collect::<Result<_, _>>()?)
        }
        Field::Bool(b) => Value::Bool(*b),
        Field::Byte(n) => (*n).into(),
        Field::Short(n) => (*n).into(),
        Field::Int(n) => (*n).into(),
        Field::Long(n) => (*n).into(),
        Field::UByte(n) => (*n).into(),
        Field::UShort(n) => (*n).into(),
        Field::UInt(n) => (*n).into(),
        Field::ULong(n) => (*n).into(),
        Field::Float(x) => Value::from(*x),
        Field::Double(x) => Value::from(*x),
        Field::Str(text) => Value::String(text.clone()),
        other => Value::String(other.to_string()),
    })
}

impl DataSet for Parquet {
    fn name(&self) -> &str {
        "parquet"
    }

    fn matcher(&self) -> Matcher {
        self.matcher
    }

    fn samples(&self) -> Samples<'_> {
        Box::new(self.files.iter().flat_map(move |file| {
            let stem = file.file_stem().unwrap_or_default().to_string_lossy();
            let stem: Arc<str> = stem.into();
            self.rows(file).map(move |row| {
                let (at, row) = row?;
                self.record(&stem, &at, row)
            })
        }))
    }
}
