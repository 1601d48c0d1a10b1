package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// PolicyVersion is one version of a policy's text. Versions never change.
type PolicyVersion struct {
	// Policy is the name that the console knows the policy by.
	Policy string
	// Number counts the versions of a policy from 1.
	Number int
	// Text is the policy as JSON. Lists leave it out.
	Text string
	// Digest is the one that gateways report for it, see package publish.
	Digest  string
	Author  string
	Time    time.Time
	Comment string
}

// PolicySummary is a line of the list of policies.
type PolicySummary struct {
	// Latest is the newest version, without its text.
	Latest PolicyVersion
	// Proxies are those that some version is assigned to, sorted.
	Proxies []string
}

const versionColumns = "policy, number, digest, author, time, comment"

func versionOf(scan func(...any) error, more ...any) (PolicyVersion, error) {
	var v PolicyVersion
	var at int64
	err := scan(append([]any{&v.Policy, &v.Number, &v.Digest, &v.Author, &at, &v.Comment}, more...)...)
	v.Time = timeOf(at)
	return v, err
}

// Policies returns all policies, sorted by name.
func (s *Store) Policies(ctx context.Context) ([]PolicySummary, error) {
	var policies []PolicySummary
	rows, err := s.read.QueryContext(ctx, "SELECT "+versionColumns+` FROM policy_versions v
		WHERE number = (SELECT MAX(number) FROM policy_versions o WHERE o.policy = v.policy) ORDER BY policy`)
	if err := each(rows, err, func(scan func(...any) error) error {
		v, err := versionOf(scan)
		policies = append(policies, PolicySummary{Latest: v})
		return err
	}); err != nil {
		return nil, err
	}
	proxies := map[string][]string{}
	rows, err = s.read.QueryContext(ctx, "SELECT policy, name FROM proxies WHERE policy <> '' ORDER BY name")
	if err := each(rows, err, func(scan func(...any) error) error {
		var policy, proxy string
		err := scan(&policy, &proxy)
		proxies[policy] = append(proxies[policy], proxy)
		return err
	}); err != nil {
		return nil, err
	}
	for i := range policies {
		policies[i].Proxies = proxies[policies[i].Latest.Policy]
	}
	return policies, nil
}

// PolicyVersions returns the versions of a policy without their texts, the
// newest first. It fails with [ErrNotFound].
func (s *Store) PolicyVersions(ctx context.Context, policy string) ([]PolicyVersion, error) {
	var versions []PolicyVersion
	rows, err := s.read.QueryContext(ctx, "SELECT "+versionColumns+" FROM policy_versions WHERE policy = $1 ORDER BY number DESC", policy)
	err = each(rows, err, func(scan func(...any) error) error {
		v, err := versionOf(scan)
		versions = append(versions, v)
		return err
	})
	if err == nil && len(versions) == 0 {
		err = ErrNotFound
	}
	return versions, err
}

// PolicyVersion returns one version with its text; number 0 stands for the
// newest. It fails with [ErrNotFound].
func (s *Store) PolicyVersion(ctx context.Context, policy string, number int) (PolicyVersion, error) {
	var text string
	v, err := versionOf(s.read.QueryRowContext(ctx, "SELECT "+versionColumns+`, text FROM policy_versions
		WHERE policy = $1 AND (number = $2 OR $2 = 0) ORDER BY number DESC LIMIT 1`, policy, number).Scan, &text)
	if err != nil {
		return PolicyVersion{}, notFound(err)
	}
	v.Text = text
	return v, nil
}

// AddPolicyVersion adds a version with the Policy, Text, Digest and Comment of v
// and returns it with its number. base is the number of the version that it was
// made from, 0 for a new policy: it fails with [ErrConflict] when that is not the
// newest any more.
func (s *Store) AddPolicyVersion(ctx context.Context, by string, base int, v PolicyVersion) (PolicyVersion, error) {
	v.Author, v.Time, v.Number = by, timeOf(time.Now().UnixMilli()), base+1
	err := s.change(ctx, by, func(t *tx) (Change, error) {
		var latest int
		var before string
		err := t.QueryRowContext(ctx, "SELECT number, digest FROM policy_versions WHERE policy = $1 ORDER BY number DESC LIMIT 1", v.Policy).Scan(&latest, &before)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return Change{}, err
		}
		if latest != base {
			return Change{}, ErrConflict
		}
		err = t.exec("INSERT INTO policy_versions (policy, number, text, digest, author, time, comment) VALUES ($1, $2, $3, $4, $5, $6, $7)",
			v.Policy, v.Number, v.Text, v.Digest, v.Author, millis(v.Time), v.Comment)
		return Change{Action: "policy.add", Object: versionObject(v.Policy, v.Number), Before: before, After: v.Digest, Detail: v.Comment}, err
	})
	return v, err
}

// versionObject is how the trail calls a version.
func versionObject(policy string, number int) string {
	return fmt.Sprintf("policy/%s/%d", policy, number)
}
