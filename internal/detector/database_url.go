package detector

import "strings"

var databaseURL = Detector{
	Name:        "database_url",
	Title:       "URL of a database or message broker with a password",
	Placeholder: "DATABASE_URL",
	Pattern: `(?<![0-9A-Za-z_])(?i:(?:postgres(?:ql)?|mysql|mariadb|mongodb|rediss?|amqps?|mssql|sqlserver|clickhouse|cockroachdb|oracle|cassandra|nats|couchbase)(?:\+[0-9a-z]{2,12})?` +
		`://[^\s:@/"'<>\\` + "`" + `]{0,64}:[^\s@/"'<>\\` + "`" + `]{1,128}@[^\s"'<>\\,;` + "`" + `]+(?:,[0-9a-z.-]+:[0-9]{2,5}[^\s"'<>\\,;` + "`" + `]*)*)`,
	Check:      checkDatabaseURL,
	Validation: "scheme, user and password in front of a host; no variables or other stand-ins",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS",
	Examples: Examples{
		Match: []Example{
			{"DATABASE_URL=postgres://app:s3cr3t@db.example.com:5432/app?sslmode=require", "postgres://app:s3cr3t@db.example.com:5432/app?sslmode=require"},
			{"connect to mongodb+srv://u:p4ss@cluster0.example.net/test.", "mongodb+srv://u:p4ss@cluster0.example.net/test"},
			{`"redis://:hunter2@cache:6379/0"`, "redis://:hunter2@cache:6379/0"},
			{"(mysql+pymysql://root:toor1@127.0.0.1/db)", "mysql+pymysql://root:toor1@127.0.0.1/db"},
		},
		NoMatch: []string{
			"postgres://localhost:5432/app", "postgres://app@localhost/app", "postgres://user:password@host/db", "postgres://app:${DB_PASSWORD}@db/app", "https://app:s3cr3t@db.example.com", "xpostgres://app:s3cr3t@db",
			"postgres://app:<password>@db/app", "redis://cache:6379/0",
		},
	},
}

// checkDatabaseURL leaves out what ends a sentence.
func checkDatabaseURL(value string) int {
	userinfo := value[strings.Index(value, "://")+3:]
	userinfo = userinfo[:strings.IndexByte(userinfo, '@')]
	if placeholder(userinfo[strings.IndexByte(userinfo, ':')+1:]) {
		return 0
	}
	return len(strings.TrimRight(value, ".,;:!?)]}"))
}
