-- One set of tables for SQLite and PostgreSQL; migrate.go says what differs.
--
-- Times are milliseconds since 1970 in UTC. An ord is a place in time: the
-- milliseconds, shifted by 21 bits, and below them what tells apart what came in
-- the same one. So one integer sorts by time, bounds it, and is a cursor.

-- +goose Up
CREATE TABLE counters (
	name TEXT PRIMARY KEY,
	value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('seq', 0), ('names', 0), ('trail', 0), ('events', 0), ('event_bytes', 0);

-- What stands in many events: an integer instead of a text in every index.
CREATE TABLE names (
	id BIGINT PRIMARY KEY,
	kind TEXT NOT NULL,
	name TEXT NOT NULL,
	UNIQUE (kind, name)
);

CREATE TABLE events (
	ord BIGINT PRIMARY KEY,
	seq BIGINT NOT NULL,
	id BYTEA NOT NULL,
	exchange BYTEA NOT NULL,
	gateway INTEGER NOT NULL,
	proxy INTEGER NOT NULL,
	policy INTEGER NOT NULL,
	direction INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	request_id TEXT,
	trace_id TEXT,
	size BIGINT NOT NULL,
	record TEXT NOT NULL
);
CREATE UNIQUE INDEX events_seq ON events (seq);
CREATE UNIQUE INDEX events_id ON events (id);
CREATE INDEX events_exchange ON events (exchange);
CREATE INDEX events_request ON events (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX events_trace ON events (trace_id) WHERE trace_id IS NOT NULL;

-- For each name, the events that have it, sorted by time: proxy, policy, gateway,
-- direction, outcome, rules, actions, placeholders, and every severity up to the
-- worst. All filters go along these lists, so that no planner can choose to look
-- at all events instead.
CREATE TABLE event_tags (
	tag INTEGER NOT NULL,
	ord BIGINT NOT NULL,
	PRIMARY KEY (tag, ord)
) /*WITHOUT ROWID*/;

CREATE TABLE event_counts (
	step INTEGER NOT NULL,
	time BIGINT NOT NULL,
	proxy INTEGER NOT NULL,
	direction INTEGER NOT NULL,
	outcome INTEGER NOT NULL,
	total BIGINT NOT NULL,
	PRIMARY KEY (step, time, proxy, direction, outcome)
) /*WITHOUT ROWID*/;
CREATE TABLE finding_counts (
	step INTEGER NOT NULL,
	time BIGINT NOT NULL,
	proxy INTEGER NOT NULL,
	rule INTEGER NOT NULL,
	severity INTEGER NOT NULL,
	action INTEGER NOT NULL,
	total BIGINT NOT NULL,
	PRIMARY KEY (step, time, proxy, rule, severity, action)
) /*WITHOUT ROWID*/;

CREATE TABLE alerts (
	ord BIGINT PRIMARY KEY,
	id BYTEA NOT NULL UNIQUE,
	last BIGINT NOT NULL,
	type TEXT NOT NULL,
	severity INTEGER NOT NULL,
	rule TEXT NOT NULL,
	proxy TEXT NOT NULL,
	policy TEXT NOT NULL,
	total BIGINT NOT NULL,
	state TEXT NOT NULL,
	state_by TEXT NOT NULL,
	state_at BIGINT NOT NULL,
	notes INTEGER NOT NULL,
	record TEXT NOT NULL
);
CREATE INDEX alerts_state ON alerts (state, ord);
CREATE INDEX alerts_type ON alerts (type, ord);
CREATE INDEX alerts_proxy ON alerts (proxy, ord);
CREATE INDEX alerts_policy ON alerts (policy, ord);
CREATE INDEX alerts_rule ON alerts (rule, ord);
CREATE INDEX alerts_severity ON alerts (severity, state);
CREATE TABLE alert_notes (
	alert BYTEA NOT NULL,
	number INTEGER NOT NULL,
	time BIGINT NOT NULL,
	who TEXT NOT NULL,
	text TEXT NOT NULL,
	PRIMARY KEY (alert, number)
);

CREATE TABLE policy_versions (
	policy TEXT NOT NULL,
	number INTEGER NOT NULL,
	text TEXT NOT NULL,
	digest TEXT NOT NULL,
	author TEXT NOT NULL,
	time BIGINT NOT NULL,
	comment TEXT NOT NULL,
	PRIMARY KEY (policy, number)
);

CREATE TABLE gateways (
	name TEXT PRIMARY KEY,
	version TEXT NOT NULL,
	started BIGINT NOT NULL,
	seen BIGINT NOT NULL,
	dropped BIGINT NOT NULL
);
CREATE TABLE proxies (
	name TEXT PRIMARY KEY,
	policy TEXT NOT NULL,
	number INTEGER NOT NULL,
	assigned_by TEXT NOT NULL,
	assigned_at BIGINT NOT NULL
);
CREATE TABLE proxy_reports (
	proxy TEXT NOT NULL,
	gateway TEXT NOT NULL,
	seen BIGINT NOT NULL,
	record TEXT NOT NULL,
	PRIMARY KEY (proxy, gateway)
);

CREATE TABLE users (
	name TEXT PRIMARY KEY,
	role TEXT NOT NULL,
	subject TEXT UNIQUE,
	token BYTEA UNIQUE,
	created BIGINT NOT NULL,
	last_login BIGINT NOT NULL
);
CREATE TABLE sessions (
	hash BYTEA PRIMARY KEY,
	login TEXT NOT NULL,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	seen BIGINT NOT NULL
);

CREATE TABLE trail (
	ord BIGINT PRIMARY KEY,
	who TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	before_change TEXT NOT NULL,
	after_change TEXT NOT NULL,
	detail TEXT NOT NULL
);
CREATE INDEX trail_who ON trail (who, ord);
CREATE INDEX trail_action ON trail (action, ord);
CREATE INDEX trail_object ON trail (object, ord);

CREATE TABLE webhooks (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	url TEXT NOT NULL,
	form TEXT NOT NULL,
	sign_key TEXT NOT NULL,
	min_severity INTEGER NOT NULL,
	enabled INTEGER NOT NULL
);
CREATE TABLE deliveries (
	id TEXT PRIMARY KEY,
	webhook TEXT NOT NULL,
	alert BYTEA NOT NULL,
	state TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	next BIGINT NOT NULL,
	status INTEGER NOT NULL,
	error TEXT NOT NULL,
	created BIGINT NOT NULL,
	done BIGINT NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (next) WHERE state = 'pending';
CREATE INDEX deliveries_webhook ON deliveries (webhook, id);
CREATE INDEX deliveries_alert ON deliveries (alert);

CREATE TABLE settings (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
