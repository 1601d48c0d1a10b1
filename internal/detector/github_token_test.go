package detector_test

import (
	"testing"
)

func TestGitHubToken(t *testing.T) {
	check(t, "github_token", found("GH_gh"+"o_"+random(60)+"\n", "gh"+"o_"+random(60)), none("GH"+"P_"+random(36)))
}
