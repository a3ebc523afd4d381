//! What was just stored goes to its lane as it is: nobody has to read it again.

use std::{collections::HashMap, sync::Arc};

use store::{Due, Fresh};

use super::{
    super::{Lanes, lane::Lane},
    Feed,
};
use crate::deliver::Job;

impl Feed {
    /// Fresh deliveries go to their lanes as they are, unless a lane has to be looked for anyway.
    pub(super) async fn told(&mut self, due: Due) {
        self.signalled(due.webhooks);
        let mut workspaces = Workspaces::default();
        let mut filled: Vec<Arc<Lane>> = Vec::new();
        for fresh in due.fresh {
            let id = fresh.delivery.webhook_id.clone();
            let lane = self.lanes.get(&id).filter(|_| !self.wanted.contains_key(&*id));
            let taken = match lane {
                Some(lane) if workspaces.may_send(&self.lanes, &fresh.delivery.workspace_id).await => {
                    hand_over(&lane, fresh).then_some(lane)
                }
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
}

/// Whether workspaces are known to have their webhooks switched on: each is asked once, and none after the store did not answer,
/// so that nobody waits for that again and again.
#[derive(Default)]
struct Workspaces {
    asked: HashMap<String, bool>,
    unknown: bool,
}

impl Workspaces {
    async fn may_send(&mut self, lanes: &Lanes, workspace_id: &str) -> bool {
        if let Some(may) = self.asked.get(workspace_id) {
            return *may;
        }
        if self.unknown {
            return false;
        }
        let rules = lanes.engine.rules(workspace_id).await;
        self.unknown = rules.is_err();
        let may = rules.is_ok_and(|rules| rules.settings.webhooks_enabled);
        self.asked.insert(workspace_id.to_owned(), may);
        may
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
