package check

import "strings"

// krakendCodes are what is found in the endpoints and backends of KrakenD's
// configurations.
var krakendCodes = []Code{
	{
		ID: "KR040", Severity: Error, Title: "the name of a modifier or of its settings is misspelt",
		Why:    "KrakenD ignores a modifier that it does not know and passes requests on as they are.",
		Remedy: "correct the name",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["redact_request", "redact-response"],
    "redact": { "policy": "policy.json" }
  },
  "validation/cel": [{ "check_expr": "'redact-request' in req_params" }]
}`,
			Right: masked,
		},
	},
	{
		ID: "KR041", Severity: Error, Title: "a modifier is named where KrakenD does not look",
		Why:    "Modifiers are read from `plugin/req-resp-modifier` in the `extra_config` of an endpoint or a backend, and nowhere else. KrakenD says nothing and passes requests on as they are.",
		Remedy: "name the modifiers under \"plugin/req-resp-modifier\" of the backend",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifiers": {
    "name": ["redact-request", "redact-response"],
    "redact": { "policy": "policy.json" }
  },
  "validation/cel": [{ "check_expr": "'redact-request' in req_params" }]
}`,
			Right: masked,
		},
	},
	{
		ID: "KR042", Severity: Error, Title: "a modifier refuses its settings",
		Why:    "The settings were read by the code that runs in the gateway, and it would not start with them.",
		Remedy: "correct the settings",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["redact-request", "redact-response"],
    "redact": { "policy": "policy.json", "max_body_bytes": "1MB" }
  },
  "validation/cel": [{ "check_expr": "'redact-request' in req_params" }]
}`,
			Right: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["redact-request", "redact-response"],
    "redact": { "policy": "policy.json", "max_body_bytes": 1048576 }
  },
  "validation/cel": [{ "check_expr": "'redact-request' in req_params" }]
}`,
		},
	},
	{
		ID: "KR043", Severity: Error, Title: "redact-request and redact-response are not side by side",
		Why: "Without `redact-response`, answers keep their placeholders although the policy unmasks, and response rules do nothing. " +
			"Without `redact-request`, nothing is masked. The two belong to the same endpoint or backend: what stands behind a placeholder does not travel between them. The gateway does not start.",
		Remedy: "name both in one list",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["redact-request"],
    "redact": { "policy": "policy.json" }
  },
  "validation/cel": [{ "check_expr": "'redact-request' in req_params" }]
}`,
			Right: masked,
		},
	},
	{
		ID: "KR044", Severity: Error, Title: "a file that settings name is not there",
		Why:    "The gateway does not start without its policies and templates. Relative paths start at KrakenD's working folder: `--folder` names it. For paths of the gateway's machine, `--path /etc/krakend=deploy` says where they are found here.",
		Remedy: "correct the path, or tell with --folder and --path where the gateway's files are found",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["redact-request", "redact-response"],
    "redact": { "policy": "policies/support.json" }
  },
  "validation/cel": [{ "check_expr": "'redact-request' in req_params" }]
}`,
			Right: masked,
		},
	},
	{
		ID: "KR045", Severity: Warning, Title: "modifiers at an endpoint with several backends",
		Why: "When one of several backends fails, KrakenD skips the endpoint's modifiers of answers and sends what the others gave: placeholders stay, and what is new in answers is not masked. " +
			"In a sequence, what one backend answered goes to the next one unmasked.",
		Remedy: "put the modifiers at the backend that is the LLM",
		Example: Example{
			File: "krakend.json", In: inEndpoint,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["modifier/response-body"],
    "modifier/response-body": { "modifiers": [{ "lower": { "field": "a" } }] }
  }
},
"backend": [
  { "host": ["http://a"], "url_pattern": "/a" },
  { "host": ["http://b"], "url_pattern": "/b" }
]`,
			Right: `"backend": [
  {
    "host": ["http://a"],
    "url_pattern": "/a",
    "extra_config": {
      "plugin/req-resp-modifier": {
        "name": ["modifier/response-body"],
        "modifier/response-body": { "modifiers": [{ "lower": { "field": "a" } }] }
      }
    }
  },
  { "host": ["http://b"], "url_pattern": "/b" }
]`,
		},
	},
	{
		ID: "KR046", Severity: Warning, Title: "redact at the endpoint and at its backend",
		Why:    "Requests are masked twice, and the note of the endpoint's `redact-request` opens the interlock of a backend whose own did not run.",
		Remedy: "keep the backend's",
		Example: Example{
			File: "krakend.json", In: inEndpoint,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["redact-request", "redact-response"],
    "redact": { "policy": "policy.json" }
  }
},
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
			Right: `"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
		},
	},
	{
		ID: "KR047", Severity: Warning, Title: "there is no interlock",
		Why: "KrakenD starts without a plugin that it cannot load and says so at DEBUG only; requests then go out unmasked. Our request modifiers note on each request that they have run, " +
			"and an expression at the same backend can demand the note: [the interlock](../scenarios.md#the-interlock).",
		Remedy: "demand at the backend with \"validation/cel\" that the modifier has run",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["redact-request", "redact-response"],
    "redact": { "policy": "policy.json" }
  }
}`,
			Right: masked,
		},
	},
	{
		ID: "KR048", Severity: Error, Title: "KrakenD ignores an interlock",
		Why: "KrakenD says nothing to a misspelt `validation/cel` or `check_expr`, nor to an object or a text in place of the list, and goes on without it. " +
			"One expression with a syntax error takes the whole list out of force (a WARNING in the log), and one whose names or types do not fit is dropped (at DEBUG). The check has KrakenD's own library compile them.",
		Remedy: "write \"validation/cel\": [{ \"check_expr\": \"'redact-request' in req_params\" }]",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["redact-request", "redact-response"],
    "redact": { "policy": "policy.json" }
  },
  "validation/cel": { "check_expr": "'redact-request' in req_params" }
}`,
			Right: masked,
		},
	},
	{
		ID: "KR049", Severity: Warning, Title: "a namespace of KrakenD Enterprise",
		Why: "The free edition ignores it without a word, so what it should guard or change stays as it is. " +
			"What this project offers under the same name goes one level deeper, under `plugin/req-resp-modifier`.",
		Remedy: "remove it, or run KrakenD Enterprise and check with --enterprise",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "modifier/response-body": { "modifiers": [{ "lower": { "field": "a" } }] }
}`,
			Right: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["modifier/response-body"],
    "modifier/response-body": { "modifiers": [{ "lower": { "field": "a" } }] }
  }
}`,
		},
	},
}

