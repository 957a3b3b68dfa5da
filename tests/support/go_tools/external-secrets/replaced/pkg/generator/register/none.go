// Package register has no generator: the operator's own brings more clouds.
package register
