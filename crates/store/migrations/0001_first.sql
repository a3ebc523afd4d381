-- The first schema. One text for SQLite and PostgreSQL: BIGINT, TEXT, BYTEA only;
-- booleans are 0/1, times are microseconds since the Unix epoch, JSON is TEXT,
-- WITHOUT ROWID is left out on PostgreSQL; columns named *_sealed hold vault text (AES-256-GCM), *_hash SHA-256 hex of a token.

CREATE TABLE users (
  id TEXT PRIMARY KEY,              -- digits, as Postman's user_id
  email TEXT NOT NULL UNIQUE,       -- lower case
  name TEXT NOT NULL,
  password_hash TEXT NOT NULL,      -- argon2id, PHC string
  instance_admin BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  disabled_at BIGINT
);

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  csrf TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE TABLE workspaces (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  owner_id TEXT NOT NULL REFERENCES users(id),
  settings TEXT NOT NULL DEFAULT '{}',
  created_at BIGINT NOT NULL
);

CREATE TABLE members (
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  role TEXT NOT NULL,               -- admin, editor, viewer
  mails BIGINT NOT NULL DEFAULT 1,  -- whether notices are mailed to them
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, user_id)
);
CREATE INDEX members_user ON members(user_id);

CREATE TABLE api_tokens (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL UNIQUE,
  hint TEXT NOT NULL,               -- last characters, for people
  scopes TEXT NOT NULL,             -- JSON array: read, write, publish, admin
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  last_used_at BIGINT
);
CREATE INDEX api_tokens_workspace ON api_tokens(workspace_id);

CREATE TABLE settings (
  scope TEXT NOT NULL,              -- 'instance' or a workspace id
  key TEXT NOT NULL,                -- of a workspace: a name as in the API (forbiddenIPs, logDays …), or egress
  value TEXT NOT NULL,              -- JSON
  PRIMARY KEY (scope, key)
);

CREATE TABLE activities (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  user_id TEXT NOT NULL,
  user_name TEXT NOT NULL,
  action TEXT NOT NULL,
  model TEXT NOT NULL,
  model_uid TEXT NOT NULL,
  model_name TEXT NOT NULL,
  collection_uid TEXT NOT NULL,
  collection_name TEXT NOT NULL,
  message TEXT NOT NULL
);
CREATE INDEX activities_workspace ON activities(workspace_id, at);

