package cli

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// progress shows on a terminal how far a long piece of work is, of total steps or,
// with bytes, bytes; -1 is not known. It is nil where standard error is none.
func (a *app) progress(what string, total int64, bytes bool) *progressbar.ProgressBar {
	if _, ok := terminal(a.errOut); !ok {
		return nil
	}
	return progressbar.NewOptions64(total,
		progressbar.OptionSetDescription(what), progressbar.OptionSetWriter(a.errOut), progressbar.OptionSetRenderBlankState(true),
		progressbar.OptionShowBytes(bytes), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionFullWidth(), progressbar.OptionClearOnFinish(),
	)
}
