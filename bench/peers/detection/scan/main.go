// Command scan measures how fast redact scan goes over files, beside gitleaks with
// the same rules, ripgrep with the same expressions, and merely reading the files.
// It checks first that redact and gitleaks find the same, and prints a Markdown
// table. Memory needs Linux.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/fatih/semgroup"
	"github.com/krakend-redact/krakend-redact/bench/texts"
	"github.com/krakend-redact/krakend-redact/bench/timing"
	"github.com/rs/zerolog"
	"github.com/zricethezav/gitleaks/v8/config"
	gitleaks "github.com/zricethezav/gitleaks/v8/detect"
	"github.com/zricethezav/gitleaks/v8/logging"
	"github.com/zricethezav/gitleaks/v8/sources"
)

// secret is a rule and the values that are planted for it.
type secret struct {
	id, keyword, before string
	size                int
}

// The rules: a prefix that gitleaks takes for a keyword, and letters and digits.
var secrets = []secret{
	{"github", "ghp_", "ghp_", 36},
	{"gitlab", "glpat-", "glpat-", 20},
	{"slack", "xoxb-", "xoxb-", 40},
	{"stripe", "sk_live_", "sk_live_", 24},
	{"npm", "npm_", "npm_", 36},
	{"hf", "hf_", "hf_", 34},
	{"anthropic", "sk-ant-", "sk-ant-", 60},
	{"sendgrid", "sg.", "SG.", 60},
	{"shopify", "shpat_", "shpat_", 32},
	{"linear", "lin_api_", "lin_api_", 40},
}

func (s secret) expression() string {
	return fmt.Sprintf(`\b%s[0-9A-Za-z]{%d}\b`, regexp.QuoteMeta(s.before), s.size)
}

// mostMemory bounds what redact may take in MB, whatever the size of the files.
const mostMemory = 200

// filesOf is how many files a corpus has.
const filesOf = 4

func main() {
	size := flag.Int("size", 256, "MB of all files")
	rounds := flag.Int("rounds", 3, "how often everything is measured")
	dir := flag.String("dir", "", "where the files are made (default a temporary folder)")
	flag.Parse()
	if err := run(os.Stdout, *dir, *size<<20, *rounds); err != nil {
		log.Fatal(err)
	}
}

func run(out io.Writer, parent string, size, rounds int) error {
	logging.Logger = logging.Logger.Level(zerolog.Disabled)
	dir, err := os.MkdirTemp(parent, "scan")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	corpus := filepath.Join(dir, "corpus")
	planted, err := plant(corpus, size)
	if err != nil {
		return err
	}
	redact, same, whole := filepath.Join(dir, "redact"), filepath.Join(dir, "same.json"), filepath.Join(dir, "default.json")
	root, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/krakend-redact/krakend-redact").Output()
	if err != nil {
		return err
	}
	build := exec.Command("go", "build", "-o", redact, ".")
	build.Dir = filepath.Join(strings.TrimSpace(string(root)), "cmd", "redact")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, text)
	}
	if err := writeRules(redact, dir, same); err != nil {
		return err
	}
	if err := os.WriteFile(whole, []byte(`{"packs":["default"]}`), 0o600); err != nil {
		return err
	}
	scan := func(policy string) []string {
		return []string{redact, "scan", policy, corpus, "--format", "text", "--fail-on", "never", "--limit", "1"}
	}
	rg := []string{"rg", "--no-config", "--no-ignore", "--count-matches"}
	for _, s := range secrets {
		rg = append(rg, "-e", s.expression())
	}
	if err := check(redact, same, corpus, planted); err != nil {
		return err
	}
	tools := []*tool{
		{name: "reading only", run: func() (int64, error) { return 0, read(corpus) }},
		{name: "ripgrep, the same 10 expressions", run: command(append(rg, corpus))},
		{name: "redact scan, the same 10 rules", run: command(scan(same))},
		{name: "redact scan, pack `default`", run: command(scan(whole))},
		{name: "gitleaks v8.30.1, the same 10 rules", run: func() (int64, error) {
			_, err := leaks(corpus)
			return 0, err
		}},
	}
	for range rounds {
		for _, t := range tools {
			begin := time.Now()
			memory, err := t.run()
			if err != nil {
				return fmt.Errorf("%s: %w", t.name, err)
			}
			t.times = append(t.times, time.Since(begin).Seconds())
			t.memory = max(t.memory, memory)
		}
	}
	fmt.Fprintf(out, "%d MB in %d files, %d planted values, found by redact and gitleaks at the same places\n\n", size>>20, filesOf, total(planted))
	fmt.Fprintf(out, "| | MB/s | time, × reading | memory (RSS), MB |\n|---|---:|---:|---:|\n")
	_, reading, _ := timing.Quartiles(tools[0].times)
	for _, t := range tools {
		if strings.HasPrefix(t.name, "redact") && t.memory>>10 > mostMemory {
			return fmt.Errorf("%s took %d MB, which is more than %d", t.name, t.memory>>10, mostMemory)
		}
		_, seconds, _ := timing.Quartiles(t.times)
		memory := ""
		if t.memory > 0 {
			memory = fmt.Sprint(t.memory >> 10)
		}
		fmt.Fprintf(out, "| %s | %.0f | %.1f | %s |\n", t.name, float64(size)/1e6/seconds, seconds/reading, memory)
	}
	return nil
}

// tool is one way over the files. run returns the memory that it took, in KB, 0 if
// that is not known.
type tool struct {
	name   string
	run    func() (int64, error)
	times  []float64
	memory int64
}

// place is a finding.
type place struct {
	file, rule string
	line       int
}

