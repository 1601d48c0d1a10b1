package bodytemplate

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// CheckJSON tells whether an output is one JSON document in UTF-8. Its errors
// name a place in the output, and hold no part of it.
func CheckJSON(output string) error {
	var document json.RawMessage
	err := json.Unmarshal([]byte(output), &document)
	if err == nil {
		if !utf8.ValidString(output) {
			return errors.New("the output is not UTF-8: write texts with toJson")
		}
		return nil
	}
	if strings.TrimSpace(output) == "" {
		return errors.New("the output is empty, which is no JSON document")
	}
	hint := "write texts with toJson"
	if strings.Contains(output, "<no value>") {
		hint = "a field seems to be absent: give it a default"
	}
	at := int64(len(output))
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		at = syntax.Offset
	}
	before := output[:at]
	return fmt.Errorf("the output is not valid JSON at its line %d, column %d of %d bytes: %s",
		strings.Count(before, "\n")+1, len(before)-strings.LastIndexByte(before, '\n'), len(output), hint)
}
