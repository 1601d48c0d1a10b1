package detector

// filler and hexFiller are random text of which the examples of secrets are
// made. They are put together with the vendors' prefixes only when the program
// runs, so that scanners of repositories do not take the examples for secrets.
const (
	filler = "k7Qx2mVb9TzR4pLw8NcY1sHd6JfG3aEu5XoKiPqZr0BtWvUyMgCjSnDlFhAe7Qk2" +
		"Vx9mTb4zRp8Lw1NcY6sHd3JfG5aEuXoK0iPqZrBtWvU7yMgCjS2nDlFhA9eQk4Vm"
	hexFiller = "3f9a1c07e5b24d868b7e0f52c6d91a34f70b2e8c5d1946a3e8f2079bc4d65a1e"
)
