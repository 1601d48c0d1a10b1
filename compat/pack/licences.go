package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// addLicences adds the licence of every module that is linked into a plugin, and
// Go's own: they all ask for their text to go with copies. Go says where they
// are: it has just built from them, under the release's overlay.
func addLicences(files map[string][]byte, release string, parts []plugin) error {
	goroot, err := goSays("env", "GOROOT")
	if err != nil {
		return err
	}
	if err := addLicence(files, "go", goroot); err != nil {
		return err
	}
	for path := range modulesOf(parts) {
		dir, err := goSays("list", "-modfile=compat/overlays/"+release+".mod", "-m", "-f", "{{.Dir}}", path)
		if err != nil {
			return err
		}
		if err := addLicence(files, path, dir); err != nil {
			return err
		}
	}
	return nil
}

func addLicence(files map[string][]byte, path, dir string) error {
	found, err := filepath.Glob(filepath.Join(dir, "LICEN[SC]E*"))
	if err != nil || len(found) == 0 {
		return fmt.Errorf("%s has no licence file in %s", path, dir)
	}
	for _, file := range found {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		files["licenses/"+path+"/"+filepath.Base(file)] = content
	}
	return nil
}

func goSays(args ...string) (string, error) {
	cmd := exec.Command("go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out)), nil
}
