// Package pgtest runs a PostgreSQL server of its own for tests, from the programs
// of Debian's package postgresql: in a temporary folder, on a Unix socket, gone
// with the tests.
//
// It knows nothing of what is kept in the databases.
package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// RequireEnv is the environment variable that, set to 1, makes tests fail where
// they would be skipped because PostgreSQL is not installed.
const RequireEnv = "REDACT_REQUIRE_POSTGRES"

// shared is the server of this test program.
var shared struct {
	sync.Once
	server *Server
	err    error
}

// Main runs the tests of a package, from its TestMain, and stops the server that
// they have started.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.server != nil {
		if err := shared.server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "pgtest:", err)
		}
	}
	return code
}

// URL returns the URL of a new, empty database. Without PostgreSQL's programs the
// test is skipped, or fails if [RequireEnv] says so. The package's TestMain must
// call [Main].
func URL(t testing.TB) string {
	t.Helper()
	if _, err := programs(); err != nil {
		if os.Getenv(RequireEnv) == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	// What tests write need not outlast the machine.
	shared.Do(func() { shared.server, shared.err = Start("fsync=off", "full_page_writes=off") })
	if shared.err != nil {
		t.Fatal(shared.err)
	}
	url, err := shared.server.Create()
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// Server is a running PostgreSQL server.
type Server struct {
	dir     string
	bin     string
	account *syscall.Credential
	process *exec.Cmd
	ended   chan error
	created atomic.Int64
}

// Start starts a server with settings such as "fsync=off". Root cannot run one,
// so it is run as the user postgres then.
func Start(settings ...string) (s *Server, err error) {
	s = &Server{ended: make(chan error, 1)}
	if s.bin, err = programs(); err != nil {
		return nil, err
	}
	// Paths of sockets must be short, so not in a test's own folder.
	if s.dir, err = os.MkdirTemp("", "pgtest"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(s.dir))
		}
	}()
	if os.Getuid() == 0 {
		if err := s.useAccount("postgres"); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(s.dir, "data")
	if err := s.run("initdb", "--pgdata="+data, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"); err != nil {
		return nil, err
	}
	args := []string{"-D", data, "-k", s.dir, "-c", "listen_addresses="}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	s.process = s.command("postgres", args...)
	log, err := os.Create(filepath.Join(s.dir, "log"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, log.Close()) }() // the server has its own
	s.process.Stderr = log
	// A test program that is killed takes the server with it. The kernel watches
	// the thread that started it, which must therefore not end before.
	s.process.SysProcAttr.Pdeathsig = syscall.SIGQUIT
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := s.process.Start()
		started <- err
		if err == nil {
			s.ended <- s.process.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return s, s.await()
}

// await waits until the server takes connections.
func (s *Server) await() error {
	tooLate := time.After(time.Minute)
	for {
		if s.run("pg_isready", "--quiet", "--host="+s.dir) == nil {
			return nil
		}
		select {
		case err := <-s.ended:
			text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("postgres ended at once: %w: %s", err, text)
		case <-tooLate:
			return errors.Join(errors.New("postgres takes no connections after a minute"), s.Stop())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Create creates an empty database and returns its URL.
func (s *Server) Create() (string, error) {
	name := "test" + strconv.FormatInt(s.created.Add(1), 10)
	if err := s.run("createdb", "--host="+s.dir, "--username=postgres", name); err != nil {
		return "", err
	}
	return "postgres:///" + name + "?user=postgres&host=" + s.dir, nil
}

// Dump returns what pg_dump writes of a database that [Server.Create] has made.
func Dump(url string) ([]byte, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	return exec.Command(filepath.Join(bin, "pg_dump"), url).Output()
}

// Stop stops the server and removes its folder.
func (s *Server) Stop() error {
	if err := s.process.Process.Signal(syscall.SIGINT); err != nil { // a fast shutdown
		return err
	}
	err := <-s.ended
	return errors.Join(err, os.RemoveAll(s.dir))
}

// useAccount makes the programs run as a user, who owns the folder.
func (s *Server) useAccount(name string) error {
	account, err := user.Lookup(name)
	if err != nil {
		return err
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return err
	}
	s.account = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return os.Chown(s.dir, int(uid), int(gid))
}

func (s *Server) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command(filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.account}
	return cmd
}

func (s *Server) run(program string, args ...string) error {
	if output, err := s.command(program, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", program, err, output)
	}
	return nil
}

// programs returns the folder of PostgreSQL's programs.
func programs() (string, error) {
	// The newest one last.
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb); on Debian: apt-get install postgresql")
	}
	return filepath.Dir(found[len(found)-1]), nil
}
