package detector_test

import (
	"testing"
)

func TestAWSSecretKey(t *testing.T) {
	check(t, "aws_secret_key", found("export AWS_SECRET_ACCESS_KEY='"+random(40)+"'", random(40)), none("secret key hash "+random(40)))
}
