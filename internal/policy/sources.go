package policy

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"os"
)

// Sources are the files that a policy was read from: its own, and those that it
// names.
type Sources struct {
	// Files are their paths, in the order in which they were read. Those that
	// could not be read are among them.
	Files []string
	sum   hash.Hash
}

func newSources() *Sources { return &Sources{sum: sha256.New()} }

// digestSize is how many bytes of the sum a digest shows, as two digits each.
const digestSize = 6

// Digest returns the first 12 hexadecimal digits of the SHA-256 of what has been
// read: two versions differ in it that people forgot to number. For a policy that
// names no file it is that of its text.
func (s *Sources) Digest() string { return hex.EncodeToString(s.sum.Sum(nil)[:digestSize]) }

func (s *Sources) read(file string) ([]byte, error) {
	s.Files = append(s.Files, file)
	text, err := os.ReadFile(file)
	if err != nil {
		s.add('!', []byte(reasonOf(err)))
		return nil, err
	}
	if len(s.Files) == 1 {
		_, _ = s.sum.Write(text)
	} else {
		s.add('=', text)
	}
	return text, nil
}

// add takes a text into the digest that follows on another. What stands between
// them cannot stand in a policy, which is JSON.
func (s *Sources) add(kind byte, text []byte) {
	head := binary.BigEndian.AppendUint64([]byte{0, kind}, uint64(len(text)))
	_, _ = s.sum.Write(head)
	_, _ = s.sum.Write(text)
}
