package browser

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long something may take in the browser, or in a gateway.
const patience = time.Minute

// tab is a window of a browser of its own.
type tab struct {
	t   *testing.T
	ctx context.Context
	c   *console

	mu       sync.Mutex
	problems []string      // that scripts ran, or tried to, that are none of the console's
	tails    chan struct{} // holds something once the live tail is connected
}

// open starts a browser with a window of a laptop's size. When the test ends, no script but the
// console's may have run in it.
func (c *console) open(t *testing.T) *tab {
	t.Helper()
	profile, err := os.MkdirTemp(bin.profiles, "")
	if err != nil {
		t.Fatal(err)
	}
	// Where tests run as root, as in containers, Chromium refuses its sandbox.
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(bin.chromium), chromedp.NoSandbox,
		chromedp.Flag("lang", "en"), chromedp.UserDataDir(profile), chromedp.WSURLReadTimeout(patience))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &tab{t: t, ctx: ctx, c: c, tails: make(chan struct{}, 1)}
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *page.EventJavascriptDialogOpening:
			b.problem("a dialog: " + e.Message)
			go func() { _ = chromedp.Run(ctx, page.HandleJavaScriptDialog(true)) }()
		case *runtime.EventExceptionThrown:
			b.problem("a script failed: " + e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			if e.Entry.Source == log.SourceSecurity || e.Entry.Source == log.SourceViolation {
				b.problem("refused by the Content-Security-Policy: " + e.Entry.Text)
			}
		case *network.EventResponseReceived:
			if strings.Contains(e.Response.URL, "/audit/tail") {
				select {
				case b.tails <- struct{}{}:
				default: // it was connected before
				}
			}
		}
	})
	// The browser would end with the context of what is done first, if that ended.
	if err := chromedp.Run(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	b.do(emulation.SetTimezoneOverride("Europe/Berlin"), chromedp.EmulateViewport(1280, 800))
	t.Cleanup(func() {
		for _, problem := range b.taken() {
			t.Error(problem)
		}
	})
	return b
}

// login logs in by hand, as an editor.
func (b *tab) login() *tab {
	b.t.Helper()
	b.visit("/login")
	b.fill("token", loginToken)
	b.press("Log in")
	b.sees("Overview")
	return b
}

func (b *tab) problem(text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, text)
}

// taken returns the problems so far and forgets them.
func (b *tab) taken() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer func() { b.problems = nil }()
	return b.problems
}

// do has the browser do something.
func (b *tab) do(actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.t.Fatalf("the browser: %v", err)
	}
}

// goes does something that leads to another page, which must be one of the
// console's with this status.
func (b *tab) goes(status int64, actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	resp, err := chromedp.RunResponse(ctx, actions...)
	if err != nil {
		b.t.Fatalf("the browser comes to no page: %v", err)
	}
	if resp.Status != status {
		b.t.Fatalf("%s answers %d, want %d:\n%s", resp.URL, resp.Status, status, b.text())
	}
}

func (b *tab) visit(path string) { b.t.Helper(); b.goes(200, chromedp.Navigate(b.c.url+path)) }

// main finds a button or a link in the page by its text.
func main(text string) string {
	return fmt.Sprintf(`//main//*[self::button or self::a or self::summary][normalize-space()=%q]`, text)
}

// press presses a button, or follows a link, that leads to another page.
func (b *tab) press(text string) {
	b.t.Helper()
	b.goes(200, chromedp.Click(main(text), chromedp.BySearch))
}

// fill writes into a field, as by pasting.
func (b *tab) fill(id, text string) {
	b.t.Helper()
	b.do(chromedp.SetValue("#"+id, text, chromedp.ByQuery))
}

// key presses a key.
func (b *tab) key(key string) { b.t.Helper(); b.do(chromedp.KeyEvent(key)) }

// choose selects an option by its text.
func (b *tab) choose(id, option string) {
	b.t.Helper()
	b.fill(id, b.eval(fmt.Sprintf(`[...document.getElementById(%q).options].find(o => o.text === %q).value`, id, option)))
}

// eval returns what an expression is in the page, as a text.
func (b *tab) eval(expression string) (text string) {
	b.t.Helper()
	b.do(chromedp.Evaluate("String("+expression+")", &text))
	return text
}

// list returns the texts of a list in the page.
func (b *tab) list(expression string) (list []string) {
	b.t.Helper()
	b.do(chromedp.Evaluate(expression, &list))
	return list
}

func (b *tab) text() string { b.t.Helper(); return b.eval("document.body.innerText") }

// sees fails unless the page shows these texts.
func (b *tab) sees(texts ...string) {
	b.t.Helper()
	shown := b.text()
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			b.t.Fatalf("%s shows no %q:\n%s", b.eval("location.pathname"), text, shown)
		}
	}
}

// until waits for something that nobody announces.
func (b *tab) until(what string, is func() bool) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("waited in vain until %s; %s shows\n%s", what, b.eval("location.pathname"), b.text())
		}
	}
}

// comes looks at a page until it shows some texts.
func (b *tab) comes(path string, texts ...string) {
	b.t.Helper()
	b.until(strings.Join(texts, " and ")+" on "+path, func() bool {
		b.visit(path)
		shown := b.text()
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(shown, text) })
	})
}

// dark makes the browser prefer dark colours, or light ones.
func (b *tab) dark(on bool) {
	b.t.Helper()
	value := map[bool]string{false: "light", true: "dark"}[on]
	b.do(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}))
}

// phone shows the page on a phone.
func (b *tab) phone() { b.t.Helper(); b.do(chromedp.EmulateViewport(375, 812, chromedp.EmulateMobile)) }

// picture writes what is in the window to the folder that REDACT_SCREENSHOTS
// names, if it names one.
func (b *tab) picture(name string) {
	b.t.Helper()
	folder := os.Getenv("REDACT_SCREENSHOTS")
	if folder == "" {
		return
	}
	var raw []byte
	b.do(chromedp.CaptureScreenshot(&raw))
	decoded, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		b.t.Fatal(err)
	}
	var small bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&small, decoded); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "console-"+name+".png"), small.Bytes(), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// A test that cannot fail proves nothing: scripts that are none of the console's
// are noticed, whether they run or are kept from it.
func TestScriptsAreNoticed(t *testing.T) {
	b := startConsole(t).open(t)
	b.visit("/login")
	for _, script := range []string{
		`void document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=alert(1)>")`,
		`void document.body.append(Object.assign(document.createElement("script"), {text: "alert(1)"}))`,
		`void setTimeout(() => alert(1))`,
		`void setTimeout(() => { throw new Error("thrown") })`,
	} {
		b.eval(script)
		b.until(script+" is noticed", func() bool { return len(b.taken()) > 0 })
	}
}
