package detector_test

import (
	"testing"
)

func TestMedicalRecord(t *testing.T) {
	check(t, "medical_record", found("mrn=445566, patient id 778899", "445566", "778899"), none("patient no 1234.5"))
}
