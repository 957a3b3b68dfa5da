// Package register has the one provider that tests need; the operator's own has all 35.
package register

import (
	_ "github.com/external-secrets/external-secrets/pkg/provider/aws"
)
