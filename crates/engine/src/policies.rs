//! The guard's rules, compiled once: one for webhooks, one for the runner's requests, and one for webhooks that point to
//! an own source.

use egress::{Policy, PolicyRules, own::interface_addresses, policy::parse_networks};

use crate::config::EngineConfig;

/// What `runner_private` opens: the networks of a company and of this machine, but never link-local addresses, where
/// clouds keep their credentials.
const PRIVATE: &str = "10.0.0.0/8;172.16.0.0/12;192.168.0.0/16;100.64.0.0/10;127.0.0.0/8;::1/128;fc00::/7";

/// The compiled rules of this instance.
#[derive(Debug, Clone)]
pub(crate) struct Policies {
    /// For webhooks.
    pub webhooks: Policy,
    /// For the requests of collections.
    pub runner: Policy,
    /// For a webhook that a person pointed to an own source: the node's own endpoint, and no other address of its kind.
    pub own_source: Policy,
}

impl Policies {
    pub(crate) fn new(config: &EngineConfig) -> Self {
        let egress = &config.egress;
        let webhooks = PolicyRules {
            allow_http: egress.allow_http,
            allow: egress.allow.clone(),
            allow_endpoints: egress.allow_endpoints.clone(),
            forbid: egress.forbid.clone(),
            allowed_url_regexes: egress.allowed_url_regexes.clone(),
            own_listeners: config.self_addr.into_iter().collect(),
            own_addresses: interface_addresses(),
            bind: egress.bind,
            proxy: egress.proxy.clone(),
            ..PolicyRules::default()
        };
        // The URL patterns are for receivers that people enter, the source address and the proxy for the way out.
        let own_source = PolicyRules {
            allow_http: true,
            allow_endpoints: config.self_addr.into_iter().collect(),
            allowed_url_regexes: Vec::new(),
            bind: None,
            proxy: None,
            ..webhooks.clone()
        };
        let mut runner = PolicyRules {
            allow_http: true,
            allowed_url_regexes: Vec::new(),
            ..webhooks.clone()
        };
        if egress.runner_private {
            runner.allow.extend(parse_networks(PRIVATE).unwrap_or_default());
            runner.allow_endpoints = own_source.allow_endpoints.clone();
        }
        Self {
            webhooks: webhooks.into(),
            runner: runner.into(),
            own_source: own_source.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::EgressSettings;

    #[test]
    fn only_an_own_source_reaches_this_node_and_only_its_endpoint() {
        let policies = Policies::new(&EngineConfig {
            self_addr: "127.0.0.1:8484".parse().ok(),
            ..EngineConfig::default()
        });
        let own = "127.0.0.1:8484".parse().unwrap();
        assert!(policies.webhooks.check_address(own).is_err());
        assert!(policies.runner.check_address(own).is_err());
        assert!(policies.own_source.check_address(own).is_ok());
        assert!(policies.own_source.check_address("127.0.0.1:8485".parse().unwrap()).is_err());
    }

    #[test]
    fn the_runner_may_check_private_addresses_when_it_is_allowed_to_but_never_metadata() {
        let egress = EgressSettings {
            runner_private: true,
            ..EgressSettings::default()
        };
        let policies = Policies::new(&EngineConfig {
            egress,
            ..EngineConfig::default()
        });
        assert!(policies.runner.check_address("10.1.2.3:80".parse().unwrap()).is_ok());
        assert!(policies.runner.check_address("[fd00::1]:80".parse().unwrap()).is_ok());
        assert!(policies.runner.check_address("169.254.169.254:80".parse().unwrap()).is_err());
        assert!(policies.webhooks.check_address("10.1.2.3:80".parse().unwrap()).is_err());
    }
}
