//! A journal on the disk: locked, private, and written through. What is in it is
//! known to `record` and `replay`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A push that was dropped while it wrote holds its file no longer than this.
const LINGERING: Duration = Duration::from_secs(1);

/// A file that belongs to this process until it is dropped.
#[derive(Debug)]
pub(super) struct Locked {
    file: File,
    path: PathBuf,
}

/// Why there is no such file.
#[derive(Debug)]
pub(super) enum NotLocked {
    /// Another process, or another push of this one, has it.
    InUse,
    Failed(io::Error),
}

impl Locked {
    /// Opens the file, which is made if it is not there, and reads it.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<u8>), NotLocked> {
        let mut file = options().open(path).map_err(NotLocked::Failed)?;
        lock(&file)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(NotLocked::Failed)?;
        let path = path.to_owned();
        Ok((Self { file, path }, bytes))
    }

    /// Cuts off what is behind so many bytes.
    pub(super) fn truncate(&mut self, length: usize) -> io::Result<()> {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::End(0))?;
        self.file.sync_all()
    }

    /// Writes to the end, and returns when it is on the disk.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.sync_all()
    }

    /// The same with the first bytes of a file, which is then also on the disk
    /// under its name.
    pub(super) fn write_first(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes)?;
        sync_directory(&self.path)
    }

    /// Removes the file.
    pub(super) fn remove(self) -> io::Result<()> {
        std::fs::remove_file(&self.path)
    }
}

/// Takes the file for this process. Blocks for a moment at most.
fn lock(file: &File) -> Result<(), NotLocked> {
    let begun = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(NotLocked::Failed(error)),
            Err(TryLockError::WouldBlock) if begun.elapsed() >= LINGERING => {
                return Err(NotLocked::InUse);
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(LINGERING / 50),
        }
    }
}

#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    // Appending alone would not allow to cut off what is torn.
    options.read(true).write(true).create(true).truncate(false);
    options
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
const fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
