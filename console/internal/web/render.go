package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // a viewer's zone must be known where the system knows none

	"github.com/krakend-redact/krakend-redact/console/internal/chart"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/audit"
)

//go:embed all:templates static
var files embed.FS

// parseTemplates reads all pages, each with the frame around it. Those whose names begin with an underscore are
// parts of others.
func parseTemplates() (map[string]*template.Template, error) {
	base, err := template.New("layout").Funcs(functions).ParseFS(files, "templates/layout.html", "templates/_*.html")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "templates/[a-z]*.html")
	if err != nil {
		return nil, err
	}
	pages := make(map[string]*template.Template)
	for _, file := range names {
		copied, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if copied, err = copied.ParseFS(files, file); err != nil {
			return nil, err
		}
		pages[strings.TrimSuffix(path.Base(file), ".html")] = copied
	}
	return pages, nil
}

// functions are what templates call beside the methods of view.
var functions = template.FuncMap{
	"icon":          func(name string) template.HTML { return icons[name] },
	"asset":         asset,
	"anchor":        anchor,
	"more":          func(all, shown int) int { return all - shown },
	"severityClass": severityClass,
	"outcomeClass":  outcomeClass,
	"outcomeWord":   outcomeWord,
	"alertWord":     alertWord,
	"stateClass":    stateClass,
	"short":         chart.Short,
	"timeIn":        func(t time.Time, zone *time.Location) template.HTML { return stamp(t, zone) },
	"segment":       url.PathEscape,
	"plural":        plural,
	"bytes":         byteSize,
	"choice":        func(name, label, value string, options []string) choice { return choice{name, label, value, options} },
	"join":          func(list []string) string { return strings.Join(list, ", ") },
}

// choice is a list to choose from in a filter.
type choice struct {
	Name, Label, Value string
	Options            []string
}

// view is what every page is made from.
type view struct {
	*visitor
	Title, Path, Version string
	// Address is how gateways may reach the console.
	Address     string
	Menu, Admin []entry
	// Done says what has just been done.
	Done string
	// Unprotected are the proxies in test mode.
	Unprotected []unprotected
	Data        any

	now time.Time
}

// entry is a line of the menu.
type entry struct {
	Name, Path, Icon string
	Here, Loud       bool
	Count            int
}

// unprotected is a proxy with a policy in test mode.
type unprotected struct{ Proxy, Policy string }

// Zone is the name of the viewer's zone.
func (v *view) Zone() string { return v.visitor.Zone.String() }

// May tells whether the viewer has a role.
func (v *view) May(role store.Role) bool { return v.may(role) }

// Time writes a time in the viewer's zone, a dash for none.
func (v *view) Time(t time.Time) template.HTML { return stamp(t, v.visitor.Zone) }

// Ago says how long ago something was.
func (v *view) Ago(t time.Time) template.HTML {
	if t.IsZero() {
		return "never"
	}
	return template.HTML(fmt.Sprintf(`<time data-relative datetime="%s" title="%s">%s</time>`,
		t.UTC().Format(time.RFC3339), t.In(v.visitor.Zone).Format("2006-01-02 15:04:05 MST"), ago(v.now.Sub(t))))
}

// stamp writes a time in a zone; the zone itself stands at the page's end.
func stamp(t time.Time, zone *time.Location) template.HTML {
	if t.IsZero() {
		return "–"
	}
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s">%s</time>`,
		t.UTC().Format("2006-01-02T15:04:05.000Z07:00"), t.UTC().Format("2006-01-02 15:04:05.000 UTC"), t.In(zone).Format("2006-01-02 15:04:05")))
}

// ago is a span of time in words.
func ago(d time.Duration) string {
	switch {
	case d < 5*time.Second:
		return "just now"
	case d < time.Minute:
		return plural(int(d/time.Second), "second") + " ago"
	case d < time.Hour:
		return plural(int(d/time.Minute), "minute") + " ago"
	case d < 48*time.Hour:
		return plural(int(d/time.Hour), "hour") + " ago"
	}
	return plural(int(d/(24*time.Hour)), "day") + " ago"
}

// plural counts something.
func plural(count int, word string) string {
	if count == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", count, word)
}

