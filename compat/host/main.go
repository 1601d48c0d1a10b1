// Command host is the least that loads modifier plugins as a KrakenD does:
// lura's configuration, plugin loader, proxies and router, and the modules that
// KrakenD shares with this project's plugins. Built under compat/overlays with a
// release's Go, it stands for that release in the matrix test, because many of
// the other modules of older and newer releases cannot be had. docs/compatibility.md
// says what that proves and what not.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	// KrakenD links Sprig, and golang.org/x/crypto through it, for its
	// configuration templates.
	_ "github.com/Masterminds/sprig/v3"
	// KrakenD links it, too, and all plugins do.
	_ "github.com/dlclark/regexp2"
	"github.com/luraproject/lura/v2/config"
	"github.com/luraproject/lura/v2/logging"
	"github.com/luraproject/lura/v2/proxy"
	"github.com/luraproject/lura/v2/proxy/plugin"
	router "github.com/luraproject/lura/v2/router/gin"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: host krakend.json")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

// run serves until a signal. Unlike KrakenD, it does not start without a plugin
// that stands in the folder.
func run(file string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	cfg, err := config.NewParser().Parse(file)
	if err != nil {
		return err
	}
	config.ExtraConfigAlias["plugin/req-resp-modifier"] = plugin.Namespace
	cfg.Normalize()
	logger, err := logging.NewLogger("DEBUG", os.Stdout, "HOST")
	if err != nil {
		return err
	}
	n, err := plugin.LoadWithLoggerAndContext(ctx, cfg.Plugin.Folder, cfg.Plugin.Pattern, plugin.RegisterModifier, logger)
	if err != nil {
		return err
	}
	logger.Info("Total plugins loaded:", n)
	router.DefaultFactory(proxy.DefaultFactory(logger), logger).NewWithContext(ctx).Run(cfg)
	return nil
}
