package corpus

import (
	"fmt"
	"math/rand"
	"strings"
)

// kinds are the values of a corpus.
var kinds = append(append(persons, businesses...), secrets...)

// persons are identifiers of people.
var persons = []kind{
	{name: "email", labels: []string{"e-mail", "mail", "contact"}, make: mail, bare: true},
	{name: "phone", labels: []string{"phone", "Telefon", "mobile", "téléphone", "teléfono", "call"}, make: telephone},
	{name: "ipv4", labels: []string{"client ip", "host", "address"}, make: func(r *rand.Rand) string {
		return fmt.Sprintf("%d.%d.%d.%d", 11+r.Intn(110), r.Intn(256), r.Intn(256), 1+r.Intn(254))
	}, bare: true},
	{name: "ipv6", labels: []string{"client ip", "host", "address"}, make: func(r *rand.Rand) string {
		if r.Intn(2) == 0 {
			return "2001:db8:" + group(letters(r, hexas, 24), ":", 4)
		}
		return pick(r, "2a02:", "fd00:", "2001:db8:", "fe80:") + ":" + group(letters(r, "123456789abcdef", 8), ":", 4) + ":1"
	}, bare: true},
	{name: "mac", labels: []string{"mac", "bssid", "hardware address"}, make: func(r *rand.Rand) string { return group(letters(r, hexas, 12), pick(r, ":", "-"), 2) }},
	{name: "us_ssn", labels: []string{"SSN", "social security number"}, make: func(r *rand.Rand) string {
		return sometimes(r, fmt.Sprintf("%03d%02d%04d", 100+r.Intn(500), 1+r.Intn(99), 1+r.Intn(9999)), "-", 3, 2, 4)
	}, miss: func(r *rand.Rand) string {
		return fmt.Sprintf("%s-%02d-%04d", pick(r, "000", "666"), 1+r.Intn(99), 1+r.Intn(9999))
	}},
	{name: "us_itin", labels: []string{"ITIN", "taxpayer id"}, make: func(r *rand.Rand) string {
		return sometimes(r, "9"+digits(r, 2)+two(70+r.Intn(19))+digits(r, 4), "-", 3, 2, 4)
	}},
	{name: "us_passport", labels: []string{"passport number", "passport"}, make: func(r *rand.Rand) string { return pick(r, "A", "C", "5") + digits(r, 8) }},
	{name: "us_driver_license", labels: []string{"driver's license", "driver license number"}, make: func(r *rand.Rand) string {
		return pick(r, letters(r, capitals, 1)+digits(r, 7), "1"+digits(r, 7), letters(r, capitals, 1)+digits(r, 12))
	}},
	{name: "us_mbi", labels: []string{"Medicare number", "MBI"}, make: func(r *rand.Rand) string {
		const a = "ACDEFGHJKMNPQRTUVWXY"
		v := letters(r, decimals[1:], 1) + letters(r, a, 1) + letters(r, a+decimals, 1) + digits(r, 1) + letters(r, a, 1) + letters(r, a+decimals, 1) + digits(r, 1) + letters(r, a, 2) + digits(r, 2)
		return sometimes(r, v, "-", 4, 3, 4)
	}},
	{name: "medical_record", frames: assigned, labels: []string{"MRN", "medical record number", "patient id"}, make: func(r *rand.Rand) string { return digits(r, 6+r.Intn(4)) }},
	{name: "uk_nino", labels: []string{"NINO", "National Insurance number"}, make: func(r *rand.Rand) string {
		return sometimes(r, letters(r, "ACEHJLPRSWXY", 2)+digits(r, 6)+letters(r, "ABCD", 1), " ", 2)
	}, bare: true, miss: func(r *rand.Rand) string { return pick(r, "GB", "ZZ", "TN") + digits(r, 6) + "A" }},
	checked("uk_nhs", []string{"NHS number", "NHS no"}, true, func(r *rand.Rand) string {
		return until(r, func(r *rand.Rand) (string, bool) {
			return complete(digits(r, 9), decimals, func(v string) bool { return sum(v, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)%11 == 0 })
		})
	}, " ", 3, 3, 4),
	checked("de_tax_id", []string{"Steuer-ID", "IdNr", "Steueridentifikationsnummer"}, true, germanTax, " ", 2, 3, 3, 3),
	{name: "de_id_card", labels: []string{"Personalausweis", "Ausweisnummer"}, make: func(r *rand.Rand) string {
		serial := letters(r, "LMNPRTVWXY", 1) + digits(r, 8)
		s := 0
		for i, c := range serial {
			s += strings.IndexRune(decimals+capitals, c) * []int{7, 3, 1}[i%3]
		}
		return serial + string(decimals[s%10])
	}},
	checked("fr_nir", []string{"numéro de sécurité sociale", "NIR"}, true, func(r *rand.Rand) string {
		n := pick(r, "1", "2") + date(r, "YM") + two(1+r.Intn(95)) + digits(r, 6)
		return n + two(97-int(mod(n, 97)))
	}, " ", 1, 2, 2, 2, 3, 3, 2),
	{name: "es_dni", labels: []string{"DNI", "NIF"}, make: spanish, miss: change(spanish)},
	{name: "es_nie", labels: []string{"NIE", "tarjeta de residencia"}, make: func(r *rand.Rand) string {
		i, n := r.Intn(3), digits(r, 7)
		return string("XYZ"[i]) + n + string("TRWAGMYFPDXBNJZSQVHLCKE"[mod(fmt.Sprint(i)+n, 23)])
	}, bare: true},
	{name: "it_codice_fiscale", labels: []string{"codice fiscale", "CF"}, make: italian, bare: true, miss: change(italian)},
	checked("nl_bsn", []string{"BSN", "burgerservicenummer"}, true, func(r *rand.Rand) string {
		return until(r, func(r *rand.Rand) (string, bool) {
			return complete(digits(r, 8), decimals, func(v string) bool { return (sum(v, 9, 8, 7, 6, 5, 4, 3, 2)+110-int(v[8]-'0'))%11 == 0 })
		})
	}, "", 9),
	{name: "be_national_number", labels: []string{"rijksregisternummer", "numéro national"}, make: func(r *rand.Rand) string {
		n := date(r, "YMD") + fmt.Sprintf("%03d", 1+r.Intn(997))
		key := two(97 - int(mod(n, 97)))
		if r.Intn(2) == 0 {
			return n + key
		}
		return n[:2] + "." + n[2:4] + "." + n[4:6] + "-" + n[6:] + "." + key
	}},
	checked("pt_nif", []string{"NIF", "contribuinte"}, false, func(r *rand.Rand) string {
		return until(r, func(r *rand.Rand) (string, bool) {
			return complete(pick(r, "1", "2")+digits(r, 7), decimals, func(v string) bool { return sum(v, 9, 8, 7, 6, 5, 4, 3, 2, 1)%11 == 0 })
		})
	}, " ", 3),
	checked("pl_pesel", []string{"PESEL", "numer PESEL"}, true, func(r *rand.Rand) string {
		v, _ := complete(date(r, "YMD")+digits(r, 4), decimals, func(v string) bool { return sum(v, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0 })
		return v
	}, "", 11),
	{name: "se_personnummer", labels: []string{"personnummer", "samordningsnummer"}, make: func(r *rand.Rand) string {
		v := luhn(date(r, "YMD") + digits(r, 3))
		return pick(r, v, v[:6]+"-"+v[6:], "19"+v[:6]+"-"+v[6:])
	}},
	{name: "fi_hetu", labels: []string{"henkilötunnus", "HETU"}, make: func(r *rand.Rand) string {
		born, n := date(r, "DMY"), fmt.Sprintf("%03d", 2+r.Intn(898))
		return born + "-" + n + string("0123456789ABCDEFHJKLMNPRSTUVWXY"[mod(born+n, 31)])
	}, bare: true},
	{name: "dk_cpr", labels: []string{"CPR", "CPR-nummer"}, make: func(r *rand.Rand) string { return date(r, "DMY") + pick(r, "-", "") + "1" + digits(r, 3) }},
	checked("no_fodselsnummer", []string{"fødselsnummer", "fnr"}, true, func(r *rand.Rand) string {
		return until(r, func(r *rand.Rand) (string, bool) {
			v, ok := complete(date(r, "DMY")+digits(r, 3), decimals, func(v string) bool { return sum(v, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 })
			if !ok {
				return "", false
			}
			return complete(v, decimals, func(v string) bool { return sum(v, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0 })
		})
	}, " ", 6, 5),
	{name: "ch_ahv", labels: []string{"AHV-Nummer", "AVS"}, make: func(r *rand.Rand) string {
		v, _ := complete("756"+digits(r, 9), decimals, func(v string) bool { return sum(v, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)%10 == 0 })
		return pick(r, v, group(v, ".", 3, 4, 4, 2))
	}, bare: true},
	{name: "br_cpf", labels: []string{"CPF", "cadastro de pessoas"}, make: brazilian, miss: change(brazilian)},
	{name: "mx_curp", labels: []string{"CURP", "clave"}, make: mexican, bare: true},
	checked("in_aadhaar", []string{"Aadhaar", "aadhaar number"}, true, func(r *rand.Rand) string {
		v, _ := complete(letters(r, decimals[2:], 1)+digits(r, 10), decimals, verhoeff)
		return v
	}, " ", 4),
	{name: "in_pan", labels: []string{"PAN", "pan card"}, make: func(r *rand.Rand) string {
		return letters(r, capitals, 3) + "P" + letters(r, capitals, 1) + fmt.Sprintf("%04d", 1+r.Intn(9999)) + letters(r, capitals, 1)
	}, bare: true},
	checked("au_tfn", []string{"TFN", "tax file number"}, true, func(r *rand.Rand) string {
		return until(r, func(r *rand.Rand) (string, bool) {
			return complete(letters(r, decimals[1:], 1)+digits(r, 7), decimals, func(v string) bool { return sum(v, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 })
		})
	}, " ", 3),
	{name: "au_medicare", labels: []string{"Medicare card", "Medicare number"}, make: func(r *rand.Rand) string {
		v := pick(r, "2", "3", "4", "5", "6") + digits(r, 7)
		return sometimes(r, v+string(decimals[sum(v, 1, 3, 7, 9, 1, 3, 7, 9)%10])+pick(r, "1", "2"), " ", 4, 5, 1)
	}},
	checked("ca_sin", []string{"SIN", "social insurance number"}, true, func(r *rand.Rand) string { return luhn(pick(r, "1", "2", "4", "5", "6", "7") + digits(r, 7)) }, " ", 3),
	{name: "sg_nric", labels: []string{"NRIC", "identity card"}, make: func(r *rand.Rand) string {
		n := digits(r, 7)
		s := sum(n, 2, 7, 6, 5, 4, 3, 2)
		return pick(r, "S"+n+string("JZIHGFEDCBA"[s%11]), "T"+n+string("JZIHGFEDCBA"[(s+4)%11]), "G"+n+string("XWUTRQPNMLK"[(s+4)%11]))
	}, bare: true},
	{name: "kr_rrn", labels: []string{"주민등록번호", "RRN"}, make: func(r *rand.Rand) string { return date(r, "YMD") + "-" + pick(r, "1", "2") + digits(r, 6) }},
	checked("jp_my_number", []string{"マイナンバー", "My Number", "個人番号"}, false, func(r *rand.Rand) string {
		v := digits(r, 11)
		rest := sum(v, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2) % 11
		if rest <= 1 {
			return v + "0"
		}
		return v + string(decimals[11-rest])
	}, " ", 4),
	{name: "cn_resident_id", labels: []string{"身份证号", "ID card"}, make: chinese, bare: true, miss: change(chinese)},
	{name: "za_id", labels: []string{"ID number", "identity number"}, make: func(r *rand.Rand) string { return luhn(date(r, "YMD") + digits(r, 4) + "08") }, bare: true},
	checked("tr_kimlik", []string{"TC kimlik", "kimlik no", "TCKN"}, true, func(r *rand.Rand) string {
		v := letters(r, decimals[1:], 1) + digits(r, 8)
		v += string(decimals[(sum(v, 7, 9, 7, 9, 7, 9, 7, 9, 7))%10])
		return v + string(decimals[sum(v, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)%10])
	}, "", 11),
	{name: "vin", labels: []string{"VIN", "Fahrgestellnummer", "chassis number"}, make: func(r *rand.Rand) string {
		return "W" + letters(r, "0123456789ABCDEFGHJKLMNPRSTUVWXYZ", 11) + "7" + digits(r, 4)
	}},
	{name: "date_of_birth", labels: []string{"date of birth", "DOB", "geboren", "date de naissance", "birthday"}, make: func(r *rand.Rand) string {
		return pick(r, date(r, "19Y-M-D"), date(r, "D.M.19Y"), date(r, "M/D/19Y"), fmt.Sprintf("%d %s 19%d", 1+r.Intn(28), pick(r, "May", "March", "Oktober", "août", "enero"), 50+r.Intn(49)))
	}},
	{name: "coordinates", labels: []string{"GPS", "location", "coordinates"}, make: func(r *rand.Rand) string {
		return fmt.Sprintf("%d.%s, %d.%s", r.Intn(90), digits(r, 5), r.Intn(180), digits(r, 5))
	}},
}

// checked is a kind with a check digit, written with separators or without. Miss
// tells that the digit does not bear a change: some have one for two remainders.
func checked(name string, labels []string, miss bool, make func(r *rand.Rand) string, separator string, sizes ...int) kind {
	k := kind{name: name, labels: labels, make: func(r *rand.Rand) string { return sometimes(r, make(r), separator, sizes...) }}
	if miss {
		k.miss = change(k.make)
	}
	return k
}

func mail(r *rand.Rand) string {
	local := pick(r, "jane", "max.muster", "j_doe", "info", "anna-lena", "o.k") + pick(r, "", digits(r, 2), "+tag", "."+letters(r, smalls, 4))
	return local + "@" + letters(r, smalls, 3+r.Intn(8)) + pick(r, ".com", ".example", ".co.uk", ".de", ".org", ".dev", ".museum")
}

func telephone(r *rand.Rand) string {
	return pick(r,
		"+49 "+pick(r, "30", "89", "151")+" "+letters(r, decimals[1:], 1)+digits(r, 6), "+1 415 555 "+"0"+digits(r, 3), "+44 20 79"+digits(r, 2)+" 0"+digits(r, 3), "(212) 555-0"+digits(r, 3), "212-555-0"+digits(r, 3),
		"030 "+letters(r, decimals[1:], 1)+digits(r, 6), "06 "+group(digits(r, 8), " ", 2), "+33 6 "+group(digits(r, 8), " ", 2), "0151-"+letters(r, decimals[1:], 1)+digits(r, 7), "6"+digits(r, 2)+" "+digits(r, 3)+" "+digits(r, 3), "+86 138"+digits(r, 8), "+4915"+digits(r, 9))
}

// germanTax has nine different digits, one of them twice.
func germanTax(r *rand.Rand) string {
	return until(r, func(r *rand.Rand) (string, bool) {
		order := r.Perm(10)
		order[9] = order[r.Intn(8)]
		v := ""
		for _, d := range order {
			v += string(decimals[d])
		}
		if v[0] == '0' || v[9] == v[8] && v[8] == v[7] {
			return "", false
		}
		// ISO/IEC 7064 by its definition: the powers of 2 modulo 11 in hybrid.
		p := 10
		for _, c := range v {
			p = (p + int(c-'0')) % 10
			if p == 0 {
				p = 10
			}
			p = 2 * p % 11
		}
		return v + string(decimals[(11-p)%10]), true
	})
}

func spanish(r *rand.Rand) string {
	n := letters(r, "0345678", 1) + digits(r, 7)
	return n + pick(r, "", "", "-") + string("TRWAGMYFPDXBNJZSQVHLCKE"[mod(n, 23)])
}

func italian(r *rand.Rand) string {
	v := letters(r, "BCDFGLMNPRSTVZ", 6) + two(40+r.Intn(60)) + letters(r, "ABCDEHLMPRST", 1) + two(1+r.Intn(28)) + letters(r, "ABCDEFGHI", 1) + digits(r, 3)
	odd := map[rune]int{'0': 1, '1': 0, '2': 5, '3': 7, '4': 9, '5': 13, '6': 15, '7': 17, '8': 19, '9': 21, 'A': 1, 'B': 0, 'C': 5, 'D': 7, 'E': 9, 'F': 13, 'G': 15, 'H': 17, 'I': 19, 'J': 21, 'K': 2, 'L': 4, 'M': 18, 'N': 20, 'O': 11, 'P': 3, 'Q': 6, 'R': 8, 'S': 12, 'T': 14, 'U': 16, 'V': 10, 'W': 22, 'X': 25, 'Y': 24, 'Z': 23}
	s := 0
	for i, c := range v {
		switch {
		case i%2 == 0:
			s += odd[c]
		case c >= 'A':
			s += int(c - 'A')
		default:
			s += int(c - '0')
		}
	}
	return v + string(capitals[s%26])
}

func brazilian(r *rand.Rand) string {
	v := digits(r, 9)
	for n := 10; n <= 11; n++ {
		s := 0
		for i := range v {
			s += int(v[i]-'0') * (n - i)
		}
		v += string(decimals[s*10%11%10])
	}
	return pick(r, v, v[:3]+"."+v[3:6]+"."+v[6:9]+"-"+v[9:])
}

func mexican(r *rand.Rand) string {
	v := letters(r, "BCDFGHLMPRSTV", 1) + letters(r, "AEIOU", 1) + letters(r, "BCDFGHLMPRSTV", 2) + date(r, "YMD") + letters(r, "HM", 1) + pick(r, "DF", "JC", "NL", "VZ", "YN") + letters(r, "BCDFGHLMPRSTV", 3) + digits(r, 1)
	s := 0
	for i, c := range []rune(v) {
		n := 0
		for _, other := range "0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ" {
			if other == c {
				break
			}
			n++
		}
		s += n * (18 - i)
	}
	return v + string(decimals[(10-s%10)%10])
}

func chinese(r *rand.Rand) string {
	v := pick(r, "110105", "310101", "440305", "510104") + "19" + date(r, "YMD") + digits(r, 3)
	return v + string("10X98765432"[sum(v, 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)%11])
}

// verhoeff computes in the dihedral group: 0 to 4 are rotations, 5 to 9
// reflections.
func verhoeff(v string) bool {
	multiply := func(a, b int) int {
		switch {
		case a < 5 && b < 5:
			return (a + b) % 5
		case a < 5:
			return 5 + (a+b)%5
		case b < 5:
			return 5 + (a-b)%5
		}
		return (a - b + 5) % 5
	}
	permute := func(d int) int { return []int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}[d] }
	c := 0
	for i := range v {
		d := int(v[len(v)-1-i] - '0')
		for j := 0; j < i; j++ {
			d = permute(d)
		}
		c = multiply(c, d)
	}
	return c == 0
}
