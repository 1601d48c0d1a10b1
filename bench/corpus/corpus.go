// Package corpus generates labelled texts and measures by them how often each
// detector is right: which values it finds (recall), and how many of its
// findings are values (precision).
//
// Values are made from the standards, independently of the detectors' own
// checks, so that a mistake in a check shows. Nothing in a corpus belongs to
// anybody.
package corpus

import (
	"math/rand"
	"strings"
)

// Document is a text with the values in it.
type Document struct {
	// Kind says what the text is like: prose, json, code, log, table, far (a
	// value far from the word that names it, or repeated without it), miss (nearly a value), or
	// harmless and of what sort.
	Kind   string
	Text   string
	Values []Value
}

// Value is what stands in text[Start:End], by the name of the detector that
// should find it.
type Value struct {
	Detector   string
	Start, End int
}

// Generate returns a corpus: count documents for every detector, and harmless
// ones. The same seed gives the same corpus.
func Generate(seed int64, count int) []Document {
	r := rand.New(rand.NewSource(seed))
	var documents []Document
	for _, k := range kinds {
		for i := 0; i < count; i++ {
			documents = append(documents, labelled(r, k, i))
		}
		if k.miss != nil {
			for i := 0; i < count/4; i++ {
				d := labelled(r, kind{name: k.name, labels: k.labels, make: k.miss, frames: k.frames}, i)
				d.Kind, d.Values = "miss", nil
				documents = append(documents, d)
			}
		}
	}
	return append(documents, Harmless(seed, count)...)
}

// Harmless returns texts without any value: count of every sort of look-alike,
// and plain text.
func Harmless(seed int64, count int) []Document {
	r := rand.New(rand.NewSource(seed))
	var documents []Document
	for _, sort := range lookAlikes {
		for i := 0; i < count; i++ {
			frame := harmlessFrames[r.Intn(len(harmlessFrames))]
			documents = append(documents, Document{Kind: sort.name, Text: strings.ReplaceAll(frame, "{V}", sort.make(r))})
		}
	}
	for _, text := range plainTexts {
		documents = append(documents, Document{Kind: "plain text", Text: text})
	}
	return documents
}

// kind is one kind of value.
type kind struct {
	name string // of the detector
	// labels are words that people put in front of such a value. Those without
	// any stand alone.
	labels []string
	make   func(r *rand.Rand) string
	// miss makes what is nearly such a value, if there is such a thing.
	miss func(r *rand.Rand) string
	// bare tells that a value is known by its form alone, so that it also
	// stands in text that does not name it.
	bare bool
	// frames are those that such a value stands in, if not all.
	frames []frame
}

// labelled is a document with one value.
func labelled(r *rand.Rand, k kind, i int) Document {
	value := k.make(r)
	label := k.labels[r.Intn(len(k.labels))]
	f := frames[i%len(frames)]
	if k.frames != nil {
		f = k.frames[i%len(k.frames)]
	}
	if k.bare && i%3 == 0 {
		f = bareFrames[r.Intn(len(bareFrames))]
	}
	d := place(f.text, f.name(label), value, k.name)
	d.Kind = f.kind
	return d
}

// place puts a label and a value into a frame.
func place(frame, label, value, detector string) Document {
	text := strings.ReplaceAll(frame, "{L}", label)
	start := strings.Index(text, "{V}")
	text = strings.Replace(text, "{V}", value, 1)
	// A frame that quotes the value again has it twice.
	d := Document{Text: text, Values: []Value{{detector, start, start + len(value)}}}
	if again := strings.Index(text, "{V}"); again >= 0 {
		d.Text = strings.Replace(text, "{V}", value, 1)
		d.Values = append(d.Values, Value{detector, again, again + len(value)})
	}
	return d
}

// frame is a text around a value.
type frame struct {
	kind, text string
	// name spells the label for this frame.
	name func(label string) string
}

func same(label string) string  { return label }
func snake(label string) string { return strings.ReplaceAll(strings.ToLower(label), " ", "_") }
func upper(label string) string { return strings.ToUpper(snake(label)) }

var frames = []frame{
	{"prose", "My {L} is {V}.", same},
	{"prose", "Please update the record; {L}: {V}, thanks a lot.", same},
	{"prose", "Hello,\n\nhere is what you asked for.\n{L} {V}\n\nBest regards", same},
	{"json", `{"id": 17, "{L}": "{V}", "active": true}`, snake},
	{"json", `{"messages":[{"role":"user","content":"{L}: {V}"}]}`, same},
	{"code", "const user = {\n  {L}: \"{V}\",\n  retries: 3,\n};", snake},
	{"code", "{L} = '{V}'  # from the form", upper},
	{"log", "2026-03-04T05:06:07.890Z INFO [req-7f3a] form submitted {L}={V} status=200 in 12ms", snake},
	{"table", "| field | content |\n|---|---|\n| {L} | {V} |\n| country | ZZ |", same},
	{"prose", "I have {V} down as the {L}, is this right?", same},
	{"prose", "Können Sie das bitte prüfen? {L}: {V} – danke!", same},
	{"prose", "Bonjour, voici mon {L} : {V}. Merci d'avance", same},
	{"prose", "Hola, mi {L} es {V}, gracias.", same},
	{"far", `[{"k":"{L}","v":"{V}"},{"k":"note","v":"seen twice: {V}"}]`, snake},
	{"table", "{L};name;city\n{V};Jane Roe;Springfield\n", same},
	{"far", "The {L} was asked for in the first letter, of which we keep a copy in the files of the branch. It is {V}.", same},
}

// bareFrames name no value.
var bareFrames = []frame{
	{"prose", "Can you check {V} for me?", same},
	{"table", "Jane Roe,{V},Springfield", same},
	{"log", "level=warn msg=\"rejected\" value=\"{V}\" attempt=2", same},
	{"prose", "({V})", same},
	{"code", "verify(\"{V}\", true);", same},
}

// assigned are frames for what is known by the word right in front of it.
var assigned = []frame{
	{"prose", "The {L} is {V}", same},
	{"prose", "Hi, the {L}: {V} - please change it", same},
	{"json", `{"user":"jane","{L}":"{V}"}`, snake},
	{"code", "{L} = \"{V}\"\n", snake},
	{"code", "export {L}='{V}'", upper},
	{"log", "connecting with {L}={V} retries=3", snake},
	{"code", "services:\n  app:\n    {L}: {V}\n", snake},
}

// header are frames for headers of HTTP, with the word for the scheme.
func header(scheme string) []frame {
	return []frame{
		{"code", "curl -H '{L}: " + scheme + " {V}' https://api.example.com/v1", same},
		{"json", `{"headers":{"{L}":"` + scheme + ` {V}"}}`, same},
		{"log", "> GET /v1 HTTP/1.1\n> Host: api.example.com\n> {L}: " + scheme + " {V}\n> Accept: */*", same},
	}
}

// authority are frames for user and password in a URL.
var authority = []frame{
	{"code", "git clone {L}://{V}@git.example.com/team/app.git", same},
	{"prose", "It is at {L}://{V}@files.example.org, in the folder of last week.", same},
	{"json", `{"proxy":"{L}://{V}@proxy.example.net:3128"}`, same},
}
