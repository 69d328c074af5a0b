//! The file of a journal: a regular file that is locked, readable by its owner only, created atomically, and synced
//! after each write. The parent module defines its content.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// How long to wait for the lock. A job that was dropped while it wrote keeps the lock no longer than this.
const LOCK_TIMEOUT: Duration = Duration::from_secs(1);

/// The maximum number of times that the file may be removed or replaced between opening and locking it.
const MAX_OPEN_ATTEMPTS: u32 = 16;

/// The maximum size of a journal, enough for some hundred thousand batches.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A file that this process has locked until this value is dropped.
#[derive(Debug)]
pub(crate) struct LockedFile {
    file: File,
    path: PathBuf,
}

/// Why a file could not be opened and locked.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// Another process, or another job of this process, holds the lock.
    InUse,
    /// The path is a directory, pipe, device or socket.
    NotAFile,
    /// The file is larger than any journal.
    TooLong(u64),
    Failed(io::Error),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Reads the journal without locking it; `None` if the file does not exist.
pub(crate) fn peek(path: &Path, prefix: &[u8]) -> Result<Option<Vec<u8>>, OpenError> {
    if !exists(path)? {
        return Ok(None);
    }
    read(&mut File::open(path)?, prefix).map(Some)
}

/// Whether a file exists at this path. Anything else, which could block when it is opened, is refused before opening.
fn exists(path: &Path) -> Result<bool, OpenError> {
    match std::fs::metadata(path) {
        Ok(data) if data.is_file() => Ok(true),
        Ok(_) => Err(OpenError::NotAFile),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Reads a file that starts with `prefix`. Of any other file, which may be of any size, only as many bytes are read.
pub(crate) fn read(file: &mut File, prefix: &[u8]) -> Result<Vec<u8>, OpenError> {
    let data = file.metadata()?;
    if !data.is_file() {
        return Err(OpenError::NotAFile);
    }
    let mut bytes = Vec::new();
    let length = u64::try_from(prefix.len()).unwrap_or(u64::MAX);
    Read::by_ref(file).take(length).read_to_end(&mut bytes)?;
    if bytes == prefix {
        if data.len() > MAX_BYTES {
            return Err(OpenError::TooLong(data.len()));
        }
        // The file may grow while it is read.
        Read::by_ref(file).take(MAX_BYTES).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

impl LockedFile {
    /// Opens and locks the file and reads it with [`read`]; `None` if the file does not exist.
    pub(crate) fn open(path: &Path, prefix: &[u8]) -> Result<Option<(Self, Vec<u8>)>, OpenError> {
        let Some(mut file) = open_locked(path)? else {
            return Ok(None);
        };
        let bytes = read(&mut file, prefix)?;
        // Replacing the journal must replace the target of a symbolic link, not the link.
        let path = path.canonicalize()?;
        Ok(Some((Self { file, path }, bytes)))
    }

    /// Creates the file with this content, atomically. Fails with [`OpenError::InUse`] if the file exists by now.
    pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<Self, OpenError> {
        let temp = TempFile::new(path, bytes)?;
        temp.link(path)?;
        Ok(temp.into_locked_file(path)?)
    }

    /// Replaces the file atomically by one with this content, which stays locked.
    pub(crate) fn replace(&mut self, bytes: &[u8]) -> Result<(), OpenError> {
        let temp = TempFile::new(&self.path, bytes)?;
        std::fs::rename(&temp.path, &self.path)?;
        *self = temp.into_locked_file(&self.path)?;
        Ok(())
    }

    #[cfg(all(test, unix))]
    pub(crate) fn is_at_its_path(&self) -> bool {
        is_at(&self.file, &self.path).expect("its metadata can be read")
    }

    /// Truncates the file to this length.
    pub(crate) fn truncate(&mut self, length: usize) -> io::Result<()> {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        self.file.set_len(length)?;
        self.file.seek(SeekFrom::End(0))?;
        self.file.sync_all()
    }

    /// Appends bytes, and returns once they are synced to the disk.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.file.sync_all()
    }
}

/// A complete, locked file under a temporary name. The temporary name is removed on drop.
struct TempFile {
    file: Option<File>,
    path: PathBuf,
}

impl TempFile {
    fn new(path: &Path, bytes: &[u8]) -> Result<Self, OpenError> {
        let mut name = path.file_name().ok_or(OpenError::NotAFile)?.to_owned();
        name.push(format!(".{}.new", Uuid::new_v4().simple()));
        let path = path.with_file_name(name);
        let mut file = options().create_new(true).open(&path)?;
        let temp = |file| Self {
            file: Some(file),
            path: path.clone(),
        };
        let done = lock(&file).and_then(|()| {
            file.write_all(bytes)?;
            Ok(file.sync_all()?)
        });
        let temp = temp(file);
        done.map(|()| temp)
    }

    /// Links the file to a path that does not exist.
    fn link(&self, path: &Path) -> Result<(), OpenError> {
        match std::fs::hard_link(&self.path, path) {
            Ok(()) => Ok(()),
            Err(_) if path.try_exists()? => Err(OpenError::InUse),
            // A dangling symbolic link.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error.into()),
            // The file system does not support hard links.
            Err(_) => Ok(std::fs::rename(&self.path, path)?),
        }
    }

    fn into_locked_file(mut self, path: &Path) -> io::Result<LockedFile> {
        sync_directory(path)?;
        let file = self.file.take();
        let gone = || io::Error::other("the file is no longer open");
        let path = path.to_owned();
        Ok(LockedFile {
            file: file.ok_or_else(gone)?,
            path,
        })
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        // It does not exist if the file was renamed.
        drop(std::fs::remove_file(&self.path));
    }
}

/// Opens and locks the file at this path. The previous owner of the lock may have removed or replaced the file, so
/// the path is checked once the lock is held.
fn open_locked(path: &Path) -> Result<Option<File>, OpenError> {
    for _ in 0..MAX_OPEN_ATTEMPTS {
        if !exists(path)? {
            return Ok(None);
        }
        let file = match options().open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error.into()),
        };
        lock(&file)?;
        if is_at(&file, path)? {
            return Ok(Some(file));
        }
    }
    Err(OpenError::InUse)
}

/// Whether the path still refers to this file.
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

/// An open file cannot be renamed or removed on these platforms.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps)]
const fn is_at(_: &File, _: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Locks the file for this process. Blocks for at most [`LOCK_TIMEOUT`].
fn lock(file: &File) -> Result<(), OpenError> {
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(error)) => return Err(OpenError::Failed(error)),
            Err(TryLockError::WouldBlock) if started.elapsed() >= LOCK_TIMEOUT => {
                return Err(OpenError::InUse);
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(LOCK_TIMEOUT / 50),
        }
    }
}

#[cfg(unix)]
fn options() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.read(true).append(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    // Append mode alone does not allow truncating an incomplete record.
    options.read(true).write(true);
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
