// Twin: crates/pair/src/quote.rs

package pair

import (
	"fmt"
	"strings"
)

// shown is how many bytes of a quoted word are shown.
const shown = 256

// Quote puts text in quotes: printable ASCII as it is, every other byte as `\xNN`.
func Quote(text string) string {
	var quoted strings.Builder
	quoted.WriteByte('"')
	for _, b := range []byte(text[:min(len(text), shown)]) {
		switch {
		case b == '"' || b == '\\':
			quoted.WriteByte('\\')
			quoted.WriteByte(b)
		case b >= ' ' && b <= '~':
			quoted.WriteByte(b)
		default:
			fmt.Fprintf(&quoted, `\x%02x`, b)
		}
	}
	quoted.WriteByte('"')
	if len(text) > shown {
		quoted.WriteString("...")
	}
	return quoted.String()
}
