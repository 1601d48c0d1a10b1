package redact_test

import (
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
)

// lentPolicy has rules of all kinds that keep something of what they are looked for
// in. Backtracking ones keep nothing, and time decides about them.
const lentPolicy = `{"name":"test","unmask_for_user":true,"redaction_rules":[
	{"name":"Email","pattern":"\\b[a-z0-9._]+@[a-z0-9.]+\\.[a-z]{2,}\\b","replacement":"[EMAIL]"},
	{"name":"Card","pattern":"\\b4[0-9]{15}\\b","replacement":"[CARD]"},
	{"name":"Told","pattern":"told ([a-z]+-[0-9]+)","group":1,"replacement":"[TOLD]"},
	{"name":"Part","pattern":"part-[a-z0-9]+","action":"partial","keep_last":3},
	{"name":"Name","pattern":"secret: [a-z0-9]+","replacement":"[NAMED]"},
	{"name":"Watched","pattern":"watch-[a-z0-9]+","action":"alert"}],
	"response_rules":[
	{"name":"New","pattern":"new-[a-z0-9]+","replacement":"[NEW]"},
	{"name":"Seen","pattern":"seen-[a-z0-9]+","action":"alert"}]}`

// lentBody is a body in which everything belongs to one caller.
func lentBody(rnd *rand.Rand, who int) string {
	pieces := []string{
		`mail ann#@example.org\n`, `\"bob#@example.org\" `, `card 4000000000#. `, `told us-#, `, `again us-# `, `part-#abcdef `, `watch-# `, `new-# `,
		`ann#\u0040example.org `, `some words \\ of a prompt\n`, `more words, without escapes. `, `see https://host#.example/\n`,
	}
	text := func() string {
		var b strings.Builder
		for n := rnd.Intn(12); n >= 0; n-- {
			b.WriteString(pieces[rnd.Intn(len(pieces))])
		}
		return b.String()
	}
	var b strings.Builder
	b.WriteString(`{"messages":[`)
	for n := rnd.Intn(20); n >= 0; n-- {
		switch rnd.Intn(4) {
		case 0:
			b.WriteString(`{"secret":"x#y"},`)
		case 1:
			b.WriteString(`{"arguments":` + quote(`{"a":"`+text()+`","n":4000000000#}`) + `},`)
		case 2:
			b.WriteString("4000000000#,")
		}
		b.WriteString(`{"content":"` + text() + `"},`)
	}
	return strings.ReplaceAll(b.String()+`""]}`, "#", strconv.Itoa(who))
}

// ofCaller is the number of a caller, as it stands in all that belongs to it.
var ofCaller = regexp.MustCompile(`1[01][0-9]{4}`)

// seen is all that somebody sees of a request and its answer.
type seen struct {
	Masked, Vault, Back string
	Watched, Counts     []int
	Excerpts            []string
	Changes             []redact.Change
	Found               []string
	Why                 []redact.Explanation
	Issued              string
	AnswerExcerpts      []string
	AnswerBody          string
}

