//! `postman`: the documents of Postman's custom webhooks. A finished run is sent as the
//! *monitor result*, an activity as the activity document; anything else as its data.

use super::Body;
use crate::{
    Problem,
    event::{self, Event},
    monitor_result::MonitorResult,
    run::RunReport,
};

pub(super) fn render(event: &Event) -> Result<Body, Problem> {
    let bytes = if event.event_type == event::RUN_FINISHED {
        let run: RunReport =
            serde_json::from_str(&event.data).map_err(|e| Problem::malformed(format!("the stored run report does not fit: {e}")))?;
        serde_json::to_vec(&MonitorResult::from(&run)).map_err(|e| Problem::malformed(e.to_string()))?
    } else {
        event.data.clone().into_bytes()
    };
    Ok(Body::json(bytes))
}
