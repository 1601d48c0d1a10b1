package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/krakend-redact/krakend-redact/console/internal/publish"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// policyCommand takes over policies that were files before there was a console.
func policyCommand(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	if len(args) == 0 || args[0] != "import" {
		fmt.Fprintf(stderr, "redact-console policy: say import\n\n%s", usage)
		return errUsage
	}
	flags, db := newFlags("policy import", stderr)
	var file, proxy, folder string
	flags.StringVar(&file, "file", "", "the policy's file")
	flags.StringVar(&proxy, "proxy", "", "a proxy to assign the policy to")
	flags.StringVar(&folder, "publish", "", "the folder that serve publishes to, to publish the policy at once")
	if err := parse(flags, args[1:], getenv); err != nil {
		return err
	}
	if file == "" {
		return errors.New("say which policy: --file")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var named struct{ Name string }
	if err := json.Unmarshal(text, &named); err != nil || named.Name == "" {
		return fmt.Errorf("%s: the policy must have a name of its own: add \"name\"", file)
	}
	parsed, err := publish.Check(named.Name, string(text))
	if err != nil {
		return err
	}
	s, err := open(ctx, *db)
	if err != nil {
		return err
	}
	defer s.Close()
	version, err := importVersion(ctx, s, store.PolicyVersion{Policy: parsed.Name, Text: string(text), Digest: parsed.Digest, Comment: "from a file"})
	if err != nil {
		return err
	}
	if proxy != "" {
		if err := s.AssignPolicy(ctx, by, proxy, version.Policy, version.Number); err != nil {
			return err
		}
	}
	if folder != "" {
		file, err := publishImported(folder, proxy, version)
		if err != nil {
			return err
		}
		if err := s.AddChange(ctx, store.Change{
			Who: by, Action: "policy.publish", Object: "policy/" + version.Policy, After: version.Digest,
			Detail: fmt.Sprintf("version %d as %s", version.Number, file),
		}); err != nil {
			return err
		}
	}
	fmt.Fprintf(stdout, "%s: version %d of %q\n", file, version.Number, version.Policy)
	return nil
}

// importVersion adds a version, unless the newest one says the same.
func importVersion(ctx context.Context, s *store.Store, v store.PolicyVersion) (store.PolicyVersion, error) {
	newest, err := s.PolicyVersion(ctx, v.Policy, 0)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return v, err
	}
	if err == nil && newest.Text == v.Text {
		return newest, nil
	}
	return s.AddPolicyVersion(ctx, by, newest.Number, v)
}

// publishImported publishes a version, and as that of the proxy if there is one. It
// returns the last file.
func publishImported(folder, proxy string, version store.PolicyVersion) (file string, err error) {
	out, err := publish.Open(folder)
	if err != nil {
		return "", err
	}
	defer out.Close()
	if file, err = out.Policy(version.Policy, version.Text); err != nil || proxy == "" {
		return file, err
	}
	return out.Proxy(proxy, version.Policy, version.Text)
}
