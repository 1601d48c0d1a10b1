package modifiers

import "github.com/krakend-redact/krakend-redact/internal/lurax"

// interlocked are the request modifiers that note on a request that they have
// run. KrakenD sends requests on without a word when a plugin did not load or a
// name is misspelt; a "validation/cel" at the backend, which comes after the
// modifiers, can demand the note:
//
//	'redact-request' in req_params
//
// The note is a parameter and no header, because nobody else can make one:
// KrakenD spells the names of URL parameters with a capital first letter, takes
// them from the configuration alone, and sends none to a backend.
var interlocked = map[string]bool{
	redactRequestName: true, requestGeneratorName: true, generatorName: true,
}

// noteRun notes that a modifier has run, and what it applied.
func noteRun(out *lurax.Request, name, applied string) { out.Params()[name] = applied }

// isOurs tells whether a parameter is one that our modifiers have set.
func isOurs(param string) bool {
	return interlocked[param] || param == vaultParam || param == profileParam || param == versionParam || param == exchangeParam
}
