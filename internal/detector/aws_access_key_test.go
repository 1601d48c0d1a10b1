package detector_test

import (
	"testing"
)

func TestAWSAccessKey(t *testing.T) {
	check(t, "aws_access_key", none("AK"+"IA-IOSFODNN7EXAMPLE"), found("中AK"+"IAIOSFODNN7EXAMPLE中", "AK"+"IAIOSFODNN7EXAMPLE"))
}