// exchangeOf masks a body and restores an answer that repeats it: with memory that
// is lent, or without. What is kept is looked at when everything has been given back.
func exchangeOf(t *testing.T, m, mirror *redact.Masker, body, news string, lent, why bool) (s seen) {
	vault := placeholder.NewVault()
	r := m.NewRequest(vault, "")
	if why {
		if err := r.Explain(func(x redact.Explanation) { s.Why = append(s.Why, x) }); err != nil {
			t.Error(err)
		}
	}
	trace := &redact.Trace{Texts: true}
	r.Trace(trace)
	c := redact.Content{Type: jsonType}
	if lent {
		var err error
		if _, body, err = r.ReadBody(strings.NewReader(body), c); err != nil {
			t.Error(err)
		}
	}
	p, err := r.ScanBody(body, c)
	if err != nil {
		t.Error(err)
	}
	var out io.Reader
	if lent {
		_, out = r.MaskBody(p)
	} else {
		out = strings.NewReader(r.Mask(p))
	}
	s.Watched, s.Counts, s.Changes = p.Watched(), r.Counts(), r.Changes(p)
	r.Release()
	s.Masked = readAll(t, out)
	for _, f := range p.Found() {
		s.Found = append(s.Found, fmt.Sprint(f.Start, f.End, f.Rule, f.Value.Reveal()))
	}
	s.Excerpts = trace.Excerpts(100)
	s.Vault = vault.Encode()

	answer := redact.NewAnswer(vault, redact.AnswerOptions{MaxBytes: defaultLimit, Rules: m.Answers()})
	traced := &redact.AnswerTrace{Texts: true, Limit: defaultLimit}
	if why {
		traced = &redact.AnswerTrace{Whole: true, Limit: defaultLimit}
	}
	answer.Trace(traced)
	in := strings.Replace(s.Masked, `"messages":[`, `"messages":[{"content":"`+news+`"},`, 1)
	if lent {
		if in, err = answer.Read(strings.NewReader(in)); err != nil {
			t.Error(err)
		}
	}
	if lent && !why {
		back, _, _, err := answer.Restored(in, c)
		if err != nil {
			t.Error(err)
		}
		s.Back = readAll(t, back)
	} else if s.Back, _, err = answer.Body(in, c); err != nil {
		t.Error(err)
	}
	s.Issued = fmt.Sprint(traced.Issued(0, 100))
	s.AnswerExcerpts, s.AnswerBody = traced.Masked(mirror, vault, 100)
	return s
}

func readAll(t *testing.T, r io.Reader) string {
	b, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return string(b)
}

// Many callers at once, in memory that goes from one to the other: each sees what it
// would see alone, and nobody anything of anybody else.
func TestNobodySeesWhatIsLent(t *testing.T) {
	p, err := policy.Parse("test.json", "test", []byte(lentPolicy))
	if err != nil {
		t.Fatal(err)
	}
	m, err := redact.NewMasker(p, redact.Options{MaxBytes: defaultLimit})
	if err != nil {
		t.Fatal(err)
	}
	mirror, err := redact.NewMirror(p)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for caller := range 16 {
		all.Add(1)
		go func() {
			defer all.Done()
			rnd := rand.New(rand.NewSource(int64(caller)))
			for round := range 20 {
				who := 100_000 + caller*1000 + round
				body := lentBody(rnd, who)
				news := fmt.Sprintf(`new-%dx, \"seen-%dx\" new-%d\n`, who, who, who)
				why := round%5 == 0
				want := exchangeOf(t, m, mirror, body, news, false, why)
				got := exchangeOf(t, m, mirror, body, news, true, why)
				if !reflect.DeepEqual(got, want) {
					t.Errorf("%s\ngot  %+v\nwant %+v", body, got, want)
				}
				everything := fmt.Sprintf("%+v", got)
				if strings.Contains(strings.ReplaceAll(everything, got.Vault, ""), "\x00") {
					t.Errorf("something was read that had been given back: %q", everything)
				}
				if sent := fmt.Sprintf("new-%d ", who); strings.Contains(body, sent) && !strings.Contains(got.Back, sent) {
					t.Errorf("what the caller sent is new: %s", got.Back)
				}
				for _, number := range ofCaller.FindAllString(everything, -1) {
					if number != strconv.Itoa(who) {
						t.Errorf("caller %d sees %s: %s", who, number, everything)
					}
				}
			}
		}()
	}
	all.Wait()
}

