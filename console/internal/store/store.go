// Package store keeps the console's data: audit events, alerts, policies,
// proxies, gateways, people and what they changed. One implementation serves
// SQLite and PostgreSQL with the same migrations and the same queries.
//
// It knows nothing of HTTP.
package store
