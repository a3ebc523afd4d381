//! Files of reports. A report is written beside its place while the run goes and moved there
//! when it is complete, so that no tool reads half of one; parts that must come later in the
//! file than they are known wait in a [`Spool`] on the disk, not in memory.

use std::{
    fs::File,
    io::{self, BufWriter, Seek as _, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// A report on its way to its place.
pub struct ReportFile {
    out: BufWriter<File>,
    place: PathBuf,
    /// Where it is written; `None`: straight to its place, which is no ordinary file.
    part: Option<PathBuf>,
}

impl ReportFile {
    /// Opens a file for the report that belongs at `place`; missing folders are made.
    pub fn create(place: &Path) -> io::Result<Self> {
        let named = |error: io::Error| io::Error::new(error.kind(), format!("cannot write `{}`: {error}", place.display()));
        if let Some(folder) = place.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(named)?;
        }
        let special = std::fs::metadata(place).is_ok_and(|meta| !meta.is_file());
        let part = (!special).then(|| {
            let mut name = place.as_os_str().to_owned();
            name.push(".part");
            PathBuf::from(name)
        });
        let file = File::create(part.as_deref().unwrap_or(place)).map_err(named)?;
        Ok(Self {
            out: BufWriter::with_capacity(64 * 1024, file),
            place: place.to_owned(),
            part,
        })
    }

    /// Completes the report and moves it to its place.
    pub fn finish(&mut self) -> io::Result<()> {
        self.out.flush()?;
        match self.part.take() {
            Some(part) => std::fs::rename(&part, &self.place),
            None => Ok(()),
        }
    }
}

impl Write for ReportFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // Half a report is worth nothing.
            let _ = std::fs::remove_file(part);
        }
    }
}

/// A part of a report that is known before its turn comes.
pub struct Spool(BufWriter<File>);

impl Spool {
    pub fn new() -> io::Result<Self> {
        Ok(Self(BufWriter::new(tempfile::tempfile()?)))
    }

    /// Appends everything to a report.
    pub fn drain(&mut self, report: &mut ReportFile) -> io::Result<()> {
        self.0.flush()?;
        let file = self.0.get_mut();
        file.seek(SeekFrom::Start(0))?;
        io::copy(file, report)?;
        Ok(())
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_appears_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("deep/report.txt");
        let mut report = ReportFile::create(&place).unwrap();
        report.write_all(b"half").unwrap();
        drop(report);
        assert!(!place.exists());
        let mut report = ReportFile::create(&place).unwrap();
        let mut spool = Spool::new().unwrap();
        spool.write_all(b"later").unwrap();
        report.write_all(b"first, ").unwrap();
        spool.drain(&mut report).unwrap();
        report.finish().unwrap();
        assert_eq!(std::fs::read_to_string(&place).unwrap(), "first, later");
        assert_eq!(std::fs::read_dir(place.parent().unwrap()).unwrap().count(), 1, "no part is left");
    }
}
