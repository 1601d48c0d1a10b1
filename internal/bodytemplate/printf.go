package bodytemplate

import "strconv"

// checkFormat bounds what a format makes out of its arguments: a client may
// choose widths, or use a long argument many times ("%[1]s%[1]s"). fmt itself
// bounds each width at a million.
func checkFormat(format string, args []interface{}) {
	total := meter{left: MaxOutput}
	total.spend(len(format))
	sizes := make([]meter, len(args))
	for i, arg := range args {
		sizes[i].left = MaxOutput
		sizes[i].add(arg, 0)
		total.spend(MaxOutput - sizes[i].left)
	}
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		pad := 0
	flags:
		for i++; i < len(format); i++ {
			switch c := format[i]; {
			case c == '[':
				from := i + 1
				for i < len(format) && format[i] != ']' {
					i++
				}
				if n, err := strconv.Atoi(format[from:min(i, len(format))]); err == nil && n >= 1 {
					next = n - 1
				}
			case c == '*':
				if next >= 0 && next < len(args) {
					if n, ok := numberOf(args[next]); ok {
						pad += int(min(max(n.value, -n.value), maxCount))
					}
				}
				next++
			case c >= '1' && c <= '9':
				n := 0
				for ; i < len(format) && format[i] >= '0' && format[i] <= '9'; i++ {
					n = min(10*n+int(format[i]-'0'), maxCount)
				}
				i--
				pad += n
			case c != '+' && c != '-' && c != '#' && c != ' ' && c != '0' && c != '.':
				break flags
			}
		}
		nodes, length := 1, 0
		if next >= 0 && next < len(args) {
			nodes, length = sizes[next].nodes, MaxOutput-sizes[next].left
		}
		if i < len(format) && (format[i] == 'f' || format[i] == 'F') && nodes == 1 {
			length += 310 // 1e308 written out
		}
		if pad > 0 && nodes > MaxOutput/pad {
			panic(errLength)
		}
		total.spend(pad*nodes + length)
		if i < len(format) && format[i] != '%' {
			next++
		}
	}
}
