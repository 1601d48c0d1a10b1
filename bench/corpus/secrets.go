package corpus

import (
	"encoding/base64"
	"math/rand"
)

// secrets are credentials.
var secrets = []kind{
	{name: "private_key", labels: []string{"key", "private key"}, bare: true, make: func(r *rand.Rand) string {
		label := pick(r, "RSA ", "EC ", "OPENSSH ", "") + "PRIVATE KEY-----"
		newline := pick(r, "\n", `\n`)
		return "-----BEGIN " + label + newline + letters(r, base64s, 64) + newline + letters(r, base64s, 40) + "==" + newline + "-----END " + label
	}},
	{name: "database_url", labels: []string{"database url", "DSN"}, bare: true, make: func(r *rand.Rand) string {
		return pick(r, "postgres", "postgresql", "mysql", "mongodb+srv", "redis", "amqp") + "://" + pick(r, "app", "root", "svc_1") + ":" + letters(r, base62, 12) + "@" + pick(r, "db", "10.0.0.7", "db.example.com") + pick(r, ":5432", "") + "/app"
	}},
	{name: "jwt", labels: []string{"jwt", "id token"}, bare: true, make: func(r *rand.Rand) string {
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(pick(r, `{"alg":"HS256","typ":"JWT"}`, `{"typ":"JWT","alg":"ES256"}`, `{"kid":"`+letters(r, hexas, 8)+`","alg":"RS256"}`))) + "." + encode([]byte(`{"sub":"`+digits(r, 8)+`"}`)) + "." + letters(r, base64u, 43)
	}},
	{name: "aws_access_key", labels: []string{"aws access key id", "key id"}, bare: true, make: func(r *rand.Rand) string { return pick(r, "AK", "AS") + "IA" + letters(r, capitals+"234567", 16) }},
	{name: "aws_secret_key", frames: assigned, labels: []string{"aws secret access key", "secret access key"}, make: func(r *rand.Rand) string { return letters(r, base64s, 40) }},
	{name: "gcp_credential", labels: []string{"client secret", "access token"}, bare: true, make: func(r *rand.Rand) string {
		return pick(r, "GOC"+"SPX-"+letters(r, base64u, 27)+"a", "ya"+"29."+letters(r, base64u, 120)+"a")
	}},
	{name: "google_api_key", labels: []string{"api key", "Gemini key"}, bare: true, make: func(r *rand.Rand) string { return "AI" + "zaSy" + letters(r, base64u, 33) }},
	{name: "azure_client_secret", labels: []string{"client secret", "AZURE CLIENT SECRET"}, bare: true, make: func(r *rand.Rand) string {
		return letters(r, base62, 3) + "8Q~" + letters(r, base62+"~.-_", 33) + "a"
	}},
	{name: "azure_key", frames: assigned, labels: []string{"AccountKey", "account key"}, make: func(r *rand.Rand) string { return letters(r, base64s, 86) + "==" }},
	{name: "github_token", labels: []string{"token", "GitHub token"}, bare: true, make: func(r *rand.Rand) string {
		return pick(r, "gh"+letters(r, "pousr", 1)+"_"+letters(r, base62, 36), "github_"+"pat_"+letters(r, base62, 22)+"_"+letters(r, base62, 59))
	}},
	{name: "gitlab_token", labels: []string{"token", "GitLab token"}, bare: true, make: func(r *rand.Rand) string {
		return pick(r, "gl"+pick(r, "pat", "dt", "rt")+"-"+letters(r, base62, 20), "gl"+"pat-"+letters(r, base62, 27)+".01."+letters(r, decimals+smalls, 9))
	}},
	{name: "slack_token", labels: []string{"token", "Slack webhook"}, bare: true, make: func(r *rand.Rand) string {
		return pick(r, "xo"+"xb-"+digits(r, 12)+"-"+digits(r, 12)+"-"+letters(r, base62, 24), "hooks.slack."+"com/services/T"+letters(r, capitals, 8)+"/B"+letters(r, capitals, 8)+"/"+letters(r, base62, 24))
	}},
	{name: "stripe_key", labels: []string{"secret key", "Stripe key"}, bare: true, make: func(r *rand.Rand) string {
		return pick(r, "sk", "rk") + pick(r, "_live_", "_test_") + letters(r, base62, pickInt(r, 24, 99))
	}},
	{name: "twilio_key", labels: []string{"twilio auth token", "Twilio key"}, make: func(r *rand.Rand) string { return pick(r, "SK", "") + letters(r, hexas, 32) }},
	{name: "sendgrid_key", labels: []string{"SendGrid key", "api key"}, bare: true, make: func(r *rand.Rand) string { return "SG" + "." + letters(r, base64u, 22) + "." + letters(r, base62, 43) }},
	{name: "openai_key", labels: []string{"OPENAI API KEY", "api key"}, bare: true, make: func(r *rand.Rand) string {
		return "sk" + pick(r, "-"+letters(r, base62, 20)+"T3Blbk"+"FJ"+letters(r, base62, 20), "-proj-"+letters(r, base64u, 74)+"T3Blbk"+"FJ"+letters(r, base62, 74))
	}},
	{name: "anthropic_key", labels: []string{"ANTHROPIC API KEY", "api key"}, bare: true, make: func(r *rand.Rand) string { return "sk" + "-ant-api03-" + letters(r, base64u, 93) + "AA" }},
	{name: "huggingface_token", labels: []string{"HF TOKEN", "token"}, bare: true, make: func(r *rand.Rand) string { return "hf" + "_" + letters(r, capitals+smalls, 34) }},
	{name: "npm_token", labels: []string{"NPM TOKEN", "authToken"}, bare: true, make: func(r *rand.Rand) string { return "np" + "m_" + letters(r, base62, 36) }},
	{name: "pypi_token", labels: []string{"TWINE", "token"}, bare: true, make: func(r *rand.Rand) string { return "py" + "pi-AgEIcHlwaS5vcmc" + letters(r, base62, 120) }},
	{name: "generic_secret", frames: assigned, labels: []string{"api key", "access token", "client secret"}, make: func(r *rand.Rand) string { return letters(r, base62, 32) }},
	{name: "password", frames: assigned, labels: []string{"password", "Passwort", "mot de passe", "DB PASSWORD"}, make: func(r *rand.Rand) string {
		return pick(r, "hunter", "Sommer", "correct-horse-", "qwErty", letters(r, base62, 8)) + digits(r, 2) + pick(r, "", "!", "#x", "$")
	}},
	{name: "url_credentials", frames: authority, labels: []string{"https", "ftp", "sftp"}, make: func(r *rand.Rand) string { return "user" + digits(r, 1) + ":" + letters(r, base62, 10) }},
	{name: "basic_auth", frames: header("Basic"), labels: []string{"Authorization"}, make: func(r *rand.Rand) string {
		return base64.StdEncoding.EncodeToString([]byte("user" + digits(r, 2) + ":" + letters(r, base62, 9)))
	}},
	{name: "bearer_token", frames: header("Bearer"), labels: []string{"Authorization"}, make: func(r *rand.Rand) string { return letters(r, base62, 40) }},
}

func pickInt(r *rand.Rand, list ...int) int { return list[r.Intn(len(list))] }
