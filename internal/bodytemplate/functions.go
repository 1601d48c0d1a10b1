package bodytemplate

import (
	"reflect"
	"text/template"
)

// outside are Sprig's functions that reach outside of the request: the first
// two read the gateway's environment, where its secrets are, and the third
// sends what it is given to a name server.
var outside = []string{"env", "expandenv", "getHostByName"}

// costly are Sprig's functions that make keys. One call takes between a tenth
// of a second and several seconds of CPU, and no body needs one.
var costly = []string{
	"genPrivateKey", "derivePassword", "genCA", "genCAWithKey", "genSelfSignedCert",
	"genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
}

func whyUnavailable(name string) string {
	for _, n := range outside {
		if n == name {
			return `it reaches outside of the request: set "allow_env": true if that is meant`
		}
	}
	for _, n := range costly {
		if n == name {
			return "it costs too much CPU for a gateway: make keys elsewhere and pass them in variables"
		}
	}
	return "check its name in docs/body-generator.md"
}

// functions returns what a template may call.
func functions(base map[string]interface{}, allowEnv bool, p *patterns) template.FuncMap {
	all := make(template.FuncMap, len(base)+20)
	for name, fn := range base {
		all[name] = fn
	}
	for _, name := range costly {
		delete(all, name)
	}
	if !allowEnv {
		for _, name := range outside {
			delete(all, name)
		}
	}
	for _, set := range []map[string]interface{}{comparisons, printers, p.functions()} {
		for name, fn := range set {
			all[name] = fn
		}
	}
	all["printf"] = sprintf
	all["fromJson"] = fromJSON
	all["mustFromJson"] = DecodeJSON
	all["uniq"], all["mustUniq"] = uniq, uniq
	all[checkRange], all[checkPrint] = rangeable, printable
	for _, name := range arithmetic {
		if fn, ok := all[name]; ok {
			all[name] = around(fn, plainNumbers(fn), nil)
		}
	}
	for name, check := range bounded {
		if fn, ok := all[name]; ok {
			all[name] = around(fn, check, nil)
		}
	}
	for name, check := range changing {
		if fn, ok := all[name]; ok {
			all[name] = around(fn, nil, check)
		}
	}
	for _, name := range measured {
		if fn, ok := all[name]; ok {
			all[name] = around(fn, checkSize, nil)
		}
	}
	return all
}

// around returns fn with a step ahead of it, which may change the arguments,
// and one after it. Either may panic with a reason, which text/template turns
// into an error of the execution.
func around(fn interface{}, before, after func(args []reflect.Value)) interface{} {
	f := reflect.ValueOf(fn)
	call := f.Call
	if f.Type().IsVariadic() {
		call = f.CallSlice
	}
	return reflect.MakeFunc(f.Type(), func(args []reflect.Value) []reflect.Value {
		if before != nil {
			before(args)
		}
		results := call(args)
		if after != nil {
			after(args)
		}
		return results
	}).Interface()
}
