// Prints what rules of a system's owner may call, as JSON for conftest's --capabilities: what depends on arguments alone.
package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

func main() {
	found := ast.CapabilitiesForThisVersion()
	found.Builtins = slices.DeleteFunc(found.Builtins, func(one *ast.Builtin) bool {
		// A JSON schema may refer to another by the address of a server or the path of a file.
		return one.Nondeterministic || strings.HasSuffix(one.Name, "_schema")
	})
	if err := json.NewEncoder(os.Stdout).Encode(found); err != nil {
		panic(err)
	}
}
