package main

import (
	"fmt"
	"strings"
)

// expressions are n rules as people write them. The first ten are the usual
// ones, the others look for the keys of services.
func expressions(n int) []string {
	list := []string{
		`(?i)super_s3cr3t_password`,
		`(?i)\b(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|3[47][0-9]{13}|3[0-9]{13}|6(?:011|5[0-9]{2})[0-9]{12})\b`,
		`(?i)\b[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Z|a-z]{2,}\b`,
		`\b\d{3}-\d{2}-\d{4}\b`,
		`\b(?:\d{1,3}\.){3}\d{1,3}\b`,
		`\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b`,
		`\bAKIA[0-9A-Z]{16}\b`,
		`\bgh[pousr]_[A-Za-z0-9]{36,255}\b`,
		`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`,
		`\+\d{1,3}[ .-]?\(?\d{1,4}\)?(?:[ .-]?\d{2,4}){2,4}\b`,
	}
	for i := len(list); i < n; i++ {
		service := strings.Repeat(string(rune('a'+i%26)), 2) + string(rune('a'+i/26%26))
		list = append(list, []string{
			`\b` + service + `_[a-z0-9]{16,40}\b`,
			fmt.Sprintf(`\b%d\d{6,9}[A-Z]\b`, i),
			`(?i)\b` + service + `[ :=]+["']?[^\s"']{8,64}`,
			strings.ToUpper(service) + `-\d{4}-\d{4}`,
		}[i%4])
	}
	return list[:n]
}
