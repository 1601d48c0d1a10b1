package lurax

import (
	"encoding/json"
	"net/http"
)

// Error is a refusal that the client sees. Lura takes status and content type
// from it, and writes Error() as the body where the router's return_error_msg
// is on; it also logs Error(), so a message never holds a value.
type Error struct {
	// Status is the HTTP status of the refusal.
	Status int
	// Code names the reason for machines, such as body_too_large.
	Code string
	// Message tells people what to change.
	Message string
}

// Error returns the JSON body of the refusal.
func (e *Error) Error() string {
	var body struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	body.Error.Code, body.Error.Message = e.Code, e.Message
	text, err := json.Marshal(body)
	if err != nil {
		return http.StatusText(e.Status)
	}
	return string(text)
}

// StatusCode tells Lura which HTTP status to answer.
func (e *Error) StatusCode() int { return e.Status }

// Encoding tells Lura which Content-Type the body has.
func (*Error) Encoding() string { return "application/json" }