// byteSize writes a size for people.
func byteSize(size int64) string {
	switch {
	case size < 1<<10:
		return fmt.Sprintf("%d B", size)
	case size < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(size)/(1<<10))
	case size < 1<<30:
		return fmt.Sprintf("%.1f MiB", float64(size)/(1<<20))
	}
	return fmt.Sprintf("%.1f GiB", float64(size)/(1<<30))
}

// anchor is an id on a page for a name that may hold anything.
func anchor(name string) string {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(name))
	return fmt.Sprintf("n%x", sum.Sum64())
}

func severityClass(severity string) string {
	return map[string]string{"critical": "worst", "high": "high", "medium": "warn"}[severity]
}

func outcomeClass(outcome string) string {
	switch outcome {
	case audit.OutcomeMasked, audit.OutcomeRestored:
		return "good"
	case audit.OutcomeTested:
		return "test"
	case audit.OutcomeCounted:
		return "warn"
	case audit.OutcomeBlocked, audit.OutcomeRefused:
		return "high"
	case audit.OutcomePassed, audit.OutcomeFailed:
		return "bad"
	}
	return ""
}

// outcomeWord says of test mode what it means.
func outcomeWord(outcome string) string {
	switch outcome {
	case audit.OutcomeTested:
		return "tested, not masked"
	case audit.OutcomePassed:
		return "passed uninspected"
	case audit.OutcomeCounted:
		return "counted, not masked"
	}
	return outcome
}

// alertWord says what a type of alert is about.
func alertWord(kind string) string {
	word, ok := map[string]string{
		audit.AlertSeverity:      "Sensitive finding",
		audit.AlertFrequency:     "Many findings",
		audit.AlertUnresolved:    "Unknown placeholders in an answer",
		audit.AlertBlocked:       "Blocked by a rule",
		audit.AlertUninspectable: "Could not be inspected",
		audit.AlertReload:        "New policy version refused",
		audit.AlertSink:          "Audit lines lost",
		audit.AlertFault:         "Fault of the gateway",
	}[kind]
	if !ok {
		return kind
	}
	return word
}

func stateClass(state store.AlertState) string {
	switch state {
	case store.AlertNew:
		return "bad"
	case store.AlertAcknowledged:
		return "warn"
	}
	return "good"
}

