// Package detect finds what rules describe, in a text that is all there
// ([Engine.Find]) or arrives in pieces ([Stream]). Both find the same. It knows
// nothing of where the text comes from and changes nothing.
//
// # What a rule finds
//
// By itself, a rule finds what Go's regexp finds with FindAll: the leftmost
// match, of several that begin there the one that its alternatives and repeats
// prefer, and the next one behind it. Empty matches count for nothing. Then the
// match has to stand up to questions, in this order: its capture group, if the
// rule asks for one, takes part; the look-behind and look-ahead of its ends hold;
// its check takes it, or the beginning of it; its condition holds. If so, the
// value is a finding and the search goes on behind it, otherwise behind the
// match's first character (behind all of it when it is longer than 256 bytes).
//
// Where the rules' findings overlap, the leftmost wins, then the longest, then
// the earlier rule, and what is left of the others is a finding too (resolve.go).
//
// # How
//
// All patterns are one automaton that goes over the text once, character by
// character, one look-up in a table each (walker.go). It is deterministic and
// built while it is used, since nobody knows beforehand which of its countless
// states a text will visit (dfa.go). Characters come in classes that no pattern
// tells apart (alphabet.go), which keeps the table small. It tells every place
// where a match of some rule ends, and is seldom wrong about that: where there is
// nothing to find, this pass is all that happens. Of patterns that begin with
// something rare, it tells where that is instead (prefix.go).
//
// Since each look-up has to wait for the one before it, four pieces of a text are
// gone through side by side (lanes.go): one from where the pass is, three from the
// state of a search that begins there. The pass then takes over, with the places where
// matches end, what it would go through in the same state, and goes itself where it is
// in another state than was supposed. In text, that is over after a word.
//
// At such a place, the rule's own automata find out which match it is (search.go),
// unless matches of the rule are just words (words.go) or rows of characters
// (straight.go): one goes forward from where it can begin at the earliest, in the order
// of preference, and tells its end. If no match begins there, it goes over what follows,
// and one goes backward from the end that it tells to find the beginning. The questions
// follow (accept.go, look.go, groups.go). What look-around says about single characters,
// the pass heeds already (side.go), and walks in vain are not repeated (trail.go).
//
// Patterns whose states multiply each other without end would fill the table
// again and again. Their pass is split into two then (split.go). Texts that have
// no structure, a hundred thousand of them, are not patterns but terms (terms.go).
// Only rules that ask for it backtrack, with a time limit (backtrack.go).
//
// A stream (stream.go) simulates each pattern step by step instead (machine.go),
// because it must know from where on a text can still become a match. The pass
// tells it which patterns have something under way at all (watch.go). What can no
// longer be searched exactly, because the text is gone, is searched loosely
// (loose.go).
//
// [Engine.Slow] names the rules that all this is of little use for. A text that its
// readers see otherwise (package normalize) is searched as they see it, too, but
// only around what differs (again.go); the places are mapped back before the
// matches of both are resolved together.
package detect
