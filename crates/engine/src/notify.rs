//! Notices: messages within the application to those who run a workspace.

use domain::{Micros, id};
use store::{
    Result, Signal, Tx,
    tables::notices::{self, Notice},
};

/// Leaves a notice of `kind` (a stable word) with a link into the page.
pub fn leave(tx: &mut dyn Tx, workspace_id: &str, kind: &str, text: String, link: String, now: Micros) -> Result<()> {
    let notice = Notice {
        id: id::new(id::NOTICE, now),
        workspace_id: workspace_id.to_owned(),
        at: now,
        kind: kind.to_owned(),
        text,
        link,
        read_at: None,
    };
    notices::insert(tx, &notice)?;
    tx.signal(Signal::changed(workspace_id, "notice"));
    Ok(())
}