// What nothing was done to is kept, too.
func TestWhatStaysAsItIsIsKept(t *testing.T) {
	m := newMasker(t, nil)
	c := redact.Content{Type: jsonType}
	var kept []string
	for n := range 20 {
		body := fmt.Sprintf(`{"a":"nothing %d"}`, n)
		r := m.NewRequest(placeholder.NewVault(), "")
		raw, doc, err := r.ReadBody(strings.NewReader(body), c)
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.ScanBody(doc, c)
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, r.Own(raw), r.Own(doc), r.Own(r.Mask(p)))
		_, out := r.MaskBody(p)
		r.Release()
		kept = append(kept, readAll(t, out))
		for _, more := range []string{"x", ",", ""} { // too large, broken, or as it should be
			a := redact.NewAnswer(placeholder.NewVault(), redact.AnswerOptions{MaxBytes: int64(len(body) + strings.Count(more, ","))})
			raw, err := a.Read(strings.NewReader(body + more))
			if err == nil {
				raw, _, err = a.Body(raw, c)
			}
			if (more == "") != (err == nil) {
				t.Fatal(err)
			}
			kept = append(kept, strings.TrimSuffix(raw, more))
		}
	}
	for i, text := range kept {
		if want := fmt.Sprintf(`{"a":"nothing %d"}`, i/7); text != want {
			t.Errorf("%d: kept %q, want %q", i, text, want)
		}
	}
}

// A finding that changes nothing is counted by its value, and the second string here
// is decoded where the first one was.
func TestNotesKeepTheirValues(t *testing.T) {
	p, err := policy.Parse("test.json", "test", []byte(`{"name":"test","redaction_rules":[{"name":"Watched","pattern":"watch/[a-z0-9]+","action":"alert"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	m, err := redact.NewMasker(p, redact.Options{MaxBytes: defaultLimit})
	if err != nil {
		t.Fatal(err)
	}
	// The first string has the value, and the second one its spelling with an escape,
	// which is the value once more when it is undone.
	body := `{"arguments":` + quote(`{"a":"\"q\" watch\/1aaa","b":"watch\/\\u0031aaa"}`) + `}`
	r := m.NewRequest(placeholder.NewVault(), "")
	part, err := r.ScanBody(body, redact.Content{Type: jsonType})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(part.Watched()); n != 2 {
		t.Errorf("%d findings", n)
	}
}

// A value that is new is known again in the next string, which is decoded where the
// first one was.
func TestNewValuesAreKnownAgain(t *testing.T) {
	p, err := policy.Parse("test.json", "test", []byte(lentPolicy))
	if err != nil {
		t.Fatal(err)
	}
	m, err := redact.NewMasker(p, redact.Options{MaxBytes: defaultLimit})
	if err != nil {
		t.Fatal(err)
	}
	a := redact.NewAnswer(placeholder.NewVault(), redact.AnswerOptions{MaxBytes: defaultLimit, Rules: m.Answers()})
	body := `{"a":"\"q\" new-1","b":"\"other words\" new-2","c":"\n new-1"}`
	got, _, err := a.Body(body, redact.Content{Type: jsonType})
	if want := `{"a":"\"q\" [NEW_1]","b":"\"other words\" [NEW_2]","c":"\n [NEW_1]"}`; got != want || err != nil {
		t.Errorf("%s, %v\nwant %s", got, err, want)
	}
}

// writes counts how often something is written.
type writes int

func (w *writes) Write(p []byte) (int, error) {
	*w++
	return len(p), nil
}

// Upstream hears of a short request in one write, masked or as it came.
func TestShortBodiesGoWithTheirHeader(t *testing.T) {
	for _, body := range []string{`{"a":"nothing"}`, `{"a":"ann@example.org"}`} {
		r := newMasker(t, nil).NewRequest(placeholder.NewVault(), "")
		_, doc, err := r.ReadBody(strings.NewReader(body), redact.Content{Type: jsonType})
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.ScanBody(doc, redact.Content{Type: jsonType})
		if err != nil {
			t.Fatal(err)
		}
		masked, out := r.MaskBody(p)
		r.Release()
		request, err := http.NewRequest(http.MethodPost, "http://llm.example", out)
		if err != nil {
			t.Fatal(err)
		}
		request.ContentLength = int64(len(masked))
		var n writes
		if err := request.Write(&n); err != nil || n != 1 {
			t.Errorf("%s: %d writes, %v", body, n, err)
		}
	}
}
