package bodytemplate

import (
	"crypto/sha256"
	"encoding/json"
	"reflect"
)

const (
	errList     = reason("it is given a value that is no list")
	errCompares = reason("the list has too many objects that are alike")
)

// uniq is Sprig's, which compares each value with all before it: a list of a
// client's would take time in its square.
func uniq(list interface{}) ([]interface{}, error) {
	items := reflect.ValueOf(list)
	if items.Kind() != reflect.Slice && items.Kind() != reflect.Array {
		return nil, errList
	}
	size(list)
	kept := []interface{}{}
	scalars := map[interface{}]bool{}
	others := map[[sha256.Size]byte][]interface{}{}
	compares := 0
next:
	for i := 0; i < items.Len(); i++ {
		item := items.Index(i).Interface()
		if scalar(item) {
			if !scalars[item] {
				scalars[item] = true
				kept = append(kept, item)
			}
			continue
		}
		// Objects that are equal have the same JSON; the reverse need not hold.
		text, _ := json.Marshal(item)
		alike := sha256.Sum256(text)
		for _, other := range others[alike] {
			if compares++; compares > maxCount {
				return nil, errCompares
			}
			if reflect.DeepEqual(item, other) {
				continue next
			}
		}
		others[alike] = append(others[alike], item)
		kept = append(kept, item)
	}
	return kept, nil
}

// scalar tells whether == and reflect.DeepEqual agree on a value.
func scalar(v interface{}) bool {
	r := reflect.ValueOf(v)
	return v == nil || r.Kind() == reflect.String || r.Kind() == reflect.Bool || r.CanInt() || r.CanUint() || r.CanFloat()
}
