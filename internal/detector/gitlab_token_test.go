package detector_test

import (
	"testing"
)

func TestGitLabToken(t *testing.T) {
	check(t, "gitlab_token", found("gl"+"ptt-"+random(40)+". Then", "gl"+"ptt-"+random(40)), none("GL"+"PAT-"+random(20)))
}
