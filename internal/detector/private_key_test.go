package detector_test

import (
	"testing"
)

func TestPrivateKey(t *testing.T) {
	begin, end := "-----BEGIN "+"RSA PRIVATE KEY-----", "-----END "+"RSA PRIVATE KEY-----"
	encrypted := begin + "\nProc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0011223344556677\n\n" + random(64) + "\n" + end
	check(t, "private_key",
		found(encrypted+encrypted, encrypted, encrypted),
		found(begin+random(40)+" -- "+end, begin+random(40)),
	)
}
