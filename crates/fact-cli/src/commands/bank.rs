//! `fact bank`.

use crate::args::{BankArgs, BankCommand};
use crate::message::{self, Failure, Outcome};
use fact_lang::pack::Pack;
use fact_pipeline::export::AtomicFile;
use fact_pipeline::packs;
use fact_pipeline::proposers::bank::{Bank, BankDocument, Exemplar, Piece, trial};
use fact_pipeline::terminal::one_line;
use std::fmt::Write as _;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Bytes of a file beyond which it is not read: no bank or program is that long.
const MOST_BYTES: u64 = 64 << 20;

pub(crate) fn main(args: BankArgs) -> Outcome {
    let pack = packs::load(&args.pack)?;
    let file = args.bank.as_deref();
    match args.command {
        BankCommand::List => message::say(&list(&open(file, &pack)?))?,
        BankCommand::Show { id } => message::say(&show(&open(file, &pack)?, &id, file)?)?,
        BankCommand::Add {
            sentence,
            program,
            id,
            source,
        } => {
            let program = read(&program)?;
            let edited = Edited::open(file, &pack)?;
            let id = id.unwrap_or_else(|| edited.free_id());
            let exemplar = Exemplar {
                id,
                sentence,
                source,
                level: None,
                provenance: None,
                program,
            };
            edited.add(&[exemplar])?;
        }
        BankCommand::Remove { ids } => Edited::open(file, &pack)?.remove(&ids)?,
        BankCommand::Import { file: rows } => {
            let exemplars = parse_rows(&read(&rows)?, &rows)?;
            Edited::open(file, &pack)?.add(&exemplars)?;
        }
        BankCommand::Export { out, force } => {
            let bank = open(file, &pack)?;
            match out {
                None => message::say(&rows(&bank)?)?,
                Some(out) => export(&bank, &out, force)?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The bank of a file, or the pack's.
fn open(file: Option<&Path>, pack: &Pack) -> Result<Bank, Failure> {
    Ok(match file {
        Some(file) => Bank::from_file(file, pack)?,
        None => Bank::shipped(pack)?,
    })
}

/// A text file, or standard input.
fn read(path: &Path) -> Result<String, Failure> {
    let cannot = |error: io::Error| {
        let hint = Some("give a text file, or - for standard input".to_owned());
        Failure::new(format!("cannot read {}: {error}", path.display()), hint)
    };
    let mut text = String::new();
    let from: Box<dyn Read> = match path == Path::new("-") {
        true => Box::new(io::stdin().lock()),
        false => Box::new(std::fs::File::open(path).map_err(cannot)?),
    };
    from.take(MOST_BYTES + 1)
        .read_to_string(&mut text)
        .map_err(cannot)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(cannot(io::Error::other("it is larger than 64 MiB")));
    }
    Ok(text)
}

fn list(bank: &Bank) -> String {
    let mut out = String::new();
    for exemplar in bank.exemplars() {
        let level = exemplar.level.map_or("", |level| level.name());
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "{}\t{level}\t{}",
            one_line(&exemplar.id),
            one_line(&exemplar.sentence)
        );
    }
    out
}

/// Pieces that are shown.
const MOST_PIECES: usize = 40;

fn show(bank: &Bank, id: &str, file: Option<&Path>) -> Result<String, Failure> {
    let Some(exemplar) = bank.exemplars().iter().find(|e| e.id == id) else {
        let near = fact_pipeline::config::nearest(id, bank.exemplars().iter().map(|e| &*e.id));
        let hint = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "fact bank list tells the ids".to_owned(),
        };
        let of = file.map_or_else(|| "the bank".to_owned(), |f| f.display().to_string());
        return Err(Failure::new(
            format!("{of} has no exemplar `{id}`"),
            Some(hint),
        ));
    };
    let mut out = String::new();
    // Writing to a string cannot fail.
    let mut line = |name: &str, text: &str| {
        let _ = writeln!(out, "{name:<11}{}", one_line(text));
    };
    line("id", &exemplar.id);
    line("sentence", &exemplar.sentence);
    if !exemplar.source.is_empty() {
        line("source", &exemplar.source);
    }
    if let Some(level) = exemplar.level {
        line("level", level.name());
    }
    if let Some(from) = &exemplar.provenance {
        let text = format!(
            "run {}, sample {}, round {}, confidence {}",
            from.run, from.sample, from.round, from.confidence
        );
        line("learned", &text);
    }
    let _ = writeln!(
        out,
        "\n{}",
        fact_pipeline::terminal::lines(exemplar.program.trim_end())
    );
    let pieces = bank.pieces(id);
    if pieces.is_empty() {
        let _ = writeln!(
            out,
            "\nNo pieces: the program is not one well-typed expression."
        );
        return Ok(out);
    }
    let _ = writeln!(
        out,
        "\npieces (words → meaning : type, in how many exemplars)"
    );
    for piece in pieces.iter().take(MOST_PIECES) {
        let Piece {
            words,
            meaning,
            is,
            exemplars,
        } = piece;
        let text = format!("{words} → {meaning} : {is}, {exemplars}");
        let _ = writeln!(out, "  {}", one_line(&text));
    }
    if pieces.len() > MOST_PIECES {
        let _ = writeln!(out, "  … and {} more", pieces.len() - MOST_PIECES);
    }
    Ok(out)
}

/// A bank's file that is being edited.
struct Edited<'a> {
    path: PathBuf,
    document: BankDocument,
    pack: &'a Pack,
    /// Whether the file is not there yet.
    is_new: bool,
}

