package store

import (
	"context"
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

// Policies returns all policies, sorted by name.
func (s *Store) Policies(ctx context.Context) ([]PolicySummary, error) { return nil, errUnfinished }

// PolicyVersions returns the versions of a policy without their texts, the
// newest first. It fails with [ErrNotFound].
func (s *Store) PolicyVersions(ctx context.Context, policy string) ([]PolicyVersion, error) {
	return nil, errUnfinished
}

// PolicyVersion returns one version with its text; number 0 stands for the
// newest. It fails with [ErrNotFound].
func (s *Store) PolicyVersion(ctx context.Context, policy string, number int) (PolicyVersion, error) {
	return PolicyVersion{}, errUnfinished
}

// AddPolicyVersion adds a version with the Policy, Text, Digest and Comment of v
// and returns it with its number. base is the number of the version that it was
// made from, 0 for a new policy: it fails with [ErrConflict] when that is not the
// newest any more.
func (s *Store) AddPolicyVersion(ctx context.Context, by string, base int, v PolicyVersion) (PolicyVersion, error) {
	return PolicyVersion{}, errUnfinished
}
