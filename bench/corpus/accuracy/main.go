// Command accuracy prints how right each detector is on a generated corpus:
// go run ./corpus/accuracy, with -samples to see where it errs.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"

	"github.com/krakend-redact/krakend-redact/bench/corpus"
	"github.com/krakend-redact/krakend-redact/internal/detector"
)

func main() {
	seed := flag.Int64("seed", 1, "seed of the corpus")
	count := flag.Int("count", 200, "documents for each detector and each sort of look-alike")
	samples := flag.Int("samples", 0, "how many errors of each kind to print for each detector")
	only := flag.String("detector", "", "the only detector to look at")
	flag.Parse()
	documents := corpus.Generate(*seed, *count)
	size, values := 0, 0
	for _, d := range documents {
		size += len(d.Text)
		values += len(d.Values)
	}
	fmt.Printf("%d documents, %d KB, %d values\n\n", len(documents), size/1000, values)
	fmt.Printf("| detector | values | found | wrong | on other values | precision | recall |\n|---|---:|---:|---:|---:|---:|---:|\n")
	for _, d := range detector.All() {
		if *only != "" && *only != d.Name {
			continue
		}
		find, err := corpus.Reference(d)
		if err != nil {
			log.Fatal(err)
		}
		s := corpus.Evaluate(documents, d.Name, find)
		fmt.Printf("| %s | %d | %d | %d | %d | %.3f | %.3f |\n", d.Name, s.Values, s.Hits, s.Wrong, s.Others, s.Precision(), s.Recall())
		for i := 0; i < *samples && i < len(s.WrongIn); i++ {
			fmt.Fprintf(os.Stderr, "%s wrong %q\n", d.Name, s.WrongIn[i*len(s.WrongIn)/min(*samples, len(s.WrongIn))])
		}
		for i := 0; i < *samples && i < len(s.Missed); i++ {
			fmt.Fprintf(os.Stderr, "%s missed %q\n", d.Name, s.Missed[i*len(s.Missed)/min(*samples, len(s.Missed))])
		}
	}
}
