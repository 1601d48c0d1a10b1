package web

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
)

// exportBatch is how many lines go out at once, and exportPatience how long a
// client may take for them.
const (
	exportBatch    = 200
	exportPatience = time.Minute
)

// csvHead are the columns of an export. New ones come at the end.
var csvHead = []string{
	"time", "id", "gateway", "proxy", "policy", "policy_version", "policy_digest", "mode", "direction", "streamed", "profile", "outcome", "reason",
	"rules", "findings", "severities", "actions", "placeholders", "restored", "unresolved", "suppressed", "bytes_in", "bytes_out", "micros",
	"request_id", "trace_id", "exchange",
}

// csvLine is an event as a line of a table; lists are put together with "; ".
func csvLine(e *audit.Event) []string {
	var names, severities, actions, placeholders []string
	findings := 0
	for _, rule := range e.Rules {
		findings += rule.Count
		names = append(names, rule.Name)
		severities = append(severities, rule.Severity)
		actions = append(actions, rule.Action)
		placeholders = append(placeholders, rule.Placeholders...)
	}
	list := func(parts []string) string { return strings.Join(parts, "; ") }
	line := []string{
		e.Time.UTC().Format("2006-01-02T15:04:05.000Z"), e.ID, e.Gateway, e.Proxy, e.Policy.Name, e.Policy.Version, e.Policy.Digest, e.Policy.Mode,
		e.Direction, strconv.FormatBool(e.Streamed), e.Profile, e.Outcome, e.Reason,
		list(names), strconv.Itoa(findings), list(severities), list(actions), list(placeholders),
		strconv.Itoa(e.Restored), strconv.Itoa(e.Unresolved), strconv.Itoa(e.Suppressed),
		strconv.FormatInt(e.BytesIn, 10), strconv.FormatInt(e.BytesOut, 10), strconv.FormatInt(e.Micros, 10),
		e.RequestID, e.TraceID, e.Exchange,
	}
	for i, cell := range line {
		line[i] = noFormula(cell)
	}
	return line
}

// noFormula keeps a spreadsheet from taking a cell for a formula, as OWASP
// advises: with an apostrophe before what may begin one.
func noFormula(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// exportAudit writes all events that meet the filter, as they come out of the
// store.
func (s *Server) exportAudit(w http.ResponseWriter, r *http.Request, v *visitor) error {
	_, filter, err := eventFilter(r.URL.Query(), v.Zone)
	if err != nil {
		return err
	}
	var write func(*audit.Event) error
	var finish func() error
	format := r.URL.Query().Get("format")
	switch format {
	case "csv":
		table := csv.NewWriter(w)
		write = func(e *audit.Event) error { return table.Write(csvLine(e)) }
		finish = func() error { table.Flush(); return table.Error() }
		w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	case "jsonl":
		lines := json.NewEncoder(w)
		lines.SetEscapeHTML(false)
		write = func(e *audit.Event) error { return lines.Encode(e) }
		finish = func() error { return nil }
		w.Header().Set("Content-Type", "application/jsonl; charset=utf-8")
	default:
		return refuse(http.StatusBadRequest, "There is no such format. Use csv or jsonl.")
	}
	if err := s.Store.AddChange(r.Context(), store.Change{Who: v.User.Name, Action: "audit.export", Object: "audit", Detail: "as " + format}); err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="audit-`+s.Now().UTC().Format("20060102-150405")+"."+format+`"`)
	if r.Method == http.MethodHead {
		return nil
	}
	if format == "csv" {
		if _, err := io.WriteString(w, strings.Join(csvHead, ",")+"\r\n"); err != nil {
			return nil // nobody reads any more
		}
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // the server's would end the answer, too
	count := 0
	for event, err := range s.Store.EachEvent(r.Context(), filter) {
		if err == nil {
			err = write(&event.Event)
		}
		if count++; err == nil && count%exportBatch == 0 {
			_ = control.SetWriteDeadline(time.Now().Add(exportPatience)) // not every writer has one
			if err = finish(); err == nil {
				err = control.Flush()
			}
		}
		if err != nil {
			s.broken("export", r, err)
		}
	}
	if err := finish(); err != nil {
		s.broken("export", r, err)
	}
	return nil
}

// broken ends an answer that has begun in a way that its reader notices.
func (s *Server) broken(what string, r *http.Request, err error) {
	if r.Context().Err() == nil {
		s.Log.Warn("an answer broke off", "what", what, "error", describe(err))
	}
	panic(http.ErrAbortHandler)
}

// Limits of the live tail.
const (
	tailEvery = time.Second
	tailBatch = 100
	tailAlive = 15 * time.Second
	tailsMost = 64
)

// tailAudit sends events as they come in, as lines of the log that the page puts
// in. It asks the store, at once when this console takes some in and each second
// for what another console took in.
func (s *Server) tailAudit(w http.ResponseWriter, r *http.Request, v *visitor) error {
	_, filter, err := eventFilter(r.URL.Query(), v.Zone)
	if err != nil {
		return err
	}
	if s.tails.Add(1) > tailsMost {
		s.tails.Add(-1)
		return refuse(http.StatusServiceUnavailable, "Too many people watch the log at this moment.")
	}
	defer s.tails.Add(-1)
	ctx := r.Context()
	after, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil {
		if after, err = s.Store.LastSeq(ctx); err != nil {
			return err
		}
	}
	control := http.NewResponseController(w)
	_ = control.SetReadDeadline(time.Time{}) // the server's would end the answer, too
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	send := func(text string) error {
		_ = control.SetWriteDeadline(time.Now().Add(exportPatience)) // not every writer has one
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
		return control.Flush()
	}
	if send(": hello\n\n") != nil {
		return nil
	}
	var fresh <-chan []store.Event
	if s.Live != nil {
		events, cancel := s.Live.Subscribe()
		defer cancel()
		fresh = events
	}
	poll, alive := time.NewTicker(tailEvery), time.NewTicker(tailAlive)
	defer poll.Stop()
	defer alive.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-alive.C:
			// Whoever was logged out in the meantime sees no more.
			if _, user, err := s.Store.Session(ctx, v.session, s.Now()); err != nil || !user.Role.Allows(store.Viewer) {
				return nil
			}
			if send(": still here\n\n") != nil {
				return nil
			}
			continue
		case _, open := <-fresh:
			if !open {
				fresh = nil // too slow for it; the store tells what was missed
			}
		case <-poll.C:
		}
		events, next, err := s.Store.Tail(ctx, filter, after, tailBatch)
		if err != nil {
			if ctx.Err() == nil {
				s.Log.Warn("the live tail ended", "error", describe(err))
			}
			return nil
		}
		for _, row := range rows(events, v) {
			var line bytes.Buffer
			if err := s.templates["audit"].ExecuteTemplate(&line, "event-row", row); err != nil {
				s.Log.Error("a line of the live tail cannot be written", "error", err.Error())
				return nil
			}
			if send(fmt.Sprintf("id: %d\nevent: row\ndata: %s\n\n", row.Seq, oneLine.Replace(line.String()))) != nil {
				return nil
			}
		}
		after = next
	}
}

// oneLine makes one line of a text: a line end would end the event, and what
// comes behind it would be one of the text's own.
var oneLine = strings.NewReplacer("\r", " ", "\n", " ")
