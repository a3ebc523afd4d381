//! The deliver stage: from a stored delivery to the receiver's answer and the attempt log.
//!
//! `lanes` decides when a delivery goes out. Here is what one attempt is: `target` is the webhook opened up for sending,
//! `build` makes the request, `exchange` sends it and judges the answer, `settle` commits what follows. The Test button and
//! the resend are in `test_button`, what can be seen of a webhook before it is saved in `trial`.

mod build;
mod curl;
mod exchange;
mod settle;
mod target;
mod test_button;
mod totals;
mod trial;

pub use curl::curl;
pub(crate) use exchange::{Finished, send};
pub(crate) use settle::settle_all;
pub(crate) use target::Target;
pub use test_button::{resend, test};
pub use trial::{Shown, Trial, Tried, preview, try_once};

use std::sync::Arc;

use domain::event::Event;
use store::tables::deliveries::Delivery;

/// One delivery with its event, on its way.
#[derive(Debug)]
pub(crate) struct Job {
    pub delivery: Delivery,
    /// Deliveries of the same event may share it.
    pub event: Arc<Event>,
}
