package compose

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The images that docker-compose.yml names.
const (
	builderImage    = "krakend/builder:2.12.1"
	krakendImage    = "krakend:2.12.1"
	prometheusImage = "prom/prometheus:v2.53.1"
	postgresImage   = "postgres:17.6-alpine"
)

// standInLabel marks the stand-ins and, as labels are inherited, all that is built
// from them: it is how they are found and removed again.
const (
	standInLabel = "krakend-redact.stand-in"
	standInRoot  = "krakend-redact-stand-in:root"
)

// haveImages makes sure that all images can be used, or skips the test.
func haveImages(t *testing.T) {
	t.Helper()
	removeStandIns(t) // of a test that was killed
	have := map[string]bool{}
	for _, image := range []string{builderImage, krakendImage, prometheusImage, postgresImage} {
		if _, err := docker("image", "inspect", image); err == nil {
			have[image] = true
		} else if _, err := docker("pull", "-q", image); err == nil {
			have[image] = true
		}
	}
	if have[builderImage] != have[krakendImage] {
		t.Skipf("of %s and %s only one can be had, and a stand-in does not fit the other", builderImage, krakendImage)
	}
	if have[builderImage] && have[prometheusImage] && have[postgresImage] {
		return
	}
	t.Cleanup(func() { removeStandIns(t) })

	suite := debianSuite(t)
	dir := t.TempDir()
	importRoot(t, dir, suite)
	if !have[builderImage] {
		builderStandIn(t, dir)
		krakendStandIn(t, dir)
	}
	if !have[postgresImage] {
		postgresStandIn(t, dir)
	}
	if !have[prometheusImage] {
		// KrakenD's metrics need a real Prometheus, Debian's is one.
		build(t, prometheusImage, `RUN cd /tmp && apt-get update -q && apt-get download -q prometheus && dpkg -x prometheus_*.deb x && mv x/usr/bin/prom* /usr/bin/ && rm -r x *.deb
`)
	}
}

func removeStandIns(t *testing.T) {
	out, err := docker("images", "-aq", "--filter", "label="+standInLabel)
	if err != nil {
		t.Error(err)
		return
	}
	if ids := strings.Fields(out); len(ids) > 0 {
		// Those that others are made of go with them, and are then not found.
		_, _ = docker(append([]string{"rmi", "-f"}, ids...)...)
	}
	if left, err := docker("images", "-q", "--filter", "label="+standInLabel); err != nil || left != "" {
		t.Errorf("stand-ins are left: %s %v", left, err)
	}
}

// debianSuite is the machine's own: programs built on it run in the stand-ins, too.
func debianSuite(t *testing.T) string {
	t.Helper()
	if _, err := exec.LookPath("debootstrap"); err != nil {
		t.Skip("the images can neither be pulled nor replaced: debootstrap is not installed")
	}
	release, err := os.ReadFile("/etc/os-release")
	if err != nil {
		t.Skipf("the images can neither be pulled nor replaced: %v", err)
	}
	values := map[string]string{}
	for line := range strings.Lines(string(release)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		values[name] = strings.Trim(value, `"`)
	}
	if values["ID"] != "debian" || os.Getuid() != 0 {
		t.Skip("the images can be neither pulled nor replaced: that takes a Debian and its root user")
	}
	return values["VERSION_CODENAME"]
}

func importRoot(t *testing.T, dir, suite string) {
	t.Helper()
	files := filepath.Join(dir, "root")
	run(t, nil, "debootstrap", "--variant=minbase", "--include=ca-certificates,wget", suite, files, "http://deb.debian.org/debian")
	pipe(t, exec.Command("tar", "-C", files, "-c", "."),
		exec.Command("docker", "import", "-c", "LABEL "+standInLabel+"=1", "-", standInRoot))
	if err := os.RemoveAll(files); err != nil {
		t.Error(err)
	}
}

