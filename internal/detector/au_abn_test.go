package detector_test

import (
	"testing"
)

func TestAUABN(t *testing.T) {
	check(t, "au_abn", found("51 824 753 556 (ABN)", "51 824 753 556"))
	mutants(t, "au_abn", "ABN %s", "51 824 753 556")
}
