// Twin: crates/pair/src/command.rs

package pair

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// version is the project's, written once in Cargo.toml; the build passes it on.
var version = "(devel)"

// Topic is a topic's program: what it is called and what it can do.
type Topic struct {
	// Name is its name, one word.
	Name string
	// Says what it is about, in one sentence.
	Says string
	// Demo shows what the section shows.
	Demo func(*Out) error
	// Operations are the operations of its scripts.
	Operations []Operation
	// Replay performs a script, printing an observation a line; nil where there are none.
	Replay func(*Script, *Out) error
	// NoScripts says why there are none.
	NoScripts string
	// Contrast tells the facts that differ between the languages.
	Contrast func(*Facts) error
	// Cases are the measured cases.
	Cases []Case
	// Commands are those that only this topic has.
	Commands []Command
}

// Command is a command that only one topic has.
type Command struct {
	// Usage is how it is called, its word first.
	Usage string
	// Says what it does.
	Says string
	// Run does it.
	Run func(arguments []string, out *Out) error
}

// Main runs a topic's program with the arguments of this process, and ends it.
func Main(topic Topic) {
	// Rust ignores it too: a pipe that nobody reads is an error of the write.
	signal.Ignore(syscall.SIGPIPE)
	out := Stdout()
	done := dispatch(&topic, os.Args[1:], out)
	// A reader that went away is no error, whatever else went wrong.
	if unwritten := out.Finish(); done == nil || errors.Is(unwritten, Closed) {
		done = unwritten
	}
	if stop := stopped(done); stop != nil {
		fmt.Fprint(os.Stderr, stop.Error())
		os.Exit(stop.Code)
	}
}

func dispatch(topic *Topic, arguments []string, out *Out) error {
	if len(arguments) == 0 {
		return topic.Demo(out)
	}
	word, rest := arguments[0], arguments[1:]
	plain := map[string]func() error{
		"demo":       func() error { return topic.Demo(out) },
		"operations": func() error { return operations(topic, out) },
		"contrast":   func() error { return topic.Contrast(NewFacts(out)) },
		"cases":      func() error { return cases(topic, out) },
		"--help":     func() error { return help(topic, out) },
		"-h":         func() error { return help(topic, out) },
		"help":       func() error { return help(topic, out) },
		"--version":  func() error { return printVersion(topic, out) },
		"-V":         func() error { return printVersion(topic, out) },
	}
	if run, ok := plain[word]; ok {
		flags, err := ParseFlags(rest, nil, nil)
		if err != nil {
			return err
		}
		if err := flags.AtMost(0); err != nil {
			return err
		}
		return run()
	}
	switch word {
	case "replay":
		return replay(topic, rest, out)
	case "measure":
		return measure(topic, rest, out)
	}
	for _, command := range topic.Commands {
		if first, _, _ := strings.Cut(command.Usage, " "); first == word {
			return command.Run(rest, out)
		}
	}
	return Usage(`unknown command %s; try "%s --help"`, Quote(word), topic.Name)
}

func operations(topic *Topic, out *Out) error {
	for _, operation := range topic.Operations {
		out.Line("%s", operation.row())
	}
	return nil
}

func cases(topic *Topic, out *Out) error {
	for _, c := range topic.Cases {
		out.Line("%s\t%s\t%s", c.Name, c.Unit, c.Says)
	}
	return nil
}

func printVersion(topic *Topic, out *Out) error {
	out.Line("%s %s", topic.Name, version)
	return nil
}

func replay(topic *Topic, arguments []string, out *Out) error {
	if topic.Replay == nil {
		return Usage("%s", topic.NoScripts)
	}
	flags, err := ParseFlags(arguments, nil, []string{"--batch"})
	if err != nil {
		return err
	}
	if err := flags.AtMost(1); err != nil {
		return err
	}
	reader, source := os.Stdin, "the script"
	if len(flags.Words) > 0 {
		source = Quote(flags.Words[0])
		file, err := os.Open(flags.Words[0])
		if err != nil {
			return Usage("cannot read %s: %s", source, Reason(err))
		}
		defer file.Close()
		reader = file
	}
	if flags.Has("--batch") {
		return replayBatch(topic, bufio.NewReader(reader), out)
	}
	return perform(topic, reader, source, out)
}

// perform performs one script from its first line to its end or to a line that is refused.
func perform(topic *Topic, reader io.Reader, source string, out *Out) error {
	return topic.Replay(NewScript(reader, source, topic.Operations, out), out)
}

func help(topic *Topic, out *Out) error {
	rows := [][2]string{
		{"demo", "shows what the section shows (the default)"},
		{"replay [FILE]", "performs the operations of FILE or of standard input"},
		{"replay --batch [FILE]", "performs many scripts, each by itself"},
		{"operations", "lists the operations of a script"},
		{"contrast", "tells the facts that differ between the languages"},
		{"cases", "lists the measured cases"},
		{"measure CASE [--scale N] [--samples K]", "measures one of them"},
	}
	for _, command := range topic.Commands {
		rows = append(rows, [2]string{command.Usage, command.Says})
	}
	rows = append(rows, [2]string{"--help", "prints this"}, [2]string{"--version", "prints the version"})
	out.Line("%s\n\nUsage: %s [COMMAND]\n\nCommands:", topic.Says, topic.Name)
	table(out, rows)
	if len(topic.Operations) > 0 {
		out.Line("\nOperations of a script, one a line, \"#\" starts a comment:")
		rows = nil
		for _, operation := range topic.Operations {
			rows = append(rows, [2]string{operation.Usage(), operation.Says})
		}
		table(out, rows)
	}
	return nil
}

func table(out *Out, rows [][2]string) {
	byWidth := func(a, b [2]string) int { return len(a[0]) - len(b[0]) }
	widest := len(slices.MaxFunc(rows, byWidth)[0])
	for _, row := range rows {
		out.Line("  %-*s  %s", widest, row[0], row[1])
	}
}
