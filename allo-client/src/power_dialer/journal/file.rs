//! A journal on the disk: an ordinary file, locked, private, made in one piece and
//! written through. What is in it is known to `record` and `replay`.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use uuid::Uuid;

/// A push that was dropped while it wrote holds its file no longer than this.
const LINGERING: Duration = Duration::from_secs(1);

/// So often a file may vanish between being opened and locked.
const MOST_REMOVED: u32 = 16;

/// The longest journal that is read: some hundred thousand batches.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

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
    /// It is a directory, a pipe, a device or a socket.
    NotAFile,
    /// It is longer than any journal.
    TooLong(u64),
    Failed(io::Error),
}

impl From<io::Error> for NotLocked {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Reads the journal at this path without locking it; nothing if there is none.
pub(super) fn peek(path: &Path, begin: &[u8]) -> Result<Option<Vec<u8>>, NotLocked> {
    if !is_there(path)? {
        return Ok(None);
    }
    read(&mut File::open(path)?, begin).map(Some)
}

/// Whether there is a file at this path. What would block when it is opened is
/// refused before that.
fn is_there(path: &Path) -> Result<bool, NotLocked> {
    match std::fs::metadata(path) {
        Ok(data) if data.is_file() => Ok(true),
        Ok(_) => Err(NotLocked::NotAFile),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Reads a file if it begins like this; no more than that of any other, as it may
/// be of any length.
pub(super) fn read(file: &mut File, begin: &[u8]) -> Result<Vec<u8>, NotLocked> {
    let data = file.metadata()?;
    if !data.is_file() {
        return Err(NotLocked::NotAFile);
    }
    let mut bytes = Vec::new();
    let length = u64::try_from(begin.len()).unwrap_or(u64::MAX);
    Read::by_ref(file).take(length).read_to_end(&mut bytes)?;
    if bytes == begin {
        if data.len() > MOST_BYTES {
            return Err(NotLocked::TooLong(data.len()));
        }
        // It may grow while it is read.
        Read::by_ref(file)
            .take(MOST_BYTES)
            .read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

impl Locked {
    /// Opens, locks and reads the file, by [`read`]; nothing if there is none.
    pub(super) fn open(path: &Path, begin: &[u8]) -> Result<Option<(Self, Vec<u8>)>, NotLocked> {
        let Some(mut file) = open_locked(path)? else {
            return Ok(None);
        };
        let bytes = read(&mut file, begin)?;
        // What a link points to is replaced, not the link.
        let path = path.canonicalize()?;
        Ok(Some((Self { file, path }, bytes)))
    }

    /// Makes the file with this content: there is never a part of it. Fails with
    /// [`NotLocked::InUse`] if there is a file meanwhile.
    pub(super) fn create(path: &Path, bytes: &[u8]) -> Result<Self, NotLocked> {
        let aside = Aside::new(path, bytes)?;
        aside.link(path)?;
        Ok(aside.into_locked(path)?)
    }

    /// Puts a file with this content in the place of this one, and keeps it.
    pub(super) fn replace(&mut self, bytes: &[u8]) -> Result<(), NotLocked> {
        let aside = Aside::new(&self.path, bytes)?;
        std::fs::rename(&aside.path, &self.path)?;
        *self = aside.into_locked(&self.path)?;
        Ok(())
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
}

/// A whole, locked file that does not have its name yet. It is removed under the
/// name it has unless it gets another.
struct Aside {
    file: Option<File>,
    path: PathBuf,
}

impl Aside {
    fn new(path: &Path, bytes: &[u8]) -> Result<Self, NotLocked> {
        let mut name = path.file_name().ok_or(NotLocked::NotAFile)?.to_owned();
        name.push(format!(".{}.new", Uuid::new_v4().simple()));
        let path = path.with_file_name(name);
        let mut file = options().create_new(true).open(&path)?;
        let aside = |file| Self {
            file: Some(file),
            path: path.clone(),
        };
        let done = lock(&file).and_then(|()| {
            file.write_all(bytes)?;
            Ok(file.sync_all()?)
        });
        let aside = aside(file);
        done.map(|()| aside)
    }

    /// Gives it a name that nothing has.
    fn link(&self, path: &Path) -> Result<(), NotLocked> {
        match std::fs::hard_link(&self.path, path) {
            Ok(()) => Ok(()),
            Err(_) if path.try_exists()? => Err(NotLocked::InUse),
            // A link that points nowhere.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error.into()),
            // A file system without links.
            Err(_) => Ok(std::fs::rename(&self.path, path)?),
        }
    }

    fn into_locked(mut self, path: &Path) -> io::Result<Locked> {
        sync_directory(path)?;
        let file = self.file.take();
        let gone = || io::Error::other("the file is not open any more");
        let path = path.to_owned();
        Ok(Locked {
            file: file.ok_or_else(gone)?,
            path,
        })
    }
}

impl Drop for Aside {
    fn drop(&mut self) {
        // Not there if it was renamed.
        drop(std::fs::remove_file(&self.path));
    }
}

/// Opens and locks what is under this name when it is locked. Whoever had the lock
/// before may have removed the file, or put another in its place.
fn open_locked(path: &Path) -> Result<Option<File>, NotLocked> {
    for _ in 0..MOST_REMOVED {
        if !is_there(path)? {
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
    options.read(true).append(true).mode(0o600);
    options
}

#[cfg(not(unix))]
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    // Appending alone would not allow to cut off what is torn.
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
