package check

// policyCodes are what is found in policies.
var policyCodes = []Code{
	{
		ID: "KR010", Severity: Error, Title: "a policy breaks the schema",
		Why:    "A field is missing, has the wrong type or a value that is not allowed, or two fields contradict each other. The gateway does not start.",
		Remedy: "see docs/policy.md for what the field may hold",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Order", "pattern": "order \\d+", "action": "hide" }`,
			Right: `{ "name": "Order", "pattern": "order \\d+", "action": "redact" }`,
		},
	},
	{
		ID: "KR011", Severity: Error, Title: "a field of a policy is unknown or stands twice",
		Why:    "A misspelt field would do nothing, so the gateway does not start. Keys that begin with `@`, `$`, `_` or `#` are comments.",
		Remedy: "correct the name; see docs/policy.md for the fields",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Order", "pattern": "order \\d+", "case-sensitive": true }`,
			Right: `{ "name": "Order", "pattern": "order \\d+", "case_sensitive": true }`,
		},
	},
	{
		ID: "KR012", Severity: Error, Title: "a pattern cannot be compiled",
		Why: "The pattern is not in RE2 syntax, or has look-around elsewhere than at its ends. The gateway does not start. " +
			"Patterns from other tools often hold look-around or back-references, which RE2 does not have because they take more than linear time.",
		Remedy: "correct the pattern; see https://github.com/google/re2/wiki/Syntax",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Account", "pattern": "AC(?=[0-9]{8})[0-9]+" }`,
			Right: `{ "name": "Account", "pattern": "AC[0-9]{8,}" }`,
		},
	},
	{
		ID: "KR013", Severity: Error, Title: "an example of a rule is wrong",
		Why:    "A rule finds nothing in a text under `match`, or something in one under `no_match`. The gateway does not start.",
		Remedy: "correct the example or the rule",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Account", "pattern": "AC[0-9]{8}", "examples": { "match": ["AC1234567"] } }`,
			Right: `{ "name": "Account", "pattern": "AC[0-9]{8}", "examples": { "match": ["AC12345678"] } }`,
		},
	},
	{
		ID: "KR014", Severity: Error, Title: "a placeholder would be masked again or mistaken for another",
		Why:    "A rule finds its own placeholder, or two rules' placeholders can be misread where they stand side by side. The gateway does not start.",
		Remedy: "choose another replacement or a narrower pattern",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Email", "pattern": "\\S+", "replacement": "[EMAIL]" }`,
			Right: `{ "name": "Email", "pattern": "\\S+@\\S+", "replacement": "[EMAIL]" }`,
		},
	},
	{
		ID: "KR015", Severity: Warning, Title: "a rule finds another rule's placeholder",
		Why: "In a chat, the next request brings back what was answered. A placeholder in it that another rule finds is masked once more: `[REDACTED_[ticket_1]]`. " +
			"A response rule replaces those that stay in an answer because their rules do not unmask.",
		Remedy: "make the pattern narrower, or choose another replacement for the other rule",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Ticket", "pattern": "[A-Z]+_[0-9]+", "case_sensitive": true, "replacement": "[ticket]" },
{ "name": "Email", "pattern": "\\S+@\\S+", "replacement": "[REDACTED_EMAIL]" }`,
			Right: `{ "name": "Ticket", "pattern": "\\bTICKET_[0-9]+", "case_sensitive": true, "replacement": "[ticket]" },
{ "name": "Email", "pattern": "\\S+@\\S+", "replacement": "[REDACTED_EMAIL]" }`,
		},
	},
	{
		ID: "KR016", Severity: Warning, Title: "two rules look for the same",
		Why:    "The second one never finds anything that the first has not found already, and people who read the policy have to compare them.",
		Remedy: "remove one of them",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Cards", "detector": "credit_card" },
{ "name": "Payment", "detector": "credit_card", "action": "block" }`,
			Right: `{ "name": "Payment", "detector": "credit_card", "action": "block" }`,
		},
	},
	{
		ID: "KR017", Severity: Warning, Title: "two rules find each other's examples",
		Why: "Where matches overlap, the leftmost wins, then the longest, then the earlier rule, so which rule has a value depends on its surroundings: " +
			"its placeholder, its action and what audit says of it. Only rules are compared that have examples or name a detector.",
		Remedy: "make one of them narrower, disable one, or take the detector out of the packs with a rule of its own",
		Example: Example{
			File: "policy.json",
			Wrong: `{
  "packs": ["pii"],
  "redaction_rules": [
    { "name": "Mail", "pattern": "[\\w.+-]+@[\\w.-]+", "examples": { "match": ["jane.doe@example.com"] } }
  ]
}`,
			Right: `{
  "packs": ["pii"],
  "redaction_rules": [
    { "name": "Mail", "detector": "email", "replacement": "[MAIL]" }
  ]
}`,
		},
	},
	{
		ID: "KR018", Severity: Warning, Title: "a rule always loses to others",
		Why:    "In each of the rule's examples, other rules find the same value or more and win. What the rule says about action, placeholder and severity never comes to bear.",
		Remedy: "put the rule before the others, or make the others narrower",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Number", "pattern": "\\b[A-Z]{0,2}[0-9]{6,}\\b" },
{ "name": "Account", "pattern": "\\bAC[0-9]{8}\\b", "action": "redact", "examples": { "match": ["AC12345678"] } }`,
			Right: `{ "name": "Account", "pattern": "\\bAC[0-9]{8}\\b", "action": "redact", "examples": { "match": ["AC12345678"] } },
{ "name": "Number", "pattern": "\\b[A-Z]{0,2}[0-9]{6,}\\b" }`,
		},
	},
	{
		ID: "KR019", Severity: Error, Title: "a rule can never find anything",
		Why: "No text matches the pattern, or it matches the empty text alone, which does not count; the capture group is always empty; " +
			"each required word is forbidden as well or longer than the window; or `allow` lets through everything. The rule protects nothing.",
		Remedy: "correct the rule, and give it examples, which are checked at start",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Order", "pattern": "order\\b[0-9]{6}" }`,
			Right: `{ "name": "Order", "pattern": "order ?[0-9]{6}" }`,
		},
	},
	{
		ID: "KR020", Severity: Warning, Title: "a pattern matches the empty text",
		Why:    "Empty matches do not count, so this does no harm, but a pattern that is all optional rarely says what was meant: it finds its smallest pieces, too.",
		Remedy: "make a part of the pattern necessary: + instead of *, or {1,…}",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Sum", "pattern": "(?:eur|usd)?(?: \\d+ million)?" }`,
			Right: `{ "name": "Sum", "pattern": "(?:eur|usd) \\d+ million" }`,
		},
	},
	{
		ID: "KR021", Severity: Warning, Title: "a pattern is slow",
		Why: "All patterns go over a text together, in one pass. A pattern that can be under way from many places at once, because nothing fixed stands at its beginning, " +
			"slows this pass down for all; one that backtracks needs a pass of its own.",
		Remedy: "begin the pattern with \\b or with fixed text, use smaller repeat counts, and leave out backtracking",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Doubled", "pattern": "\\b(\\w+) \\1\\b", "engine": "backtracking", "replacement": "[DOUBLED]" }`,
			Right: `{ "name": "Doubled", "pattern": "\\b(?:very very|really really)\\b", "replacement": "[DOUBLED]" }`,
		},
	},
	{
		ID: "KR022", Severity: Error, Title: "a pattern backtracks without end",
		Why: "With `\"engine\": \"backtracking\"`, a repeat within a repeat tries all ways to divide a text, and their number doubles with each character. " +
			"The check tried texts of a few dozen characters, and one of them took more than 100 milliseconds. The gateway refuses such texts, so anybody can have requests refused.",
		Remedy: "write the pattern without a repeat in a repeat, and without backtracking if possible",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Words", "pattern": "^(\\w+\\s?)+#$", "engine": "backtracking", "replacement": "[WORDS]" }`,
			Right: `{ "name": "Words", "pattern": "^\\w[\\w ]*#$", "replacement": "[WORDS]" }`,
		},
	},
	{
		ID: "KR023", Severity: Info, Title: "a rule's values are not given back although the policy unmasks",
		Why:    "Only the action `mask` keeps a value for the answer. With `redact`, `partial` and `hash`, users see the placeholder even though the policy says `unmask_for_user`.",
		Remedy: "use \"action\": \"mask\" if users shall get the value back",
		Example: Example{
			File:  "policy.json",
			Wrong: `{ "unmask_for_user": true, "redaction_rules": [{ "name": "Order", "pattern": "order \\d+", "action": "redact" }] }`,
			Right: `{ "unmask_for_user": true, "redaction_rules": [{ "name": "Order", "pattern": "order \\d+", "action": "mask" }] }`,
		},
	},
	{
		ID: "KR024", Severity: Warning, Title: "a policy is in test mode",
		Why:    "With `\"mode\": \"test\"` findings are counted and logged, and nothing is masked: the policy protects nothing.",
		Remedy: "use \"mode\": \"enforce\", or leave it out, once the policy does what it should",
		Example: Example{
			File:  "policy.json",
			Wrong: `{ "mode": "test", "redaction_rules": [{ "name": "Order", "pattern": "order \\d+" }] }`,
			Right: `{ "mode": "enforce", "redaction_rules": [{ "name": "Order", "pattern": "order \\d+" }] }`,
		},
	},
	{
		ID: "KR025", Severity: Warning, Title: "a rule contradicts itself about upper and lower case",
		Why:    "`case_sensitive` and the flag in the pattern say opposite things, and the flag wins. Rules ignore case by default, because that finds more.",
		Remedy: "remove the flag from the pattern, and set case_sensitive as it is meant",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Project", "pattern": "(?i)project atlas", "case_sensitive": true }`,
			Right: `{ "name": "Project", "pattern": "project atlas", "case_sensitive": false }`,
		},
	},
	{
		ID: "KR026", Severity: Info, Title: "a rule is disabled",
		Why:    "The rule finds nothing. If it names a detector, it also takes that out of the packs.",
		Remedy: "enable the rule, or remove it if nobody needs it",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Order", "pattern": "order \\d+" },
{ "name": "Phone", "detector": "phone", "enabled": false }`,
			Right: `{ "name": "Order", "pattern": "order \\d+" },
{ "name": "Phone", "detector": "phone" }`,
		},
	},
	{
		ID: "KR027", Severity: Info, Title: "the key for hashes is not here",
		Why:    "`hash_key_file` or `hash_key_env` leads to nothing, or to fewer than 16 bytes. On a machine that checks files this is as it should be; a gateway does not start without the key.",
		Remedy: "make sure that the gateway has the key",
		Example: Example{
			File:  "policy.json",
			Wrong: `{ "hash_key_file": "hash.key", "redaction_rules": [{ "name": "User", "pattern": "user \\d+", "action": "hash" }] }`,
			Right: `{ "redaction_rules": [{ "name": "User", "pattern": "user \\d+", "action": "redact" }] }`,
		},
	},
}
