//! How much of a Parquet file may be in memory at once, found out before any of it is.
//!
//! The parquet crate believes a file: it makes room for what a page's header claims, decompresses gzip to
//! whatever comes out, and follows the schema as deep as it goes. A file of a few bytes can so ask
//! for any memory. So the footer and the header of each page that will be read are walked through first:
//! both are small, and say what the rest will take.

use super::thrift::{Kind, Walk};
use crate::datasets::error::RecordFault;
use flate2::read::MultiGzDecoder;
use parquet::basic::{Compression, Type as Physical};
use parquet::column::page::Page;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{FileReader, RowGroupReader};
use parquet::record::Field;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Bytes of a footer: it is some ten times larger in memory.
const FOOTER: u64 = 16 << 20;
/// Columns and groups of columns in a schema.
const SCHEMA: u64 = 10_000;
/// How deep a schema may be nested.
const NESTED: usize = 32;
/// Bytes of a page's header, with its statistics.
const HEADER: u64 = 1 << 20;
/// Bytes of pages that are in memory at once: of each column that is read the dictionary and the largest
/// page, as in the file and decompressed.
const HELD: u64 = 512 << 20;
/// Bytes that the lists of a row could come to. Where a row ends is only known once it was read,
/// so it is as if the rows of a row group were one.
const LISTED: u64 = 1 << 30;
/// Rows that are decoded ahead, each with a value of its own.
const AHEAD: u64 = super::ROWS_AHEAD as u64;
/// Bytes that a value takes besides its text: itself, its levels, its place in a dictionary.
const VALUE: u64 = 16;

/// Refuses a file whose footer would take too much to read.
pub(super) fn footer(file: &mut File) -> Result<(), RecordFault> {
    let length = file.metadata().map_err(cannot_be_read)?.len();
    // Of what is no Parquet file the crate tells.
    if length < 12 {
        return Ok(());
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::Start(length - 8))
        .and_then(|_| file.read_exact(&mut tail))
        .map_err(cannot_be_read)?;
    let [claimed @ .., b'P', b'A', b'R', b'1'] = tail else {
        return Ok(());
    };
    let footer = u64::from(u32::from_le_bytes(claimed));
    if footer > FOOTER {
        return Err(too_large(format!(
            "its footer claims {footer} bytes, and more than {FOOTER} are not read"
        )));
    }
    if footer + 8 > length {
        return Ok(());
    }
    file.seek(SeekFrom::Start(length - 8 - footer))
        .map_err(cannot_be_read)?;
    let mut walk = Walk::new(BufReader::new(&mut *file), footer);
    let mut schema = Ok(());
    let walked = walk.fields(&mut |walk, number, kind| match (number, kind) {
        // FileMetaData.schema
        (2, Kind::List) if schema.is_ok() => {
            schema = nested(walk)?;
            Ok(true)
        }
        _ => Ok(false),
    });
    schema?;
    walked.map_err(|e| RecordFault::Broken(e.to_string()))
}

/// Walks through a schema: its groups stand before their children, and say how many they have.
fn nested<R: Read>(walk: &mut Walk<R>) -> io::Result<Result<(), RecordFault>> {
    let mut fine = Ok(());
    // Children that groups still lack, the outermost first.
    let mut open: Vec<i64> = Vec::new();
    walk.structs(&mut |walk, size| {
        let mut children = 0;
        walk.fields(&mut |walk, number, kind| match (number, kind) {
            // SchemaElement.num_children
            (5, Kind::Int) => {
                children = walk.int()?;
                Ok(true)
            }
            _ => Ok(false),
        })?;
        if size > SCHEMA || children > SCHEMA as i64 {
            fine = Err(too_large(format!(
                "its schema has more than {SCHEMA} columns"
            )));
        }
        while open.last() == Some(&0) {
            open.pop();
        }
        if let Some(last) = open.last_mut() {
            *last -= 1;
        }
        if children > 0 {
            open.push(children);
        }
        if open.len() > NESTED {
            fine = Err(too_large(format!(
                "its schema is nested more than {NESTED} deep"
            )));
            // What is not kept need not be followed.
            open.truncate(NESTED);
        }
        Ok(())
    })?;
    Ok(fine)
}

