//! A journal on the disk: locked, private, and written through. What is in it is
//! known to `record` and `replay`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A push that was dropped while it wrote holds its file no longer than this.
const LINGERING: Duration = Duration::from_secs(1);

/// So often a file may vanish between being opened and locked.
const MOST_REMOVED: u32 = 16;

/// A file that belongs to this process until it is dropped.
#[derive(Debug)]
pub(super) struct Locked {
    file: File,
    path: PathBuf,
}

/// Reads a file if it begins like this; no more than that of any other, as it may
/// be of any length.
pub(super) fn read(file: &mut File, begin: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let length = u64::try_from(begin.len()).unwrap_or(u64::MAX);
    Read::by_ref(file).take(length).read_to_end(&mut bytes)?;
    if bytes == begin {
        file.read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Why there is no such file.
#[derive(Debug)]
pub(super) enum NotLocked {
    /// Another process, or another push of this one, has it.
    InUse,
    Failed(io::Error),
}

impl Locked {
    /// Opens the file, which is made if it is not there, and reads it, by [`read`].
    pub(super) fn open(path: &Path, begin: &[u8]) -> Result<(Self, Vec<u8>), NotLocked> {
        let mut file = open_locked(path)?;
        let bytes = read(&mut file, begin).map_err(NotLocked::Failed)?;
        let path = path.to_owned();
        Ok((Self { file, path }, bytes))
    }

    #[cfg(all(test, unix))]
    pub(super) fn is_at_its_path(&self) -> bool {
        is_at(&self.file, &self.path).expect("it can be looked at")
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
}

/// Opens and locks what is under this name when it is locked. Whoever had the lock
/// before may have removed the file, or put another in its place.
fn open_locked(path: &Path) -> Result<File, NotLocked> {
    for _ in 0..MOST_REMOVED {
        let file = options().open(path).map_err(NotLocked::Failed)?;
        lock(&file)?;
        if is_at(&file, path).map_err(NotLocked::Failed)? {
            return Ok(file);
        }
    }
    Err(NotLocked::InUse)
}

/// Whether the name is still that of this file.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let opened = file.metadata()?;
    match std::fs::metadata(path) {
        Ok(named) => Ok((named.dev(), named.ino()) == (opened.dev(), opened.ino())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// A file that is open keeps its name here.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
const fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
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
