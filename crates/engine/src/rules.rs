//! What holds for the webhooks of one workspace: its settings, and the guard's rules made of the instance's, the
//! workspace's own and the exceptions that an instance admin made for it.
//!
//! They are asked for with every attempt and seldom change, so they are remembered. The store counts the commits that
//! changed settings; what was read while the count was another, is read again. Saving, testing and sending ask here, and
//! so hear the same verdict.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{
    Problem,
    profile::FlowTaskDefaults,
    settings::{WebhookSettings, exceptions::Exceptions},
};
use egress::{Policy, PolicyRules};
use store::{Result, Store, tables::settings};

/// Workspaces that are remembered at once.
const REMEMBERED: usize = 10_000;

/// What holds in one workspace.
#[derive(Debug, Clone)]
pub struct Rules {
    pub settings: WebhookSettings,
    pub exceptions: Exceptions,
    /// Where its webhooks may go.
    pub policy: Policy,
}

impl Rules {
    /// The instance's rules with what the workspace adds: its settings only narrow them, the exceptions alone widen them,
    /// and what is forbidden by name stays forbidden.
    ///
    /// # Errors
    /// A stored setting is not one (it is checked before it is stored).
    fn compose(instance: &Policy, settings: WebhookSettings, exceptions: Exceptions) -> Result<Self, Problem> {
        let (forbidden, patterns) = (settings.forbidden()?, settings.patterns()?);
        let untouched = forbidden.is_empty() && patterns.is_empty() && exceptions.allow.is_empty();
        let policy = if untouched {
            instance.clone()
        } else {
            let mut rules: PolicyRules = (**instance).clone();
            rules.forbid.extend(forbidden);
            rules.allow.extend(&exceptions.allow);
            rules.workspace_url_regexes = patterns;
            rules.into()
        };
        Ok(Self {
            settings,
            exceptions,
            policy,
        })
    }

    /// What flow tasks have unless they say otherwise.
    pub fn flow_task(&self) -> FlowTaskDefaults {
        self.settings.flow_task()
    }
}

/// The rules of the workspaces that were asked for, each with the count of changes before it was read.
#[derive(Debug, Default)]
pub(crate) struct RulesCache {
    known: Mutex<HashMap<String, (u64, Arc<Rules>)>>,
}

impl RulesCache {
    /// The rules of a workspace as they are committed now.
    ///
    /// # Errors
    /// The store's.
    pub async fn get(&self, store: &Store, instance: &Policy, workspace_id: &str) -> Result<Arc<Rules>> {
        let changes = store.settings_changes();
        if let Some((read_at, rules)) = self.known().get(workspace_id)
            && *read_at == changes
        {
            return Ok(Arc::clone(rules));
        }
        let id = workspace_id.to_owned();
        let (own, exceptions) = store.read(move |tx| settings::of_workspace(tx, &id)).await?;
        let rules = Rules::compose(instance, own, exceptions)
            .map_err(|problem| store::Error::Statement(format!("settings of `{workspace_id}`: {problem}")))?;
        let rules = Arc::new(rules);
        let mut known = self.known();
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(workspace_id.to_owned(), (changes, Arc::clone(&rules)));
        Ok(rules)
    }

    /// A map has no broken state in between, so a panic elsewhere does not matter.
    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<String, (u64, Arc<Rules>)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use store::testing;

    use super::*;

    fn exceptions(allow: &[&str]) -> Exceptions {
        Exceptions {
            allow: allow.iter().map(|network| network.parse().unwrap()).collect(),
            ..Exceptions::default()
        }
    }

    fn refused(rules: &Rules, address: &str) -> bool {
        rules.policy.check_address(address.parse().unwrap()).is_err()
    }

    #[test]
    fn settings_narrow_exceptions_widen_and_what_is_forbidden_by_name_stays_so() {
        let settings = WebhookSettings {
            forbidden_ips: "10.1.0.0/16; 1.1.1.1".to_owned(),
            allowed_url_regexes: vec!["^https://hooks\\.".to_owned()],
            ..WebhookSettings::default()
        };
        let rules = Rules::compose(&Policy::default(), settings, exceptions(&["10.0.0.0/8", "169.254.0.0/16"])).unwrap();
        assert!(!refused(&rules, "10.2.0.1:443"));
        assert!(refused(&rules, "10.1.0.1:443"), "forbidden by the workspace");
        assert!(refused(&rules, "1.1.1.1:443") && !refused(&rules, "1.1.1.2:443"));
        assert!(refused(&rules, "169.254.169.254:80"), "metadata must be named alone");
        assert!(refused(&rules, "127.0.0.1:443"), "the defaults hold");
        assert!(egress::check_url(&rules.policy, "https://hooks.example.com/1").is_ok());
        assert!(egress::check_url(&rules.policy, "https://example.com/1").is_err());
        let rules = Rules::compose(&Policy::default(), WebhookSettings::default(), exceptions(&["169.254.169.254/32"])).unwrap();
        assert!(!refused(&rules, "169.254.169.254:80"));
    }

    #[test]
    fn a_workspace_cannot_loosen_the_instances_patterns() {
        let instance = Policy::from(PolicyRules {
            allowed_url_regexes: vec![regex::Regex::new("^https://a\\.").unwrap()],
            ..PolicyRules::default()
        });
        let settings = WebhookSettings {
            allowed_url_regexes: vec![".".to_owned()],
            ..WebhookSettings::default()
        };
        let rules = Rules::compose(&instance, settings, Exceptions::default()).unwrap();
        assert!(egress::check_url(&rules.policy, "https://a.example/").is_ok());
        assert!(egress::check_url(&rules.policy, "https://b.example/").is_err());
    }

    #[tokio::test]
    async fn a_committed_change_holds_at_once() {
        for kind in testing::kinds() {
            let (store, _database) = testing::store(kind).await;
            store.write(crate::fixture::people).await.unwrap();
            let (cache, instance) = (RulesCache::default(), Policy::default());
            let before = cache.get(&store, &instance, "wsp").await.unwrap();
            assert!(before.settings.webhooks_enabled);
            let again = cache.get(&store, &instance, "wsp").await.unwrap();
            assert!(Arc::ptr_eq(&before, &again), "it is remembered");
            let off = WebhookSettings {
                webhooks_enabled: false,
                log_days: Some(3),
                ..WebhookSettings::default()
            };
            store.write(move |tx| settings::set_webhooks(tx, "wsp", &off)).await.unwrap();
            let after = cache.get(&store, &instance, "wsp").await.unwrap();
            assert_eq!((after.settings.webhooks_enabled, after.settings.log_days), (false, Some(3)));
            store
                .write(|tx| settings::set_webhooks(tx, "wsp", &WebhookSettings::default()))
                .await
                .unwrap();
            assert_eq!(
                cache.get(&store, &instance, "wsp").await.unwrap().settings,
                WebhookSettings::default()
            );
            store.close().await;
        }
    }
}
