package bodytemplate

import (
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
)

// ErrBrokenJSON says that a text is not one JSON document.
var ErrBrokenJSON = errors.New("the body is announced as JSON but is not valid JSON")

// DecodeJSON reads one JSON document as templates see it: a whole number that
// fits is an int64, which templates can count and index with, and any other
// number keeps its spelling as a [json.Number].
func DecodeJSON(text string) (interface{}, error) {
	documents, err := decodeAll(text)
	if err != nil || len(documents) != 1 {
		return nil, ErrBrokenJSON
	}
	return documents[0], nil
}

// decodeAll reads any number of documents.
func decodeAll(text string) ([]interface{}, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	all := []interface{}{}
	for {
		var v interface{}
		err := dec.Decode(&v)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, ErrBrokenJSON
		}
		all = append(all, Own(v))
	}
}

// fromJSON is Sprig's fromJson: nothing for a text that is no JSON.
func fromJSON(text string) interface{} {
	v, _ := DecodeJSON(text)
	return v
}

// Own returns a copy of a tree that an execution may change, with its numbers
// as [DecodeJSON] reads them.
func Own(v interface{}) interface{} {
	switch v := v.(type) {
	case map[string]interface{}:
		c := make(map[string]interface{}, len(v))
		for key, inner := range v {
			c[key] = Own(inner)
		}
		return c
	case []interface{}:
		c := make([]interface{}, len(v))
		for i, inner := range v {
			c[i] = Own(inner)
		}
		return c
	case json.Number:
		return number(v)
	}
	return v
}

// number is an int64 when that spells the same.
func number(n json.Number) interface{} {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil && strconv.FormatInt(i, 10) == string(n) {
		return i
	}
	return n
}