// builderStandIn has this machine's Go at this machine's paths: what is built in it
// is, to the byte, what is built outside, as a plugin has to be.
func builderStandIn(t *testing.T, dir string) {
	t.Helper()
	env := goEnv(t, "GOROOT", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GONOSUMDB")
	goroot, modules := env[0], env[1]
	build(t, builderImage, fmt.Sprintf(`RUN apt-get update -q && apt-get install -qy --no-install-recommends gcc libc6-dev
COPY certs /etc/ssl/certs
COPY %s %s
ENV PATH=%s/bin:/usr/bin:/bin GOTOOLCHAIN=local GOMODCACHE=%s GOPROXY=%s GOSUMDB=%s GONOSUMDB=%s
`, filepath.Base(goroot), goroot, goroot, modules, env[2], env[3], env[4]),
		"-C", "/etc/ssl", "certs", "-C", filepath.Dir(goroot), "--exclude="+filepath.Base(goroot)+"/test", filepath.Base(goroot))
}

func krakendStandIn(t *testing.T, dir string) {
	t.Helper()
	// Built with cgo and without -trimpath, as the plugins are in the Dockerfile.
	run(t, []string{"CGO_ENABLED=1"}, "go", "build", "-o", filepath.Join(dir, "krakend"), "./cmd/krakend")
	build(t, krakendImage, `RUN useradd --uid 1000 --no-create-home krakend && mkdir /etc/krakend && echo '{ "version": 3 }' > /etc/krakend/krakend.json
COPY krakend /usr/bin/krakend
WORKDIR /etc/krakend
CMD ["krakend", "run", "-c", "krakend.json"]
`, "-C", dir, "krakend")
}

// postgresStandIn has Debian's PostgreSQL, and what docker-compose.yml needs of the
// start of the official image: a new database for the user that the environment names.
func postgresStandIn(t *testing.T, dir string) {
	t.Helper()
	const start = `#!/bin/sh
set -eu
PATH="$(echo /usr/lib/postgresql/*/bin):$PATH"
if [ ! -e "$PGDATA/PG_VERSION" ]; then
	(umask 077; mkdir -p "$PGDATA"; printf %s "$POSTGRES_PASSWORD" > /tmp/password)
	initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile=/tmp/password --auth=scram-sha-256 --encoding=UTF8
	echo "host all all all scram-sha-256" >> "$PGDATA/pg_hba.conf"
	pg_ctl -D "$PGDATA" -w -o "-c listen_addresses=''" start
	PGPASSWORD="$POSTGRES_PASSWORD" createdb -h /var/run/postgresql -U "$POSTGRES_USER" "$POSTGRES_USER"
	pg_ctl -D "$PGDATA" -w -m fast stop
fi
exec postgres -D "$PGDATA" -c "listen_addresses=*"
`
	if err := os.WriteFile(filepath.Join(dir, "start-postgres"), []byte(start), 0o755); err != nil {
		t.Fatal(err)
	}
	// Debian would start a cluster of its own, which takes a while and is not wanted.
	build(t, postgresImage, `RUN mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf && apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends postgresql && userdel postgres && useradd --uid 70 --no-create-home postgres && chmod 3777 /run/postgresql && mkdir -m 1777 /var/lib/postgresql/data
COPY start-postgres /usr/local/bin/start-postgres
CMD ["start-postgres"]
`, "-C", dir, "start-postgres")
}

func goEnv(t *testing.T, names ...string) []string {
	t.Helper()
	out := run(t, nil, "go", append([]string{"env"}, names...)...)
	return strings.Split(out, "\n")
}

// run works in the repository's root, where Go takes the toolchain of its go.mod.
func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	out, err := command(root, env, name, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// build builds an image on the stand-ins' root; files are arguments of tar that
// name what the instructions copy.
func build(t *testing.T, image, instructions string, files ...string) {
	t.Helper()
	dir := t.TempDir()
	dockerfile := "FROM " + standInRoot + "\n" + instructions
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte(dockerfile), 0o600); err != nil {
		t.Fatal(err)
	}
	pipe(t, exec.Command("tar", append([]string{"-ch", "-C", dir, "Dockerfile"}, files...)...),
		exec.Command("docker", "build", "-t", image, "-"))
}

// pipe connects two programs.
func pipe(t *testing.T, from, to *exec.Cmd) {
	t.Helper()
	var out, complaints bytes.Buffer
	from.Stderr, to.Stdout, to.Stderr = &complaints, &out, &out
	stream, err := from.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	to.Stdin = stream
	if err := from.Start(); err != nil {
		t.Fatal(err)
	}
	toErr := to.Run()
	stream.Close() // a reader that has failed must not keep the writer
	if fromErr := from.Wait(); fromErr != nil || toErr != nil {
		t.Fatalf("%s: %v\n%s\n%s: %v\n%s", from, fromErr, &complaints, to, toErr, &out)
	}
}
