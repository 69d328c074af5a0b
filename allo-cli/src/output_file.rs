//! Chooses the path of an output file: never the list itself, and never silently over another
//! file. The file is written to a temporary file first, so that it is complete or absent.

use std::fs::Metadata;
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::CliError;
use crate::exit::Exit;

/// An output file whose path was checked.
pub(crate) struct OutputFile {
    path: PathBuf,
    mode: WriteMode,
}

/// What to do if the file exists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WriteMode {
    /// Use the next free number.
    Numbered,
    /// Replace the file; the user has confirmed.
    Replace,
    /// Create the file; it did not exist.
    CreateNew,
    /// Write into the path, as it is not a regular file, such as `/dev/null`.
    WriteThrough,
}

/// The maximum number of rejects files per list.
const MAX_NUMBERED: u32 = 10_000;

impl OutputFile {
    /// The path given by the user, or a path in the current directory named after the list.
    /// `agreed` is whether an existing file may be replaced.
    ///
    /// # Errors
    ///
    /// If the path is the list itself, exists, or is not writable.
    pub(crate) fn choose(
        asked: Option<&Path>,
        list: &Path,
        agreed: bool,
    ) -> Result<Self, CliError> {
        let output = match asked {
            Some(path) => Self::asked(path, list, agreed)?,
            None => Self {
                path: default_path(list),
                mode: WriteMode::Numbered,
            },
        };
        if output.mode != WriteMode::WriteThrough {
            // Report an unwritable path before the push.
            output.temporary().map_err(|error| {
                CliError::file(Exit::Other, "write", &output.path, &error)
                    .next("choose a writable file with --rejects")
            })?;
        }
        Ok(output)
    }

    fn asked(path: &Path, list: &Path, agreed: bool) -> Result<Self, CliError> {
        let shown = path.display();
        let mode = match path.metadata() {
            Err(_) => WriteMode::CreateNew,
            Ok(data) if is_list(&data, path, list) => {
                let message = format!("--rejects {shown} is the list itself");
                return Err(CliError::usage(message).next("choose another file for the rejects"));
            }
            Ok(data) if data.is_dir() => {
                return Err(CliError::usage(format!("--rejects {shown} is a directory")));
            }
            Ok(data) if !data.is_file() => WriteMode::WriteThrough,
            Ok(_) if agreed => WriteMode::Replace,
            Ok(_) => {
                let message = format!("--rejects {shown} already exists");
                return Err(CliError::usage(message)
                    .next("choose another file, or add --yes to overwrite it"));
            }
        };
        Ok(Self {
            path: path.to_owned(),
            mode,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A temporary file, removed unless it is persisted.
    pub(crate) fn temporary(&self) -> io::Result<NamedTempFile> {
        match self.mode {
            WriteMode::WriteThrough => NamedTempFile::new(),
            _ => temporary_beside(&self.path),
        }
    }

    /// Moves a temporary file to the path.
    pub(crate) fn persist(&mut self, mut file: NamedTempFile) -> io::Result<()> {
        file.flush()?;
        match self.mode {
            WriteMode::Replace => file.persist(&self.path).map(drop)?,
            WriteMode::CreateNew => file.persist_noclobber(&self.path).map(drop)?,
            WriteMode::WriteThrough => {
                file.rewind()?;
                let mut into = std::fs::OpenOptions::new().write(true).open(&self.path)?;
                io::copy(&mut file, &mut into).map(drop)?;
            }
            WriteMode::Numbered => return self.persist_numbered(file),
        }
        Ok(())
    }

    /// Uses the first free number, or a file with the same content.
    fn persist_numbered(&mut self, mut file: NamedTempFile) -> io::Result<()> {
        let first = self.path.clone();
        for number in 1..MAX_NUMBERED {
            self.path = numbered(&first, number);
            match file.persist_noclobber(&self.path) {
                Ok(_) => return Ok(()),
                Err(taken) if taken.error.kind() == ErrorKind::AlreadyExists => file = taken.file,
                Err(failed) => return Err(failed.error),
            }
            if same_text(&mut file, &self.path)? {
                return Ok(());
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }
}

/// A temporary file in the directory of `path`.
pub(crate) fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let draft = tempfile::Builder::new()
        .prefix(".allo-")
        .tempfile_in(directory);
    draft.map_err(|error| plain(&error))
}

/// Removes the name of the temporary file from the message.
fn plain(error: &io::Error) -> io::Error {
    let text = error.to_string();
    let text = text.split(" at path ").next().unwrap_or_default();
    io::Error::new(error.kind(), text)
}

/// The default path: in the current directory.
fn default_path(list: &Path) -> PathBuf {
    let name = |part: Option<&std::ffi::OsStr>| part.map(|it| it.to_string_lossy().into_owned());
    let is_stdin = list == Path::new("-");
    let stem = name(list.file_stem()).filter(|_| !is_stdin);
    let extension = name(list.extension()).unwrap_or_else(|| "csv".to_owned());
    let stem = stem.unwrap_or_else(|| "leads".to_owned());
    PathBuf::from(format!("{stem}.rejects.{extension}"))
}

/// `leads.rejects.csv`, `leads.rejects.2.csv` and so on.
fn numbered(first: &Path, number: u32) -> PathBuf {
    let extension = first.extension().unwrap_or_default().to_string_lossy();
    match number {
        1 => first.to_owned(),
        number => first.with_extension(format!("{number}.{extension}")),
    }
}

fn same_text(file: &mut NamedTempFile, path: &Path) -> io::Result<bool> {
    if path.metadata()?.len() != file.as_file().metadata()?.len() {
        return Ok(false);
    }
    file.rewind()?;
    let mut text = Vec::new();
    file.read_to_end(&mut text)?;
    // An unreadable file counts as different.
    Ok(std::fs::read(path).is_ok_and(|other| other == text))
}

/// Whether a path is the list, under any name.
#[cfg(unix)]
fn is_list(data: &Metadata, _: &Path, list: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let stdin = Path::new("/dev/stdin");
    let list = if list == Path::new("-") { stdin } else { list };
    let same = |list: Metadata| (list.dev(), list.ino()) == (data.dev(), data.ino());
    data.is_file() && list.metadata().is_ok_and(same)
}

#[cfg(not(unix))]
fn is_list(_: &Metadata, path: &Path, list: &Path) -> bool {
    match (path.canonicalize(), list.canonicalize()) {
        (Ok(path), Ok(list)) => path == list,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_named_after_the_list() {
        let table = [
            ("data/leads.csv", "leads.rejects.csv", "leads.rejects.2.csv"),
            (
                "leads.jsonl",
                "leads.rejects.jsonl",
                "leads.rejects.2.jsonl",
            ),
            ("-", "leads.rejects.csv", "leads.rejects.2.csv"),
            ("leads", "leads.rejects.csv", "leads.rejects.2.csv"),
        ];
        for (list, first, second) in table {
            let path = default_path(Path::new(list));
            assert_eq!(path, Path::new(first));
            assert_eq!(numbered(&path, 2), Path::new(second));
        }
    }
}
