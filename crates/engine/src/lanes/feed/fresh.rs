//! What was just stored goes to its lane as it is: nobody has to read it again.

use std::sync::Arc;

use store::{Due, Fresh, Result};

use super::{super::lane::Lane, Feed};
use crate::deliver::Job;

impl Feed {
    /// Fresh deliveries go to their lanes as they are, unless a lane has to be looked for anyway.
    pub(super) async fn told(&mut self, due: Due) {
        self.signalled(due.webhooks);
        // After the store did not answer once, nobody waits for it again here.
        let mut away = false;
        let mut filled: Vec<Arc<Lane>> = Vec::new();
        for fresh in due.fresh {
            let id = fresh.delivery.webhook_id.clone();
            let lane = self.lanes.get(&id).filter(|_| !self.wanted.contains_key(&*id));
            let taken = match lane {
                Some(lane) if !away => match self.may_send(&fresh.delivery.workspace_id).await {
                    Ok(true) => hand_over(&lane, fresh).then_some(lane),
                    Ok(false) => None,
                    Err(_) => {
                        away = true;
                        None
                    }
                },
                _ => None,
            };
            match taken {
                Some(lane) if filled.last().is_some_and(|last| Arc::ptr_eq(last, &lane)) => {}
                Some(lane) => filled.push(lane),
                None => self.want(Arc::from(id), true),
            }
        }
        filled.iter().for_each(|lane| self.lanes.pump(lane));
    }

    /// Whether the workspace has its webhooks switched on; that is remembered until its settings change.
    async fn may_send(&self, workspace_id: &str) -> Result<bool> {
        let rules = self.lanes.engine.rules(workspace_id).await?;
        Ok(rules.settings.webhooks_enabled)
    }
}

fn hand_over(lane: &Lane, fresh: Fresh) -> bool {
    let Fresh {
        delivery,
        event,
        webhook_version,
    } = fresh;
    lane.offer(Job { delivery, event }, webhook_version)
}
