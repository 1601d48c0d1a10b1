package web

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/krakend-redact/krakend-redact/console/internal/publish"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// policiesData is what the list of policies shows.
type policiesData struct {
	Policies []policyRow
}

// policyRow is a line of the list.
type policyRow struct {
	store.PolicySummary
	Mode string
	// Rules is how many enabled rules the newest version has.
	Rules int
}

func (s *Server) policiesPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	summaries, err := s.Store.Policies(r.Context())
	if err != nil {
		return err
	}
	data := policiesData{}
	for _, summary := range summaries {
		row := policyRow{PolicySummary: summary}
		version, err := s.Store.PolicyVersion(r.Context(), summary.Latest.Policy, summary.Latest.Number)
		if err != nil {
			return err
		}
		if parsed, err := read(version); err == nil {
			row.Mode, row.Rules = string(parsed.Mode), len(parsed.Rules)
		}
		data.Policies = append(data.Policies, row)
	}
	s.render(w, r, v, http.StatusOK, "policies", "Policies", data)
	return nil
}

// read reads a version that was checked when it was saved, which compiling it
// once more for each look would be too slow for.
func read(version store.PolicyVersion) (*policy.Policy, error) {
	return policy.Parse(version.Policy, version.Policy, []byte(version.Text))
}

// policyData is what the page of one policy shows.
type policyData struct {
	Name     string
	Versions []versionRow
	// Shown is the version whose rules stand on the page; its text is for editors.
	Shown   store.PolicyVersion
	Parsed  *policy.Policy
	Problem *problem
	// Own are the rules that the policy itself writes down, Packs those that come
	// with packs.
	Own, Packs []ruleRow
	// Assigned are the proxies that it is assigned to.
	Assigned  []store.Proxy
	Publishes bool
}

// ruleRow is a rule without what it looks for: a pattern may be the very password
// that it finds.
type ruleRow struct {
	Name, Finds, Severity, Action string
	Unmask                        bool
}

// ruleRows lists the rules of a policy.
func ruleRows(p *policy.Policy) (own, packs []ruleRow) {
	add := func(rules []policy.Rule, where string) {
		for _, rule := range rules {
			row := ruleRow{Name: rule.Name, Finds: "a pattern", Severity: string(rule.Severity), Action: string(rule.Action), Unmask: rule.Unmask}
			switch {
			case rule.Detector != "":
				row.Finds = "the detector " + rule.Detector
			case len(rule.Terms) > 0:
				row.Finds = plural(len(rule.Terms), "term")
			}
			row.Finds += where
			if rule.Detector == rule.Name {
				packs = append(packs, row)
			} else {
				own = append(own, row)
			}
		}
	}
	add(p.Rules, "")
	add(p.ResponseRules, ", in answers")
	return own, packs
}

// versionRow is a version and where gateways run it.
type versionRow struct {
	store.PolicyVersion
	RunBy []string
	// Before is the number of the version before it, 0 for none.
	Before int
}

func (s *Server) policyPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	ctx, name := r.Context(), r.PathValue("name")
	versions, err := s.Store.PolicyVersions(ctx, name)
	if err != nil {
		return err
	}
	shown, err := s.version(r, name, r.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	data := policyData{Name: name, Shown: shown, Publishes: s.Publisher != nil}
	data.Parsed, err = read(shown)
	if data.Problem = problemOf(err); err == nil {
		data.Own, data.Packs = ruleRows(data.Parsed)
	}
	proxies, err := s.Store.Proxies(ctx)
	if err != nil {
		return err
	}
	running := make(map[string][]string)
	for _, proxy := range proxies {
		if proxy.Policy == name {
			data.Assigned = append(data.Assigned, proxy)
		}
		for _, report := range proxy.Reports {
			running[report.Policy.Digest] = append(running[report.Policy.Digest], proxy.Name+" on "+report.Gateway)
		}
	}
	for _, version := range versions {
		data.Versions = append(data.Versions, versionRow{version, running[version.Digest], version.Number - 1})
	}
	s.render(w, r, v, http.StatusOK, "policy", "Policy "+name, data)
	return nil
}

// version finds a version by its number in a query; none is the newest.
func (s *Server) version(r *http.Request, name, number string) (store.PolicyVersion, error) {
	wanted := 0
	if number != "" {
		var err error
		if wanted, err = strconv.Atoi(number); err != nil || wanted < 1 {
			return store.PolicyVersion{}, store.ErrNotFound
		}
	}
	return s.Store.PolicyVersion(r.Context(), name, wanted)
}

// problem is what is wrong with a policy, as the gateway says it.
type problem struct{ File, Rule, Field, Reason, Remedy string }

// problemOf takes an error of a policy apart, nil for none.
func problemOf(err error) *problem {
	var known *strictjson.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return &problem{known.File, known.Rule, known.Field, known.Reason, known.Remedy}
	}
	return &problem{Reason: err.Error()}
}

// editData is what the page shows on which a policy is written.
type editData struct {
	// Name is that of the policy, empty for a new one.
	Name, Text, Comment, Sample string
	Base                        int
	New                         bool
	Problem                     *problem
	// Checked: it was checked and is right.
	Checked *policy.Policy
	Tried   *tried
	Changed []diffLine
	// Conflict: somebody has saved a version since this one was opened.
	Conflict bool
}

