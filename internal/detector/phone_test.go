package detector_test

import "testing"

func TestPhone(t *testing.T) {
	check(t, "phone",
		found("+1 (415) 555-2671 2024", "+1 (415) 555-2671"),
		none("+1 (415) 555-26712"),
		none("call 2024-01-15 12"),
		found("Mobil: 0151-12345678", "0151-12345678"),
		found("Rückruf 030/901820", "030/901820"),
		none("a recall of 415-555-2671 units"),
		found("fax (030) 901820", "(030) 901820"),
		none("see (030) 901820"),
		found("+353 1 234 5678, +33 1 23 45 67 89", "+353 1 234 5678", "+33 1 23 45 67 89"),
		none("diff: +0240115123"),
		none("[REDACTED_PHONE_415555267]"),
		none("phone 1111111111"),
		found("+14155552671x123, call 212-555-0123 ext. 45", "+14155552671", "212-555-0123"),
	)
}
