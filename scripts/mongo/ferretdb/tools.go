//go:build tools

// Package ferretdb names the program that is built here, so that its version is held by go.mod.
package ferretdb

import _ "github.com/FerretDB/FerretDB/cmd/ferretdb"
