package detector

var brCPF = Detector{
	Name:        "br_cpf",
	Title:       "Brazilian individual taxpayer number (CPF)",
	Placeholder: "CPF",
	Pattern:     numberBegins + `(?:[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}|[0-9]{9}-?[0-9]{2})` + numberEnds,
	Check: func(value string) int {
		v := bare(value)
		first := elevenMinus(v.weigh(10, 9, 8, 7, 6, 5, 4, 3, 2))
		second := elevenMinus(v.weigh(11, 10, 9, 8, 7, 6, 5, 4, 3, 2))
		return whole(value, first == v.at(9) && second == v.at(10) && !v.same())
	},
	Context: &Context{
		Words:  []string{"cpf", "cadastro de pessoas", "cadastro de pessoa física"},
		Before: 48, After: 32,
		Unless: func(value string) bool { return has(value, 3, '.') },
	},
	Validation: "two check digits by MOD 11; without points only near “CPF”",
	Severity:   high,
	Packs:      []string{PackPII, PackFinancial, PackDefault},
	Source:     "https://www.gov.br/receitafederal/pt-br/assuntos/meu-cpf",
	Examples: Examples{
		Match: []Example{
			{"529.982.247-25", "529.982.247-25"},
			{"CPF 52998224725", "52998224725"},
			{`{"cpf":"111444777-35"}`, "111444777-35"},
		},
		NoMatch: []string{"52998224725", "529.982.247-26", "529.982.247-35", "CPF 111.111.111-11", "529.982.247-2", "529.982.247-255", "1529.982.247-25", "CPF 5299822472"},
	},
}

// elevenMinus is the check digit for a weighted sum where remainders of 10 and
// 11 become 0.
func elevenMinus(sum int) int {
	if rest := sum % 11; rest >= 2 {
		return 11 - rest
	}
	return 0
}
