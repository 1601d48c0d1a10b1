package gateway

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	cmd "github.com/krakend/krakend-cobra/v2"
	"github.com/luraproject/lura/v2/logging"
	"github.com/spf13/cobra"
)

// newTestPluginCommand returns the command that tells whether KrakenD would load
// a file, and fails where it would not.
func newTestPluginCommand() cmd.Command {
	var asServer, asClient, asModifier bool
	command := &cobra.Command{
		Use:     "test-plugin [flags] [artifacts]",
		Short:   "Tests that one or more plugins are loadable into KrakenD.",
		Example: "krakend test-plugin -scm ./plugins/my_plugin.so ./plugins/my_other_plugin.so",
		Run: func(c *cobra.Command, files []string) {
			var expected []pluginKind
			if asServer {
				expected = append(expected, serverPlugins)
			}
			if asModifier {
				expected = append(expected, modifierPlugins)
			}
			if asClient {
				expected = append(expected, clientPlugins)
			}
			say := func(line string) { c.Println(line) }
			if !testPlugins(context.Background(), say, files, expected) {
				os.Exit(1)
			}
		},
	}
	return cmd.NewCommand(
		command,
		cmd.BoolFlagBuilder(&asServer, "server", "s", false, "The artifact should contain a Server Plugin."),
		cmd.BoolFlagBuilder(&asClient, "client", "c", false, "The artifact should contain a Client Plugin."),
		cmd.BoolFlagBuilder(&asModifier, "modifier", "m", false, "The artifact should contain a Req/Resp Modifier Plugin."),
	)
}

// testPlugins loads every file as every expected kind, says how that went and
// reports whether all of it worked.
func testPlugins(ctx context.Context, say func(line string), files []string, expected []pluginKind) bool {
	if len(files) == 0 {
		say("At least one plugin is required.")
		return false
	}
	if len(expected) == 0 {
		say("You must declare the expected type of the plugin.")
		return false
	}

	start := time.Now()
	failed := 0
	for _, file := range files {
		if !testPlugin(ctx, say, file, expected) {
			failed++
		}
	}

	summary := fmt.Sprintf("%d tested plugin(s) in %s", len(files), time.Since(start))
	if failed > 0 {
		say(fmt.Sprintf("[KO] %s.\n%d plugin(s) failed.", summary, failed))
		return false
	}
	say("[OK] " + summary)
	return true
}

func testPlugin(ctx context.Context, say func(line string), file string, expected []pluginKind) bool {
	if _, err := os.Stat(file); err != nil {
		say("[KO] Unable to open the plugin " + file + ".")
		return false
	}
	ok := true
	for _, kind := range expected {
		result := kind.label + "\t" + filepath.Base(file)
		if why := whyNotLoadable(ctx, file, kind); why != "" {
			say("[KO] " + result + ": " + why)
			ok = false
			continue
		}
		say("[OK] " + result)
	}
	return ok
}

// whyNotLoadable returns the empty string for a file that loads. KrakenD's
// loader takes a folder and a part of a file name, so the errors are filtered
// for the file in question.
func whyNotLoadable(ctx context.Context, file string, kind pluginKind) string {
	folder, name := filepath.Dir(file), filepath.Base(file)
	_, err := kind.load(ctx, folder, name, logging.NoOp)
	for _, e := range loadErrors(err) {
		// "plugin #0 (folder/name.so): reason"
		which, why, found := strings.Cut(e.Error(), "): ")
		switch {
		case !found:
			return e.Error()
		case !strings.HasSuffix(which, "("+filepath.Join(folder, name)):
			continue
		case strings.Contains(why, "symbol "+kind.symbol+" not found"):
			return "The plugin does not contain a " + kind.symbol + "."
		default:
			return why
		}
	}
	return ""
}
