package detector

import (
	"strconv"
	"strings"
)

var phone = Detector{
	Name:        "phone",
	Title:       "Phone number",
	Placeholder: "PHONE",
	Pattern: `(?<![0-9A-Za-z_+]|[0-9][.:/,-])(?:` +
		`\+[1-9][0-9]{0,3}(?:[ ./-]{0,2}(?:\([0-9]{1,4}\)|[0-9]{1,14})){1,7}` +
		`|\([0-9]{2,5}\)[ ./-]?[0-9]{2,8}(?:[ .-][0-9]{2,6}){0,3}` +
		`|0[0-9]{1,5}(?:[ ./-]{1,2}[0-9]{2,8}){1,5}` +
		`|[2-9][0-9]{2}\.[2-9][0-9]{2}\.[0-9]{4}|[1-9][0-9]{1,3}(?:[ -][0-9]{2,4}){2,4}` +
		`|[0-9]{9,16})(?: ?(?:x|ext\.? ?|#)[0-9]{1,5})?\b` + numberEnds,
	Check: checkPhone,
	Context: &Context{
		Words: []string{
			"phone", "phones", "telephone", "tel", "mobile", "cell", "cellphone", "call", "calling", "fax", "whatsapp", "sms", "text me", "dial", "hotline", "contact number", "callback", "ring",
			"telefon", "telefonnummer", "rufnummer", "handy", "handynummer", "mobil", "mobilnummer", "anrufen", "rückruf", "durchwahl",
			"téléphone", "numéro de tel", "portable", "appeler", "appelez", "teléfono", "telefono", "móvil", "celular", "llamar", "llámame", "cellulare", "chiamare",
			"telefone", "telemóvel", "telefoon", "telefoonnummer", "mobiel", "bellen", "puhelin", "mobilnummer", "tlf", "telefonu", "komórka", "телефон", "电话", "手机", "電話", "携帯", "전화", "휴대폰",
		},
		Before: 40, After: 32,
		Unless: func(value string) bool { return value[0] == '+' || value[0] == '(' && nanp(value) },
	},
	Validation: "country code of E.164, or area code of North America in brackets; other national forms only with words such as “phone” nearby; no dates",
	Severity:   medium,
	Packs:      []string{PackPII, PackPIIUS, PackPIIEU, PackHealth, PackFinancial, PackDefault},
	Source:     "https://www.itu.int/rec/T-REC-E.164",
	Examples: Examples{
		Match: []Example{
			{"+14155552671", "+14155552671"},
			{"Ring +49 (0)30 901820-17 please", "+49 (0)30 901820-17"},
			{"+44 20 7946 0958.", "+44 20 7946 0958"},
			{"(415) 555-2671", "(415) 555-2671"},
			{"phone: 415-555-2671", "415-555-2671"},
			{"Telefon 030 901820", "030 901820"},
			{"Tél. / téléphone : 01 23 45 67 89", "01 23 45 67 89"},
			{`{"mobile":"07911 123456"}`, "07911 123456"},
			{"llámame al 612 345 678", "612 345 678"},
			{"tel 004915112345678", "004915112345678"},
			{"电话13812345678", "13812345678"},
			{"cell: 415.555.2671", "415.555.2671"},
		},
		NoMatch: []string{
			"415-555-2671", "+123", "+0200", "x+14155552671", "2024-01-15", "call on 2024-01-15", "call at 01.02.2024 12", "tel: 12345",
			"+1 155 555 2671", "order 0301234567", "call 192.168.100.200", "(123) 456", "+99912345678", "1.5e+12345678", "phone model 1234 5678",
		},
	},
}

// callingCodes are the country codes of E.164, as leading digits: one digit for
// zones 1 and 7, two or three for the others.
const callingCodes = " 1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 " +
	"211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 " +
	"350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 420 421 423 " +
	"500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 " +
	"800 808 850 852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998 "

func checkPhone(value string) int {
	for i := 1; i < len(value); i++ {
		if c := value[i]; c == 'x' || c == 'e' || c == '#' { // an extension
			value = strings.TrimRight(value[:i], " ")
			break
		}
	}
	v := bare(value)
	switch {
	case value[0] == '+':
		return checkE164(value)
	case v.n < 8 || v.same():
		return 0
	case plain(value) && value[0] == '0' && value[1] == '0':
		return whole(value, v.n >= 10)
	case v.n > 14:
		return 0
	case plain(value):
		// Numbers written in one go: North America's, China's, and those with
		// the trunk prefix 0.
		return whole(value, v.n <= 12 && (value[0] == '0' || v.n == 10 && nanp(value) || v.n == 11 && value[0] == '1'))
	case value[0] == '(':
		return whole(value, v.n <= 13)
	}
	return whole(value, (v.n >= 9 || value[0] == '0') && !looksLikeDate(&v, value))
}

// checkE164 accepts a number in international form. Digits beyond its length
// are another number.
func checkE164(value string) int {
	most := 15
	if value[1] == '1' {
		most = 11
	}
	end, n := 0, 0
	for i := 1; i < len(value); i++ {
		if value[i] < '0' || value[i] > '9' {
			continue
		}
		if n++; n <= most {
			end = i + 1
		}
	}
	if n > most && value[end] >= '0' && value[end] <= '9' {
		return 0
	}
	if end < len(value) && value[end] == ')' {
		end++
	}
	v := bare(value[:end])
	if v.n < 8 || value[1] == '1' && !nanp(value[2:end]) {
		return 0
	}
	code := 0
	for _, c := range v.text[:3] {
		if c < '0' || c > '9' || code == 0 && c == '0' {
			break
		}
		if code = code*10 + int(c-'0'); isCallingCode[code] {
			return end
		}
	}
	return 0
}

// isCallingCode tells of each number whether it is one of callingCodes.
var isCallingCode = func() (table [1000]bool) {
	for _, text := range strings.Fields(callingCodes) {
		code, _ := strconv.Atoi(text)
		table[code] = true
	}
	return table
}()

// nanp tells whether value has the ten digits of a number of the North American
// Numbering Plan: area and exchange begin with 2 to 9.
func nanp(value string) bool {
	v := bare(value)
	return v.n == 10 && v.text[0] >= '2' && v.text[3] >= '2' && !(v.text[1] == '1' && v.text[2] == '1')
}

// looksLikeDate tells of eight digits that they are one.
func looksLikeDate(v *number, value string) bool {
	if v.n < 8 || v.n > 12 {
		return false
	}
	century := func(i int) bool { c := v.read(i, 2); return c == 19 || c == 20 }
	separator := func(i int) bool { return i < len(value) && (value[i] < '0' || value[i] > '9') }
	return separator(4) && century(0) && day(v.read(4, 2), v.read(6, 2)) ||
		separator(2) && century(4) && (day(v.read(2, 2), v.read(0, 2)) || day(v.read(0, 2), v.read(2, 2)))
}
