package pgtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestEachDatabaseIsEmptyAndItsOwn(t *testing.T) {
	one, two := URL(t), URL(t)
	bin, err := programs()
	if err != nil {
		t.Fatal(err)
	}
	query := func(url, sql string) string {
		output, err := exec.Command(filepath.Join(bin, "psql"), url, "-Atc", sql).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, output)
		}
		return strings.TrimSpace(string(output))
	}
	query(one, "CREATE TABLE here (x int)")
	const tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
	if got := query(one, tables) + query(two, tables); got != "10" {
		t.Fatalf("tables in the first and the second database: %s, want 10", got)
	}
	dump, err := Dump(one)
	if err != nil || !strings.Contains(string(dump), "CREATE TABLE public.here") {
		t.Fatalf("the dump does not have the table: %v", err)
	}
}

func TestStopLeavesNothing(t *testing.T) {
	URL(t) // skips where there is no PostgreSQL
	server, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(server.dir); !os.IsNotExist(err) {
		t.Fatalf("the folder is still there: %v", err)
	}
}