impl<'a> Edited<'a> {
    fn open(file: Option<&Path>, pack: &'a Pack) -> Result<Self, Failure> {
        let Some(path) = file else {
            let hint =
                "fact bank export --out my.toml writes it to a file; then give --bank my.toml";
            let message = "the bank that is shipped for a pack cannot be edited";
            return Err(Failure::new(message, Some(hint.into())));
        };
        let is_new = !path.exists();
        let text = if is_new { String::new() } else { read(path)? };
        Ok(Self {
            document: BankDocument::parse(&text, &path.display().to_string())?,
            path: path.to_owned(),
            pack,
            is_new,
        })
    }

    /// The first id of the form `own-N` that no exemplar has.
    fn free_id(&self) -> String {
        let mut number = 1;
        loop {
            let id = format!("own-{number}");
            if !self.document.ids().any(|known| known == id) {
                return id;
            }
            number += 1;
        }
    }

    fn add(mut self, exemplars: &[Exemplar]) -> Result<(), Failure> {
        for exemplar in exemplars {
            trial(&exemplar.program, self.pack).map_err(|error| {
                let hint = error.hint();
                Failure::new(format!("exemplar `{}`: {error}", exemplar.id), hint)
            })?;
            self.document.add(exemplar)?;
        }
        let done = match exemplars {
            [] => "nothing to add to".to_owned(),
            [only] => format!("added {} to", only.id),
            many => format!("added {} exemplars to", many.len()),
        };
        self.save(&done)
    }

    fn remove(mut self, ids: &[String]) -> Result<(), Failure> {
        for id in ids {
            self.document.remove(id)?;
        }
        self.save(&format!("removed {} from", ids.join(", ")))
    }

    /// Writes the file if it is a bank.
    fn save(self, done: &str) -> Result<(), Failure> {
        let origin = self.path.display().to_string();
        let bank = Bank::load_for(&self.document.text(), &origin, self.pack)?;
        self.document.save(&self.path)?;
        let new = if self.is_new { " (a new file)" } else { "" };
        let count = bank.len();
        let text = format!("{done} {origin}{new}: {count} exemplars");
        message::say(&format!("{}\n", one_line(&text)))
    }
}

/// Exemplars as JSON lines.
fn rows(bank: &Bank) -> Result<String, Failure> {
    let mut out = String::new();
    for exemplar in bank.exemplars() {
        let row = serde_json::to_string(exemplar).map_err(|e| Failure::new(e, None))?;
        out.push_str(&row);
        out.push('\n');
    }
    Ok(out)
}

fn parse_rows(text: &str, path: &Path) -> Result<Vec<Exemplar>, Failure> {
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let rows = lines.map(|(number, line)| {
        serde_json::from_str(line).map_err(|error| {
            let hint = "a line is an object with id, sentence, program and, if need be, source, level \
                        and provenance; docs/bank.md describes them";
            let place = format!("{}:{}", path.display(), number + 1);
            Failure::new(format!("{place}: {error}"), Some(hint.into()))
        })
    });
    rows.collect()
}

fn export(bank: &Bank, out: &Path, force: bool) -> Result<(), Failure> {
    if out.exists() && !force {
        let hint = Some("--force replaces it".to_owned());
        return Err(Failure::new(format!("{} exists", out.display()), hint));
    }
    let text = match out.extension().is_some_and(|e| e == "toml") {
        true => bank.text().to_owned(),
        false => rows(bank)?,
    };
    let write = || {
        let mut file = AtomicFile::create(out)?;
        file.write_all(text.as_bytes())?;
        file.commit()
    };
    write().map_err(|e: io::Error| {
        let hint = Some("choose a place that can be written".to_owned());
        Failure::new(format!("cannot write {}: {e}", out.display()), hint)
    })?;
    let count = bank.len();
    message::say(&format!("wrote {count} exemplars to {}\n", out.display()))
}
