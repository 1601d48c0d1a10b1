package corpus

import (
	"fmt"
	"math/rand"
	"strings"
	"time"
)

// lookAlike makes what is no value and looks like one.
type lookAlike struct {
	name string
	make func(r *rand.Rand) string
}

// harmlessFrames are what look-alikes stand in.
var harmlessFrames = []string{
	"{V}",
	"See {V} for details.",
	"2026-03-04T05:06:07.890Z INFO [req-7f3a] done item={V} status=200 in 12ms",
	`{"id":"{V}","active":true,"items":[1,2,3]}`,
	"const item = \"{V}\";\nprocess(item);",
	"| item | state |\n|---|---|\n| {V} | open |",
	"Please send {V} to the warehouse before Friday, the customer is waiting.",
	"- [ ] {V}\n- [x] write the changelog\n",
	"Bitte {V} bis Montag prüfen und Bescheid geben.",
	"// see {V}\nreturn nil, fmt.Errorf(\"item %s: %w\", id, err)",
	"a,b,c\n1,{V},3\n",
}

var lookAlikes = []lookAlike{
	{"version", func(r *rand.Rand) string { return fmt.Sprintf("v%d.%d.%d", r.Intn(30), r.Intn(30), r.Intn(99)) }},
	{"version with build", func(r *rand.Rand) string {
		return fmt.Sprintf("%s %d.%d.%d.%d", pick(r, "version", "release", "Version"), 1+r.Intn(99), r.Intn(30), r.Intn(30000), r.Intn(99))
	}},
	{"browser version", func(r *rand.Rand) string {
		return fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/%d.0.%d.%d Safari/537.36", 90+r.Intn(50), r.Intn(7000), r.Intn(200))
	}},
	{"package", func(r *rand.Rand) string {
		return pick(r, "lodash", "@types/node", "react", "left-pad") + fmt.Sprintf("@%d.%d.%d%s", r.Intn(30), r.Intn(30), r.Intn(30), pick(r, "", "-beta.1", "-rc.x"))
	}},
	{"ISBN-13", func(r *rand.Rand) string {
		v, _ := complete("978"+digits(r, 9), decimals, func(v string) bool { return sum(v, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)%10 == 0 })
		return pick(r, "ISBN "+v, group(v, "-", 3, 1, 5, 3, 1))
	}},
	{"ISBN-10", func(r *rand.Rand) string {
		return until(r, func(r *rand.Rand) (string, bool) {
			v, ok := complete(digits(r, 9), decimals, func(v string) bool { return sum(v, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)%11 == 0 })
			return "ISBN " + pick(r, v, group(v, "-", 1, 4, 4, 1)), ok
		})
	}},
	{"EAN", func(r *rand.Rand) string {
		v, _ := complete(pick(r, "40", "50", "30", "87", "54")+digits(r, 10), decimals, func(v string) bool { return sum(v, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)%10 == 0 })
		return v
	}},
	{"epoch", func(r *rand.Rand) string {
		t := time.Date(2015+r.Intn(15), time.Month(1+r.Intn(12)), 1+r.Intn(28), r.Intn(24), r.Intn(60), r.Intn(60), r.Intn(1e9), time.UTC)
		return pick(r, fmt.Sprint(t.Unix()), fmt.Sprint(t.UnixMilli()), fmt.Sprint(t.UnixMicro()), fmt.Sprint(t.UnixNano()))
	}},
	{"time stamp", func(r *rand.Rand) string {
		t := time.Date(2015+r.Intn(15), time.Month(1+r.Intn(12)), 1+r.Intn(28), r.Intn(24), r.Intn(60), r.Intn(60), 0, time.UTC)
		return t.Format(pick(r, "20060102150405", "2006-01-02 15:04:05", "20060102T150405Z", "02.01.2006 15:04", "01/02/2006", "2006-01-02T15:04:05+02:00", "20060102-1504"))
	}},
	{"UUID", func(r *rand.Rand) string { return group(letters(r, hexas, 32), "-", 8, 4, 4, 4, 12) }},
	{"UUID of digits", func(r *rand.Rand) string { return group(digits(r, 32), "-", 8, 4, 4, 4, 12) }},
	{"git hash", func(r *rand.Rand) string { return letters(r, hexas, pickInt(r, 7, 8, 10, 40)) }},
	{"digest", func(r *rand.Rand) string {
		return pick(r, "sha256:", "md5 ", "sha1-") + letters(r, hexas, pickInt(r, 32, 64))
	}},
	{"integrity", func(r *rand.Rand) string { return "sha512-" + letters(r, base64s, 86) + "==" }},
	{"order number", func(r *rand.Rand) string {
		return pick(r, "order ", "Bestellung ", "#", "PO-", "INV-2026-", "Rechnung ") + digits(r, 6+r.Intn(7))
	}},
	{"order number with dashes", func(r *rand.Rand) string { return "order " + group(digits(r, 17), "-", 3, 7, 7) }},
	{"part number", func(r *rand.Rand) string {
		return letters(r, capitals, 2) + "-" + digits(r, 5) + "-" + letters(r, capitals, 1)
	}},
	{"ticket", func(r *rand.Rand) string { return pick(r, "JIRA-", "PROJ-", "CVE-2026-", "RFC ") + digits(r, 4) }},
	{"parcel", func(r *rand.Rand) string {
		return pick(r, "1Z"+letters(r, capitals+decimals, 6)+digits(r, 10), digits(r, 20), digits(r, 12))
	}},
	{"vector", func(r *rand.Rand) string {
		return fmt.Sprintf("vec2(%d.%s, %d.%s)", r.Intn(90), digits(r, 4), r.Intn(90), digits(r, 5))
	}},
	{"numbers", func(r *rand.Rand) string {
		return fmt.Sprintf("[0.%s, -0.%s, 12.%s]", digits(r, 8), digits(r, 6), digits(r, 4))
	}},
	{"long decimal", func(r *rand.Rand) string { return pick(r, "3.", "0.", "-1.") + digits(r, 16) }},
	{"exponent", func(r *rand.Rand) string { return "6.022" + digits(r, 10) + pick(r, "e+23", "E-19", "e10") }},
	{"scope", func(r *rand.Rand) string {
		return pick(r, "std::vector<int>", "a::b::c", "fe::ed::f00d", "crate::de::Error", "Foo::bar()", "dead::beef", "x : : xs", "::1", "[::]:8080", "fd::ca::fe")
	}},
	{"colour", func(r *rand.Rand) string { return "#" + letters(r, hexas, pickInt(r, 3, 6, 8)) }},
	{"clock", func(r *rand.Rand) string {
		return group(two(r.Intn(24))+two(r.Intn(60))+two(r.Intn(60))+two(r.Intn(60))+two(r.Intn(60))+two(r.Intn(60)), ":", 2)
	}},
	{"hex dump", func(r *rand.Rand) string {
		return "0000" + pick(r, "10", "20") + "  " + group(letters(r, hexas, 32), " ", 2)
	}},
	{"fingerprint", func(r *rand.Rand) string { return group(letters(r, "0123456789ABCDEF", pickInt(r, 40, 64)), ":", 2) }},
	{"object identifier", func(r *rand.Rand) string {
		return fmt.Sprintf("1.3.6.1.4.1.%d.%d.%d", r.Intn(50000), r.Intn(20), r.Intn(200))
	}},
	{"section", func(r *rand.Rand) string {
		return fmt.Sprintf("%d.%d.%d.%d Overview", 1+r.Intn(9), r.Intn(9), r.Intn(9), r.Intn(9))
	}},
	{"local address", func(r *rand.Rand) string { return pick(r, "127.0.0.1", "0.0.0.0", "255.255.255.0", "localhost:8080") }},
	{"amount", func(r *rand.Rand) string { return pick(r, "$", "€ ", "USD ") + group(digits(r, 9), ",", 3) + ".00" }},
	{"thousands", func(r *rand.Rand) string { return "1 " + group(digits(r, 6), " ", 3) + pick(r, " people", " EUR", "") }},
	{"cloud resource", func(r *rand.Rand) string {
		return "arn:aws:iam::" + digits(r, 12) + ":role/" + pick(r, "admin", "build")
	}},
	{"pod", func(r *rand.Rand) string {
		return "api-" + letters(r, smalls+decimals, 10) + "-" + letters(r, smalls+decimals, 5)
	}},
	{"image name", func(r *rand.Rand) string { return "icon-" + digits(r, 2) + "@2x." + pick(r, "png", "jpg", "webp") }},
	{"repository", func(r *rand.Rand) string {
		return "git@" + pick(r, "github.com", "gitlab.example.com") + ":team/app.git"
	}},
	{"decorator", func(r *rand.Rand) string {
		return "@" + pick(r, "app.route('/x')", "Override", "pytest.mark.skip", "angular/core")
	}},
	{"Base64", func(r *rand.Rand) string {
		return "data:image/png;base64,iVBORw0KGgo" + letters(r, base64s, 160) + "=="
	}},
	{"random name", func(r *rand.Rand) string { return letters(r, base64u, 22) }},
	{"upper-case words", func(r *rand.Rand) string {
		return pick(r, "DOCUMENT", "COMPUTER", "PASSWORD", "INTERNATIONALISATION", "README", "CHANGELOG")
	}},
	{"variable", func(r *rand.Rand) string {
		return pick(r, "password: ${DB_PASSWORD}", "api_key = os.environ['API_KEY']", "token = get_token()", "PASSWORD=", "secret: <your-secret>", "password = config.get(\"db.password\")", "Authorization: Bearer $TOKEN", "postgres://user:password@localhost/db",
			"apiKey: process.env.API_KEY_2", "const password = await hash(input1);", "passwordField.value = '';", "if (password.length < 8) return", "token: string | null", "secretKeyRef: {name: app-secret, key: token}", "--password-file /run/secrets/db1", "password: \"********\"")
	}},
	{"serial number", func(r *rand.Rand) string {
		return pick(r, "IMEI ", "S/N ", "serial ") + luhn(pick(r, "35", "86")+digits(r, 12))
	}},
	{"security", func(r *rand.Rand) string { return pick(r, "ISIN US", "ISIN DE") + digits(r, 10) }},
	{"snowflake", func(r *rand.Rand) string { return "1" + digits(r, 18) }},
	{"short number", func(r *rand.Rand) string { return digits(r, 3+r.Intn(5)) }},
	{"number", func(r *rand.Rand) string { return letters(r, decimals[1:], 1) + digits(r, 7+r.Intn(7)) }},
	{"sequence", func(r *rand.Rand) string { return letters(r, "ACGT", 60) }},
	{"formula", func(r *rand.Rand) string { return fmt.Sprintf("sin(%s) + cos(%s)", digits(r, 9), digits(r, 9)) }},
	{"path", func(r *rand.Rand) string { return "/api/v1/items/" + digits(r, 9) + "/parts/" + digits(r, 5) }},
	{"query", func(r *rand.Rand) string {
		return "https://example.com/search?q=" + letters(r, smalls, 6) + "&page=" + digits(r, 2) + "&ts=17" + digits(r, 11)
	}},
	{"dimension", func(r *rand.Rand) string { return fmt.Sprintf("%dx%d", 100+r.Intn(4000), 100+r.Intn(4000)) }},
	{"range", func(r *rand.Rand) string {
		return pick(r, "2019-2024", "pp. 1234-1250", "10:00-12:30", "1-2-3", "100-200-300")
	}},
	{"words", func(r *rand.Rand) string {
		return pick(r, "the iban of nobody", "a card game", "call the function twice", "the SIN of pride", "my phone is broken", "born to run", "passport control is closed", "the swift programming language", "patient zero", "routing tables", "a Medicare reform")
	}},
	{"word and number", func(r *rand.Rand) string {
		return pick(r, "call function ", "card ", "phone model ", "page ", "room ", "patient count ", "routing table ", "tax year ", "bus ") + digits(r, 1+r.Intn(4))
	}},
	// Numbers that do not pass their checks beside the words that name them.
	{"card with a wrong digit", func(r *rand.Rand) string { return "card number " + change(card)(r) }},
	{"account with a wrong digit", func(r *rand.Rand) string { return "IBAN " + change(compact)(r) }},
	{"date beside a phone", func(r *rand.Rand) string {
		return pick(r, "call me on ", "phone interview: ", "mobile since ") + pick(r, "2024-0"+letters(r, decimals[1:], 1)+"-15", "15.0"+letters(r, decimals[1:], 1)+".2024", "10:30", "12/05/2024")
	}},
	{"release day", func(r *rand.Rand) string {
		return pick(r, "released on ", "since ", "valid until ", "Stand: ", "publié le ") + date(r, "20M-D-D")
	}},
	{"words in capitals", func(r *rand.Rand) string {
		return strings.ToUpper(pick(r, "the quick brown fox", "lorem ipsum dolor", "select id from users where id in"))
	}},
}

