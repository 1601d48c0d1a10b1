package web

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// errNotWritten tells that a file could not be written; the log says why.
var errNotWritten = refuse(http.StatusInternalServerError, "The file could not be written, so gateways do not see it. The log says why; try again when that is mended.")

// publishPolicy writes a version of a policy where gateways read it.
func (s *Server) publishPolicy(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if s.Publisher == nil {
		return refuse(http.StatusNotFound, "This console publishes no files: start it with --publish.")
	}
	version, err := s.version(r, r.PathValue("name"), r.PostFormValue("number"))
	if err != nil {
		return err
	}
	file, err := s.Publisher.Policy(version.Policy, version.Text)
	if err := s.published(r, v, version, file, err); err != nil {
		return err
	}
	return redirect(w, r, "/policies/"+url.PathEscape(version.Policy), "published")
}

// publishProxy writes the version that a proxy is to run where its gateways read
// it. An assignment that is taken back leaves the file as it is.
func (s *Server) publishProxy(r *http.Request, v *visitor, proxy string, version store.PolicyVersion) error {
	if s.Publisher == nil || version.Policy == "" {
		return nil
	}
	file, err := s.Publisher.Proxy(proxy, version.Policy, version.Text)
	return s.published(r, v, version, file, err)
}

// published notes in the trail what was published, or in the log why not.
func (s *Server) published(r *http.Request, v *visitor, version store.PolicyVersion, file string, err error) error {
	if err != nil {
		s.Log.Error("a policy could not be published", "policy", version.Policy, "number", version.Number, "error", err.Error())
		return errNotWritten
	}
	return s.Store.AddChange(r.Context(), store.Change{
		Who: v.User.Name, Action: "policy.publish", Object: "policy/" + version.Policy, After: version.Digest,
		Detail: "version " + strconv.Itoa(version.Number) + " as " + file,
	})
}