// serviceCodes are what is found at the root of KrakenD's configurations, and in
// what goes in and out.
var serviceCodes = []Code{
	{
		ID: "KR050", Severity: Error, Title: "nothing tells KrakenD to load plugins",
		Why:    "Modifiers are named, but the root has no `plugin` with a folder. KrakenD goes on without them. A gateway with the modifiers compiled in needs no plugin: check with `--compiled-in`.",
		Remedy: `add "plugin": { "pattern": ".so", "folder": "/opt/krakend/plugins/" } at the root, or check with --compiled-in`,
		Example: Example{
			File: "krakend.json", In: inRoot,
			Wrong: `"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`,
			Right: `"plugin": { "pattern": ".so", "folder": "plugins/" },
"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`,
		},
	},
	{
		ID: "KR051", Severity: Error, Title: "KrakenD will not find a plugin",
		Why:    "`plugin.pattern` is a part of the file's name and no glob: `*.so` fits no file. `plugin.folder` is a folder, whose files are taken and not those of folders below it.",
		Remedy: `write "pattern": ".so", and the folder that holds the plugins`,
		Example: Example{
			File: "krakend.json", In: inRoot,
			Wrong: `"plugin": { "pattern": "*.so", "folder": "plugins/" },
"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`,
			Right: `"plugin": { "pattern": ".so", "folder": "plugins/" },
"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`,
		},
	},
	{
		ID: "KR052", Severity: Info, Title: "the folder of plugins is not on this machine",
		Why:    "So nobody can say whether the plugins are in it. On a machine that checks files this is as it should be; `--path /opt/krakend/plugins=bin/plugins` says where they are found here.",
		Remedy: "make sure that the gateway has them: krakend test-plugin -m FOLDER/*.so",
		Example: Example{
			File: "krakend.json", In: inRoot,
			Wrong: `"plugin": { "pattern": ".so", "folder": "elsewhere/" },
"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`,
			Right: `"plugin": { "pattern": ".so", "folder": "plugins/" },
"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`,
		},
	},
	{
		ID: "KR053", Severity: Warning, Title: "KrakenD lets in larger bodies than redact reads",
		Why:    "Bodies between the two limits are refused with 413 by `redact-request`. `max_payload` belongs to KrakenD Enterprise; in the free edition `max_body_bytes` (10 MiB unless set) is the only limit.",
		Remedy: "make max_body_bytes at least as large as max_payload, or lower that",
		Example: Example{
			File: "krakend.json", In: inEndpoint,
			Wrong: `"extra_config": { "proxy": { "max_payload": 52428800 } },
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
			Right: `"extra_config": { "proxy": { "max_payload": 1048576 } },
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
		},
	},
	{
		ID: "KR054", Severity: Warning, Title: "callers' credentials reach the provider",
		Why:    "With `*` in `input_headers`, or with `Authorization` where `auth/validator` knows callers by it, the provider gets the tokens and cookies that callers present to the gateway.",
		Remedy: "name the headers that the provider needs, or take these off with header.Blacklist of modifier/martian",
		Example: Example{
			File: "krakend.json", In: inEndpoint,
			Wrong: `"input_headers": ["*"],
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
			Right: `"input_headers": ["Content-Type", "Accept"],
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
		},
	},
	{
		ID: "KR055", Severity: Warning, Title: "a header that is needed does not come through",
		Why:    "KrakenD forwards `Content-Type` alone; once `input_headers` is set, it forwards what is named there and nothing else. Modifiers tell by `Content-Type` what a body is, and providers refuse requests without their own headers.",
		Remedy: "add the header to input_headers, or set it with header.Modifier of modifier/martian",
		Example: Example{
			File: "krakend.json", In: inEndpoint,
			Wrong: `"input_headers": ["Accept"],
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
			Right: `"input_headers": ["Accept", "Content-Type"],
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
		},
	},
	{
		ID: "KR056", Severity: Warning, Title: "Accept-Encoding is forwarded",
		Why:    "The backend may then answer in a coding that nobody here can read, and the answer is refused. Without the header, Go asks for gzip and undoes it. `redact-request` takes it off.",
		Remedy: "take Accept-Encoding out of input_headers",
		Example: Example{
			File: "krakend.json", In: inEndpoint,
			Wrong: `"input_headers": ["Content-Type", "Accept-Encoding"],
"backend": [{
  "host": ["http://a"],
  "url_pattern": "/a",
  "extra_config": {
    "plugin/req-resp-modifier": {
      "name": ["modifier/response-body"],
      "modifier/response-body": { "modifiers": [{ "lower": { "field": "a" } }] }
    }
  }
}]`,
			Right: `"input_headers": ["Content-Type"],
"backend": [{
  "host": ["http://a"],
  "url_pattern": "/a",
  "extra_config": {
    "plugin/req-resp-modifier": {
      "name": ["modifier/response-body"],
      "modifier/response-body": { "modifiers": [{ "lower": { "field": "a" } }] }
    }
  }
}]`,
		},
	},
	{
		ID: "KR057", Severity: Info, Title: "all query parameters reach the provider",
		Why:    "With `*` in `input_query_strings`, the provider gets whatever callers write there, keys of their own among it. Values are masked by the policy, names only with `\"keys\": true`.",
		Remedy: "name the parameters that the provider needs",
		Example: Example{
			File: "krakend.json", In: inEndpoint,
			Wrong: `"input_query_strings": ["*"],
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
			Right: `"input_query_strings": ["alt"],
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", ` + masked + ` }]`,
		},
	},
	{
		ID: "KR058", Severity: Error, Title: "a key stands in the configuration",
		Why:    "Whoever can read the file, its history or a backup has the key. The value is never printed here.",
		Remedy: "revoke the key, and take the new one from the environment: {{ env \"LLM_API_KEY\" }} with flexible configuration",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "modifier/martian": {
    "header.Modifier": { "scope": ["request"], "name": "X-Api-Key", "value": "pk-3f9a71c25d" }
  }
}`,
			Right: `"extra_config": {
  "modifier/martian": {
    "header.Modifier": { "scope": ["request"], "name": "X-Api-Key", "value": {{ env "LLM_API_KEY" | marshal }} }
  }
}`,
		},
	},
	{
		ID: "KR059", Severity: Error, Title: "encodings under which answers get lost",
		Why: "With `\"encoding\": \"no-op\"` at the backend and another `output_encoding` at the endpoint, callers get an empty object. `no-op` at an endpoint takes one backend only. " +
			"Answers that are streamed need `no-op` at both.",
		Remedy: "set \"output_encoding\": \"no-op\" at the endpoint, or remove the backend's encoding",
		Example: Example{
			File: "krakend.json", In: inEndpoint,
			Wrong: `"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", "encoding": "no-op", ` + masked + ` }]`,
			Right: `"output_encoding": "no-op",
"backend": [{ "host": ["http://llm"], "url_pattern": "/chat", "encoding": "no-op", ` + masked + ` }]`,
		},
	},
	{
		ID: "KR060", Severity: Info, Title: "callers do not learn why a request was refused",
		Why:    "KrakenD keeps the reason of a refusal to itself, and callers see a bare status. Our refusals hold no values.",
		Remedy: `set "return_error_msg": true under extra_config.router`,
		Example: Example{
			File: "krakend.json", In: inRoot,
			Wrong: `"plugin": { "pattern": ".so", "folder": "plugins/" },
"extra_config": { "router": { "disable_access_log": true } }`,
			Right: `"plugin": { "pattern": ".so", "folder": "plugins/" },
"extra_config": { "router": { "disable_access_log": true, "return_error_msg": true } }`,
		},
	},
	{
		ID: "KR061", Severity: Warning, Title: "the access log prints query strings",
		Why:    "KrakenD prints the path and the query string of each request as the caller sent them, before anything is masked.",
		Remedy: `set "disable_access_log": true under extra_config.router`,
		Example: Example{
			File: "krakend.json", In: inRoot,
			Wrong: `"plugin": { "pattern": ".so", "folder": "plugins/" },
"extra_config": { "router": { "return_error_msg": true } }`,
			Right: `"plugin": { "pattern": ".so", "folder": "plugins/" },
"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`,
		},
	},
	{
		ID: "KR062", Severity: Warning, Title: "a debug endpoint is open",
		Why:    "`debug_endpoint` logs requests as they are, and `echo_endpoint` shows callers what KrakenD received. Both are for development.",
		Remedy: "remove it",
		Example: Example{
			File: "krakend.json", In: inRoot,
			Wrong: `"debug_endpoint": true,
"plugin": { "pattern": ".so", "folder": "plugins/" },
"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`,
			Right: `"plugin": { "pattern": ".so", "folder": "plugins/" },
"extra_config": { "router": { "return_error_msg": true, "disable_access_log": true } }`,
		},
	},
}

