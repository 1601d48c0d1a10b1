package policybench

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/krakend-redact/krakend-redact/internal/detector"
)

// sampleSize is about how many bytes a sample has, but for the dense one.
const sampleSize = 64 << 10

// Samples are texts of the kinds that gateways see.
func Samples() []Text {
	return []Text{{"prose", repeated(prose)}, {"chat JSON", chat()}, {"code", repeated(code)}, {"secret-dense", dense()}}
}

// repeated repeats a text, with a number in each copy so that no two are alike.
func repeated(text string) string {
	var b strings.Builder
	for i := 1; b.Len() < sampleSize; i++ {
		fmt.Fprintf(&b, text, i)
	}
	return b.String()
}

const prose = `%d. The committee met on Tuesday to discuss what had been left open in the spring.
Nobody expected an agreement before the end of the year, and still the tone was friendlier than
last time. "We have to ask ourselves what this is for," said the chairwoman, who has led the
group since 2019, "and whom it helps." About 340 people had come, most of them from the villages
around; some had walked for two hours. Für viele war es das erste Mal, dass sie gehört wurden.
Questions go to the office in the main street, room 12, between 9:30 and 17:00.

`

const code = `// handler%[1]d answers requests for item %[1]d.
func handler%[1]d(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.Atoi(r.PathValue("id"))
	if err != nil || id < 0 || id > maxItems {
		http.Error(w, "bad id", http.StatusBadRequest)
		return
	}
	rows, err := db.QueryContext(r.Context(), "SELECT name, price FROM items WHERE id = $1", id)
	if err != nil {
		log.Printf("query %%d: %%v", id, err)
		return
	}
	defer rows.Close()
	_ = json.NewEncoder(w).Encode(map[string]any{"id": id, "rows": scan(rows), "etag": "W/\"3f9a1c07e5b2\""})
}

`

// chat is the body of a chat request with a long history.
func chat() string {
	type message struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	}
	var messages []message
	for size := 0; size < sampleSize; {
		role, text := "user", fmt.Sprintf(prose, len(messages)+1)
		switch len(messages) % 4 {
		case 1, 3:
			role, text = "assistant", "Sure! Here is a summary:\n\n- "+strings.ReplaceAll(text, ". ", "\n- ")
		case 2:
			text = "My mail is user" + fmt.Sprint(len(messages)) + "@corp.example. " + text
		}
		messages = append(messages, message{role, text})
		size += len(text)
	}
	body, _ := json.Marshal(map[string]any{"model": "gpt-4o", "stream": true, "messages": messages})
	return string(body)
}

// dense has what detectors find in every line.
func dense() string {
	var b strings.Builder
	for _, d := range detector.All() {
		for _, e := range d.Examples.Match {
			fmt.Fprintf(&b, "%s: %s\n", d.Title, e.Text)
		}
	}
	return b.String()
}
