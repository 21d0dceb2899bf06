//! Reports of tasks, responses and shifts, in any of the three formats.

mod rows;

use std::io::{Read, Seek};

use domain::{Actor, Store, ledger::Wanted};
use futures::{Stream, stream};
use locales::{Lang, Sentence};
use tempfile::SpooledTempFile;

pub use domain::ledger::{ReportFormat as Format, ReportName as Report};

use self::rows::Reader;
use crate::{Cell, Column, PaperError, Result, csv, pdf, xlsx};

/// What is to be made.
#[derive(Clone, Debug)]
pub struct Order {
    pub report: Report,
    pub format: Format,
    pub wanted: Wanted,
    pub lang: Lang,
}

/// A paper of so many bytes stays in memory; a larger one lies on disk until it is sent.
const IN_MEMORY: usize = 1024 * 1024;

/// A paper that is finished.
pub struct Made {
    pub file: SpooledTempFile,
    /// Rows of the table.
    pub rows: u64,
    pub bytes: u64,
    /// Whether there were more rows than the format takes.
    pub cut: bool,
}

impl Made {
    /// The whole paper in memory.
    pub fn read(mut self) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.bytes).unwrap_or_default());
        self.file.rewind()?;
        self.file.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Order {
    /// What a browser and a phone call the file.
    pub fn file_name(&self) -> String {
        let (report, end) = (word(self.report), extension(self.format));
        let period = self.wanted.period;
        format!("{report}-{}-{}.{end}", period.from, period.until)
    }

    /// What kind of file it is.
    pub fn mime(&self) -> &'static str {
        match self.format {
            Format::Csv => "text/csv; charset=utf-8",
            Format::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Format::Pdf => "application/pdf",
        }
    }

    /// What stands over the table.
    pub fn title(&self) -> String {
        let period = self.wanted.period;
        let (from, until) = (period.from.to_string(), period.until.to_string());
        Sentence::PaperTitle {
            report: name(self.report).to(self.lang).into(),
            from: from.into(),
            until: until.into(),
        }
        .to(self.lang)
    }

    fn columns(&self) -> Vec<Column> {
        let columns = rows::columns(self.report).into_iter();
        columns
            .map(|(title, width)| Column {
                title: title.to(self.lang),
                width,
            })
            .collect()
    }

    fn rows_most(&self) -> u64 {
        match self.format {
            Format::Csv => u64::MAX,
            Format::Xlsx => xlsx::ROWS_MOST,
            Format::Pdf => pdf::ROWS_MOST,
        }
    }
}

/// The report by its name.
pub fn name(report: Report) -> Sentence {
    match report {
        Report::Tasks => Sentence::PaperTasks,
        Report::Response => Sentence::PaperResponse,
        Report::Shifts => Sentence::PaperShifts,
    }
}

fn word(report: Report) -> &'static str {
    match report {
        Report::Tasks => "tasks",
        Report::Response => "response",
        Report::Shifts => "shifts",
    }
}

fn extension(format: Format) -> &'static str {
    match format {
        Format::Csv => "csv",
        Format::Xlsx => "xlsx",
        Format::Pdf => "pdf",
    }
}

/// Makes a report, and tells the number of rows after each page. For supervisors of the unit, and level 3.
///
/// # Errors
/// Refused out of scope; the disk, the database.
pub async fn make(
    store: &Store,
    actor: &Actor,
    order: &Order,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Made> {
    let allowed = actor.check_unit(order.wanted.unit_id);
    allowed.map_err(domain::Error::from)?;
    let mut reader = Reader::new(order);
    let mut paper = Paper::new(order)?;
    let (mut rows, mut cut) = (0, false);
    loop {
        let page = reader.next(store, actor).await?;
        if page.is_empty() || cut {
            break;
        }
        for cells in page {
            cut = rows == order.rows_most();
            if cut {
                break;
            }
            paper.row(&cells)?;
            rows += 1;
        }
        progress(rows);
    }
    let last = cut.then(|| Sentence::PaperCut { count: rows.into() }.to(order.lang));
    let packed = tokio::task::spawn_blocking(move || paper.finish(last.as_deref()));
    let mut file = packed
        .await
        .map_err(|error| PaperError::Written(error.to_string()))??;
    let bytes = file.seek(std::io::SeekFrom::End(0))?;
    file.rewind()?;
    Ok(Made {
        file,
        rows,
        bytes,
        cut,
    })
}

/// A report as comma separated values, a page at a time as somebody takes it.
pub fn lines(
    store: Store,
    actor: Actor,
    order: Order,
) -> impl Stream<Item = Result<Vec<u8>>> + Send + 'static {
    let reader = Reader::new(&order);
    let begin = (Some(reader), true);
    stream::unfold(begin, move |(reader, first)| {
        let (store, actor, columns) = (store.clone(), actor.clone(), order.columns());
        async move {
            let mut reader = reader?;
            if first {
                return Some((csv::head(&columns), (Some(reader), false)));
            }
            match reader.next(&store, &actor).await {
                Ok(page) if page.is_empty() => None,
                Ok(page) => {
                    let lines: Result<Vec<Vec<u8>>> =
                        page.iter().map(|cells| csv::row(cells)).collect();
                    Some((lines.map(|lines| lines.concat()), (Some(reader), false)))
                }
                Err(error) => Some((Err(error), (None, false))),
            }
        }
    })
}

/// A paper on its way.
enum Paper {
    Csv(SpooledTempFile),
    Xlsx(Box<xlsx::Sheet>),
    Pdf(Box<pdf::Table>),
}

impl Paper {
    fn new(order: &Order) -> Result<Self> {
        use std::io::Write;
        let columns = order.columns();
        Ok(match order.format {
            Format::Csv => {
                let mut file = SpooledTempFile::new(IN_MEMORY);
                file.write_all(&csv::head(&columns)?)?;
                Self::Csv(file)
            }
            Format::Xlsx => {
                let title = name(order.report).to(order.lang);
                Self::Xlsx(Box::new(xlsx::Sheet::new(&title, &columns)?))
            }
            Format::Pdf => Self::Pdf(Box::new(pdf::Table::new(&order.title(), &columns))),
        })
    }

    fn row(&mut self, cells: &[Cell]) -> Result<()> {
        use std::io::Write;
        match self {
            Self::Csv(file) => Ok(file.write_all(&csv::row(cells)?)?),
            Self::Xlsx(sheet) => sheet.row(cells),
            Self::Pdf(table) => {
                table.row(cells);
                Ok(())
            }
        }
    }

    fn finish(self, last: Option<&str>) -> Result<SpooledTempFile> {
        use std::io::Write;
        match self {
            Self::Csv(file) => Ok(file),
            Self::Xlsx(mut sheet) => {
                if let Some(last) = last {
                    sheet.row(&[Cell::text(last)])?;
                }
                let mut file = SpooledTempFile::new(IN_MEMORY);
                sheet.finish(&mut file)?;
                Ok(file)
            }
            Self::Pdf(table) => {
                let mut file = SpooledTempFile::new(IN_MEMORY);
                file.write_all(&table.finish(last)?)?;
                Ok(file)
            }
        }
    }
}
