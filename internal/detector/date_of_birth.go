package detector

var dateOfBirth = Detector{
	Name:        "date_of_birth",
	Title:       "Date of birth",
	Placeholder: "DATE_OF_BIRTH",
	Pattern: numberBegins + `(?:(?:19|20)[0-9]{2}[./-][0-9]{1,2}[./-][0-9]{1,2}|[0-9]{1,2}[./-] ?[0-9]{1,2}[./-] ?(?:(?:19|20)[0-9]{2}|[0-9]{2})` +
		`|[0-9]{1,2}(?:st|nd|rd|th|\.)? (?:of |de )?` + months + `,?(?: de| del)? (?:19|20)[0-9]{2}|` + months + ` [0-9]{1,2}(?:st|nd|rd|th)?,? (?:19|20)[0-9]{2}` +
		`|(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日)` + numberEnds,
	Check: checkBirthday,
	Context: &Context{
		Words: []string{
			"born", "birth", "birthday", "birthdate", "dob", "d.o.b.", "date of birth", "b-day", "geboren", "geburtsdatum", "geburtstag", "geb.", "geb", "né le", "née le", "né", "née", "naissance", "date de naissance",
			"nacido", "nacida", "nació", "nacimiento", "nato", "nata", "nascita", "nascido", "nascida", "nascimento", "geboortedatum", "født", "född", "födelsedatum", "syntynyt", "urodzony", "urodzona", "urodzenia", "рождения", "doğum",
			"生日", "出生", "生年月日", "誕生日", "생년월일", "생일",
		},
		Before: 40, After: 32,
	},
	Validation: "a day between 1900 and 2029 that exists; words such as “born” nearby",
	Severity:   medium,
	Packs:      []string{PackPII, PackPIIUS, PackPIIEU, PackHealth},
	Source:     "https://www.hhs.gov/hipaa/for-professionals/special-topics/de-identification/index.html",
	Examples: Examples{
		Match: []Example{
			{"DOB: 1985-03-12", "1985-03-12"},
			{"born on March 12, 1985 in", "March 12, 1985"},
			{"geboren am 12. März 1985", "12. März 1985"},
			{"geb. 12.03.85", "12.03.85"},
			{"née le 3 août 1990", "3 août 1990"},
			{`{"birthDate":"03/12/1985"}`, "03/12/1985"},
			{"nacido el 1 de enero de 2001", "1 de enero de 2001"},
			{"生年月日：1990年1月2日", "1990年1月2日"},
		},
		NoMatch: []string{"1985-03-12", "DOB 1985-13-12", "DOB 1885-03-12", "born 2023.1.2.3", "DOB 32.01.1985", "reborn 1985-03-12", "released on March 12, 1985", "DOB 2035-01-01", "born in 1985", "DOB 1985-03-123"},
	},
}

// months are the names of the months in the languages of the context words.
const months = `(?:[Jj]an(?:uary|uar|vier)?|[Ff]eb(?:ruary|ruar)?|[Mm]ar(?:ch)?|[Aa]pr(?:il)?|[Mm]ay|[Jj]une?|[Jj]uly?|[Aa]ug(?:ust)?|[Ss]ept?(?:ember)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?` +
	`|März|Mai|Juni|Juli|Oktober|Dezember|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre` +
	`|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre` +
	`|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro` +
	`|januari|februari|maart|mei|juni|juli|augustus|oktober|december)`

// checkBirthday reads the numbers of a date, in any order.
func checkBirthday(value string) int {
	var part [3]int
	n, digits := 0, 0
	for i := 0; i < len(value) && n < 3; i++ {
		if c := value[i]; c >= '0' && c <= '9' {
			part[n] = part[n]*10 + int(c-'0')
			digits++
		} else if digits > 0 {
			n++
			digits = 0
		}
	}
	year := func(y int) bool { return y >= 1900 && y < 2030 || y < 100 }
	switch {
	case part[2] == 0 && n < 2: // with the name of a month
		return whole(value, part[0] >= 1 && part[0] <= 31 && year(part[1]))
	case part[0] > 31:
		return whole(value, year(part[0]) && day(part[1], part[2]))
	}
	return whole(value, year(part[2]) && (day(part[1], part[0]) || day(part[0], part[1])))
}
