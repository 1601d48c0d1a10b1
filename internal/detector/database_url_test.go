package detector_test

import (
	"testing"
)

func TestDatabaseURL(t *testing.T) {
	check(t, "database_url",
		found("amqps://a:b2@mq, POSTGRESQL://a:b2@db;", "amqps://a:b2@mq", "POSTGRESQL://a:b2@db"),
		none("postgres://u:[REDACTED_PASSWORD_1]@db/app"),
	)
}
