//! The deliver stage: from a stored delivery to the receiver's answer and the attempt log.
//!
//! `lanes` decides when a delivery goes out. Here is what one attempt is: `target` is the webhook opened up for sending,
//! `build` makes the request, `exchange` sends it and judges the answer, `settle` commits what follows. The Test button and
//! the resend are in `test_button`.

mod build;
mod exchange;
mod settle;
mod target;
mod test_button;
mod totals;

pub(crate) use exchange::{Finished, send};
pub(crate) use settle::settle_all;
pub(crate) use target::Target;
pub use test_button::{resend, test};

use domain::event::Event;
use store::tables::deliveries::Delivery;

/// One delivery with its event, on its way.
#[derive(Debug)]
pub(crate) struct Job {
    pub delivery: Delivery,
    pub event: Event,
}
