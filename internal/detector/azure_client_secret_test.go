package detector_test

import (
	"testing"
)

func TestAzureClientSecret(t *testing.T) {
	secret := random(3) + "8Q~" + random(31)
	check(t, "azure_client_secret", found("It is "+secret+".", secret), none("x"+secret+"~~~~"))
}
