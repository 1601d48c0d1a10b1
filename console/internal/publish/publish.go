// Package publish writes policies to a folder from which gateways reload them,
// after checking them with the gateway's own code: what a gateway would refuse is
// never written.
//
// It knows nothing of versions and people.
package publish

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/policy"
	"github.com/krakend-redact/krakend-redact/internal/redact"
	"github.com/krakend-redact/krakend-redact/internal/strictjson"
)

// MaxPolicy bounds the text of a policy in bytes.
const MaxPolicy = 4 << 20

// Check reads the text of a policy as a gateway does, compiles all of its rules
// and tries their examples. The text must hold the name, because a file that is
// called after a proxy does not. Its errors are of type [*strictjson.Error] and
// hold no value.
//
// Files that the policy names are read here as they are on a gateway, relative to
// the working folder, and must be below it: who may write a policy may not
// therefore read all that the console can.
func Check(name, text string) (*policy.Policy, error) {
	fail := func(field, reason, remedy string) (*policy.Policy, error) {
		return nil, &strictjson.Error{File: policyFile(name), Field: field, Reason: reason, Remedy: remedy}
	}
	if len(text) > MaxPolicy {
		return fail("", fmt.Sprintf("is larger than %d bytes", MaxPolicy), "move long lists of terms into a file on the gateways")
	}
	if err := checkPaths(name, text); err != nil {
		return nil, err
	}
	// No name is this one, so that a text without a name shows.
	p, err := policy.Parse(policyFile(name), name+"\x00", []byte(text))
	if err != nil {
		return nil, err
	}
	if p.Name != name {
		return fail("name", "is not the name that the console knows the policy by", fmt.Sprintf("write \"name\": %q", name))
	}
	if _, err := redact.NewMasker(p, redact.Options{}); err != nil {
		return nil, err
	}
	return p, nil
}

// checkPaths refuses a policy that names a file outside of the working folder.
func checkPaths(name, text string) error {
	o, err := strictjson.Parse(policyFile(name), []byte(text))
	if err != nil {
		return err
	}
	for _, named := range []struct {
		in    *strictjson.Object
		field string
	}{{o, "hash_key_file"}, {o.Object("deny_terms"), "file"}} {
		if named.in == nil {
			continue
		}
		var file string
		if named.in.String(named.field, &file); file != "" && !filepath.IsLocal(file) {
			named.in.Fail(named.field, "leads out of the working folder", "use a path below the folder that gateway and console are started in")
			return o.Close()
		}
	}
	return nil
}

// Folder is where policies are published.
type Folder struct{ root *os.Root }

const (
	policies = "policies"
	proxies  = "proxies"
)

// Open opens a folder, which is created with what belongs in it. The gateways'
// user needs to be in the group of its files to read them.
func Open(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	for _, inside := range []string{policies, proxies} {
		if err := root.MkdirAll(inside, 0o750); err != nil {
			return nil, errors.Join(err, root.Close())
		}
	}
	return &Folder{root}, nil
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Policy publishes a policy under its name and returns the path of its file,
// relative to the folder. It fails like [Check], and then changes nothing.
func (f *Folder) Policy(name, text string) (file string, err error) {
	if _, err := Check(name, text); err != nil {
		return "", err
	}
	return policyFile(name), f.write(policyFile(name), text)
}

// Proxy publishes a policy as that of a proxy, in the file that the proxy's
// gateways name as their policy, and returns the path of the file, relative to
// the folder. It fails like [Check], and then changes nothing.
//
// There is no way to take it back: a gateway whose policy is gone would go on
// with the last one, and not start again.
func (f *Folder) Proxy(proxy, name, text string) (file string, err error) {
	if _, err := Check(name, text); err != nil {
		return "", err
	}
	return ProxyFile(proxy), f.write(ProxyFile(proxy), text)
}

// ProxyFile returns the path of a proxy's file, relative to the folder.
func ProxyFile(proxy string) string { return path.Join(proxies, slug(proxy)+".json") }

func policyFile(name string) string { return path.Join(policies, slug(name)+".json") }

// write replaces a file as a whole: whoever reads it sees the text before or the
// one after, also once the power is back.
func (f *Folder) write(name, text string) (err error) {
	// A name of its own, so that two who publish at once do not write into one file.
	unfinished := name + "." + rand.Text() + ".new"
	file, err := f.root.OpenFile(unfinished, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.root.Remove(unfinished) // the error that led here counts
		}
	}()
	_, err = file.WriteString(text)
	// The mode that a file is created with is less what umask takes away.
	if err = errors.Join(err, file.Chmod(0o640), file.Sync(), file.Close()); err != nil {
		return err
	}
	if err = f.root.Rename(unfinished, name); err != nil {
		return err
	}
	folder, err := f.root.Open(path.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

var (
	plain = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	// marked ends as if it had been marked.
	marked = regexp.MustCompile(`-[0-9a-f]{8}$`)
	others = regexp.MustCompile(`[^a-z0-9]+`)
)

// maxSlug bounds a slug in bytes, without its mark.
const maxSlug = 60

// slug returns the name of a file for a name: the name itself if that is plain
// and short, else what can be kept of it and a mark that tells it from others.
func slug(name string) string {
	if plain.MatchString(name) && !marked.MatchString(name) && len(name) <= maxSlug {
		return name
	}
	kept := others.ReplaceAllString(strings.ToLower(name), "-")
	kept = strings.Trim(kept[:min(len(kept), maxSlug)], "-")
	sum := sha256.Sum256([]byte(name))
	return strings.TrimPrefix(kept+"-"+hex.EncodeToString(sum[:4]), "-")
}
