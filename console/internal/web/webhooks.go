package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/krakend-redact/krakend-redact/console/internal/store"
	"github.com/krakend-redact/krakend-redact/console/internal/webhook"
	"github.com/krakend-redact/krakend-redact/internal/secret"
)

// webhooksData is what the pages of webhooks show.
type webhooksData struct {
	Webhooks   []store.Webhook
	Severities []string
	// Webhook is the one that is looked at; its ID is empty on the list, where a
	// new one can be written.
	Webhook    store.Webhook
	Deliveries []store.Delivery
}

// deliveriesShown is how many deliveries the page of a webhook shows.
const deliveriesShown = 50

func (s *Server) webhooksPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	list, err := s.Store.Webhooks(r.Context())
	if err != nil {
		return err
	}
	s.render(w, r, v, http.StatusOK, "webhooks", "Webhooks", webhooksData{
		Webhooks: list, Severities: severities, Webhook: store.Webhook{Form: store.WebhookJSON, Enabled: true, MinSeverity: "low"},
	})
	return nil
}

func (s *Server) webhookPage(w http.ResponseWriter, r *http.Request, v *visitor) error {
	hook, err := s.Store.Webhook(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	data := webhooksData{Webhook: hook, Severities: severities}
	if data.Deliveries, err = s.Store.Deliveries(r.Context(), hook.ID, deliveriesShown); err != nil {
		return err
	}
	s.render(w, r, v, http.StatusOK, "webhook", "Webhook", data)
	return nil
}

// saveWebhook adds a webhook, or changes the one in the path. An address or a key
// that is left empty then stays as it is: neither is ever shown.
func (s *Server) saveWebhook(w http.ResponseWriter, r *http.Request, v *visitor) error {
	hook := store.Webhook{
		ID: r.PathValue("id"), Name: strings.TrimSpace(r.PostFormValue("name")), Form: store.WebhookForm(r.PostFormValue("form")),
		MinSeverity: r.PostFormValue("severity"), Enabled: r.PostFormValue("enabled") != "",
	}
	address := strings.TrimSpace(r.PostFormValue("url"))
	switch {
	case !properName(hook.Name):
		return refuse(http.StatusBadRequest, "Give the webhook a name of at most 100 printable characters.")
	case hook.Form != store.WebhookJSON && hook.Form != store.WebhookSlack:
		return refuse(http.StatusBadRequest, "There is no such form of a webhook.")
	case severityRank(hook.MinSeverity) == 0:
		return refuse(http.StatusBadRequest, "There is no such severity.")
	case address == "" && hook.ID == "":
		return refuse(http.StatusBadRequest, "Give the webhook an address.")
	}
	if address != "" {
		if err := webhook.CheckURL(address); err != nil {
			return refuse(http.StatusBadRequest, "The address cannot be used: "+err.Error()+".")
		}
		hook.URL = secret.New(address)
	}
	if key := r.PostFormValue("key"); key != "" {
		hook.Key = secret.New(key)
	}
	id, err := s.Store.SaveWebhook(r.Context(), v.User.Name, hook)
	if err != nil {
		return err
	}
	return redirect(w, r, "/webhooks/"+url.PathEscape(id), "webhook")
}

func (s *Server) deleteWebhook(w http.ResponseWriter, r *http.Request, v *visitor) error {
	if err := s.Store.DeleteWebhook(r.Context(), v.User.Name, r.PathValue("id")); err != nil {
		return err
	}
	return redirect(w, r, "/webhooks", "unhooked")
}

// deliverAgain sends an alert once more.
func (s *Server) deliverAgain(w http.ResponseWriter, r *http.Request, v *visitor) error {
	id := r.PathValue("id")
	err := s.Store.AddDelivery(r.Context(), v.User.Name, id, r.PostFormValue("alert"))
	if errors.Is(err, store.ErrNotFound) {
		return refuse(http.StatusNotFound, "The webhook or the alert is not there any more.")
	}
	if err != nil {
		return err
	}
	return redirect(w, r, "/webhooks/"+url.PathEscape(id), "again")
}

// testWebhook sends a made-up alert.
func (s *Server) testWebhook(w http.ResponseWriter, r *http.Request, v *visitor) error {
	hook, err := s.Store.Webhook(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if s.Webhooks == nil {
		return refuse(http.StatusServiceUnavailable, "This console sends nothing.")
	}
	if err := s.Webhooks.Test(r.Context(), hook); err != nil {
		return refuse(http.StatusBadGateway, "The test alert did not arrive: "+err.Error()+".")
	}
	if err := s.Store.AddChange(r.Context(), store.Change{Who: v.User.Name, Action: "webhook.test", Object: "webhook/" + hook.ID}); err != nil {
		return err
	}
	return redirect(w, r, "/webhooks/"+url.PathEscape(hook.ID), "tested")
}
