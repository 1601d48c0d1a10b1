// Package vaultfile keeps a vault in an encrypted file, for masks that outlive a
// request: redact mask writes it and redact unmask reads it.
//
// The format is age's (https://age-encryption.org/v1) with an X25519 key, so that
// format and contents are authenticated, keys can be made and files be opened
// with age's own tools, and no cryptography is written here. In it lies JSON with
// a version of its own. Files are for their owner only: others must not even be
// able to read the encrypted ones.
package vaultfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/krakend-redact/krakend-redact/internal/placeholder"
)

// Mistakes that have a remedy.
var (
	// ErrKey tells that a vault was made with another key.
	ErrKey = errors.New("it was made with another key")
	// ErrDamaged tells that a file is not what was written.
	ErrDamaged = errors.New("it is damaged or no vault")
)

// contents are what is encrypted.
type contents struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	// Vault is the text of [placeholder.Vault.Encode].
	Vault []byte `json:"vault"`
}

const (
	format  = "redact-vault"
	version = 1
)

// maxSize bounds a vault file in bytes.
const maxSize = 1 << 30

// Key opens and closes vaults.
type Key struct{ identity *age.X25519Identity }

// NewKey writes a new key to a file, which is replaced only by force.
func NewKey(file string, force bool) error {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return err
	}
	text := fmt.Sprintf("# created: %s, for redact mask and redact unmask\n# public key: %s\n%s\n",
		time.Now().UTC().Format(time.RFC3339), identity.Recipient(), identity)
	return write(file, []byte(text), force)
}

// ReadKey reads a key file.
func ReadKey(file string) (*Key, error) {
	text, err := read(file, 1<<16)
	if err != nil {
		return nil, fmt.Errorf("the key file %s: %w", file, err)
	}
	identities, err := age.ParseIdentities(bytes.NewReader(text))
	if err == nil && len(identities) == 1 {
		if identity, ok := identities[0].(*age.X25519Identity); ok {
			return &Key{identity}, nil
		}
	}
	// The error of age may quote a line of the file.
	return nil, fmt.Errorf("the key file %s: it holds no single key as redact keygen and age-keygen make one", file)
}

// Check fails if a vault could not be written to a file.
func Check(file string, force bool) error {
	if _, err := os.Lstat(file); err == nil && !force {
		return existsError(file)
	}
	return nil
}

// Write writes a vault to a file, which is replaced only by force.
func Write(file string, key *Key, v *placeholder.Vault, force bool) error {
	text, err := json.Marshal(contents{format, version, []byte(v.Encode())})
	if err != nil {
		return err
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, key.identity.Recipient())
	if err != nil {
		return err
	}
	if _, err := w.Write(text); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return write(file, sealed.Bytes(), force)
}

// Read reads a vault.
func Read(file string, key *Key) (*placeholder.Vault, error) {
	sealed, err := read(file, maxSize)
	if err != nil {
		return nil, fmt.Errorf("the vault %s: %w", file, err)
	}
	v, err := unseal(sealed, key)
	if err != nil {
		return nil, fmt.Errorf("the vault %s: %w", file, err)
	}
	return v, nil
}

func unseal(sealed []byte, key *Key) (*placeholder.Vault, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), key.identity)
	if other := (*age.NoIdentityMatchError)(nil); errors.As(err, &other) {
		return nil, ErrKey
	}
	if err != nil {
		return nil, ErrDamaged
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, ErrDamaged
	}
	var c contents
	switch err := json.Unmarshal(text, &c); {
	case err != nil || c.Format != format:
		return nil, ErrDamaged
	case c.Version != version:
		return nil, fmt.Errorf("it has version %d of the format, and this redact reads version %d", c.Version, version)
	}
	v, err := placeholder.Decode(string(c.Vault))
	if err != nil {
		return nil, ErrDamaged
	}
	return v, nil
}

// read reads a file that must be for its owner only.
func read(file string, limit int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, reasonOf(err)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, reasonOf(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no file")
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("others may read or change it (mode %04o): chmod 600 %s", info.Mode().Perm(), file)
	case info.Size() > limit:
		return nil, ErrDamaged
	}
	return io.ReadAll(f)
}

// write writes a file for its owner only. It is there as a whole or not at all.
func write(file string, text []byte, force bool) error {
	f, err := os.CreateTemp(filepath.Dir(file), ".redact-*") // with mode 0600
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", file, reasonOf(err))
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", file, reasonOf(err))
	}
	if force {
		err = os.Rename(f.Name(), file)
	} else {
		err = os.Link(f.Name(), file) // unlike a renaming, it replaces nothing
	}
	if errors.Is(err, fs.ErrExist) {
		return existsError(file)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be written: %w", file, reasonOf(err))
	}
	return nil
}

func existsError(file string) error {
	return fmt.Errorf("%s exists; choose another name, or --force to replace it", file)
}

// reasonOf leaves out the path, which the message names already.
func reasonOf(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
