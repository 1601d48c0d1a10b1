package detector_test

import (
	"testing"
)

func TestDateOfBirth(t *testing.T) {
	check(t, "date_of_birth",
		found("born 31/12/1999 and 1.1.2000", "31/12/1999", "1.1.2000"),
		none("DOB 31.31.1999"), none("DOB 30 Foo 1999"), none("DOB 30.02.1999"),
		found("She was born on the 2nd of May 1977", "2nd of May 1977"),
		none("born May 32, 1999"),
	)
}
