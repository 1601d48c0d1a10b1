package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
)

// settings are what serve is told.
type settings struct {
	listen, db, publish       string
	retentionAge              age
	retentionSize             size
	tlsCert, tlsKey           string
	behindProxy               bool
	webhookPrivate            bool
	publicURL                 string
	oidc                      auth.OIDCOptions
	oidcSecretFile, oidcScope string

	public *url.URL
}

// readSettings reads and checks the settings.
func readSettings(args []string, getenv func(string) string, stderr io.Writer) (*settings, error) {
	flags, db := newFlags("serve", stderr)
	s := &settings{retentionAge: age(90 * day)}
	flags.StringVar(&s.listen, "listen", "127.0.0.1:8090", "address to listen on")
	flags.StringVar(&s.publish, "publish", "", "folder that policies are published to, for gateways to read")
	flags.Var(&s.retentionAge, "retention-age", "how long events are kept, such as 90d or 12h; 0 for good")
	flags.Var(&s.retentionSize, "retention-size", "how much room events may take, such as 500MB or 20GB; 0 for any")
	flags.StringVar(&s.tlsCert, "tls-cert", "", "file with the certificate to serve HTTPS with")
	flags.StringVar(&s.tlsKey, "tls-key", "", "file with its key")
	flags.BoolVar(&s.behindProxy, "behind-proxy", false, "a reverse proxy of yours is the only one who reaches the console; needs --public-url")
	flags.StringVar(&s.publicURL, "public-url", "", "how browsers reach the console, such as https://console.example.com")
	flags.BoolVar(&s.webhookPrivate, "webhook-private", false, "let webhooks lead into your own network, too")
	flags.StringVar(&s.oidc.Issuer, "oidc-issuer", "", "OpenID Connect provider that people log in at; needs --public-url")
	flags.StringVar(&s.oidc.ClientID, "oidc-client-id", "", "the console's id at the provider")
	flags.StringVar(&s.oidcSecretFile, "oidc-client-secret-file", "", "file with the console's secret at the provider")
	flags.StringVar(&s.oidc.RoleClaim, "oidc-role-claim", "roles", "claim of the ID token with viewer, operator or editor; dots lead into objects")
	flags.StringVar(&s.oidcScope, "oidc-scopes", "profile email", "scopes to ask for beside openid")
	if err := parse(flags, args, getenv); err != nil {
		return nil, err
	}
	s.db = *db
	return s, s.check()
}

// check tells what cannot be served with.
func (s *settings) check() error {
	if (s.tlsCert == "") != (s.tlsKey == "") {
		return fmt.Errorf("--tls-cert and --tls-key go together: give both or none")
	}
	if s.publicURL != "" {
		u, err := url.Parse(s.publicURL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return fmt.Errorf("--public-url is not the address of a host: write it as https://console.example.com")
		}
		if local, err := isLocal(net.JoinHostPort(u.Hostname(), "0")); err != nil || u.Scheme == "http" && !local {
			return fmt.Errorf("--public-url has people send their tokens without encryption: write it with https, and serve it with --tls-cert or a proxy of yours")
		}
		s.public = u
	}
	if s.behindProxy && s.public == nil {
		return fmt.Errorf("--behind-proxy needs --public-url, the address that browsers use: cookies depend on it")
	}
	if s.oidc.Issuer != "" {
		if s.oidc.ClientID == "" || s.public == nil {
			return fmt.Errorf("--oidc-issuer needs --oidc-client-id, and --public-url for the way back: register %s there", "<public-url>/login/callback")
		}
		s.oidc.Redirect = s.public.Scheme + "://" + s.public.Host + "/login/callback"
		s.oidc.Scopes = strings.Fields(s.oidcScope)
		if s.oidcSecretFile != "" {
			text, err := os.ReadFile(s.oidcSecretFile)
			if err != nil {
				return fmt.Errorf("--oidc-client-secret-file: %w", err)
			}
			s.oidc.ClientSecret = strings.TrimSpace(string(text))
		}
	}
	local, err := isLocal(s.listen)
	if err != nil {
		return err
	}
	if !local && s.tlsCert == "" && !s.behindProxy {
		return fmt.Errorf("--listen %s is reached from other machines: give --tls-cert and --tls-key, or --behind-proxy where a proxy of yours does TLS", s.listen)
	}
	return nil
}

// isLocal tells whether only this machine reaches an address.
func isLocal(listen string) (bool, error) {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		return false, fmt.Errorf("--listen is not an address: write it as 127.0.0.1:8090")
	}
	if host == "localhost" {
		return true, nil
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback(), nil
}

const day = 24 * time.Hour

// age is a duration that may be written in days.
type age time.Duration

func (a *age) String() string {
	if d := time.Duration(*a); d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	return time.Duration(*a).String()
}

func (a *age) Set(text string) error {
	d, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); ok {
		var count int
		count, err = strconv.Atoi(days)
		d = time.Duration(count) * day
	}
	if err != nil || d < 0 || d > 100*365*day {
		return fmt.Errorf("write it as 90d or 12h")
	}
	*a = age(d)
	return nil
}

// size is a number of bytes that may be written with a unit.
type size int64

// units are those that a size may be written with, the largest first.
var units = []struct {
	name  string
	bytes int64
}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"kB", 1e3}, {"B", 1}}

func (s *size) String() string { return strconv.FormatInt(int64(*s), 10) }

func (s *size) Set(text string) error {
	unit := int64(1)
	for _, u := range units {
		if number, ok := strings.CutSuffix(text, u.name); ok {
			text, unit = number, u.bytes
			break
		}
	}
	count, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil || count < 0 || count > (1<<62)/unit {
		return fmt.Errorf("write it as 500MB or 20GB")
	}
	*s = size(count * unit)
	return nil
}
