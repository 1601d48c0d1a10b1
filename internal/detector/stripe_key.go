package detector

import "github.com/krakend-redact/krakend-redact/internal/checksum"

var stripeKey = Detector{
	Name:        "stripe_key",
	Title:       "Stripe secret or restricted key, webhook secret",
	Placeholder: "STRIPE_KEY",
	Pattern:     `(?<![0-9A-Za-z])(?:[rs]k_(?:live|test)_[0-9A-Za-z]{20}[0-9A-Za-z]*|whsec_[0-9A-Za-z+/]{32}[0-9A-Za-z+/]*={0,2})(?![0-9A-Za-z_])`,
	Check: func(value string) int {
		return whole(value, len(value) <= 260 && checksum.Entropy(value[8:]) >= 3)
	},
	Validation: "prefix, length and entropy; publishable keys are none",
	Severity:   critical,
	Packs:      []string{PackSecrets, PackFinancial, PackDefault},
	Source:     "https://docs.stripe.com/keys",
	Examples: Examples{
		Match: []Example{
			{"sk" + "_live_" + filler[:24], "sk" + "_live_" + filler[:24]},
			{"key: rk" + "_test_" + filler[:99] + ",", "rk" + "_test_" + filler[:99]},
			{"STRIPE_WEBHOOK=wh" + "sec_" + filler[:32], "wh" + "sec_" + filler[:32]},
		},
		NoMatch: []string{"pk" + "_live_" + filler[:24], "sk" + "_live_" + filler[:10], "sk" + "_prod_" + filler[:24], "task" + "_live_" + filler[:24], "sk" + "_test_xxxxxxxxxxxxxxxxxxxxxxxx", "wh" + "sec_..."},
	},
}
