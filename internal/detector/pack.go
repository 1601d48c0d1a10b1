package detector

// The packs.
const (
	PackPII       = "pii"
	PackPIIUS     = "pii-us"
	PackPIIEU     = "pii-eu"
	PackFinancial = "financial"
	PackHealth    = "health"
	PackSecrets   = "secrets"
	PackDefault   = "default"
)

// Packs returns the names of all packs.
func Packs() []string {
	return []string{PackDefault, PackPII, PackPIIUS, PackPIIEU, PackFinancial, PackHealth, PackSecrets}
}

// Pack returns the detectors of the pack of that name, in the order of [All].
func Pack(name string) ([]*Detector, bool) {
	var pack []*Detector
	for _, d := range All() {
		for _, p := range d.Packs {
			if p == name {
				pack = append(pack, d)
			}
		}
	}
	return pack, len(pack) > 0
}
