package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var awsSecretKey = Detector{
	Name:        "aws_secret_key",
	Title:       "AWS secret access key",
	Placeholder: "AWS_SECRET_KEY",
	Pattern:     `(?i:secret[_ -]?(?:access[_ -]?)?key(?:[_ -]?id)?|aws[_ -]?secret)["']?\]?(?:\s{0,3}(?:=>|:=|=|:)\s{0,3}|\sis\s)["']?([0-9A-Za-z/+]{40})(?![0-9A-Za-z/+=])`,
	Group:       1,
	Check:       func(value string) int { return whole(value, checksum.Entropy(value) >= 4.2) },
	Validation:  "40 characters of Base64 with high entropy, behind words such as “secret access key”",
	Severity:    critical,
	Packs:       []string{PackSecrets, PackDefault},
	Source:      "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html",
	Examples: Examples{
		Match: []Example{
			{"aws_secret_access_key = " + filler[:40], filler[:40]},
			{`"SecretAccessKey": "` + filler[10:50] + `"`, filler[10:50]},
			{"AWS_SECRET=wJal" + "rXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "wJal" + "rXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"},
		},
		NoMatch: []string{
			filler[:40], "aws_secret_access_key = " + filler[:39], "aws_secret_access_key = " + filler[:41], "secret_key: " + hexFiller[:40], "aws_secret_access_key = ${AWS_SECRET}",
			"aws_secret_access_key = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		},
	},
}
