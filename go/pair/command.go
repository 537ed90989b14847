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
	// Contrast prints the facts that differ between the languages.
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
	// Options are its options, each with what it does.
	Options [][2]string
	// Operations are those of its scripts, if it performs any.
	Operations []Operation
	// Run does it.
	Run func(arguments []string, out *Out) error
}

// Main runs a topic's program with the arguments of this process, and ends it.
func Main(topic Topic) {
	// Rust ignores it too: a pipe that nobody reads is an error of the write.
	signal.Ignore(syscall.SIGPIPE)
	out := Stdout()
	if Timed {
		topic.refuse()
	}
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

// refuse puts refusals in the place of what a timed program lacks.
func (t *Topic) refuse() {
	const refused = "this program is timed: it has its cases and nothing else"
	t.Demo = func(*Out) error { return Usage(refused) }
	t.Replay = func(*Script, *Out) error { return Usage(refused) }
	t.Contrast = func(*Facts) error { return Usage(refused) }
}

func dispatch(topic *Topic, arguments []string, out *Out) error {
	if len(arguments) == 0 {
		return topic.Demo(out)
	}
	word, rest := arguments[0], arguments[1:]
	usage := showUsage(topic, word, "usage:")
	if usage != "" && (slices.Contains(rest, "--help") || slices.Contains(rest, "-h")) {
		return help(topic, []string{word}, out)
	}
	err := performCommand(topic, word, rest, out)
	// The error of a wrong call shows the right ones.
	if stop, ok := errors.AsType[*Stop](err); ok && stop.call {
		return Usage("%s", strings.TrimRight(stop.What+"\n"+usage, "\n"))
	}
	return err
}

func performCommand(topic *Topic, word string, rest []string, out *Out) error {
	switch word {
	case "replay":
		return replay(topic, rest, out)
	case "measure":
		return measure(topic, rest, out)
	case "help":
		return help(topic, rest, out)
	}
	plain := map[string]func() error{
		"demo":       func() error { return topic.Demo(out) },
		"operations": func() error { return operations(topic, out) },
		"contrast":   func() error { return topic.Contrast(NewFacts(out)) },
		"cases":      func() error { return cases(topic, out) },
		"--help":     func() error { return help(topic, nil, out) },
		"-h":         func() error { return help(topic, nil, out) },
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
	for _, command := range topic.Commands {
		if firstWord(command.Usage) == word {
			return command.Run(rest, out)
		}
	}
	return refuseCommand(topic, word)
}

func help(topic *Topic, arguments []string, out *Out) error {
	flags, err := ParseFlags(arguments, nil, nil)
	if err != nil {
		return err
	}
	if err := flags.AtMost(1); err != nil {
		return err
	}
	text := listCommands(topic)
	if len(flags.Words) > 0 {
		if text, err = explainCommand(topic, flags.Words[0]); err != nil {
			return err
		}
	}
	out.Write([]byte(text))
	return nil
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
	flags, err := ParseFlags(arguments, nil, []string{"--batch", "--trace"})
	if err != nil {
		return err
	}
	reader, source, err := open(flags)
	if err != nil {
		return err
	}
	defer reader.Close()
	traced := flags.Has("--trace")
	if flags.Has("--batch") {
		return replayBatch(topic, bufio.NewReader(reader), traced, out)
	}
	return perform(topic, reader, source, traced, out)
}

// Parts returns the command parts of a topic, which traces a script in which the languages part.
func Parts(operations []Operation, replay func(*Script, *Out) error) Command {
	return Command{
		Usage:      "parts [FILE]",
		Says:       "traces a script in which the languages part, even behind settle",
		Operations: operations,
		Run: func(arguments []string, out *Out) error {
			return Trace(arguments, operations, replay, out)
		},
	}
}

// Trace traces a script with operations that a command has for itself.
func Trace(arguments []string, operations []Operation, replay func(*Script, *Out) error, out *Out) error {
	flags, err := ParseFlags(arguments, nil, nil)
	if err != nil {
		return err
	}
	reader, source, err := open(flags)
	if err != nil {
		return err
	}
	defer reader.Close()
	return replayTraced(reader, source, operations, replay, out)
}

// open opens the script that the only word names, or standard input; source names it in an error.
func open(flags *Flags) (reader *os.File, source string, err error) {
	if err := flags.AtMost(1); err != nil {
		return nil, "", err
	}
	if len(flags.Words) == 0 {
		return os.Stdin, "the script", nil
	}
	source = Quote(flags.Words[0])
	reader, err = os.Open(flags.Words[0])
	if err != nil {
		return nil, "", Usage("cannot read %s: %s", source, Reason(err))
	}
	return reader, source, nil
}

// perform performs one script from its first line to its end or to a line that is refused.
func perform(topic *Topic, reader io.Reader, source string, traced bool, out *Out) error {
	if traced {
		return replayTraced(reader, source, topic.Operations, topic.Replay, out)
	}
	return topic.Replay(NewScript(reader, source, topic.Operations, out), out)
}