// generated is a backend whose requests are made from a template.
func generated(settings string) string {
	return `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["modifier/request-body-generator"],
    "modifier/request-body-generator": ` + settings + `
  },
  "validation/cel": [{ "check_expr": "'modifier/request-body-generator' in req_params" }]
}`
}

// settingsCodes are what is found in the settings of the modifiers beyond what
// they refuse themselves.
var settingsCodes = []Code{
	{
		ID: "KR063", Severity: Warning, Title: "the log shows whole bodies",
		Why:    "With `debug_values`, a body generator logs what it sees and makes, personal data included.",
		Remedy: "remove debug_values; debug alone shows the shape of the data",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: generated(`{ "path": "body.tmpl", "debug": true, "debug_values": true }`),
			Right: generated(`{ "path": "body.tmpl", "debug": true }`),
		},
	},
	{
		ID: "KR064", Severity: Warning, Title: "a replacement names a group that its pattern lacks",
		Why:    "Go takes all letters, digits and underscores behind `$` for the name of a group: `$1XXXX` is the group `1XXXX`, which does not exist, and nothing is put in its place.",
		Remedy: "put the number in braces: ${1}XXXX",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["modifier/response-body"],
    "modifier/response-body": {
      "modifiers": [{ "regexp": { "field": "card", "find": "^(\\d{4}).*", "replace": "$1XXXX" } }]
    }
  }
}`,
			Right: `"extra_config": {
  "plugin/req-resp-modifier": {
    "name": ["modifier/response-body"],
    "modifier/response-body": {
      "modifiers": [{ "regexp": { "field": "card", "find": "^(\\d{4}).*", "replace": "${1}XXXX" } }]
    }
  }
}`,
		},
	},
	{
		ID: "KR065", Severity: Warning, Title: "what cannot be looked into is passed on",
		Why:    "With `\"on_error\": \"pass\"`, bodies that are too large, broken or in an unknown encoding go to the provider as they are. So anybody can send what should be masked, by breaking it.",
		Remedy: "remove on_error, so that such requests are refused",
		Example: Example{
			File: "krakend.json", In: inBackend,
			Wrong: strings.Replace(masked, `"policy.json" }`, `"policy.json", "on_error": "pass" }`, 1),
			Right: masked,
		},
	},
}

