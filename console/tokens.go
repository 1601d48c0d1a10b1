package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/krakend-redact/krakend-redact/console/internal/auth"
	"github.com/krakend-redact/krakend-redact/console/internal/store"
)

// by is who stands in the trail for what the command line changes.
const by = "command line"

// split takes the word that says what to do off a command line.
func split(args []string, command string, stderr io.Writer) (string, []string, error) {
	if len(args) > 0 {
		switch args[0] {
		case "create", "list", "revoke":
			return args[0], args[1:], nil
		}
	}
	fmt.Fprintf(stderr, "redact-console %s: say create, list or revoke\n\n%s", command, usage)
	return "", nil, errUsage
}

// tokenCommand makes, lists and revokes the tokens that people log in with.
func tokenCommand(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	do, args, err := split(args, "token", stderr)
	if err != nil {
		return err
	}
	flags, db := newFlags("token "+do, stderr)
	var name, role string
	if do != "list" {
		flags.StringVar(&name, "name", "", "the user's name")
	}
	if do == "create" {
		flags.StringVar(&role, "role", string(store.Viewer), "viewer, operator or editor")
	}
	if err := parse(flags, args, getenv); err != nil {
		return err
	}
	if do != "list" && name == "" {
		return errors.New("say whose token: --name")
	}
	if do == "create" && !store.Role(role).Allows(store.Viewer) {
		return errors.New("there is no such role: use viewer, operator or editor")
	}
	s, err := open(ctx, *db)
	if err != nil {
		return err
	}
	defer s.Close()
	switch do {
	case "create":
		token := auth.NewSecret(auth.LoginPrefix)
		err := s.AddUser(ctx, by, store.User{Name: name, Role: store.Role(role)}, auth.Hash(token))
		if errors.Is(err, store.ErrExists) {
			return errors.New("there is a user of this name: revoke that first, or take another name")
		}
		if err == nil {
			fmt.Fprintln(stdout, token)
		}
		return err
	case "revoke":
		err := s.DeleteUser(ctx, by, name)
		if errors.Is(err, store.ErrNotFound) {
			return errors.New("there is no user of this name: see redact-console token list")
		}
		return err
	}
	users, err := s.Users(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tROLE\tTOKEN\tOIDC\tLAST LOGIN")
	for _, user := range users {
		last := "never"
		if !user.LastLogin.IsZero() {
			last = user.LastLogin.UTC().Format("2006-01-02 15:04 UTC")
		}
		fmt.Fprintf(table, "%q\t%s\t%t\t%t\t%s\n", user.Name, user.Role, user.HasToken, user.Subject != "", last)
	}
	return table.Flush()
}

// ingestTokenCommand makes, lists and revokes the tokens of gateways.
func ingestTokenCommand(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	do, args, err := split(args, "ingest-token", stderr)
	if err != nil {
		return err
	}
	flags, db := newFlags("ingest-token "+do, stderr)
	var name string
	if do != "list" {
		flags.StringVar(&name, "name", "", "the token's name, such as the gateway's")
	}
	if err := parse(flags, args, getenv); err != nil {
		return err
	}
	if do != "list" && name == "" {
		return errors.New("say which token: --name")
	}
	s, err := open(ctx, *db)
	if err != nil {
		return err
	}
	defer s.Close()
	tokens := &auth.IngestTokens{Store: s}
	switch do {
	case "create":
		token, err := tokens.Add(ctx, by, name, time.Now())
		if errors.Is(err, store.ErrExists) {
			return errors.New("there is a token of this name: revoke that first, or take another name")
		}
		if err == nil {
			fmt.Fprintln(stdout, token)
		}
		return err
	case "revoke":
		err := tokens.Revoke(ctx, by, name)
		if errors.Is(err, store.ErrNotFound) {
			return errors.New("there is no token of this name: see redact-console ingest-token list")
		}
		return err
	}
	list, err := tokens.List(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NAME\tSINCE")
	for _, token := range list {
		fmt.Fprintf(table, "%q\t%s\n", token.Name, token.Created.UTC().Format("2006-01-02 15:04 UTC"))
	}
	return table.Flush()
}
