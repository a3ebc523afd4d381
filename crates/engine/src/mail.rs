//! The mail stage: hands what waits in the outbox to the mail server, with growing pauses when that fails, for a day.
//!
//! A try is counted, and the next one set, before it begins. So a stop in the middle of one sends that mail once more at
//! most, and not before its pause is over.

use domain::{Micros, mail};
use egress::{Letter, Mailer};
use store::{
    Result,
    tables::mails::{self, Mail},
};

use crate::{
    engine::Engine,
    stage::{Next, Stage},
};

/// Mails of one step.
const STEP: usize = 20;

/// The stage.
pub(crate) struct MailStage {
    pub engine: Engine,
    pub mailer: Mailer,
}

impl Stage for MailStage {
    const NAME: &'static str = "mail";

    async fn step(&mut self) -> Result<Next> {
        let now = self.engine.now();
        let due = self.engine.store().read(move |tx| mails::due(tx, now, STEP)).await?;
        for mail in &due {
            self.send(mail).await?;
        }
        let next = self.engine.store().read(mails::next_due).await?;
        Ok(next.map_or(Next::Idle, Next::At))
    }
}

impl MailStage {
    async fn send(&self, mail: &Mail) -> Result<()> {
        let now = self.engine.now();
        let next = mail::next_try(mail.created_at, mail.attempts + 1, now);
        // The last try of all is not due again: it ends below, or is dropped as too old after a crash.
        let due_at = next.unwrap_or(mail.created_at + mail::GIVEN_UP_AFTER + 1);
        if now - mail.created_at > mail::GIVEN_UP_AFTER {
            return self.give_up(mail, "it is older than a day").await;
        }
        let id = mail.id.clone();
        self.engine.store().write(move |tx| mails::begin_try(tx, &id, due_at)).await?;
        let sent = self.mailer.send(&letter(mail, now)).await;
        let counters = self.engine.counters();
        match sent {
            Ok(()) => {
                counters.mailed();
                self.remove(mail).await
            }
            Err(failure) if failure.permanent || next.is_none() => self.give_up(mail, &failure.to_string()).await,
            Err(failure) => {
                counters.mail_failed();
                tracing::warn!(mail = mail.id, tries = mail.attempts + 1, error = %failure, "a mail was not sent and is tried again");
                Ok(())
            }
        }
    }

    async fn give_up(&self, mail: &Mail, why: &str) -> Result<()> {
        self.engine.counters().mail_given_up();
        tracing::error!(
            mail = mail.id,
            tries = mail.attempts,
            subject = mail.subject,
            why,
            "a mail was given up"
        );
        self.remove(mail).await
    }

    async fn remove(&self, mail: &Mail) -> Result<()> {
        let id = mail.id.clone();
        self.engine.store().write(move |tx| mails::delete(tx, &id)).await
    }
}

fn letter(mail: &Mail, now: Micros) -> Letter {
    Letter {
        id: mail.id.clone(),
        to: mail.recipient.clone(),
        subject: mail.subject.clone(),
        text: mail.body.clone(),
        at_us: now,
    }
}
