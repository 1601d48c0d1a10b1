package detect

import "testing"

// Who has a table that others have made grow meanwhile gets no beginning that only
// the larger one has a row for.
func TestATableHasRowsForItsBeginnings(t *testing.T) {
	for name, begin := range map[string]func(d *dfa, class uint32) (*table, uint32){
		"of searches": (*dfa).begin,
		"of matches":  (*dfa).anchored,
	} {
		e, err := New([]Rule{{Expression: `(?m)(?:^|\b)[ab]{25}z`}})
		if err != nil {
			t.Fatal(err)
		}
		d := e.finders[0].forward
		old, beyond := d.table.Load(), 0
		w := walker{}
		w.table, w.state = d.begin(d.end())
		if w.walk(d, "abababababababababababababa", 20); d.table.Load() == old {
			t.Fatal("the table has not grown")
		}
		for class := range d.end() + 1 {
			table, at := begin(d, class)
			if int(at) >= len(table.next) {
				t.Errorf("%s: no row for %d", name, at)
			}
		}
		for i, at := range old.starts {
			if int(at) < len(old.next) {
				continue
			}
			beyond++
			if old.start(uint32(i)) != 0 {
				t.Errorf("%s: a row for %d", name, at)
			}
		}
		if beyond == 0 {
			t.Errorf("%s: all were known before", name)
		}
	}
}
