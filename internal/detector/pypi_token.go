package detector

var pypiToken = Detector{
	Name:        "pypi_token",
	Title:       "PyPI API token",
	Placeholder: "PYPI_TOKEN",
	// Behind the prefix stands the host in Base64: pypi.org or test.pypi.org.
	Pattern:    `(?<![0-9A-Za-z])pypi-AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZw)[0-9A-Za-z_-]{50}[0-9A-Za-z_-]*`,
	Check:      func(value string) int { return whole(value, len(value) <= 1024) },
	Validation: "prefix, host, length",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackDefault},
	Source:     "https://pypi.org/help/#apitoken",
	Examples: Examples{
		Match: []Example{
			{"py" + "pi-AgEIcHlwaS5vcmc" + filler[:80], "py" + "pi-AgEIcHlwaS5vcmc" + filler[:80]},
			{"password = py" + "pi-AgENdGVzdC5weXBpLm9yZw" + filler[:100] + ".", "py" + "pi-AgENdGVzdC5weXBpLm9yZw" + filler[:100]},
			{`"py` + "pi-AgEIcHlwaS5vcmc" + filler[:50] + `"`, "py" + "pi-AgEIcHlwaS5vcmc" + filler[:50]},
		},
		NoMatch: []string{"py" + "pi-AgEIcHlwaS5vcmc" + filler[:49], "py" + "pi-AgEIcHlwaS5jb20" + filler[:80], "xpy" + "pi-AgEIcHlwaS5vcmc" + filler[:80], "py" + "pi-" + filler[:80], "py" + "pi_AgEIcHlwaS5vcmc" + filler[:80]},
	},
}
