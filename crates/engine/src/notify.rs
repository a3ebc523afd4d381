//! Notices: messages within the application to those who run a workspace, and by mail to its admins if there is a mail
//! server. Notice and mails are committed with what they tell of; the mail stage sends them later.

use domain::{Micros, clock::HOUR, id, mail};
use store::{
    Result, Signal, Tx,
    tables::{
        mails::{self, Mail},
        notices::{self, Notice},
        workspaces,
    },
};

/// One notice stands for all of its kind about the same thing within this time.
const GATHERED: Micros = HOUR;

/// Where notices go beside the page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Desk {
    /// Whether there is a mail server.
    pub mails: bool,
    /// How people reach this instance, without a trailing slash.
    pub public_url: String,
}

/// What there is to tell.
pub(crate) struct News<'a> {
    pub workspace_id: &'a str,
    /// A stable word.
    pub kind: &'a str,
    /// A few words: a mail's subject.
    pub title: String,
    /// Path of the page that shows more.
    pub link: String,
}

impl Desk {
    /// Leaves a notice.
    pub fn leave(&self, tx: &mut dyn Tx, news: &News<'_>, text: String, now: Micros) -> Result<()> {
        self.insert(tx, news, 1, text, now)
    }

    /// Leaves a notice about `count` more things, or lets the one of the last hour stand for them too: no more than one mail an
    /// hour. `text` says it for a number.
    pub fn gather(&self, tx: &mut dyn Tx, news: &News<'_>, count: u64, text: impl Fn(u64) -> String, now: Micros) -> Result<()> {
        match notices::newest(tx, news.workspace_id, news.kind, &news.link, now - GATHERED)? {
            Some(notice) => {
                let count = notice.count + count;
                notices::recount(tx, &notice.id, count, &text(count))?;
                tx.signal(Signal::changed(news.workspace_id, "notice"));
                Ok(())
            }
            None => self.insert(tx, news, count, text(count), now),
        }
    }

    fn insert(&self, tx: &mut dyn Tx, news: &News<'_>, count: u64, text: String, now: Micros) -> Result<()> {
        if self.mails {
            self.post(tx, news, &text, now)?;
        }
        let notice = Notice {
            id: id::new(id::NOTICE, now),
            workspace_id: news.workspace_id.to_owned(),
            at: now,
            kind: news.kind.to_owned(),
            text,
            link: news.link.clone(),
            count,
            read_at: None,
        };
        notices::insert(tx, &notice)?;
        tx.signal(Signal::changed(news.workspace_id, "notice"));
        Ok(())
    }

    /// One mail for each admin of the workspace.
    fn post(&self, tx: &mut dyn Tx, news: &News<'_>, text: &str, now: Micros) -> Result<()> {
        let recipients = mails::recipients(tx, news.workspace_id)?;
        let Some(workspace) = workspaces::get(tx, news.workspace_id)?.filter(|_| !recipients.is_empty()) else {
            return Ok(());
        };
        let link = format!("{}{}", self.public_url, news.link);
        let body = mail::text(text, &link, &workspace.name, &self.public_url);
        for recipient in recipients {
            let mail = Mail {
                id: id::new(id::MAIL, now),
                workspace_id: Some(workspace.id.clone()),
                recipient,
                subject: mail::subject(&format!("[Watchbell] {}", news.title)),
                body: body.clone(),
                attempts: 0,
                due_at: now,
                created_at: now,
            };
            mails::insert(tx, &mail)?;
        }
        tx.signal(Signal::Mails);
        Ok(())
    }
}