/// Refuses a file of which reading these columns, row by row, would take too much memory.
pub(super) fn columns(
    reader: &dyn FileReader,
    file: &mut File,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(), RecordFault> {
    let length = file.metadata().map_err(cannot_be_read)?.len();
    let schema = reader.metadata().file_metadata().schema_descr();
    let read: Vec<usize> = (0..schema.num_columns())
        .filter(|c| {
            schema
                .column(*c)
                .path()
                .parts()
                .first()
                .is_some_and(|name| wanted(name))
        })
        .collect();
    for number in 0..reader.num_row_groups() {
        let group = reader.get_row_group(number).map_err(broken)?;
        let (mut held, mut listed) = (0_u64, 0_u64);
        for column in &read {
            if *column >= group.num_columns() {
                return Err(RecordFault::Broken(format!(
                    "row group {number} lacks columns"
                )));
            }
            let chunk = Chunk {
                meta: group.metadata().column(*column),
                name: format!(
                    "row group {number}, column `{}`",
                    schema.column(*column).path().string()
                ),
                repeated: schema.column(*column).max_rep_level() > 0,
            };
            let takes = chunk.takes(file, length, &*group, *column)?;
            held = held.saturating_add(takes.0);
            listed = listed.saturating_add(takes.1);
            if held > HELD {
                return Err(too_large(format!(
                    "{}: with its pages {held} bytes would be in memory at once, and at most {HELD} may be",
                    chunk.name
                )));
            }
            if listed > LISTED {
                return Err(too_large(format!(
                    "{}: its lists could come to {listed} bytes, and at most {LISTED} may be",
                    chunk.name
                )));
            }
        }
    }
    Ok(())
}

/// The pages of a column in a row group.
struct Chunk<'a> {
    meta: &'a ColumnChunkMetaData,
    name: String,
    repeated: bool,
}

/// What a page's header claims; 0 where it says nothing.
#[derive(Default)]
struct Header {
    kind: i64,
    uncompressed: i64,
    compressed: i64,
    values: i64,
    encoding: i64,
    /// Bytes of levels that stand before what is compressed.
    levels: i64,
}

/// Kinds of pages and encodings, as Parquet numbers them.
const DICTIONARY_PAGE: i64 = 2;
const PLAIN_DICTIONARY: i64 = 2;
const DELTA_BYTE_ARRAY: i64 = 7;
const RLE_DICTIONARY: i64 = 8;

