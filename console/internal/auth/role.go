// Package auth tells who somebody is and what that person may do: tokens, an
// OpenID Connect provider, sessions and the limit on failed logins.
//
// It keeps no secret: of tokens and sessions the store has hashes only. It
// knows nothing of pages.
package auth

// Role is what somebody may do. Each role may do what those before it may.
type Role string

// The roles, from the least to the most.
const (
	// Viewer reads everything but what policies look for.
	Viewer Role = "viewer"
	// Operator works on alerts, too.
	Operator Role = "operator"
	// Editor changes policies, proxies, webhooks and who gets in.
	Editor Role = "editor"
)

// Roles are all roles, from the least to the most.
var Roles = []Role{Viewer, Operator, Editor}

// rank is the position among Roles from 1 on, 0 for none.
func (r Role) rank() int {
	for i, role := range Roles {
		if r == role {
			return i + 1
		}
	}
	return 0
}

// Valid tells whether it is one of Roles.
func (r Role) Valid() bool { return r.rank() > 0 }

// May tells whether the role may do what needs another. What is no role may
// nothing, and nobody may what needs none.
func (r Role) May(needed Role) bool {
	return needed.Valid() && r.rank() >= needed.rank()
}
