//! Looking into what is written in Thrift's compact protocol
//! (<https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>) without building it.
//!
//! Nothing is allocated: what a file claims to hold is walked through, field by field, and must be there.

use std::io::{self, Read};

/// How deep structs and lists may be nested: Parquet needs seven levels.
const DEPTH: u32 = 32;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// In the field's header; in a list a byte.
    Bool,
    Byte,
    /// Of any width: zigzag and base 128.
    Int,
    Double,
    Bytes,
    List,
    Map,
    Struct,
    Uuid,
}

impl Kind {
    fn of(code: u8) -> io::Result<Self> {
        Ok(match code {
            1 | 2 => Self::Bool,
            3 => Self::Byte,
            4..=6 => Self::Int,
            7 => Self::Double,
            8 => Self::Bytes,
            9 | 10 => Self::List,
            11 => Self::Map,
            12 => Self::Struct,
            13 => Self::Uuid,
            _ => return Err(broken("an unknown type")),
        })
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("its metadata has {what}"),
    )
}

/// What is walked through.
pub(super) struct Walk<R> {
    input: R,
    left: u64,
    depth: u32,
    read: u64,
}

impl<R: Read> Walk<R> {
    /// At most `most` bytes of `input`.
    pub(super) fn new(input: R, most: u64) -> Self {
        Self {
            input,
            left: most,
            depth: 0,
            read: 0,
        }
    }

    /// Bytes that were read.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    fn byte(&mut self) -> io::Result<u8> {
        let mut byte = [0];
        self.take(1)?;
        self.input.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    /// Counts bytes that are read.
    fn take(&mut self, bytes: u64) -> io::Result<()> {
        if bytes > self.left {
            return Err(broken("more than there is room for"));
        }
        self.left -= bytes;
        self.read += bytes;
        Ok(())
    }

    fn pass(&mut self, bytes: u64) -> io::Result<()> {
        self.take(bytes)?;
        let passed = io::copy(&mut self.input.by_ref().take(bytes), &mut io::sink())?;
        match passed == bytes {
            true => Ok(()),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn unsigned(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(broken("a number that does not end"))
    }

    /// A number of kind [`Kind::Int`].
    pub(super) fn int(&mut self) -> io::Result<i64> {
        let zigzag = self.unsigned()?;
        Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
    }

    /// How many elements a list has, and their kind. There is at least a byte for each.
    pub(super) fn list(&mut self) -> io::Result<(u64, Kind)> {
        let head = self.byte()?;
        let size = match head >> 4 {
            15 => self.unsigned()?,
            size => u64::from(size),
        };
        if size > self.left {
            return Err(broken("a list that claims more than there is"));
        }
        Ok((size, Kind::of(head & 0x0f)?))
    }

    /// Calls `field` with the number and kind of each field of a struct. It reads the value and says so, or
    /// says that it did not, and the value is passed over.
    pub(super) fn fields(
        &mut self,
        field: &mut dyn FnMut(&mut Self, i64, Kind) -> io::Result<bool>,
    ) -> io::Result<()> {
        self.deeper()?;
        let mut number = 0;
        loop {
            let head = self.byte()?;
            if head == 0 {
                self.depth -= 1;
                return Ok(());
            }
            number = match head >> 4 {
                0 => self.int()?,
                delta => number + i64::from(delta),
            };
            let kind = Kind::of(head & 0x0f)?;
            // A boolean is in the header.
            if !field(self, number, kind)? && kind != Kind::Bool {
                self.skip(kind)?;
            }
        }
    }

    /// Calls `element` for each of a list of structs.
    pub(super) fn structs(
        &mut self,
        element: &mut dyn FnMut(&mut Self, u64) -> io::Result<()>,
    ) -> io::Result<()> {
        let (size, kind) = self.list()?;
        if kind != Kind::Struct {
            return Err(broken("a list of another type than Parquet's"));
        }
        (0..size).try_for_each(|_| element(self, size))
    }

    fn deeper(&mut self) -> io::Result<()> {
        self.depth += 1;
        match self.depth > DEPTH {
            true => Err(broken("structs nested too deeply")),
            false => Ok(()),
        }
    }

    /// Passes over a value.
    pub(super) fn skip(&mut self, kind: Kind) -> io::Result<()> {
        match kind {
            Kind::Bool | Kind::Byte => self.pass(1),
            Kind::Int => self.unsigned().map(|_| ()),
            Kind::Double => self.pass(8),
            Kind::Uuid => self.pass(16),
            Kind::Bytes => {
                let length = self.unsigned()?;
                self.pass(length)
            }
            Kind::Struct => self.fields(&mut |_, _, _| Ok(false)),
            Kind::List => {
                self.deeper()?;
                let (size, kind) = self.list()?;
                (0..size).try_for_each(|_| self.skip(kind))?;
                self.depth -= 1;
                Ok(())
            }
            Kind::Map => {
                self.deeper()?;
                let size = self.unsigned()?;
                if size > 0 {
                    let kinds = self.byte()?;
                    let (key, value) = (Kind::of(kinds >> 4)?, Kind::of(kinds & 0x0f)?);
                    for _ in 0..size {
                        self.skip(key)?;
                        self.skip(value)?;
                    }
                }
                self.depth -= 1;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skipped(bytes: &[u8]) -> io::Result<u64> {
        let mut walk = Walk::new(bytes, bytes.len() as u64);
        walk.skip(Kind::Struct)?;
        Ok(walk.read())
    }

    #[test]
    fn what_is_claimed_must_be_there() {
        // 1: true, 2: -3, 3: "ab", 5: [1, 2], 60: {}, 61: 7 as a byte, end.
        let whole = [
            0x11, 0x15, 5, 0x18, 2, b'a', b'b', 0x29, 0x25, 2, 4, 0x0c, 120, 0, 0x13, 7, 0,
        ];
        assert_eq!(skipped(&whole).unwrap(), whole.len() as u64);
        for length in 0..whole.len() {
            assert!(skipped(&whole[..length]).is_err(), "{length}");
        }
        let mut numbers = Vec::new();
        let mut walk = Walk::new(&whole[..], 99);
        let fields = walk.fields(&mut |walk, number, kind| {
            numbers.push(number);
            match kind {
                Kind::Int => walk.int().map(|n| n == -3),
                _ => Ok(false),
            }
        });
        assert!(fields.is_ok());
        assert_eq!(numbers, [1, 2, 3, 5, 60, 61]);
        // Four billion elements, bytes, entries in as many bytes as it takes to say so.
        for kind in [0x19, 0x18, 0x1b] {
            let claims = [kind, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f, 0xcc, 0];
            assert!(skipped(&claims).is_err(), "{kind}");
        }
        assert!(skipped(&[0x1c; 1_000_000]).is_err(), "nested too deeply");
        assert!(skipped(&[0x19; 1_000_000]).is_err());
        assert!(skipped(&[0xff; 40]).is_err());
    }
}
