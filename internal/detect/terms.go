package detect

// Terms are texts to find, many of them.
type Terms struct{}

func (e *Engine) findTerms(rule int, s *scratch, text string) *scratch { return s }
