// Package filled keeps tables filled in plugins that share their package. It knows
// nothing of what they hold.
//
// Go's linker leaves out what fills a map at package level when nothing that one
// plugin can reach reads it. Plugins in one KrakenD share their packages, and a
// package is initialized once, by the first plugin that has it: the map would
// be empty for all others, too (cmd/compile, wrapglobalmapinit, since Go 1.21).
package filled

// Map returns m. A map that comes from a call is always filled.
//
//go:noinline
func Map[K comparable, V any](m map[K]V) map[K]V { return m }
