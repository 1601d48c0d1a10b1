// Package gateway assembles a KrakenD Community Edition 2.12.1 from the modules
// that KrakenD itself is made of.
//
// KrakenD CE is a main program around some thirty published modules. The module
// registry carries those modules but not the program, so this package stacks
// them again, in the order of the original, at the versions that the original
// pins. There are two uses for that:
//
//   - cmd/krakend loads this project's plugins, for tests, benchmarks and the
//     demo, on any machine that can build Go, without a KrakenD image.
//   - cmd/krakend-redact has the modifiers compiled in, for those who cannot
//     load Go plugins: KrakenD CE 3.0 dropped them, and a static binary never
//     had them.
//
// It is an assembly: what a request goes through is decided by KrakenD's modules
// and the configuration. What is in, what is left out and why is written down in
// docs/krakend-build.md.
package gateway

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	cmd "github.com/krakend/krakend-cobra/v2"
	flexibleconfig "github.com/krakend/krakend-flexibleconfig/v2"
	koanf "github.com/krakend/krakend-koanf"
	rss "github.com/krakend/krakend-rss/v2"
	xml "github.com/krakend/krakend-xml/v2"
	ginxml "github.com/krakend/krakend-xml/v2/gin"
	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/proxy/plugin"
	router "github.com/luraproject/lura/v2/router/gin"
)

// Modifiers is what a modifier plugin exports as ModifierRegisterer. A value
// given to Main may also implement RegisterLogger(interface{}) and
// RegisterContext(context.Context), as a plugin may.
type Modifiers = plugin.Registerer

// Main runs the KrakenD command line and ends with the process. The modifiers
// given to it are registered as if they had been loaded from a plugin folder,
// whether or not the configuration names one.
func Main(compiledIn ...Modifiers) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	stampVersion()
	registerEncodings()
	registerAliases()

	root := cmd.NewRoot(cmd.RootCommand,
		cmd.RunCommand,
		cmd.CheckCommand,
		cmd.PluginCommand,
		cmd.VersionCommand,
		cmd.AuditCommand,
		newTestPluginCommand(),
	)
	root.Cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.ExecuteRoot(newParser(os.Getenv), newExecutor(ctx, compiledIn), root)
}

// newParser reads JSON, YAML and TOML, through flexible configuration templates
// when FC_ENABLE has any value.
func newParser(getenv func(string) string) config.Parser {
	plain := koanf.New()
	if getenv("FC_ENABLE") == "" {
		return plain
	}
	return flexibleconfig.NewTemplateParser(flexibleconfig.Config{
		Parser:    plain,
		Settings:  getenv("FC_SETTINGS"),
		Partials:  getenv("FC_PARTIALS"),
		Templates: getenv("FC_TEMPLATES"),
		Path:      getenv("FC_OUT"),
	})
}

// registerEncodings adds the encodings that do not come with lura.
func registerEncodings() {
	xml.Register()
	rss.Register()
	router.RegisterRender(xml.Name, ginxml.Render)
}
