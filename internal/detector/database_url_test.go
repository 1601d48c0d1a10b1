package detector_test

import (
	"testing"
)

func TestDatabaseURL(t *testing.T) {
	check(t, "database_url",
		found("amqps://a:b2@mq, POSTGRESQL://a:b2@db;", "amqps://a:b2@mq", "POSTGRESQL://a:b2@db"),
		found("mongodb://u:p4ss@a:27017,b:27017,c.d:27017/x?y=z, then", "mongodb://u:p4ss@a:27017,b:27017,c.d:27017/x?y=z"),
		found("Jane,mysql://u:p4ss@db/x,Springfield", "mysql://u:p4ss@db/x"),
		none("postgres://u:[REDACTED_PASSWORD_1]@db/app"),
	)
}