// newPolicy is what a new policy begins with.
const newPolicy = `{
  "name": "llm-data-redaction",
  "version": "1.0",
  "mode": "enforce",
  "unmask_for_user": true,
  "packs": ["default"],
  "redaction_rules": [
    {
      "name": "Customer Number",
      "pattern": "\\bC-[0-9]{8}\\b",
      "replacement": "[REDACTED_CUSTOMER]",
      "severity": "high",
      "examples": { "match": ["C-12345678"], "no_match": ["C-1234"] }
    }
  ]
}
`

func (s *Server) newPolicyPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	s.render(w, r, v, http.StatusOK, "edit", "New policy", editData{New: true, Text: newPolicy})
	return nil
}

func (s *Server) editPolicyPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	version, err := s.version(r, r.PathValue("name"), r.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	newest, err := s.Store.PolicyVersion(r.Context(), version.Policy, 0)
	if err != nil {
		return err
	}
	s.render(w, r, v, http.StatusOK, "edit", "Edit "+version.Policy, editData{Name: version.Policy, Text: version.Text, Base: newest.Number})
	return nil
}

// maxComment is the longest comment on a version in bytes.
const maxComment = 500

// savePolicy checks what was written, tries it on a sample, or saves it as a new
// version. What is not right is never saved.
func (s *Server) savePolicy(w http.ResponseWriter, r *http.Request, v *visitor) error {
	base, err := strconv.Atoi(r.PostFormValue("base"))
	if err != nil || base < 0 {
		return refuse(http.StatusBadRequest, "The form is not complete. Open the page again.")
	}
	data := editData{
		Name: r.PathValue("name"), Text: newlines.Replace(r.PostFormValue("text")), Base: base,
		Comment: strings.TrimSpace(r.PostFormValue("comment")), Sample: newlines.Replace(r.PostFormValue("sample")),
	}
	data.New = data.Name == ""
	title := "Edit " + data.Name
	if data.New {
		title = "New policy"
		data.Name = nameIn(data.Text)
		base = 0
	}
	show := func(status int) error {
		if data.New {
			data.Base = 0
		}
		s.render(w, r, v, status, "edit", title, data)
		return nil
	}
	if data.New && !properName(data.Name) {
		data.Problem = &problem{Field: "name", Reason: "is not one that people can tell from others", Remedy: "give the policy a \"name\" of at most 100 printable characters"}
		return show(http.StatusUnprocessableEntity)
	}
	if len(data.Comment) > maxComment {
		data.Problem = &problem{Field: "comment", Reason: "is too long", Remedy: "use at most 500 bytes"}
		return show(http.StatusUnprocessableEntity)
	}
	parsed, err := publish.Check(data.Name, data.Text)
	if data.Problem = problemOf(err); data.Problem != nil {
		return show(http.StatusUnprocessableEntity)
	}
	if !data.New {
		newest, err := s.Store.PolicyVersion(r.Context(), data.Name, 0)
		if err != nil {
			return err
		}
		data.Conflict = newest.Number != data.Base
		data.Changed = diff(newest.Text, data.Text)
	}
	if r.PostFormValue("do") != "save" {
		data.Checked = parsed
		if data.Sample != "" {
			data.Tried = try(r.Context(), parsed, data.Sample)
		}
		return show(http.StatusOK)
	}
	version, err := s.Store.AddPolicyVersion(r.Context(), v.User.Name, base, store.PolicyVersion{
		Policy: data.Name, Text: data.Text, Digest: parsed.Digest, Comment: data.Comment,
	})
	switch {
	case errors.Is(err, store.ErrConflict) && data.New:
		data.Problem = &problem{Field: "name", Reason: "is that of another policy", Remedy: "give it another name, or edit that policy"}
		return show(http.StatusConflict)
	case errors.Is(err, store.ErrConflict):
		data.Conflict = true
		return show(http.StatusConflict)
	case err != nil:
		return err
	}
	return redirect(w, r, "/policies/"+url.PathEscape(version.Policy), "version")
}

// nameIn is the name that a policy gives itself, empty for none.
func nameIn(text string) string {
	var named struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal([]byte(text), &named) // what is no JSON has no name
	return named.Name
}

// diffData is what the page of a difference shows.
type diffData struct {
	Name     string
	From, To store.PolicyVersion
	Lines    []diffLine
	Numbers  []int
}

func (s *Server) diffPolicy(w http.ResponseWriter, r *http.Request, v *visitor) error {
	name, query := r.PathValue("name"), r.URL.Query()
	to, err := s.version(r, name, query.Get("to"))
	if err != nil {
		return err
	}
	data := diffData{Name: name, To: to}
	from := query.Get("from")
	if from == "" && to.Number > 1 {
		from = strconv.Itoa(to.Number - 1)
	}
	if data.From, err = s.version(r, name, from); err != nil {
		return err
	}
	versions, err := s.Store.PolicyVersions(r.Context(), name)
	if err != nil {
		return err
	}
	for _, version := range versions {
		data.Numbers = append(data.Numbers, version.Number)
	}
	data.Lines = diff(data.From.Text, data.To.Text)
	s.render(w, r, v, http.StatusOK, "diff", "Policy "+name, data)
	return nil
}
