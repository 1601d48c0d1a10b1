package detector_test

import (
	"testing"
)

func TestAzureKey(t *testing.T) {
	check(t, "azure_key", none("design="+random(43)+"="), found("https://x.blob.core.windows.net/c?sig="+random(43)+"=", random(43)+"="))
}
