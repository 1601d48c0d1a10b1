package detector

var brCNPJ = Detector{
	Name:        "br_cnpj",
	Title:       "Brazilian company number (CNPJ)",
	Placeholder: "CNPJ",
	Pattern:     `(?<![0-9A-Za-z_]|[0-9][.-])(?:[0-9A-Z]{2}\.[0-9A-Z]{3}\.[0-9A-Z]{3}/[0-9A-Z]{4}-[0-9]{2}|[0-9A-Z]{12}[0-9]{2})` + numberEnds,
	Check: func(value string) int {
		// Letters, issued from 2026, count as their distance from 0 in ASCII.
		v := bare(value)
		first := elevenMinus(v.weigh(5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
		second := elevenMinus(v.weigh(6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2))
		return whole(value, first == v.at(12) && second == v.at(13) && !v.same())
	},
	Context: &Context{
		Words:  []string{"cnpj", "cadastro nacional"},
		Before: 48, After: 32,
		Unless: func(value string) bool { return has(value, 2, '.') },
	},
	Validation: "two check digits by MOD 11, also with letters; without separators only near “CNPJ”",
	Severity:   low,
	Packs:      []string{PackFinancial},
	Source:     "https://www.gov.br/receitafederal/pt-br/acesso-a-informacao/acoes-e-programas/programas-e-atividades/cnpj-alfanumerico",
	Examples: Examples{
		Match: []Example{
			{"11.222.333/0001-81", "11.222.333/0001-81"},
			{"CNPJ: 11222333000181", "11222333000181"},
			{"CNPJ 12.ABC.345/01DE-35", "12.ABC.345/01DE-35"},
		},
		NoMatch: []string{"11222333000181", "11.222.333/0001-82", "11.222.333/0001-8", "11.222.333-0001/81", "CNPJ 1122233300018", "CNPJ 112223330001811", "x11.222.333/0001-81", "CNPJ 00000000000000"},
	},
}