// plainTexts are texts of some length.
var plainTexts = []string{
	"The committee met on 14 March 2024 at 10:30 in room 4.12 and agreed on the budget of 1,250,000 for the years 2025-2027. Version 3.2.1 of the plan, published as ISBN 978-3-16-148410-0, replaces versions 2.x. Section 4.2.1.3 was struck out.",
	"To install, run:\n\n```sh\nnpm install lodash@4.17.21 @types/node@20.11.5\ngo get golang.org/x/text@v0.31.0\ngit clone git@github.com:golang/go.git\ndocker run -p 8080:8080 -v /tmp:/data nginx:1.25.3-alpine\n```\n\nThen open http://localhost:8080/ and log in. The default password is printed on the console.",
	"func (e *Engine) add(rule policy.Rule) error {\n\tpattern, err := regexp.Compile(`^[0-9]{3}-[0-9]{2}-[0-9]{4}$`)\n\tif err != nil {\n\t\treturn fmt.Errorf(\"rule %q: %w\", rule.Name, err)\n\t}\n\tconst max = 0x7fffffffffffffff // 9223372036854775807\n\te.patterns = append(e.patterns, pattern)\n\treturn nil\n}\n",
	"#include <vector>\nnamespace a::b { struct c { std::vector<std::pair<int, double>> v; }; }\nconstexpr double pi = 3.14159265358979323846;\nstatic const uint64_t k[] = { 0x428a2f98d728ae22ULL, 0x7137449123ef65cdULL, 0xb5c0fbcfec4d3b2fULL };\nint main() { return a::b::c{}.v.size(); }\n",
	"2026-03-04T05:06:07.890Z INFO  http: GET /api/v1/items/123456789?ts=1709528767890 200 1532B 12.3ms trace=4bf92f3577b34da6a3ce929d0e0e4736 span=00f067aa0ba902b7\n2026-03-04T05:06:08.001Z WARN  cache: miss key=session:550e8400-e29b-41d4-a716-446655440000 ttl=3600 size=1048576\n2026-03-04T05:06:08.002Z ERROR db: deadlock detected; process 12345 waits for ShareLock on transaction 987654321\n",
	"SELECT id, created_at, amount FROM orders WHERE id IN (100234567, 100234568, 100234569) AND created_at > '2024-01-01 00:00:00' AND sku = 'AB-12345-C' ORDER BY 1 LIMIT 100;",
	"Sehr geehrte Damen und Herren, die Rechnung 2024-001234 über 1.234,56 EUR ist am 15.03.2024 fällig. Bitte überweisen Sie unter Angabe der Kundennummer 12345678. Das Aktenzeichen lautet 3 O 123/24. Mit freundlichen Grüßen",
	"Madame, Monsieur, votre commande n° 403-1234567-1234567 du 3 août 2024 (réf. FR-2024-0815) a été expédiée. Le numéro de suivi est 6A12345678901. Cordialement",
	"Estimado cliente: su pedido 20240115-0001 llegará el 20/01/2024 entre las 10:00 y las 12:30. El código de la oferta es ABCD1234. Saludos",
	"diff --git a/go.mod b/go.mod\nindex 3f9a1c0..7e5b24d 100644\n--- a/go.mod\n+++ b/go.mod\n@@ -1,5 +1,5 @@\n-go 1.22.11\n+go 1.25.3\n-\tgolang.org/x/text v0.30.0 // indirect\n+\tgolang.org/x/text v0.31.0 // indirect\n",
	"apiVersion: v1\nkind: Secret\nmetadata:\n  name: app\n  uid: 0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\n  resourceVersion: \"123456789\"\ntype: Opaque\nstringData:\n  password: ${PASSWORD}\n  token: <token>\n",
	"<svg viewBox=\"0 0 24 24\"><path d=\"M12.0001 2.4567c5.2345 0 9.8765 4.1234 9.8765 9.4321s-4.1234 9.8765-9.4321 9.8765z\" fill=\"#1a2b3c\"/></svg>",
	"The Euler–Mascheroni constant is 0.57721566490153286060651209008240243104215933593992 and the speed of light 299792458 m/s; the Planck constant is 6.62607015e-34 J s. Avogadro: 6.02214076e23.",
	"Timeline: 09:15:00:12 title, 09:15:04:00 cut, 09:16:22:10 credits. Frames 000123 to 004567. Aspect 2.39:1, 1998x1080 at 23.976 fps.",
	"El partido terminó 3-2; goles de 12', 45'+2 y 78'. 45.123 espectadores. Temporada 2023/24, jornada 31.",
	"会议定于2024年3月15日上午10:30在3号楼1205室举行。请携带第4.2.1版文件。订单号：202403150001234。",
}
