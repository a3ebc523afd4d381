//! Receive: a request from outside becomes a receipt, its effect on an incident, and the events that follow, in one
//! transaction. The sender is answered after its commit.
//!
//! What cannot be read is kept as a quarantined receipt that says why; it never changes an incident. What it means, is the
//! mapping's decision (`domain::mapping`), what follows `domain::incident`'s.

mod body;
mod effect;

use bytes::Bytes;
use domain::{Micros, Problem, id, incident::ReceiptAction, mapping, observation::Observation};
use store::{
    Result, Signal, Tx,
    tables::{
        receipts::{self, ACCEPTED, QUARANTINED, Receipt},
        sources::{self, Source},
    },
};

use crate::mask;

/// Bytes of a sender's own message id that are looked at.
const SENDER_ID_BYTES: usize = 256;

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Inbound {
    pub method: String,
    /// Without `?`.
    pub query: String,
    pub headers: Vec<(String, String)>,
    /// The raw bytes, not decompressed.
    pub body: Bytes,
    /// Address of the sender.
    pub remote: String,
    pub content_type: Option<String>,
    /// `Content-Encoding`, if any.
    pub encoding: Option<String>,
}

impl Inbound {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(given, _)| given.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The sender's own id of the message, by which a repeat is known however late it comes.
    fn sender_id(&self) -> Option<String> {
        let id = self.header("webhook-id").or_else(|| self.header("idempotency-key"))?.trim();
        let cut = id.get(..id.floor_char_boundary(SENDER_ID_BYTES)).unwrap_or_default();
        (!cut.is_empty()).then(|| cut.replace('\0', "\u{FFFD}"))
    }

    /// How many Watchbells the message passed through.
    fn hops(&self) -> i64 {
        self.header("watchbell-hops")
            .and_then(|value| value.trim().parse().ok())
            .unwrap_or(0)
            .max(0)
    }
}

/// What the sender is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub receipt_id: String,
    pub action: ReceiptAction,
    pub incident_id: Option<String>,
    /// Why it was not understood: the receipt is in quarantine, and this is the answer.
    pub problem: Option<Problem>,
}

/// Keeps a request that was refused before it was read to its end, with the bytes that came, in quarantine.
///
/// # Errors
/// The store's.
pub fn refuse(tx: &mut dyn Tx, source: &Source, inbound: &Inbound, problem: Problem, now: Micros) -> Result<Answer> {
    let receipt = Receipt {
        verdict: QUARANTINED.to_owned(),
        problem: Some(problem),
        ..blank(source, inbound, now)
    };
    keep(tx, source, receipt, false)
}

/// Takes a request in, with what [`judge`] made of it.
///
/// # Errors
/// The store's. [`store::Error::Conflict`] on `incidents (source_id, key)` means that another node opened the incident at
/// the same instant: nothing was kept, and the same call again will find it.
pub fn receive(tx: &mut dyn Tx, source: &Source, inbound: &Inbound, judged: &Judged, now: Micros) -> Result<Answer> {
    let mut counted = false;
    let mut receipt = blank(source, inbound, now);
    match judged {
        Err(problem) => {
            receipt.verdict = QUARANTINED.to_owned();
            receipt.problem = Some(problem.clone());
        }
        Ok(None) => {}
        Ok(Some(observation)) => {
            let done = effect::apply(tx, source, inbound.hops(), &receipt, observation, now)?;
            counted = done.applied;
            receipt.key = Some(observation.key.clone());
            receipt.action = done.action;
            receipt.incident_id = done.incident_id;
        }
    }
    keep(tx, source, receipt, counted)
}

/// Stores a receipt; `counted`: its source has counted it already.
fn keep(tx: &mut dyn Tx, source: &Source, receipt: Receipt, counted: bool) -> Result<Answer> {
    receipts::insert(tx, &receipt)?;
    if !counted {
        sources::received(tx, &source.id, receipt.at)?;
    }
    tx.signal(Signal::changed(&*source.workspace_id, "receipt"));
    Ok(Answer {
        receipt_id: receipt.id,
        action: receipt.action,
        incident_id: receipt.incident_id,
        problem: receipt.problem,
    })
}

/// What a body says. `Ok(None)`: nothing that this source keeps incidents of.
pub type Judged = Result<Option<Observation>, Problem>;

/// Reads the body. It needs no transaction, and is done before one is begun.
pub fn judge(source: &Source, inbound: &Inbound) -> Judged {
    body::check_type(inbound.content_type.as_deref())?;
    let decoded = body::decode(&inbound.body, inbound.encoding.as_deref())?;
    mapping::map(source.provider, &decoded)
}

fn blank(source: &Source, inbound: &Inbound, now: Micros) -> Receipt {
    Receipt {
        id: id::new(id::RECEIPT, now),
        source_id: source.id.clone(),
        workspace_id: source.workspace_id.clone(),
        at: now,
        method: inbound.method.clone(),
        query: mask::query(&inbound.query),
        headers: mask::headers(&inbound.headers),
        body: inbound.body.to_vec(),
        remote: inbound.remote.clone(),
        sender_id: inbound.sender_id(),
        verdict: ACCEPTED.to_owned(),
        action: ReceiptAction::Ignored,
        incident_id: None,
        key: None,
        problem: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbound(headers: &[(&str, &str)]) -> Inbound {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Inbound {
            method: "POST".to_owned(),
            query: String::new(),
            headers,
            body: Bytes::new(),
            remote: String::new(),
            content_type: None,
            encoding: None,
        }
    }

    #[test]
    fn the_senders_id_is_the_webhook_id_or_else_the_idempotency_key() {
        assert_eq!(
            inbound(&[("Idempotency-Key", "k"), ("Webhook-Id", "w")]).sender_id().as_deref(),
            Some("w")
        );
        assert_eq!(inbound(&[("idempotency-key", " k ")]).sender_id().as_deref(), Some("k"));
        assert_eq!(inbound(&[("webhook-id", " ")]).sender_id(), None);
        let long = "ä".repeat(SENDER_ID_BYTES);
        assert!(
            inbound(&[("webhook-id", &long)])
                .sender_id()
                .is_some_and(|id| id.len() <= SENDER_ID_BYTES)
        );
    }

    #[test]
    fn hops_that_make_no_sense_count_as_none() {
        assert_eq!(inbound(&[("Watchbell-Hops", "3")]).hops(), 3);
        assert_eq!(inbound(&[("Watchbell-Hops", "-3")]).hops(), 0);
        assert_eq!(inbound(&[("Watchbell-Hops", "many")]).hops(), 0);
    }
}
