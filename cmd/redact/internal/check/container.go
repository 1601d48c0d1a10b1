package check

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/krakend-redact/krakend-redact/cmd/redact/internal/config"
)

var (
	fromLine = regexp.MustCompile(`(?i)^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?`)
	argLine  = regexp.MustCompile(`(?i)^\s*ARG\s+([A-Za-z_][A-Za-z0-9_]*)=["']?([^"'\s]*)`)
	variable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(?::?-([^}]*))?\}|\$([A-Za-z_][A-Za-z0-9_]*)`)
)

// dockerfile checks the images that a Dockerfile begins with.
func (c *checker) dockerfile(path, text string) {
	args, stages := map[string]string{}, map[string]bool{}
	for i, line := range strings.Split(text, "\n") {
		c.keysIn(config.Place{File: path, Line: i + 1, Column: 1}, "", line)
		if found := argLine.FindStringSubmatch(line); found != nil {
			args[found[1]] = found[2]
		}
		if found := fromLine.FindStringSubmatch(line); found != nil {
			if !stages[strings.ToLower(found[1])] {
				c.image(config.Place{File: path, Line: i + 1, Column: strings.Index(line, found[1]) + 1}, "", found[1], args)
			}
			stages[strings.ToLower(found[2])] = true
		}
	}
}

// yaml checks the images in a compose file, a Kubernetes manifest or Helm values.
func (c *checker) yaml(path string, text []byte, asked bool) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	known := false
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if asked {
				c.checked(path)
				c.add("KR002", config.Place{File: path, Line: lineOf(err), Column: 1}, "", "is not valid YAML", "check indentation, quotes and colons")
			}
			return
		}
		c.images(path, &doc, "", &known)
	}
	if known || asked {
		c.checked(path)
	}
	if !known && asked {
		c.add("KR003", config.Place{File: path, Line: 1, Column: 1}, "", "names no container image", "")
	}
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

func lineOf(err error) int {
	if found := yamlLine.FindStringSubmatch(err.Error()); found != nil {
		n, _ := strconv.Atoi(found[1])
		return n
	}
	return 1
}

// keysIn reports keys in a text.
func (c *checker) keysIn(at config.Place, pointer, text string) {
	for _, kind := range keys().kinds(text, func(string) bool { return true }) {
		c.add("KR058", at, pointer, "holds a key in clear: "+kind, "revoke the key, and hand the new one in when the container starts, as a secret")
	}
}

// images checks all values of keys that are called image, and looks for keys of
// the other kind in all values.
func (c *checker) images(path string, n *yaml.Node, pointer string, known *bool) {
	if n.Kind == yaml.ScalarNode {
		c.keysIn(config.Place{File: path, Line: n.Line, Column: n.Column}, pointer, n.Value)
	}
	if n.Kind != yaml.MappingNode {
		for i, child := range n.Content {
			at := pointer
			if n.Kind == yaml.SequenceNode {
				at += "/" + strconv.Itoa(i)
			}
			c.images(path, child, at, known)
		}
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		at := pointer + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key.Value)
		if key.Value == "image" {
			image, where := value.Value, value
			if value.Kind == yaml.MappingNode { // Helm
				repository, tag := field(value, "repository"), field(value, "tag")
				if repository == nil {
					continue
				}
				image, where = repository.Value, repository
				if tag != nil {
					image, where = image+":"+tag.Value, tag
				}
			}
			*known = true
			c.image(config.Place{File: path, Line: where.Line, Column: where.Column}, at, image, nil)
		}
		c.images(path, value, at, known)
	}
}

func field(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

var krakendVersion = regexp.MustCompile(`^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-.*)?$`)

// image checks the tag of KrakenD's own images.
func (c *checker) image(at config.Place, pointer, image string, args map[string]string) {
	whole := true
	image = variable.ReplaceAllStringFunc(image, func(v string) string {
		found := variable.FindStringSubmatch(v)
		value, ok := args[found[1]+found[3]]
		switch {
		case ok && value != "":
			return value
		case found[2] != "":
			return found[2]
		}
		whole = false
		return ""
	})
	image, _, pinned := strings.Cut(image, "@")
	name, tag, _ := strings.Cut(image[strings.LastIndexByte(image, '/')+1:], ":")
	prefix := strings.TrimPrefix(image[:strings.LastIndexByte(image, '/')+1], "docker.io/")
	gateway := name == "krakend" && (prefix == "" || prefix == "library/" || prefix == "devopsfaith/")
	builder := name == "builder" && prefix == "krakend/"
	if !whole || !gateway && !builder || c.CompiledIn || pinned && tag == "" {
		return
	}
	version := krakendVersion.FindStringSubmatch(tag)
	if version == nil {
		what := "the tag " + tag
		if tag == "" {
			what = "no tag, which means latest"
		}
		c.add("KR080", at, pointer, fmt.Sprintf("the image %s has %s: that is KrakenD 3.x, which loads no plugins", name, what), "")
		return
	}
	major, _ := strconv.Atoi(version[1])
	minor, _ := strconv.Atoi(version[2])
	switch {
	case major >= 3:
		c.add("KR081", at, pointer, fmt.Sprintf("KrakenD %s of the free edition loads no plugins", tag), "")
	case version[2] != "" && (major < 2 || minor < 9):
		c.add("KR082", at, pointer, fmt.Sprintf("the plugins are not made for KrakenD %s, which is older than 2.9", tag), "use 2.9 to 2.13")
	case version[3] == "" && !pinned:
		c.add("KR082", at, pointer, fmt.Sprintf("the tag %s moves on to another release, and a plugin loads into the very one only that it was built for", tag), "")
	}
}
