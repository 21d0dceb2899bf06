//! /informe: which report, of which unit, of when, in which format; then how far it is, and the file itself.

use std::time::Duration;

use domain::{
    Result,
    card::Subject,
    export::{self, Export, ExportState, ReportFormat, ReportName},
    figures::Period,
    files::{self, Files},
    ledger::Wanted,
    unit::{self, Unit},
};
use locales::Sentence;
use papers::report::{self, Order};
use tokio::sync::Semaphore;

use crate::{
    ctx::Ctx,
    figures::days,
    history,
    keyboards::{Asked, Button, Rows, Span, Whose},
    lists::PAGE,
    reply::Reply,
    screen::{Made, Media, Rendered, Screen},
    search::listed,
    view::{View, plain, with},
};

/// The next choice.
pub async fn ask(view: &View, asked: Asked, fresh: bool) -> Result<Option<Screen>> {
    let Some(reader) = view.reader.as_ref().filter(|reader| reader.may_command()) else {
        return Ok(None);
    };
    if asked.report.is_some() && asked.span.is_none() && asked.whose.is_none() {
        let page = u64::from(asked.page);
        let (units, count) = unit::numbered(&view.store, reader, asked.page, PAGE as u64).await?;
        if count > 1 {
            let last = (count - 1) / PAGE as u64;
            let screen = whose(view, asked, &units, page < last);
            return Ok(Some(listed(fresh, screen)));
        }
    }
    let button = |label: String, asked| (label, Button::Papers(asked));
    let (question, rows) = match (asked.report, asked.span) {
        (None, _) => {
            let reports = [ReportName::Tasks, ReportName::Response, ReportName::Shifts];
            let buttons = reports.map(|one| {
                let report = Some(one);
                button(view.say(&report::name(one)), Asked { report, ..asked })
            });
            (Sentence::PapersWhich, Rows::default().column(buttons))
        }
        (Some(_), None) => {
            let spans = [Span::Week, Span::Month, Span::Year].map(|one| {
                let span = Some(one);
                button(view.say(&history::span(one)), Asked { span, ..asked })
            });
            (Sentence::PapersWhen, Rows::default().row(spans))
        }
        (Some(_), Some(_)) => {
            let formats = [
                (ReportFormat::Xlsx, "XLSX"),
                (ReportFormat::Pdf, "PDF"),
                (ReportFormat::Csv, "CSV"),
            ];
            let buttons = formats.map(|(one, label)| {
                let format = Some(one);
                button(label.to_owned(), Asked { format, ..asked })
            });
            (Sentence::PapersHow, Rows::default().row(buttons))
        }
    };
    Ok(Some(listed(fresh, with(rows, plain(view.say(&question))))))
}

/// Of which unit it shall be; there are more than one.
fn whose(view: &View, asked: Asked, units: &[Unit], more: bool) -> Screen {
    let button = |label: String, asked| (label, Button::Papers(asked));
    let choose = |label: String, one| {
        let whose = Some(one);
        let asked = Asked {
            whose,
            page: 0,
            ..asked
        };
        button(label, asked)
    };
    let every = choose(view.say(&Sentence::PapersAllUnits), Whose::All);
    let each = units
        .iter()
        .map(|one| choose(one.name.clone(), Whose::Unit(one.id)));
    let turn = |label: Sentence, page| button(view.say(&label), Asked { page, ..asked });
    let back = asked.page.checked_sub(1);
    let back = back.map(|page| turn(Sentence::ButtonPrevious, page));
    let on = more.then(|| turn(Sentence::ButtonNext, asked.page + 1));
    let rows = Rows::default()
        .row([every])
        .column(each)
        .row(back.into_iter().chain(on));
    with(rows, plain(view.say(&Sentence::PapersWhose)))
}

/// A choice; with the last one the file is asked for.
pub async fn pressed(ctx: &Ctx, asked: Asked) -> Result<()> {
    let (Some(report), Some(span), Some(format)) = (asked.report, asked.span, asked.format) else {
        let fresh = false;
        return ctx.reply(Reply::Papers { asked, fresh }).await;
    };
    let wanted = Wanted {
        period: Period::last(&ctx.store, days(span)),
        unit_id: asked.whose.and_then(Whose::unit_id),
    };
    let inner = ctx.clone();
    let done = ctx
        .attempt(None, move |tx| {
            Box::pin(async move {
                export::ask(tx, &inner.actor, inner.chat_id, (report, format), wanted).await
            })
        })
        .await?;
    if done.is_some() {
        ctx.toast(&Sentence::PapersBegun);
    }
    Ok(())
}

fn order(view: &View, one: &Export) -> Order {
    Order {
        report: one.report,
        format: one.format,
        wanted: one.wanted,
        lang: view.lang,
    }
}

/// One's own only, as long as one may.
async fn own(view: &View, export_id: i64) -> Result<Option<Export>> {
    let Some(reader) = &view.reader else {
        return Ok(None);
    };
    let one = export::find(&view.store, export_id).await?;
    let may = reader.check_unit(one.wanted.unit_id).is_ok();
    Ok(Some(one).filter(|one| may && Some(one.user_id) == reader.user_id))
}

/// How far it is.
pub async fn card(view: &View, export_id: i64) -> Result<Rendered> {
    let Some(one) = own(view, export_id).await? else {
        return Ok(Rendered::Nothing);
    };
    let (title, count) = (order(view, &one).title().into(), one.rows.into());
    let sentence = match one.state {
        ExportState::Waiting => Sentence::PapersProgress { title, count },
        ExportState::Ready | ExportState::Gone => Sentence::PapersReady { title, count },
        ExportState::Failed => Sentence::PapersFailed { title },
    };
    Ok(Screen {
        subject: Some(Subject::Export(export_id)),
        ..plain(view.say(&sentence))
    }
    .into())
}

/// How long a file may take to be read.
const PATIENCE: Duration = Duration::from_secs(20);

/// Few messages are worded at once: one of them may wait for a store that is slow, and the other files come later.
static READING: Semaphore = Semaphore::const_new(1);

async fn read(files: &dyn Files, path: &str) -> Result<Option<Vec<u8>>> {
    let away = domain::Error::Away;
    let Ok(_turn) = READING.try_acquire() else {
        return Err(away("another file is being read".into()));
    };
    match tokio::time::timeout(PATIENCE, files.get(path)).await {
        Ok(found) => found.map_err(|error| away(error.to_string())),
        Err(_) => Err(away("the file takes too long".into())),
    }
}

/// The file.
pub async fn file(view: &View, files: &dyn Files, export_id: i64) -> Result<Rendered> {
    let Some(one) = own(view, export_id).await? else {
        return Ok(Rendered::Nothing);
    };
    let order = order(view, &one);
    let Some(path) = &one.path else {
        return Ok(plain(view.say(&Sentence::PapersGone)).into());
    };
    let Some(bytes) = read(files, path).await? else {
        return Ok(plain(view.say(&Sentence::PapersGone)).into());
    };
    files::check(path, &bytes).map_err(|error| domain::Error::Data(error.to_string()))?;
    Ok(Screen {
        media: Some(Media::Written(Made {
            name: one.name.clone().unwrap_or_else(|| order.file_name()),
            mime: order.mime().into(),
            bytes: bytes.into(),
        })),
        ..plain(order.title())
    }
    .into())
}
