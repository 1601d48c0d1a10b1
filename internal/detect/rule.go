package detect

// Rule is one thing to find.
type Rule struct {
	// Name is what errors and [Engine.Slow] call the rule.
	Name string
	// Expression is in RE2 syntax. At its beginning may stand look-behind,
	// (?<=…) and (?<!…), and at its end look-ahead, (?=…) and (?!…): what must or
	// must not stand before and behind a match. They are looked at when the match
	// is made and do not take part in making it.
	Expression string
	// Terms, unless nil, are found instead of Expression.
	Terms *Terms
	// Group is the capture group that is the value, 0 for all of the match. A
	// match in which the group takes no part is refused; an empty group stands
	// for all of the match.
	Group int
	// Check, unless nil, tells how many bytes of a value, from its beginning on,
	// are the real one; 0 refuses it. The value is good during the call only.
	Check func(value string) int
	// Condition, unless its Holds is nil, tells whether a value counts where it
	// stands. It comes last.
	Condition Condition
	// Allow, unless nil, tells of a value that counts that it is left as it is.
	// The search goes on behind it: no part of it is a finding of the rule. The
	// value is good during the call only.
	Allow func(value string) bool
	// Backtracking has regexp2 run the expression, which then may use all of
	// Perl's look-around and back references. Find fails if that takes too long.
	Backtracking bool
	// Open findings take the digits that follow.
	Open bool
	// Watch keeps the rule's findings out of the resolution of overlaps: they
	// are told to those who ask, see [Scope].
	Watch bool
}

// Condition is what must hold around a value.
type Condition struct {
	// Window is how many bytes before and behind the value Holds gets to see, at
	// the most: characters stay whole. It is at most MaxWindow.
	Window int
	// Holds decides about the value around[start:end]. The text is good during the
	// call only.
	Holds func(around string, start, end int) bool
}

// MaxWindow bounds the window of a condition in bytes, so that a stream can hold
// it back.
const MaxWindow = 1024

// Finding is a part of a text, text[Start:End], that a rule describes. Rule is
// the rule's index in the list that the engine was compiled from.
type Finding struct {
	Start, End int
	Rule       int
}

// RuleError says what is wrong with a rule, without quoting its expression.
type RuleError struct {
	Rule           int // its index
	Reason, Remedy string
}

func (e *RuleError) Error() string { return e.Reason + "; " + e.Remedy }