// containerCodes are what is found in Dockerfiles, compose files, manifests of
// Kubernetes and Helm values.
var containerCodes = []Code{
	{
		ID: "KR080", Severity: Error, Title: "an image of KrakenD without a version",
		Why:    "`krakend:latest` is KrakenD 3.x, whose free edition loads no plugins: requests would go out unmasked.",
		Remedy: "name the very release that the plugins were built for, such as krakend:2.13.8",
		Example: Example{
			File:  "compose.yml",
			Wrong: "services:\n  gateway:\n    image: krakend:latest",
			Right: "services:\n  gateway:\n    image: krakend:2.13.8",
		},
	},
	{
		ID: "KR081", Severity: Error, Title: "an image of KrakenD 3.x",
		Why:    "The free edition loads no plugins from 3.0 on. A gateway with the modifiers compiled in ([krakend-redact](../krakend-build.md)) does; check with `--compiled-in` then.",
		Remedy: "use KrakenD 2.9 to 2.13, or krakend-redact with the modifiers compiled in",
		Example: Example{
			File:  "Dockerfile",
			Wrong: "FROM krakend:3.0.4\nCOPY krakend.json /etc/krakend/",
			Right: "FROM krakend:2.13.8\nCOPY krakend.json /etc/krakend/",
		},
	},
	{
		ID: "KR082", Severity: Warning, Title: "an image of KrakenD that plugins may not fit",
		Why:    "A plugin loads only into the release that it was built for. A tag such as `2.13` moves on to the next one, and KrakenD then starts without the plugin. Releases before 2.9 are not supported.",
		Remedy: "name the very release that the plugins were built for, such as krakend:2.13.8",
		Example: Example{
			File:  "Dockerfile",
			Wrong: "ARG VERSION=2.13\nFROM krakend:${VERSION}",
			Right: "ARG VERSION=2.13.8\nFROM krakend:${VERSION}",
		},
	},
}