CREATE TABLE collections (
  id TEXT PRIMARY KEY,              -- UUID; uid is <owner's user id>-<id>
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  uid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX collections_workspace ON collections(workspace_id, name);

CREATE TABLE collection_versions (
  collection_id TEXT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  document TEXT NOT NULL,           -- the Postman document as imported
  requests BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (collection_id, version)
);

CREATE TABLE environments (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  uid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX environments_workspace ON environments(workspace_id, name);

CREATE TABLE environment_versions (
  environment_id TEXT NOT NULL REFERENCES environments(id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  document_sealed TEXT NOT NULL,
  variables BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  PRIMARY KEY (environment_id, version)
);

CREATE TABLE monitors (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  uid TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  collection_id TEXT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
  environment_id TEXT REFERENCES environments(id) ON DELETE SET NULL,
  owner_id TEXT NOT NULL,
  schedule TEXT NOT NULL,           -- JSON, domain::schedule::Schedule
  options TEXT NOT NULL,            -- JSON, domain::run::RunOptions
  tags TEXT NOT NULL DEFAULT '[]',
  active BIGINT NOT NULL,
  next_due_at BIGINT,
  series TEXT NOT NULL,             -- renewed when the sequence restarts
  sequence BIGINT NOT NULL DEFAULT 0,
  last_run_id TEXT,
  last_status TEXT,
  last_finished_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX monitors_workspace ON monitors(workspace_id, name);
CREATE INDEX monitors_due ON monitors(next_due_at) WHERE active = 1;

CREATE TABLE missed_slots (
  monitor_id TEXT NOT NULL REFERENCES monitors(id) ON DELETE CASCADE,
  first_due_at BIGINT NOT NULL,
  last_due_at BIGINT NOT NULL,
  slots BIGINT NOT NULL,
  reason TEXT NOT NULL,             -- down, overlap
  PRIMARY KEY (monitor_id, first_due_at)
);

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,               -- monitor, test, job
  monitor_id TEXT REFERENCES monitors(id) ON DELETE CASCADE,
  run_type TEXT NOT NULL,           -- scheduled, manual, webhook
  series TEXT NOT NULL,
  sequence BIGINT NOT NULL,
  state TEXT NOT NULL,              -- queued, running, finished
  status TEXT,                      -- success, failure, error, abort
  tries BIGINT NOT NULL DEFAULT 0,  -- retry on failure: finished tries before the last
  starts BIGINT NOT NULL DEFAULT 0, -- how often a node began it (restarts)
  queued_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  started_at BIGINT,
  finished_at BIGINT,
  started_by TEXT,
  metrics TEXT,                     -- JSON, domain::run::Metrics
  total_latency_ms BIGINT,          -- the metrics' totalLatency: charts read thousands of rows
  failures TEXT,                    -- JSON, domain::run::FailureLine[] (first 20)
  error TEXT,
  input TEXT,
  collection_version BIGINT,
  environment_version BIGINT
);
CREATE UNIQUE INDEX runs_sequence ON runs(monitor_id, series, sequence);
CREATE INDEX runs_monitor ON runs(monitor_id, queued_at);
CREATE INDEX runs_workspace ON runs(workspace_id, queued_at);
CREATE INDEX runs_unfinished ON runs(queued_at) WHERE state <> 'finished';
CREATE INDEX runs_monitor_unfinished ON runs(monitor_id) WHERE state <> 'finished';
CREATE INDEX runs_finished ON runs(workspace_id, finished_at) WHERE state = 'finished';

CREATE TABLE run_executions (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  try_number BIGINT NOT NULL,
  position BIGINT NOT NULL,
  name TEXT NOT NULL,
  method TEXT NOT NULL,
  url TEXT NOT NULL,
  status_code BIGINT,
  response_time_us BIGINT,
  response_size BIGINT,
  failed BIGINT NOT NULL,
  detail TEXT NOT NULL,             -- JSON, collection::report::Execution
  PRIMARY KEY (run_id, try_number, position)
);

CREATE TABLE events (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  subject TEXT NOT NULL,            -- id of the monitor, collection … it is about, or ''
  at BIGINT NOT NULL,               -- the publisher's own time
  created_at BIGINT NOT NULL,       -- when it arrived: retention counts from here
  data TEXT NOT NULL,               -- JSON object
  import BIGINT NOT NULL DEFAULT 0,
  hops BIGINT NOT NULL DEFAULT 0,   -- how many Watchbells it passed through
  publish_key TEXT,
  publish_digest TEXT               -- SHA-256 of the published body, for 409
);
CREATE INDEX events_arrival ON events(workspace_id, created_at, id);
CREATE UNIQUE INDEX events_publish_key ON events(workspace_id, publish_key) WHERE publish_key IS NOT NULL;

CREATE TABLE webhooks (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  profile TEXT NOT NULL,
  url TEXT NOT NULL,                -- '' when source_id names an own source
  source_id TEXT,                   -- one-click target: an own source
  events TEXT NOT NULL,             -- JSON array of patterns
  subject TEXT NOT NULL DEFAULT '', -- only events about this monitor/collection; '' is any
  filter TEXT NOT NULL DEFAULT '',  -- CEL expression over the event; '' lets all pass
  trigger_rule TEXT NOT NULL,       -- JSON, domain::trigger::TriggerRule
  options TEXT NOT NULL,            -- JSON, domain::webhook::WebhookOptions
  retry_policy TEXT,                -- JSON, domain::retry::RetryPolicy; NULL: the profile's
  secret_sealed TEXT,
  old_secret_sealed TEXT,
  old_secret_ends_at BIGINT,
  headers_sealed TEXT,              -- JSON object of the user's headers
  certificate_sealed TEXT,          -- JSON, the client certificate with its key, PEM
  owner_id TEXT NOT NULL,
  enabled BIGINT NOT NULL,
  disabled_reason TEXT,
  disabled_at BIGINT,
  deleted_at BIGINT,                -- being deleted: its log goes in small steps, then the row
  failing_since BIGINT,             -- first failed attempt after the last success
  failed_attempts BIGINT NOT NULL DEFAULT 0,
  last_success_at BIGINT,
  last_attempt_at BIGINT,
  probe_at BIGINT,                  -- an open lane's next probe; NULL: lane closed
  drop_before BIGINT,               -- what waits since then is dropped in small steps, for this reason
  drop_reason TEXT,
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX webhooks_workspace ON webhooks(workspace_id, name);
CREATE INDEX webhooks_dropping ON webhooks(drop_before) WHERE drop_before IS NOT NULL;
CREATE INDEX webhooks_deleted ON webhooks(deleted_at) WHERE deleted_at IS NOT NULL;

-- The event types that a workspace registered: what its webhooks may choose from.
CREATE TABLE event_types (
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  type TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, type)
);

-- Jobs that send again: what failed since a time (recover), or a range of events (replay).
CREATE TABLE replays (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  webhook_id TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,               -- recover, replay
  state TEXT NOT NULL,              -- running, paused, cancelled, finished
  since BIGINT NOT NULL,
  until BIGINT NOT NULL,
  event_type TEXT NOT NULL DEFAULT '',
  per_second BIGINT NOT NULL,       -- rate cap
  total BIGINT NOT NULL,            -- counted when it was made
  done BIGINT NOT NULL DEFAULT 0,   -- queued so far
  gone BIGINT NOT NULL DEFAULT 0,   -- counted, and not there any more when its turn came
  cursor_at BIGINT NOT NULL,        -- where it goes on: time and id of the last one looked at
  cursor_id TEXT NOT NULL DEFAULT '',
  due_at BIGINT NOT NULL,           -- when the next delivery may go out
  reason TEXT,                      -- why it was paused or cancelled
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE INDEX replays_webhook ON replays(webhook_id, created_at);
CREATE INDEX replays_running ON replays(id) WHERE state = 'running';

-- Mail on its way: at least once, like a delivery.
CREATE TABLE mails (
  id TEXT PRIMARY KEY,
  workspace_id TEXT,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  due_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX mails_due ON mails(due_at);

CREATE TABLE webhook_subscriptions (
  workspace_id TEXT NOT NULL,
  pattern TEXT NOT NULL,            -- exact type, 'prefix.*' or '*'
  subject TEXT NOT NULL,
  webhook_id TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
  PRIMARY KEY (workspace_id, pattern, subject, webhook_id)
);
CREATE INDEX webhook_subscriptions_webhook ON webhook_subscriptions(webhook_id);

CREATE TABLE trigger_states (
  webhook_id TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,              -- JSON, domain::trigger::TriggerState
  PRIMARY KEY (webhook_id, subject)
);

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  webhook_id TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  kind TEXT NOT NULL,               -- event, test, resend, replay
  state TEXT NOT NULL,              -- pending, delivered, failed, dropped
  reason TEXT,                      -- why dropped or failed, or which rule let it pass
  attempts BIGINT NOT NULL DEFAULT 0,
  due_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  finished_at BIGINT,
  replay_id TEXT,                   -- the replay job that made it
  queue BIGINT NOT NULL,            -- which of its lane's two queues it stands in: 0 live, 1 replays
  coalesce_key TEXT                 -- type and subject, where only the newest of them is sent
) WITHOUT ROWID;                    -- SQLite's: rows are small and found by id, one tree does instead of two
-- The one that a newer event of the same type and subject replaces.
CREATE INDEX deliveries_coalescing ON deliveries(webhook_id, coalesce_key)
  WHERE state = 'pending' AND attempts = 0 AND coalesce_key IS NOT NULL;
-- What a lane loads: what is live, and replays beside it.
CREATE INDEX deliveries_pending ON deliveries(webhook_id, queue, due_at, id) WHERE state = 'pending';
-- Strict order begins with what was tried before, due or not, and tests stand beside it.
CREATE INDEX deliveries_tried ON deliveries(webhook_id, queue, created_at, id) WHERE state = 'pending' AND attempts > 0;
CREATE INDEX deliveries_tests ON deliveries(webhook_id, id) WHERE state = 'pending' AND kind = 'test';
CREATE INDEX deliveries_replay ON deliveries(replay_id, state, attempts) WHERE replay_id IS NOT NULL;
CREATE INDEX deliveries_webhook ON deliveries(webhook_id, created_at);
CREATE INDEX deliveries_event ON deliveries(event_id);

CREATE TABLE attempts (
  id TEXT NOT NULL,
  delivery_id TEXT NOT NULL,
  webhook_id TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
  event_id TEXT NOT NULL,
  event_type TEXT NOT NULL,
  number BIGINT NOT NULL,
  at BIGINT NOT NULL,
  duration_us BIGINT NOT NULL,
  phases TEXT NOT NULL,             -- JSON, µs by phase
  success BIGINT NOT NULL,
  verdict TEXT NOT NULL,            -- stable code: ok, http_status, timeout_headers …
  status_code BIGINT,
  message TEXT,                     -- what went wrong, for people
  remote TEXT,
  http_version TEXT,
  method TEXT NOT NULL,             -- as sent; empty: nothing was
  request_url TEXT NOT NULL,
  request_headers TEXT NOT NULL,    -- JSON array of pairs
  request_body BYTEA NOT NULL,
  response_headers TEXT,
  response_body BYTEA,
  response_truncated BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (delivery_id, id)
);
-- Success and duration ride along: rates and charts never read the rows, which hold the bodies.
CREATE INDEX attempts_webhook ON attempts(webhook_id, at, success, duration_us);

CREATE TABLE sources (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  provider TEXT NOT NULL,           -- postman, watchbell
  token_hash TEXT NOT NULL UNIQUE,
  token_hint TEXT NOT NULL,
  token_sealed TEXT NOT NULL,       -- for webhooks that point here by one click
  old_token_hash TEXT UNIQUE,
  old_token_ends_at BIGINT,
  enabled BIGINT NOT NULL,
  failures BIGINT NOT NULL DEFAULT 0,
  successes BIGINT NOT NULL DEFAULT 0,
  last_receipt_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX sources_workspace ON sources(workspace_id, name);

CREATE TABLE source_keys (
  source_id TEXT NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  series TEXT,                      -- newest applied series and sequence
  sequence BIGINT,
  last_at BIGINT NOT NULL,
  last_incident_id TEXT,
  PRIMARY KEY (source_id, key)
);

CREATE TABLE receipts (
  id TEXT PRIMARY KEY,
  source_id TEXT NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  method TEXT NOT NULL,
  query TEXT NOT NULL,              -- token masked
  headers TEXT NOT NULL,            -- JSON array of pairs, credentials masked
  body BYTEA NOT NULL,
  remote TEXT NOT NULL,
  sender_id TEXT,                   -- webhook-id or Idempotency-Key
  verdict TEXT NOT NULL,            -- accepted, quarantined
  action TEXT NOT NULL,
  incident_id TEXT,
  key TEXT,
  problem TEXT                      -- JSON problem with the path that failed
);
CREATE INDEX receipts_source ON receipts(source_id, at);
CREATE INDEX receipts_sender ON receipts(source_id, sender_id) WHERE sender_id IS NOT NULL;

CREATE TABLE incidents (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  number BIGINT NOT NULL,           -- 1, 2, 3 … in the workspace
  source_id TEXT NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  title TEXT NOT NULL,
  state TEXT NOT NULL,              -- open, acknowledged, resolved
  failures BIGINT NOT NULL,
  cause TEXT NOT NULL,              -- JSON, newest observation's summary
  opened_at BIGINT NOT NULL,
  last_failure_at BIGINT NOT NULL,
  acknowledged_at BIGINT,
  acknowledged_by TEXT,
  resolved_at BIGINT,
  resolved_by TEXT,                 -- user's name, or '' for a good run
  previous_id TEXT
);
CREATE UNIQUE INDEX incidents_unresolved ON incidents(source_id, key) WHERE state <> 'resolved';
CREATE UNIQUE INDEX incidents_number ON incidents(workspace_id, number);
CREATE INDEX incidents_workspace ON incidents(workspace_id, opened_at);

CREATE TABLE incident_entries (
  id TEXT PRIMARY KEY,
  incident_id TEXT NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,               -- opened, failure, acknowledged, note, resolved, reopened, renamed, stale, duplicate
  user_name TEXT NOT NULL,          -- '' for the system
  receipt_id TEXT,
  text TEXT NOT NULL
);
CREATE INDEX incident_entries_incident ON incident_entries(incident_id, at);

CREATE TABLE bins (
  id TEXT PRIMARY KEY,              -- unguessable, part of its URL
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  status BIGINT NOT NULL,
  headers TEXT NOT NULL,            -- JSON array of pairs
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX bins_workspace ON bins(workspace_id);

CREATE TABLE bin_requests (
  id TEXT PRIMARY KEY,
  bin_id TEXT NOT NULL REFERENCES bins(id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  method TEXT NOT NULL,
  path TEXT NOT NULL,
  query TEXT NOT NULL,
  headers TEXT NOT NULL,
  body BYTEA NOT NULL,
  remote TEXT NOT NULL
);
CREATE INDEX bin_requests_bin ON bin_requests(bin_id, at);

CREATE TABLE notices (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces(id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  link TEXT NOT NULL,
  count BIGINT NOT NULL DEFAULT 1,  -- how often, where one notice stands for several
  read_at BIGINT
);
CREATE INDEX notices_workspace ON notices(workspace_id, at);
CREATE INDEX notices_unread ON notices(workspace_id) WHERE read_at IS NULL;
