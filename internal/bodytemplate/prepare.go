package bodytemplate

import (
	"strings"
	"text/template"
	"text/template/parse"
)

// checkRange is the function that range pipelines are sent through.
const checkRange = "_range"

// prepare goes through a parsed template: it compiles the constant patterns,
// makes every range check what it iterates over, and has all output measured.
// Each turn of a range and each call of a template begins with an empty output,
// at which the execution ends when its request has.
func prepare(file string, t *template.Template, p *patterns) error {
	for _, part := range t.Templates() {
		if part.Tree == nil {
			continue
		}
		var first error
		beginWithOutput(part.Root)
		visit(part.Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.RangeNode:
				sendThrough(checkRange, n.Pipe, part.Tree)
				beginWithOutput(n.List)
			case *parse.ActionNode:
				if len(n.Pipe.Decl) == 0 {
					sendThrough(checkPrint, n.Pipe, part.Tree)
				}
			case *parse.CommandNode:
				pattern, ok := constantPattern(n)
				if !ok || first != nil {
					return
				}
				if err := p.addConstant(pattern); err != nil {
					where, _ := part.ErrorContext(n)
					first = &ParseError{
						Place: file + strings.TrimPrefix(where, mainName), Reason: err.Error(),
						Remedy: "correct the pattern (RE2 syntax; a backslash is written twice between double quotes)",
					}
				}
			}
		})
		if first != nil {
			return first
		}
	}
	return nil
}

func beginWithOutput(l *parse.ListNode) {
	l.Nodes = append([]parse.Node{&parse.TextNode{NodeType: parse.NodeText, Pos: l.Pos}}, l.Nodes...)
}

// sendThrough adds a function to the end of a pipeline.
func sendThrough(function string, p *parse.PipeNode, tree *parse.Tree) {
	p.Cmds = append(p.Cmds, &parse.CommandNode{
		NodeType: parse.NodeCommand, Pos: p.Pos,
		Args: []parse.Node{parse.NewIdentifier(function).SetTree(tree).SetPos(p.Pos)},
	})
}

// constantPattern returns the pattern of a call of a regex function when the
// template spells it out.
func constantPattern(call *parse.CommandNode) (string, bool) {
	if len(call.Args) < 2 {
		return "", false
	}
	fn, ok := call.Args[0].(*parse.IdentifierNode)
	if !ok || fn.Ident == "regexQuoteMeta" || !strings.HasPrefix(strings.ToLower(strings.TrimPrefix(fn.Ident, "must")), "regex") {
		return "", false
	}
	return constant(call.Args[1])
}

// constant returns the text of a string, also of one in parentheses.
func constant(n parse.Node) (string, bool) {
	switch n := n.(type) {
	case *parse.StringNode:
		return n.Text, true
	case *parse.PipeNode:
		if len(n.Cmds) == 1 && len(n.Cmds[0].Args) == 1 {
			return constant(n.Cmds[0].Args[0])
		}
	}
	return "", false
}

// visit calls fn for a node and all nodes below it.
func visit(n parse.Node, fn func(parse.Node)) {
	fn(n)
	switch n := n.(type) {
	case *parse.ListNode:
		visitAll(n.Nodes, fn)
	case *parse.ActionNode:
		visit(n.Pipe, fn)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			visit(c, fn)
		}
	case *parse.CommandNode:
		visitAll(n.Args, fn)
	case *parse.ChainNode:
		visit(n.Node, fn)
	case *parse.IfNode:
		visitBranch(&n.BranchNode, fn)
	case *parse.RangeNode:
		visitBranch(&n.BranchNode, fn)
	case *parse.WithNode:
		visitBranch(&n.BranchNode, fn)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			visit(n.Pipe, fn)
		}
	}
}

func visitAll(nodes []parse.Node, fn func(parse.Node)) {
	for _, n := range nodes {
		visit(n, fn)
	}
}

func visitBranch(b *parse.BranchNode, fn func(parse.Node)) {
	visit(b.Pipe, fn)
	visit(b.List, fn)
	if b.ElseList != nil {
		visit(b.ElseList, fn)
	}
}
