//! Parquet, without Arrow.

use super::rows::Rows;
use super::stylist::Stylist;
use super::{AtomicFile, ExportError, ExportRow, Images, OneOrMany, StyledText};
use parquet::basic::{Compression, ZstdLevel};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use std::sync::Arc;

/// Rows of a row group; with images fewer, so that a group fits memory.
const ROWS: usize = 10_000;
const ROWS_WITH_IMAGES: usize = 500;

/// The columns after the image.
const COLUMNS: &str = "
    required binary question (utf8);
    optional binary answer (utf8);
    optional binary predicted (utf8);
    required boolean accepted;
    optional binary level (utf8);
    optional double confidence;
    optional binary proposer (utf8);
    optional binary program (utf8);
    optional binary residual (utf8);
    optional binary rationale (utf8);
    required binary steps (utf8);
    optional binary certificate (utf8);
    optional binary bridge (utf8);
    optional binary transfer (utf8);
    optional binary group (utf8);
    optional binary scene (utf8);
    optional binary family (utf8);
    optional binary split (utf8);
";

/// Like the JSONL rows; `steps`, `certificate`, `bridge` and `transfer` hold JSON. With images, `image` is a group of
/// `bytes` and `path`, which Hugging Face `datasets` casts to its `Image` feature.
pub(super) fn write(
    chosen: &Rows<'_>,
    file: AtomicFile,
    images: Option<&Images>,
    mut stylist: Option<&mut Stylist>,
) -> Result<(AtomicFile, u64), ExportError> {
    let path = file.path().to_owned();
    let failed = |e: ParquetError| ExportError::Encode {
        path: path.clone(),
        message: e.to_string(),
    };
    let image = match images {
        None => "required binary image (utf8);",
        Some(_) => "required group image { required binary bytes; required binary path (utf8); }",
    };
    let text = match stylist {
        None => "",
        Some(_) => "optional binary text (utf8);",
    };
    let schema =
        format!("message samples {{ required binary id (utf8); {image} {COLUMNS} {text} }}");
    let schema = Arc::new(parse_message_type(&schema).map_err(failed)?);
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_created_by("fact".into())
        .build();
    let mut writer =
        SerializedFileWriter::new(file, schema, Arc::new(properties)).map_err(failed)?;
    let most = if images.is_some() {
        ROWS_WITH_IMAGES
    } else {
        ROWS
    };
    let mut rows = 0;
    let mut batch = Vec::new();
    let mut flush = |batch: &mut Vec<ExportRow>| -> Result<(), ExportError> {
        if batch.is_empty() {
            return Ok(());
        }
        let bytes = images
            .map(|images| batch.iter().map(|row| images.read(&row.id)).collect())
            .transpose()?;
        let mut group = writer.next_row_group().map_err(failed)?;
        write_group(&mut group, batch, bytes).map_err(failed)?;
        group.close().map_err(failed)?;
        batch.clear();
        Ok(())
    };
    let own_pack = super::own_pack(chosen.reader())?;
    chosen.for_each(|row| {
        rows += 1;
        let text = stylist.as_mut().map(|s| StyledText::from(s.write(&row)));
        let row = ExportRow::from(row).with_pack(own_pack.as_deref());
        batch.push(row.with_text(text));
        if batch.len() < most {
            return Ok(());
        }
        flush(&mut batch)
    })?;
    flush(&mut batch)?;
    let file = writer.into_inner().map_err(failed)?;
    Ok((file, rows))
}

type Group<'a> = SerializedRowGroupWriter<'a, AtomicFile>;

fn write_group(
    group: &mut Group<'_>,
    rows: &[ExportRow],
    images: Option<Vec<Arc<[u8]>>>,
) -> Result<(), ParquetError> {
    let text = |value: &str| ByteArray::from(value);
    let all = |of: &dyn Fn(&ExportRow) -> ByteArray| rows.iter().map(of).collect::<Vec<_>>();
    let some =
        |of: &dyn Fn(&ExportRow) -> Option<ByteArray>| rows.iter().map(of).collect::<Vec<_>>();

    required(group, &all(&|r| text(&r.id)))?;
    if let Some(images) = images {
        let bytes: Vec<ByteArray> = images
            .iter()
            .map(|bytes| ByteArray::from(bytes.to_vec()))
            .collect();
        required(group, &bytes)?;
    }
    required(group, &all(&|r| text(&path(&r.image))))?;
    required(group, &all(&|r| text(&r.question)))?;
    optional(group, some(&|r| r.answer.as_deref().map(text)))?;
    optional(group, some(&|r| r.predicted.as_deref().map(text)))?;
    let accepted: Vec<bool> = rows.iter().map(|r| r.accepted).collect();
    column::<BoolType>(group, &accepted, None)?;
    optional(group, some(&|r| r.level.as_deref().map(text)))?;
    let present: Vec<i16> = rows
        .iter()
        .map(|r| i16::from(r.confidence.is_some()))
        .collect();
    let confidence: Vec<f64> = rows.iter().filter_map(|r| r.confidence).collect();
    column::<DoubleType>(group, &confidence, Some(&present))?;
    optional(group, some(&|r| r.proposer.as_deref().map(text)))?;
    optional(group, some(&|r| r.program.as_deref().map(text)))?;
    optional(group, some(&|r| r.residual.as_deref().map(text)))?;
    optional(group, some(&|r| r.rationale.as_deref().map(text)))?;
    required(group, &all(&|r| text(&json(&r.steps))))?;
    optional(
        group,
        some(&|r| r.certificate.as_ref().map(|c| text(&json(c)))),
    )?;
    optional(group, some(&|r| r.bridge.as_ref().map(|b| text(&json(b)))))?;
    let transfer = |r: &ExportRow| (!r.transfer.is_empty()).then(|| text(&json(&r.transfer)));
    optional(group, some(&transfer))?;
    optional(group, some(&|r| r.group.as_deref().map(text)))?;
    optional(group, some(&|r| r.scene.as_deref().map(text)))?;
    optional(group, some(&|r| r.family.as_deref().map(text)))?;
    optional(group, some(&|r| r.split.as_deref().map(text)))?;
    // All rows of an export have a text in a style, or none.
    if rows.iter().all(|r| r.text.is_none()) {
        return Ok(());
    }
    optional(
        group,
        some(&|r| r.text.as_ref().and_then(|t| t.0.as_deref().map(text))),
    )
}

/// The path, or several as a JSON list.
fn path(image: &OneOrMany) -> String {
    match image {
        OneOrMany::One(path) => path.clone(),
        OneOrMany::Many(paths) => json(paths),
    }
}

fn required(group: &mut Group<'_>, values: &[ByteArray]) -> Result<(), ParquetError> {
    column::<ByteArrayType>(group, values, None)
}

fn optional(group: &mut Group<'_>, values: Vec<Option<ByteArray>>) -> Result<(), ParquetError> {
    let present: Vec<i16> = values.iter().map(|v| i16::from(v.is_some())).collect();
    let values: Vec<ByteArray> = values.into_iter().flatten().collect();
    column::<ByteArrayType>(group, &values, Some(&present))
}

/// Writes the next column; `present` tells which rows have a value, if it is optional.
fn column<T: parquet::data_type::DataType>(
    group: &mut Group<'_>,
    values: &[T::T],
    present: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let Some(mut column) = group.next_column()? else {
        return Err(ParquetError::General(
            "more columns than the schema has".into(),
        ));
    };
    column.typed::<T>().write_batch(values, present, None)?;
    column.close()
}

/// JSON text. Plain data with text keys: encoding it cannot fail.
fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
