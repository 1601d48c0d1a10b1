package detector_test

import (
	"testing"
)

func TestPassword(t *testing.T) {
	check(t, "password",
		found("Password: 123456", "123456"), none("password: 1234-56"),
		found("mot de passe : azerty12 et contraseña: clave99!", "azerty12", "clave99!"),
		found("passphrase = correct-horse-7", "correct-horse-7"),
		none("password: user@example.com"), none("password: self.pass1"), none("password is at least 8 characters"),
		none("Password: 8-16 characters"), none(`password == other.password`), none("pwd -> ./x1"), none("password: arr[0]"),
		none("PASSWORD= status=200"), found("password=a1=b2", "a1=b2"), found("MOT_DE_PASSE=azerty12", "azerty12"),
		found(`{"password":"a1b2c3"}`, "a1b2c3"),
		// Words in any case: ſ is an s, too.
		none("password: SHA256"), none("password: ſha256"), none("password: OAuth2"), found("password: sha257", "sha257"),
	)
}
