package detector

var awsAccessKey = Detector{
	Name:        "aws_access_key",
	Title:       "AWS access key ID",
	Placeholder: "AWS_ACCESS_KEY",
	Pattern:     `(?<![0-9A-Za-z])A(?:KIA|SIA|BIA|CCA)[2-7A-Z]{16}(?![0-9A-Za-z])`,
	Check:       func(value string) int { return whole(value, !repeats(value[4:])) },
	Validation:  "prefix, 16 characters of Base32",
	Severity:    high,
	Packs:       []string{PackSecrets, PackDefault},
	Source:      "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids",
	Examples: Examples{
		Match: []Example{
			{"id=AK" + "IAIOSFODNN7EXAMPLE;", "AK" + "IAIOSFODNN7EXAMPLE"},
			{"AS" + "IAQ7R2K3M4P5W6X7Z2", "AS" + "IAQ7R2K3M4P5W6X7Z2"},
			{"aws_AK" + "IA234567ABCDEFGHIJ", "AK" + "IA234567ABCDEFGHIJ"},
		},
		NoMatch: []string{"AK" + "IAXXXXXXXXXXXXXXXX", "AK" + "IAIOSFODNN7EXAMPL", "AK" + "IAIOSFODNN7EXAMPLEX", "AK" + "IAIOSFODNN1EXAMPLE", "ak" + "iaiosfodnn7example", "SLAK" + "IAIOSFODNN7EXAMPLE", "ARO" + "AIOSFODNN7EXAMPLEA"},
	},
}
