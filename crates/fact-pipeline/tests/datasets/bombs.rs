//! Parquet files that would take any memory to read: refused before they do.

use crate::fixtures::{Folder, Outcome};
use flate2::Compression as Level;
use flate2::write::GzEncoder;
use parquet::basic::Compression;
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::SchemaDescriptor;
use std::io::Write;
use std::sync::Arc;

/// Kinds of pages and encodings, as Parquet numbers them.
const DATA: i64 = 0;
const DICTIONARY: i64 = 2;
const PLAIN: i64 = 0;
const DELTAS: i64 = 7;
const BY_DICTIONARY: i64 = 8;

/// A number of Thrift's compact protocol.
fn int(mut n: i64) -> Vec<u8> {
    n = (n << 1) ^ (n >> 63);
    let (mut rest, mut bytes) = (n as u64, Vec::new());
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

/// A page that claims so many values and bytes, with this body.
fn page(kind: i64, claimed: i64, values: i64, encoding: i64, body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for n in [kind, claimed, body.len() as i64] {
        bytes.push(0x15);
        bytes.extend(int(n));
    }
    // Of a data page, or of a dictionary; levels in RLE.
    bytes.push(if kind == DICTIONARY { 0x4c } else { 0x2c });
    let levels: &[i64] = if kind == DICTIONARY { &[] } else { &[3, 3] };
    for n in [values, encoding].iter().chain(levels) {
        bytes.push(0x15);
        bytes.extend(int(*n));
    }
    bytes.extend([0, 0]);
    bytes.extend(body);
    bytes
}

/// A file of one row group with an id, a question, and this column as it is.
fn file(
    column: &str,
    compression: Compression,
    pages: &[Vec<u8>],
    rows: u64,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let schema = format!(
        "message s {{ required binary id (STRING); required binary question (STRING); {column} }}"
    );
    let schema = Arc::new(parse_message_type(&schema)?);
    let leaves = SchemaDescriptor::new(schema.clone());
    let mut out = SerializedFileWriter::new(
        Vec::new(),
        schema,
        Arc::new(WriterProperties::builder().build()),
    )?;
    let mut group = out.next_row_group()?;
    // The first two are what they should be; texts of a dictionary, one for each row.
    let word = page(DICTIONARY, 5, 1, PLAIN, &[1, 0, 0, 0, b'q']);
    let all = page(DATA, 9, rows as i64, BY_DICTIONARY, &run(1, rows));
    let fine = [word, all];
    for (leaf, (compression, pages)) in [
        (Compression::UNCOMPRESSED, &fine[..]),
        (Compression::UNCOMPRESSED, &fine[..]),
        (compression, pages),
    ]
    .into_iter()
    .enumerate()
    {
        let bytes = pages.concat();
        // A dictionary stands before the data.
        let dictionary = (pages[0][1] == 4).then_some(0);
        let first = dictionary.map_or(0, |_| pages[0].len() as i64);
        let metadata = ColumnChunkMetaData::builder(leaves.column(leaf))
            .set_compression(compression)
            .set_num_values(rows as i64)
            .set_total_compressed_size(bytes.len() as i64)
            .set_total_uncompressed_size(bytes.len() as i64)
            .set_dictionary_page_offset(dictionary)
            .set_data_page_offset(first)
            .build()?;
        let mut chunk = tempfile::tempfile()?;
        chunk.write_all(&bytes)?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: rows,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        group.append_column(&chunk, close)?;
    }
    group.close()?;
    Ok(out.into_inner()?)
}

/// So many times the first value, by a dictionary: the width of an index in bits, and one run.
fn run(width: u8, times: u64) -> Vec<u8> {
    let mut body = vec![width];
    body.extend(unsigned(times << 1));
    body.push(0);
    body
}

fn unsigned(mut n: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while n >= 0x80 {
        bytes.push(n as u8 | 0x80);
        n >>= 7;
    }
    bytes.push(n as u8);
    bytes
}

/// The levels of a list of so many elements in one row, all there: repeated but the first, and defined.
fn one_list(elements: u64) -> Vec<u8> {
    let mut repeated = unsigned(2);
    repeated.push(0);
    repeated.extend(unsigned((elements - 1) << 1));
    repeated.push(1);
    let mut defined = unsigned(elements << 1);
    defined.push(1);
    let mut body = Vec::new();
    for levels in [repeated, defined] {
        body.extend((levels.len() as u32).to_le_bytes());
        body.extend(levels);
    }
    body
}

/// What is said of a file of which nothing can be read.
fn refused(bytes: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
    let folder = Folder::with(&[])?;
    folder.write("a.parquet", bytes)?;
    let (good, bad) = folder.read("parquet", "a.parquet")?;
    let texts = folder.texts(&bad);
    assert_eq!((good.len(), texts.len()), (0, 1), "{texts:?}");
    assert!(texts[0].starts_with("a.parquet: record 0: "), "{texts:?}");
    Ok(texts[0].clone())
}

const IMAGE: &str = "required binary image;";
const IMAGES: &str = "repeated binary image;";

#[test]
fn pages_that_decompress_to_gigabytes() -> Outcome {
    // A gigabyte of zeros: one compressed piece, again and again.
    let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
    encoder.write_all(&vec![0; 16 << 20])?;
    let zeros = encoder.finish()?.repeat(64);
    assert!(zeros.len() < 8 << 20);
    let gzip = Compression::GZIP(Default::default());
    let honest = page(DATA, 1 << 30, 1, PLAIN, &zeros);
    let text = refused(&file(IMAGE, gzip, &[honest], 1)?)?;
    assert!(
        text.contains("row group 0, column `image`: a page of")
            && text.contains(
                "claims 1 values and 1073741824 bytes, and at most 536870912 may be in memory"
            ),
        "{text}"
    );
    assert!(
        text.contains("hint: if you trust the file, write it anew"),
        "{text}"
    );
    let lying = page(DATA, 1000, 1, PLAIN, &zeros);
    let text = refused(&file(IMAGE, gzip, &[lying], 1)?)?;
    assert!(
        text.contains(
            "column `image`: a page decompresses to more than the 1000 bytes that it claims"
        ),
        "{text}"
    );
    // Nothing is there of what is claimed: no room is made for it.
    for kind in [DATA, DICTIONARY] {
        let claims = page(kind, i64::from(i32::MAX), 1, PLAIN, &[0; 8]);
        let text = refused(&file(IMAGE, Compression::SNAPPY, &[claims], 1)?)?;
        assert!(
            text.contains("claims 1 values and 2147483647 bytes"),
            "{text}"
        );
    }
    // A dictionary and a page that are each as large as they may be.
    let half = |kind| page(kind, 300 << 20, 1, PLAIN, &[0; 8]);
    let text = refused(&file(
        IMAGE,
        Compression::SNAPPY,
        &[half(DICTIONARY), half(DATA)],
        1,
    )?)?;
    assert!(text.contains("bytes would be in memory at once"), "{text}");
    Ok(())
}

#[test]
fn values_that_take_no_bytes() -> Outcome {
    // All null, or all the same: two thousand million values in a few bytes.
    let values = i64::from(i32::MAX);
    let many = page(DATA, 20, values, PLAIN, &one_list(values as u64));
    let text = refused(&file(IMAGES, Compression::UNCOMPRESSED, &[many], 1)?)?;
    assert!(
        text.contains("claims 2147483647 values and 20 bytes"),
        "{text}"
    );
    let some = page(DATA, 20, 30_000_000, PLAIN, &one_list(30_000_000));
    let text = refused(&file(IMAGES, Compression::UNCOMPRESSED, &vec![some; 9], 1)?)?;
    assert!(
        text.contains("column `image`: its lists could come to"),
        "{text}"
    );
    // A text of a megabyte, a hundred thousand times.
    let mut word = (1_u32 << 20).to_le_bytes().to_vec();
    word.resize(4 + (1 << 20), b'x');
    let dictionary = page(DICTIONARY, word.len() as i64, 1, PLAIN, &word);
    let named = |times: u64| {
        let mut body = one_list(times);
        body.extend(run(1, times));
        page(DATA, body.len() as i64, times as i64, BY_DICTIONARY, &body)
    };
    let pages = [dictionary.clone(), named(100_000)];
    let text = refused(&file(IMAGES, Compression::UNCOMPRESSED, &pages, 1)?)?;
    assert!(text.contains("its lists could come to"), "{text}");
    // Few enough to be read, and too many for a record.
    let pages = [dictionary, named(300)];
    let text = refused(&file(IMAGES, Compression::UNCOMPRESSED, &pages, 1)?)?;
    assert!(
        text.contains("field `image`: longer than 268435456 bytes"),
        "{text}"
    );
    // Each text is the one before and one byte more.
    let deltas = page(DATA, 100 << 20, 8, DELTAS, &[0; 8]);
    let text = refused(&file(IMAGE, Compression::SNAPPY, &[deltas], 8)?)?;
    assert!(text.contains("may be in memory at once"), "{text}");
    Ok(())
}

#[test]
fn footers_that_go_on_and_on() -> Outcome {
    let whole = |footer: &[u8]| {
        let length = (footer.len() as u32).to_le_bytes();
        [b"PAR1", footer, &length[..], b"PAR1"].concat()
    };
    // Version 1, and a schema of groups in groups, or of one that claims any number of children.
    let schema = |groups: usize, children: i64| {
        let mut footer = vec![0x15, 2, 0x19, 0xfc];
        footer.extend(unsigned(groups as u64));
        for _ in 0..groups {
            footer.extend([0x48, 1, b'g', 0x15]);
            footer.extend(int(children));
            footer.push(0);
        }
        footer
    };
    let text = refused(&whole(&schema(2_000_000, 1)))?;
    assert!(text.contains("its schema"), "{text}");
    let text = refused(&whole(&schema(5_000, 1)))?;
    assert!(
        text.contains("its schema is nested more than 32 deep"),
        "{text}"
    );
    let text = refused(&whole(&schema(1, i64::from(i32::MAX))))?;
    assert!(
        text.contains("its schema has more than 10000 columns"),
        "{text}"
    );
    // Lists and texts that are not there, and structs in structs.
    for footer in [
        vec![0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f],
        vec![0x15, 2, 0x49, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f],
        vec![0x15, 2, 0x58, 0xff, 0xff, 0xff, 0xff, 0x0f],
        vec![0x8c; 1_000_000],
    ] {
        let text = refused(&whole(&footer))?;
        assert!(text.contains("its metadata has"), "{text}");
    }
    let mut long = vec![0; 20 << 20];
    long.extend((20_u32 << 20).to_le_bytes());
    long.extend(b"PAR1");
    let text = refused(&long)?;
    assert!(text.contains("its footer claims 20971520 bytes"), "{text}");
    // Row groups that there are none of.
    let mut groups = schema(1, 0);
    groups.extend([0x16, 2, 0x19, 0xfc]);
    groups.extend(unsigned(10_000_000));
    groups.extend(vec![0; 10_000_000]);
    refused(&whole(&groups))?;
    Ok(())
}

/// What the test makes by hand is read where it claims nothing.
#[test]
fn small_ones_are_read() -> Outcome {
    let folder = Folder::with(&[])?;
    let picture = [3, 0, 0, 0, b'P', b'N', b'G'];
    let one = page(DATA, 7, 1, PLAIN, &picture);
    folder.write(
        "a.parquet",
        &file(IMAGE, Compression::UNCOMPRESSED, &[one], 1)?,
    )?;
    let mut encoder = GzEncoder::new(Vec::new(), Level::fast());
    encoder.write_all(&picture)?;
    let zipped = page(DATA, 7, 1, PLAIN, &encoder.finish()?);
    let gzip = Compression::GZIP(Default::default());
    folder.write("b.parquet", &file(IMAGE, gzip, &[zipped], 1)?)?;
    let word = page(DICTIONARY, 7, 1, PLAIN, &picture);
    let mut body = one_list(3);
    body.extend(run(1, 3));
    let three = page(DATA, body.len() as i64, 3, BY_DICTIONARY, &body);
    folder.write(
        "c.parquet",
        &file(IMAGES, Compression::UNCOMPRESSED, &[word, three], 1)?,
    )?;
    for (name, images) in [("a.parquet", 1), ("b.parquet", 1), ("c.parquet", 3)] {
        let (good, bad) = folder.read("parquet", name)?;
        assert_eq!(folder.texts(&bad), Vec::<String>::new(), "{name}");
        assert_eq!(good.len(), 1, "{name}");
        assert_eq!(good[0].images.len(), images, "{name}");
        assert_eq!(&*good[0].images[0].read(9)?, b"PNG", "{name}");
    }
    Ok(())
}
