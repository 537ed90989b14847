// Twin: crates/pair/src/flags.rs

package pair

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Flags are the arguments behind a command: flags with values, switches, and words.
type Flags struct {
	// Words are the arguments that are no flags.
	Words  []string
	values map[string]string
}

// ParseFlags sorts the arguments; flags names those that take a value, switches those that do not.
func ParseFlags(arguments, flags, switches []string) (*Flags, error) {
	parsed := &Flags{values: map[string]string{}}
	for len(arguments) > 0 {
		argument := arguments[0]
		arguments = arguments[1:]
		if !strings.HasPrefix(argument, "-") {
			parsed.Words = append(parsed.Words, argument)
			continue
		}
		word, value, hasValue := strings.Cut(argument, "=")
		if !hasValue && slices.Contains(switches, word) {
			parsed.values[word] = ""
			continue
		}
		if !slices.Contains(flags, word) {
			return nil, wrongCall("unknown option %s", Quote(argument))
		}
		if !hasValue {
			if len(arguments) == 0 {
				return nil, wrongCall("%s needs a value", word)
			}
			value = arguments[0]
			arguments = arguments[1:]
		}
		if !utf8.ValidString(value) {
			return nil, Usage("%s: %s is not UTF-8", word, Quote(value))
		}
		parsed.values[word] = value
	}
	return parsed, nil
}

// Has reports whether the switch was given.
func (f *Flags) Has(name string) bool {
	_, given := f.values[name]
	return given
}

// Get returns the flag's value, the last one if it was given more than once, and whether it was given.
func (f *Flags) Get(flag string) (string, bool) {
	value, given := f.values[flag]
	return value, given
}

// Number returns the flag's value as a number in a range, or what stands for it when it was not given.
func (f *Flags) Number(flag string, min, max, otherwise int) (int, error) {
	text, given := f.values[flag]
	if !given {
		return otherwise, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || !allDigits(text) || number < min || number > max {
		return 0, Usage("%s: %s is not a whole number in %d..%d", flag, Quote(text), min, max)
	}
	return number, nil
}

// AtMost fails if there are more words than this.
func (f *Flags) AtMost(words int) error {
	if len(f.Words) > words {
		return wrongCall("unexpected argument %s", Quote(f.Words[words]))
	}
	return nil
}
