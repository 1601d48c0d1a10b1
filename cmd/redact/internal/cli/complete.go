package cli

import "github.com/spf13/cobra"

// completeWith has shells complete a flag with its choices.
func completeWith(c *cobra.Command, flag string, choices ...string) {
	// It fails for a flag that there is not, or twice: mistakes in the program.
	_ = c.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return choices, cobra.ShellCompDirectiveNoFileComp
	})
}

// completePolicy has shells complete the first argument with policy files.
func completePolicy(_ *cobra.Command, given []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(given) > 0 {
		return nil, cobra.ShellCompDirectiveDefault
	}
	return []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
}
