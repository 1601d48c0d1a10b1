package store

import (
	"context"
	"database/sql"
	"embed"
	"io"
	"io/fs"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the tables up to date.
func migrate(ctx context.Context, db *sql.DB, isPostgres bool) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	dialect := goose.DialectSQLite3
	var options []goose.ProviderOption
	if isPostgres {
		dialect = goose.DialectPostgres
		// Two consoles that start at once must not both migrate.
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		options = append(options, goose.WithSessionLocker(locker))
	} else {
		files = sqliteFiles{files}
	}
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// forSQLite spells the migrations for SQLite, where an INTEGER PRIMARY KEY is the
// row's own number, which every index ends with anyway, and a table of little
// but its key needs no row beside it.
var forSQLite = strings.NewReplacer(
	"ord BIGINT PRIMARY KEY", "ord INTEGER PRIMARY KEY",
	"id BIGINT PRIMARY KEY", "id INTEGER PRIMARY KEY",
	"/*WITHOUT ROWID*/", "WITHOUT ROWID",
	", ord);", ");",
)

type sqliteFiles struct{ fs.FS }

// Open implements [fs.FS].
func (f sqliteFiles) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	return sqliteFile{file, strings.NewReader(forSQLite.Replace(string(text)))}, nil
}

type sqliteFile struct {
	fs.File
	text *strings.Reader
}

func (f sqliteFile) Read(p []byte) (int, error) { return f.text.Read(p) }