// render answers with a page.
func (s *Server) render(w http.ResponseWriter, r *http.Request, v *visitor, status int, name, title string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	made := &view{visitor: v, Title: title, Path: "/", Version: s.Version, Data: data, now: s.Now()}
	made.Address = "http://" + r.Host
	switch {
	case s.PublicURL != nil:
		made.Address = strings.TrimSuffix(s.PublicURL.String(), "/")
	case s.TLS:
		made.Address = "https://" + r.Host
	}
	if r.Method == http.MethodGet {
		made.Path = r.URL.RequestURI()
	}
	made.Done = done[r.URL.Query().Get("done")]
	if v.User != nil {
		s.frame(r, made)
	}
	var out bytes.Buffer
	if err := s.templates[name].ExecuteTemplate(&out, "layout", made); err != nil {
		s.Log.Error("a page cannot be written", "page", name, "error", err.Error())
		http.Error(w, "Something went wrong on our side.", http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
	_, _ = out.WriteTo(w)
}

// frame fills in what stands around every page. A page is better without it than
// not at all.
func (s *Server) frame(r *http.Request, v *view) {
	counts, err := s.Store.AlertCounts(r.Context())
	if err != nil {
		s.Log.Warn("open alerts cannot be counted", "error", describe(err))
	}
	proxies, err := s.Store.Proxies(r.Context())
	if err != nil {
		s.Log.Warn("proxies cannot be listed", "error", describe(err))
	}
	v.Unprotected = inTest(proxies)
	v.Menu = []entry{
		{Name: "Overview", Path: "/", Icon: "overview"},
		{Name: "Audit log", Path: "/audit", Icon: "audit"},
		{Name: "Alerts", Path: "/alerts", Icon: "alerts", Count: counts.New, Loud: true},
		{Name: "Policies", Path: "/policies", Icon: "policies"},
		{Name: "Try it", Path: "/try", Icon: "try"},
		{Name: "Proxies", Path: "/proxies", Icon: "proxies"},
	}
	if v.may(store.Editor) {
		v.Admin = []entry{
			{Name: "Webhooks", Path: "/webhooks", Icon: "webhooks"},
			{Name: "Access", Path: "/access", Icon: "access"},
			{Name: "Changes", Path: "/changes", Icon: "changes"},
		}
	}
	for _, menu := range [][]entry{v.Menu, v.Admin} {
		for i := range menu {
			here := menu[i].Path
			menu[i].Here = r.URL.Path == here || here != "/" && strings.HasPrefix(r.URL.Path, here+"/")
		}
	}
}

// inTest lists the proxies that some gateway runs in test mode.
func inTest(proxies []store.Proxy) []unprotected {
	var found []unprotected
	for _, proxy := range proxies {
		for _, report := range proxy.Reports {
			if report.Policy.Mode == modeTest {
				found = append(found, unprotected{proxy.Name, report.Policy.Name})
				break
			}
		}
	}
	return found
}

// modeTest is the mode that protects nothing.
const modeTest = "test"

// done are the texts that a page shows after a change, by the code in its URL.
var done = map[string]string{
	"alert":     "The alert was changed.",
	"alerts":    "The alerts were changed.",
	"note":      "The note was added.",
	"version":   "The new version was saved. It applies nowhere until a proxy runs it.",
	"published": "The version was published.",
	"assigned":  "The policy was assigned. Gateways that read it take it up with their next reload.",
	"taken":     "The assignment was taken back.",
	"forgotten": "It was forgotten. It comes back when it reports again.",
	"webhook":   "The webhook was saved.",
	"unhooked":  "The webhook was deleted.",
	"again":     "The alert is on its way once more.",
	"revoked":   "The token was revoked.",
	"tested":    "The test alert arrived.",
	"role":      "The role was changed.",
	"deleted":   "The user was deleted, and all sessions ended.",
}

// redirect sends the browser to a page after a change.
func redirect(w http.ResponseWriter, r *http.Request, target, code string) error {
	u, err := url.Parse(local(target))
	if err != nil {
		return err
	}
	query := u.Query()
	query.Set("done", code)
	u.RawQuery = query.Encode()
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
	return nil
}

// assets are the digests of the static files, which their addresses carry:
// browsers may keep them for good.
var assets = func() map[string]string {
	digests := make(map[string]string)
	for _, name := range []string{"console.css", "console.js", "icon.svg"} {
		text, err := files.ReadFile("static/" + name)
		if err != nil {
			panic(err) // embedded
		}
		sum := sha256.Sum256(text)
		digests[name] = hex.EncodeToString(sum[:6])
	}
	return digests
}()

func asset(name string) string { return "/static/" + name + "?v=" + assets[name] }

func serveStatic(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/static/")
	digest, ok := assets[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.URL.Query().Get("v") == digest {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	http.ServeFileFS(w, r, files, "static/"+name)
}

// theme is the viewer's choice of colours, empty for the system's.
func theme(r *http.Request) string {
	cookie, err := r.Cookie("theme")
	if err == nil && slices.Contains([]string{"light", "dark"}, cookie.Value) {
		return cookie.Value
	}
	return ""
}

// zone is the viewer's zone, as the script has put it into a cookie.
func zone(r *http.Request) *time.Location {
	cookie, err := r.Cookie("zone")
	if err != nil {
		return time.UTC
	}
	name, err := url.QueryUnescape(cookie.Value)
	if err != nil || name == "" || name == "Local" {
		return time.UTC
	}
	found, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return found
}

// setTheme keeps the viewer's choice of colours.
func (s *Server) setTheme(w http.ResponseWriter, r *http.Request, _ *visitor) error {
	chosen := r.PostFormValue("theme")
	age := 365 * 24 * time.Hour
	if chosen != "light" && chosen != "dark" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{
		Name: "theme", Value: chosen, Path: "/", MaxAge: int(age / time.Second),
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, local(r.PostFormValue("back")), http.StatusSeeOther)
	return nil
}
