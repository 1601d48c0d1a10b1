package gateway

import (
	"strings"

	cmd "github.com/krakend/krakend-cobra/v2"
	"github.com/luraproject/lura/v2/core"
	"github.com/luraproject/lura/v2/transport/http/server"
)

// Version is the KrakenD release that this package assembles.
const Version = "2.12.1"

// unstamped is what lura reports about a build that no -ldflags told its version.
const unstamped = "undefined"

// stampVersion gives a plain `go build` the version that KrakenD's own build
// stamps with -ldflags. lura derives the other values from it when it is
// initialised, before anything here runs, so they are derived again.
func stampVersion() {
	if core.KrakendVersion != unstamped {
		return
	}
	core.KrakendVersion = Version
	core.KrakendHeaderValue = "Version " + Version
	core.KrakendUserAgent = "KrakenD Version " + Version
	server.UserAgentHeaderValue = []string{core.KrakendUserAgent}

	help := cmd.RootCommand.Cmd.HelpTemplate()
	cmd.RootCommand.Cmd.SetHelpTemplate(strings.Replace(help, "Version: "+unstamped, "Version: "+Version, 1))
}
