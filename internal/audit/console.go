package audit

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// ConsoleSettings are those of the sink that sends lines to the console.
type ConsoleSettings struct {
	// URL is the console's, without the path of its API.
	URL string
	// TokenEnv or TokenFile lead to the token of ingestion.
	TokenEnv, TokenFile string
	// Spool is the folder in which lines wait, and SpoolBytes bounds it.
	Spool      string
	SpoolBytes int64
}

// console sends the lines of a spool, at least once each.
type console struct {
	*spool
	endpoint string
	token    func() (string, error)
	client   *http.Client
	channel  *channel
	// first and longest are how long to wait after a failure, at first and at
	// last, and linger how long a batch is filled.
	first, longest, linger time.Duration
}

// ingestPath is where the console takes lines.
const ingestPath = "/api/v1/ingest"

// IsConsoleURL tells whether lines can be sent to an address. Whoever reads the
// settings asks: an address holds no user, password or query, which would be logged.
func IsConsoleURL(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && u.RawQuery == "" && u.Fragment == ""
}

func openConsole(s ConsoleSettings, c *channel) (sink, error) {
	fail := func(field, reason, remedy string) (sink, error) {
		return nil, &SettingError{"console." + field, reason, remedy}
	}
	token, field := tokenOf(s)
	if text, err := token(); err != nil || text == "" {
		return fail(field, "leads to no token", "put the console's ingestion token there")
	}
	endpoint, err := url.JoinPath(s.URL, ingestPath)
	if err != nil {
		return fail("url", "is not an address", `write one such as "https://console.example.com:8300"`)
	}
	spool, err := openSpool(s.Spool, s.SpoolBytes)
	if err != nil {
		return fail("spool", err.Error(), "name a folder of this gateway's own, which the user that KrakenD runs as may write to")
	}
	sink := &console{
		spool: spool, endpoint: endpoint, token: token, channel: c,
		client: &http.Client{
			Timeout:       30 * time.Second,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		first: firstWait, longest: longestWait, linger: batchLinger,
	}
	return sink, nil
}

// How long the sender waits.
const (
	firstWait   = time.Second
	longestWait = time.Minute
	batchLinger = 200 * time.Millisecond
)

// tokenOf returns what reads the token, and the setting that leads to it. A
// file is read every time, so that its token can be changed.
func tokenOf(s ConsoleSettings) (read func() (string, error), field string) {
	if s.TokenFile == "" {
		return func() (string, error) { return strings.TrimSpace(os.Getenv(s.TokenEnv)), nil }, "token_env"
	}
	return func() (string, error) {
		text, err := os.ReadFile(s.TokenFile)
		return strings.TrimSpace(string(text)), err
	}, "token_file"
}

// run sends what is in the spool, for as long as the process lives.
func (c *console) run() {
	wait, told := c.first, false
	for range c.filled {
		time.Sleep(c.linger)
		for {
			s, ok := c.oldest()
			if !ok {
				break
			}
			err := c.sendSegment(s)
			if err == nil {
				c.done()
				if told {
					c.channel.alerts.log.warn("audit: the console takes lines again")
				}
				wait, told = c.first, false
				continue
			}
			if !told {
				c.channel.alerts.log.warn("audit: lines cannot be sent to the console, and wait in the spool: " + err.Error())
				told = true
			}
			time.Sleep(wait/2 + time.Duration(rand.Int63n(int64(wait/2)+1)))
			wait = min(2*wait, c.longest)
		}
	}
}

// sendSegment sends the lines of a segment. An error means that they are to be
// sent again.
func (c *console) sendSegment(s segment) error {
	text, err := os.ReadFile(s.path)
	if errors.Is(err, os.ErrNotExist) {
		c.channel.lose(1, "a file of the spool is gone")
		return nil
	}
	if err != nil {
		return withoutPath(err)
	}
	return c.send(linesOf(text))
}

// send sends lines, in smaller batches where the console refuses one, so that
// none is lost for what stands beside it.
func (c *console) send(lines [][]byte) error {
	if len(lines) == 0 {
		return nil
	}
	status, answer, err := c.post(lines)
	switch {
	case err != nil:
		return err
	case status == http.StatusOK && answer.Accepted+answer.Duplicates+answer.Rejected == len(lines):
		if answer.Rejected > 0 {
			c.channel.lose(answer.Rejected, "the console rejected them")
		}
		return nil
	case status == http.StatusOK:
		return errors.New("what answers there is not the console")
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return fmt.Errorf("it answers with status %d: check the token of ingestion", status)
	case status != http.StatusRequestEntityTooLarge && status != http.StatusBadRequest && status != http.StatusUnprocessableEntity:
		return fmt.Errorf("it answers with status %d", status)
	case len(lines) == 1:
		c.channel.lose(1, fmt.Sprintf("the console refused them with status %d", status))
		return nil
	}
	half := len(lines) / 2
	if err := c.send(lines[:half]); err != nil {
		return err
	}
	return c.send(lines[half:])
}

// ingested is the console's answer.
type ingested struct {
	Accepted   int `json:"accepted"`
	Duplicates int `json:"duplicates"`
	Rejected   int `json:"rejected"`
}

// maxAnswer bounds what is read of the console's answer, in bytes.
const maxAnswer = 64 << 10

func (c *console) post(lines [][]byte) (status int, answer ingested, err error) {
	var body bytes.Buffer
	zipped := gzip.NewWriter(&body)
	for _, line := range lines {
		_, _ = zipped.Write(line) // to memory
		_, _ = zipped.Write([]byte{'\n'})
	}
	_ = zipped.Close()
	req, err := http.NewRequest(http.MethodPost, c.endpoint, &body)
	if err != nil {
		return 0, answer, errors.New("its address is none")
	}
	token, err := c.token()
	if err != nil {
		return 0, answer, errors.New("the token cannot be read")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/x-ndjson")
	req.Header.Set("Content-Encoding", "gzip")
	resp, err := c.client.Do(req)
	if err != nil {
		// The error names the address, which may be nobody's business.
		if e := (*url.Error)(nil); errors.As(err, &e) {
			err = e.Err
		}
		return 0, answer, err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return 0, answer, errors.New("its answer broke off")
	}
	if resp.StatusCode == http.StatusOK && json.Unmarshal(text, &answer) != nil {
		answer = ingested{Accepted: -1}
	}
	return resp.StatusCode, answer, nil
}