func total(places map[place]int) int {
	n := 0
	for _, count := range places {
		n += count
	}
	return n
}

// plant makes the files: lines of words, a value in every fiftieth, and an empty
// line before it: gitleaks reads about 100 KB at a time up to the next empty line,
// and misses values where there is none.
func plant(dir string, size int) (map[place]int, error) {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	r := rand.New(rand.NewPCG(11, 7))
	var lines []string
	for range 5000 {
		line := fmt.Sprintf("2026-11-22T10:%02d:%02d INFO request %d", r.IntN(60), r.IntN(60), r.IntN(1e6))
		for range 3 + r.IntN(25) {
			line += " " + texts.Word(r)
		}
		lines = append(lines, line)
	}
	planted := map[place]int{}
	for i := range filesOf {
		file := filepath.Join(dir, fmt.Sprintf("gateway-%d.log", i))
		f, err := os.Create(file)
		if err != nil {
			return nil, err
		}
		w := bufio.NewWriterSize(f, 1<<20)
		for written, n := 0, 1; written < size/filesOf; n++ {
			line := lines[r.IntN(len(lines))]
			if n%50 == 49 {
				line = ""
			}
			if n%50 == 0 {
				s := secrets[r.IntN(len(secrets))]
				value := []byte(s.before)
				for range s.size {
					value = append(value, letters[r.IntN(len(letters))])
				}
				line += " token " + string(value) + " used"
				planted[place{file, s.id, n}]++
			}
			written += len(line) + 1
			if _, err := fmt.Fprintln(w, line); err != nil {
				return nil, err
			}
		}
		if err := errors.Join(w.Flush(), f.Close()); err != nil {
			return nil, err
		}
	}
	return planted, nil
}

// writeRules writes the rules for gitleaks and has redact migrate make the policy.
func writeRules(redact, dir, policy string) error {
	var b bytes.Buffer
	for _, s := range secrets {
		fmt.Fprintf(&b, "[[rules]]\nid = %q\nregex = '''%s'''\nkeywords = [%q]\n", s.id, s.expression(), s.keyword)
	}
	file := filepath.Join(dir, "gitleaks.toml")
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		return err
	}
	text, err := exec.Command(redact, "migrate", "gitleaks", file, "--accept-loss", "--write", policy).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, text)
	}
	return nil
}

// check makes sure that both find what is planted, and nothing else.
func check(redact, policy, corpus string, planted map[place]int) error {
	text, err := exec.Command(redact, "scan", policy, corpus, "--format", "text", "--fail-on", "never", "--limit", "0", "--output", "json").Output()
	if err != nil {
		return err
	}
	ours := map[place]int{}
	for line := range bytes.Lines(text) {
		var f struct {
			Type, File, Rule string
			Line             int
		}
		if err := json.Unmarshal(line, &f); err != nil {
			return err
		}
		if f.Type == "finding" {
			ours[place{f.File, f.Rule, f.Line}]++
		}
	}
	theirs, err := leaks(corpus)
	if err != nil {
		return err
	}
	if !maps.Equal(ours, planted) || !maps.Equal(theirs, planted) {
		return fmt.Errorf("%d values are planted; redact finds %d, gitleaks %d, or not at the same places", total(planted), total(ours), total(theirs))
	}
	return nil
}

// leaks runs gitleaks over the files as its command dir does.
func leaks(corpus string) (map[place]int, error) {
	cfg := config.Config{Rules: map[string]config.Rule{}, Keywords: map[string]struct{}{}}
	for _, s := range secrets {
		cfg.Rules[s.id] = config.Rule{RuleID: s.id, Regex: regexp.MustCompile(s.expression()), Keywords: []string{s.keyword}}
		cfg.Keywords[s.keyword] = struct{}{}
		cfg.OrderedRules = append(cfg.OrderedRules, s.id)
	}
	d := gitleaks.NewDetector(cfg)
	found, err := d.DetectSource(context.Background(), &sources.Files{Config: &cfg, Path: corpus, Sema: semgroup.NewGroup(context.Background(), 40)})
	places := map[place]int{}
	for _, f := range found {
		places[place{f.File, f.RuleID, f.StartLine}]++
	}
	return places, err
}

// command runs a program and returns the most memory that it had, in KB.
func command(args []string) func() (int64, error) {
	return func() (int64, error) {
		var said bytes.Buffer
		c := exec.Command(args[0], args[1:]...)
		c.Stdout, c.Stderr = &said, &said
		if err := c.Start(); err != nil {
			return 0, err
		}
		ended := make(chan error)
		go func() { ended <- c.Wait() }()
		// What the system tells at the end counts this process in, which the program
		// was forked from.
		most := int64(0)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case err := <-ended:
				if err != nil {
					return 0, fmt.Errorf("%w: %s", err, said.Bytes()[:min(said.Len(), 1000)])
				}
				return most, nil
			case <-tick.C:
				most = max(most, highWater(c.Process.Pid, args[0]))
			}
		}
	}
}

// highWater returns the most memory that a process has had, in KB, 0 before it runs
// its program.
func highWater(pid int, program string) int64 {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	if err != nil || strings.TrimSpace(string(name)) != filepath.Base(program) {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	var kb int64
	if _, err := fmt.Sscan(rest, &kb); err != nil {
		return 0
	}
	return kb
}

// read reads all files as redact does, a megabyte at a time.
func read(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return err
	}
	slices.Sort(files)
	buffer := make([]byte, 1<<20)
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			return err
		}
		for err == nil {
			_, err = f.Read(buffer)
		}
		if err := f.Close(); err != nil {
			return err
		}
		if !errors.Is(err, io.EOF) {
			return err
		}
	}
	return nil
}
