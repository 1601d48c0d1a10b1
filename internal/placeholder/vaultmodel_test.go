package placeholder

import (
	"encoding/binary"
	"fmt"
	"math/rand"
	"slices"
	"testing"
)

// model is a vault in the plainest way.
type model struct {
	entries  []modelEntry
	reserved map[string]bool // by the text of a placeholder
	last     map[Stem]int
	hosts    []string
}

type modelEntry struct {
	stem              Stem
	number            int
	value             string
	restore, isNumber bool
	behind            bool
}

func (m *model) issue(s Stem, value string, restore, isNumber bool) string {
	for i := len(m.entries) - 1; i >= 0; i-- {
		if e := &m.entries[i]; !e.behind && e.stem == s && e.value == value && e.restore == restore {
			e.isNumber = e.isNumber && isNumber
			return fmt.Sprint(s.prefix, e.number, s.suffix)
		}
	}
	m.last[s]++
	for m.reserved[fmt.Sprint(s.prefix, m.last[s], s.suffix)] {
		m.last[s]++
	}
	m.entries = append(m.entries, modelEntry{stem: s, number: m.last[s], value: value, restore: restore, isNumber: isNumber})
	return fmt.Sprint(s.prefix, m.last[s], s.suffix)
}

func (m *model) encode() string {
	var b []byte
	text := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	b = binary.AppendUvarint(b, uint64(len(m.hosts)))
	for _, h := range m.hosts {
		text(h)
	}
	b = binary.AppendUvarint(b, 0)
	for _, e := range m.entries {
		value, flags := "", uint64(0)
		if e.restore {
			value, flags = e.value, 1
		}
		if e.isNumber {
			flags |= 2
		}
		b = binary.AppendUvarint(b, uint64(e.number))
		b = binary.AppendUvarint(b, flags)
		text(e.stem.prefix)
		text(e.stem.suffix)
		text(value)
	}
	return string(b)
}

// Vaults issue, travel and give back as lists do that are looked through from end
// to end, however many values they have.
func TestVaultsAreLists(t *testing.T) {
	stems := []Stem{NewStem("[A]"), NewStem("[B]"), NewStem("<REDACTED_LONGER_THAN_MOST_ARE_AND_THAN_ALL_THAT_A_BUFFER_IS_MADE_FOR>"), NewStem("C")}
	reader := NewReader(stems)
	random := rand.New(rand.NewSource(1))
	for n := 0; n < 300; n++ {
		v, m := NewVault(), &model{reserved: map[string]bool{}, last: map[Stem]int{}}
		kinds := 1 + random.Intn(300)
		for i := random.Intn(400); i > 0; i-- {
			s := stems[random.Intn(len(stems))]
			switch random.Intn(40) {
			case 0:
				typed := s.Format(1 + random.Intn(30))
				v.Reserve(reader, typed)
				m.reserved[typed] = true
			case 1:
				host := fmt.Sprintf("h%d.example", random.Intn(30))
				v.Reserve(reader, "at https://"+host+"/ or not")
				if !slices.Contains(m.hosts, host) {
					m.hosts = append(m.hosts, host)
				}
			case 2:
				other := v.Clone()
				other.Issue(s, "a value of the clone's", true, false)
				other.Reserve(reader, "https://clone.example/"+s.Format(100))
			case 3:
				// Travelling leaves behind what was reserved, and some values.
				var err error
				if v, err = Decode(v.Encode()); err != nil {
					t.Fatal(err)
				}
				clear(m.reserved)
				for i := range m.entries {
					m.entries[i].behind = m.entries[i].behind || !m.entries[i].restore
				}
			default:
				value, restore, isNumber := fmt.Sprint("v", random.Intn(kinds)), random.Intn(4) > 0, random.Intn(2) == 0
				if random.Intn(50) == 0 {
					value = ""
				}
				if got, want := v.Issue(s, value, restore, isNumber), m.issue(s, value, restore, isNumber); got != want {
					t.Fatalf("%q is %s, want %s", value, got, want)
				}
			}
		}
		if got, want := v.Encode(), m.encode(); got != want {
			t.Fatalf("encoded as %q, want %q", got, want)
		}
		r := NewRestorer(v, Strict, Links{}, 1<<30)
		restorable := 0
		for i := range m.entries {
			e := &m.entries[i]
			got := r.entry(e.stem, e.number)
			switch {
			case !e.restore && got != nil:
				t.Fatalf("%s is given back", e.stem.Format(e.number))
			case e.restore && (got == nil || got.value.Reveal() != e.value || got.isNumber != e.isNumber):
				t.Fatalf("%s is %+v", e.stem.Format(e.number), got)
			case e.restore:
				restorable++
			}
		}
		if v.Restorable() != restorable || r.entry(stems[0], 1000) != nil {
			t.Fatalf("%d can be restored, want %d", v.Restorable(), restorable)
		}
	}
}
