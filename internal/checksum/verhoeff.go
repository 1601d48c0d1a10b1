package checksum

// The tables of J. Verhoeff, Error Detecting Decimal Codes (1969): the product
// of the dihedral group of order ten, and the powers of his permutation.
var (
	dihedral = [10]string{
		"0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
		"5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
	}
	permutation = [8]string{
		"0123456789", "1576283094", "5803796142", "8916043527",
		"9453126870", "4286573901", "2793806415", "7046913258",
	}
)

// Verhoeff tells whether digits ends with Verhoeff's check digit.
func Verhoeff(digits string) bool {
	if !decimal(digits) {
		return false
	}
	c := byte(0)
	for i := 0; i < len(digits); i++ {
		d := digits[len(digits)-1-i] - '0'
		c = dihedral[c][permutation[i%8][d]-'0'] - '0'
	}
	return c == 0
}
