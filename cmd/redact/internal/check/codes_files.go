package check

var fileCodes = []Code{
	{
		ID: "KR001", Severity: Error, Title: "a file cannot be read",
		Why:     "The file does not exist, its permissions do not allow it, or it is larger than 64 MiB.",
		Remedy:  "check the path and its permissions",
		Example: Example{File: "absent.json", Missing: true},
	},
	{
		ID: "KR002", Severity: Error, Title: "a file is not valid JSON or YAML",
		Why:    "KrakenD does not start with it. The place is where the text stops being valid; the mistake itself may stand before it.",
		Remedy: "check commas, quotes, brackets and backslashes there",
		Example: Example{
			File: "policy.json", In: inRules,
			Wrong: `{ "name": "Order", "pattern": "order \d+" }`,
			Right: `{ "name": "Order", "pattern": "order \\d+" }`,
		},
	},
	{
		ID: "KR003", Severity: Warning, Title: "nothing in the file can be checked",
		Why:    "The file is neither a policy nor a configuration of KrakenD, and names no container image. In folders, such files are passed over; this one was named.",
		Remedy: "name another file, or the folder that it is in",
		Example: Example{
			File:  "other.json",
			Wrong: `{ "rules": [] }`,
			Right: `{ "redaction_rules": [{ "name": "Order", "pattern": "order \\d+" }] }`,
		},
	},
	{
		ID: "KR004", Severity: Error, Title: "a template cannot be rendered",
		Why: "KrakenD renders the file with flexible configuration, and this failed. Settings, partials and templates are looked for in the folders of " +
			"`--settings`, `--partials` and `--templates`, or else of `FC_SETTINGS`, `FC_PARTIALS` and `FC_TEMPLATES`. Variables of the environment that the template asks for have to be set; a value that is none will do.",
		Remedy: "correct the template, or set what it asks for",
		Example: Example{
			File:  "krakend.json",
			Wrong: `{ "version": 3, "name": {{ marshall .name }}, "endpoints": [] }`,
			Right: `{ "version": 3, "name": {{ marshal .name }}, "endpoints": [] }`,
		},
	},
	{
		ID: "KR005", Severity: Warning, Title: "a key stands twice in one object",
		Why:    "JSON leaves open what that means, and KrakenD takes the last without a word. A second `validation/cel`, for example, takes the interlock out of force.",
		Remedy: "keep one of them, and put into it what both hold",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "validation/cel": [{ "check_expr": "req_method == 'POST'" }],
  "validation/cel": [{ "check_expr": "size(req_headers) < 50" }]
}`,
			Right: `"extra_config": {
  "validation/cel": [
    { "check_expr": "req_method == 'POST'" },
    { "check_expr": "size(req_headers) < 50" }
  ]
}`,
		},
	},
}
