// Command watcher is a KrakenD modifier plugin for tests: it stands on both
// sides of other modifiers and fails the request when they wrote into a map
// that KrakenD had handed to them. KrakenD shares Params, Headers and Query
// between parallel backends, so such a write ends the process sooner or later;
// waiting for that to happen proves nothing.
package main

import (
	"errors"
	"reflect"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/krakend-redact/krakend-redact/e2e/testdata/shapes"
)

func main() {}

type registerer string

// ModifierRegisterer is the symbol KrakenD looks for.
var ModifierRegisterer = registerer("watcher")

// RegisterModifiers registers a pair for requests and a pair for answers, to
// stand before and after the modifiers under watch.
func (registerer) RegisterModifiers(register shapes.Register) {
	register("e2e-watch-request", shapes.Factory(handRequest), true, false)
	register("e2e-watched-request", shapes.Factory(checkRequest), true, false)
	register("e2e-watch-response", shapes.Factory(handResponse), false, true)
	register("e2e-watched-response", shapes.Factory(checkResponse), false, true)
}

// idParam carries the number of a request through the modifiers under watch.
const idParam = "E2e_watch"

var (
	lastID    atomic.Int64
	requests  sync.Map // id -> watched
	responses sync.Map // id -> watched
)

// watched is what was handed out, beside a copy of what it was then.
type watched struct{ handed, copied []interface{} }

func watch(maps ...interface{}) watched {
	w := watched{handed: maps}
	for _, m := range maps {
		w.copied = append(w.copied, clone(m))
	}
	return w
}

func (w watched) untouched() bool { return reflect.DeepEqual(w.handed, w.copied) }

func clone(v interface{}) interface{} {
	if r := reflect.ValueOf(v); !r.IsValid() || r.Kind() == reflect.Map && r.IsNil() {
		return v
	}
	switch v := v.(type) {
	case map[string]string:
		c := map[string]string{}
		for k, e := range v {
			c[k] = e
		}
		return c
	case map[string][]string:
		c := map[string][]string{}
		for k, e := range v {
			c[k] = append([]string(nil), e...)
		}
		return c
	case map[string]interface{}:
		c := map[string]interface{}{}
		for k, e := range v {
			c[k] = clone(e)
		}
		return c
	case []interface{}:
		c := make([]interface{}, len(v))
		for i, e := range v {
			c[i] = clone(e)
		}
		return c
	}
	return v
}

type request struct {
	shapes.Request
	params map[string]string
}

func (r request) Params() map[string]string { return r.params }

func handRequest(v interface{}) (interface{}, error) {
	in, ok := v.(shapes.Request)
	if !ok {
		return nil, errors.New("e2e: no request")
	}
	id := strconv.FormatInt(lastID.Add(1), 10)
	params := map[string]string{idParam: id}
	for k, p := range in.Params() {
		params[k] = p
	}
	requests.Store(id, watch(params, in.Headers(), map[string][]string(in.Query())))
	return request{in, params}, nil
}

func checkRequest(v interface{}) (interface{}, error) {
	in, ok := v.(shapes.Request)
	if !ok {
		return nil, errors.New("e2e: no request")
	}
	return v, check(&requests, in.Params()[idParam], "request")
}

func handResponse(v interface{}) (interface{}, error) {
	in, ok := v.(shapes.Response)
	if !ok {
		return nil, errors.New("e2e: no answer")
	}
	responses.Store(idOf(in), watch(in.Data(), in.Headers()))
	return v, nil
}

func checkResponse(v interface{}) (interface{}, error) {
	in, ok := v.(shapes.Response)
	if !ok {
		return nil, errors.New("e2e: no answer")
	}
	return v, check(&responses, idOf(in), "answer")
}

func idOf(in shapes.Response) string {
	r, ok := in.Request().(shapes.Request)
	if !ok {
		return ""
	}
	return r.Params()[idParam]
}

func check(all *sync.Map, id, what string) error {
	w, ok := all.LoadAndDelete(id)
	if !ok {
		return errors.New("e2e: the " + what + " lost its number")
	}
	if !w.(watched).untouched() {
		return errors.New("e2e: a map of the " + what + " was written to")
	}
	return nil
}