impl Chunk<'_> {
    /// The bytes that reading it takes at once, and those that its lists could come to.
    fn takes(
        &self,
        file: &mut File,
        length: u64,
        group: &dyn RowGroupReader,
        column: usize,
    ) -> Result<(u64, u64), RecordFault> {
        let (start, size) = self.meta.byte_range();
        let end = start.checked_add(size).filter(|end| *end <= length);
        let end = end.ok_or_else(|| self.broken("it lies beyond the end of the file"))?;
        let mut input = BufReader::new(&mut *file);
        input.seek(SeekFrom::Start(start)).map_err(cannot_be_read)?;
        let (mut dictionary, mut page) = (0, 0);
        // Values that stand for themselves, those that a dictionary or the value before stands for, and how
        // long these can be.
        let (mut plain, mut short, mut longest) = (0_u64, 0_u64, 0_u64);
        let mut at = start;
        while at < end {
            let mut walk = Walk::new(&mut input, HEADER.min(end - at));
            let header = header(&mut walk).map_err(|e| self.broken(&e.to_string()))?;
            at += walk.read();
            let fits =
                |n: i64| u64::try_from(n).map_err(|_| self.broken("a page has a negative size"));
            let (compressed, claimed) = (fits(header.compressed)?, fits(header.uncompressed)?);
            let values = fits(header.values)?;
            if compressed > end - at {
                return Err(self.broken("a page claims more bytes than there are"));
            }
            let mut takes = compressed + claimed + VALUE.saturating_mul(values);
            if header.encoding == DELTA_BYTE_ARRAY {
                takes += AHEAD * claimed;
                longest = longest.max(claimed);
            }
            if takes > HELD {
                return Err(too_large(format!(
                    "{}: a page of {compressed} bytes claims {values} values and {claimed} bytes, and at \
                     most {HELD} may be in memory at once",
                    self.name
                )));
            }
            match header.kind {
                DICTIONARY_PAGE => dictionary = takes.max(dictionary),
                _ => page = takes.max(page),
            }
            match header.encoding {
                _ if header.kind == DICTIONARY_PAGE => {}
                PLAIN_DICTIONARY | RLE_DICTIONARY | DELTA_BYTE_ARRAY => {
                    short = short.saturating_add(values);
                }
                _ => plain = plain.saturating_add(values),
            }
            match self.meta.compression() {
                Compression::GZIP(_) => {
                    self.unzipped(&mut input, compressed, fits(header.levels)?, claimed)?;
                }
                _ => input
                    .seek_relative(compressed as i64)
                    .map_err(cannot_be_read)?,
            }
            at += compressed;
        }
        let held = u64::saturating_add(dictionary, page);
        if !self.repeated {
            return Ok((held, 0));
        }
        if dictionary > 0 && held <= HELD {
            longest = longest.max(self.longest_word(group, column)?);
        }
        let itself = size_of::<Field>() as u64;
        let listed = plain
            .saturating_add(short)
            .saturating_mul(itself)
            .saturating_add(short.saturating_mul(longest));
        Ok((held, listed))
    }

    /// Decompresses a page into nothing: gzip does not say how much will come, and the crate takes all.
    fn unzipped(
        &self,
        input: &mut BufReader<&mut File>,
        compressed: u64,
        levels: u64,
        claimed: u64,
    ) -> Result<(), RecordFault> {
        let mut page = input.take(compressed);
        io::copy(&mut page.by_ref().take(levels), &mut io::sink()).map_err(cannot_be_read)?;
        // Of what is no gzip the crate tells when it gets there.
        let unzipped = io::copy(
            &mut MultiGzDecoder::new(page.by_ref()).take(claimed + 1),
            &mut io::sink(),
        );
        if unzipped.is_ok_and(|n| n > claimed) {
            return Err(too_large(format!(
                "{}: a page decompresses to more than the {claimed} bytes that it claims",
                self.name
            )));
        }
        io::copy(&mut page, &mut io::sink()).map_err(cannot_be_read)?;
        Ok(())
    }

    /// Bytes of the longest text in the dictionary, whose size was looked at.
    fn longest_word(&self, group: &dyn RowGroupReader, column: usize) -> Result<u64, RecordFault> {
        match self.meta.column_type() {
            Physical::BYTE_ARRAY => {}
            Physical::FIXED_LEN_BYTE_ARRAY => {
                let length = self.meta.column_descr().type_length();
                return Ok(u64::try_from(length).unwrap_or(0));
            }
            _ => return Ok(0),
        }
        let mut pages = group.get_column_page_reader(column).map_err(broken)?;
        let Some(Page::DictionaryPage { buf, .. }) = pages.get_next_page().map_err(broken)? else {
            return Ok(0);
        };
        // Each is its length in four bytes, and itself.
        let (mut rest, mut longest) = (&buf[..], 0);
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = u32::from_le_bytes(*length);
            longest = longest.max(u64::from(length));
            let Some(after) = after.get(length as usize..) else {
                break;
            };
            rest = after;
        }
        Ok(longest)
    }

    fn broken(&self, why: &str) -> RecordFault {
        RecordFault::Broken(format!("{}: {why}", self.name))
    }
}

/// Reads a page's header: `PageHeader` of Parquet's `parquet.thrift`.
fn header<R: Read>(walk: &mut Walk<R>) -> io::Result<Header> {
    let mut header = Header::default();
    walk.fields(&mut |walk, number, kind| {
        match (number, kind) {
            (1, Kind::Int) => header.kind = walk.int()?,
            (2, Kind::Int) => header.uncompressed = walk.int()?,
            (3, Kind::Int) => header.compressed = walk.int()?,
            // Of a data page, a dictionary, a data page of version 2.
            (5 | 7 | 8, Kind::Struct) => walk.fields(&mut |walk, part, kind| {
                match (number, part, kind) {
                    (_, 1, Kind::Int) => header.values = walk.int()?,
                    (5 | 7, 2, Kind::Int) | (8, 4, Kind::Int) => header.encoding = walk.int()?,
                    (8, 5 | 6, Kind::Int) => {
                        header.levels = header.levels.saturating_add(walk.int()?);
                    }
                    _ => return Ok(false),
                }
                Ok(true)
            })?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(header)
}

fn too_large(what: String) -> RecordFault {
    RecordFault::Unbounded(what)
}

fn broken(error: ParquetError) -> RecordFault {
    RecordFault::Broken(error.to_string())
}

fn cannot_be_read(error: io::Error) -> RecordFault {
    RecordFault::Io(error.to_string())
}
