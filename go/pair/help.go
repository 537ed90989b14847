// Twin: crates/pair/src/help.rs

package pair

import (
	"fmt"
	"slices"
	"strings"
)

// common are the commands that every topic has: how they are called, and what they do.
var common = [][2]string{
	{"demo", "shows what the pair teaches (the default)"},
	{"replay [FILE]", "performs the operations of FILE or of standard input"},
	{"replay --batch [FILE]", "performs many scripts, one after another"},
	{"replay --trace [FILE]", "shows after each line the state of every value"},
	{"operations", "lists the operations of a script"},
	{"contrast", "prints the facts that differ between the languages"},
	{"cases", "lists the measured cases"},
	{"measure CASE [--scale N] [--samples K]", "measures one of them"},
	{"help [COMMAND]", "explains one command, or lists all"},
}

const demoHelp = `Shows what the pair teaches. Both languages print the same bytes.
`

const operationsHelp = `Lists the operations of a script, one a line, in four columns with tabs between:
  - the word
  - the operands, each as NAME:TYPE:MIN..MAX, or "-" where there are none;
    for a name MIN and MAX are its length
  - the part in settling: "releases", "needs settle", "settles" or "-"
  - what it does
`

const contrastHelp = `Prints the facts that differ between the languages, one a line: name, tab, value.
`

const casesHelp = `Lists the measured cases, one a line: name, tab, unit, tab, what it measures.
`

const traceHelp = `
Trace:
  With --trace the program prints one JSON object for each line of the script and
  one for its end. It performs the script twice, the first time with a collection
  after each line.
    line     its number
    text     the line itself; null at the end
    output   the lines that it printed
    counts   how many values are in each state
    objects  the last %d values made, each with its id and its state
    held     the ids that the script holds, by itself or through a worker
    links    what a value or a worker refers to: from, to, and kind: strong or weak;
             no links if more than %d values were made
    figures  counts and bytes by name, in pairs that do not count single values
  States of a value:
    alive    something reaches it
    garbage  nothing reaches it, and a collection would free it
    freed    the value reported that it was freed; Go collects only at "settle"
    leaked   nothing reaches it, and no collection frees it
  A line that is refused ends a trace as it ends a replay.
`

// listRows returns every command of a topic: how it is called, what it does.
func listRows(topic *Topic) [][2]string {
	all := slices.Clone(common)
	for _, command := range topic.Commands {
		all = append(all, [2]string{command.Usage, command.Says})
	}
	return all
}

func firstWord(usage string) string {
	word, _, _ := strings.Cut(usage, " ")
	return word
}

// listCommands shows all commands and operations of a topic.
func listCommands(topic *Topic) string {
	rows := listRows(topic)
	rows = append(rows, [2]string{"--help", "prints this help"}, [2]string{"--version", "prints the version"})
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n\nUsage: %s [COMMAND]\n\nCommands:\n", topic.Says, topic.Name)
	writeTable(&text, rows)
	if len(topic.Operations) > 0 {
		text.WriteString("\nOperations of a script, one a line, \"#\" starts a comment:\n")
		rows = nil
		for _, operation := range topic.Operations {
			rows = append(rows, [2]string{operation.Usage(), operation.Says})
		}
		writeTable(&text, rows)
	}
	return text.String()
}

// showUsage shows how a command is called, one way a line, behind a first word; it is empty if the topic has no
// such command.
func showUsage(topic *Topic, command, first string) string {
	var text strings.Builder
	for _, row := range listRows(topic) {
		if firstWord(row[0]) == command {
			fmt.Fprintf(&text, "%-6s %s %s\n", first, topic.Name, row[0])
			first = ""
		}
	}
	return text.String()
}

// explainCommand shows everything about one command.
func explainCommand(topic *Topic, command string) (string, error) {
	usage := showUsage(topic, command, "Usage:")
	if usage == "" {
		return "", refuseCommand(topic, command)
	}
	var text strings.Builder
	text.WriteString(usage + "\n")
	switch command {
	case "demo":
		text.WriteString(demoHelp)
	case "replay":
		explainReplay(&text, topic)
	case "operations":
		text.WriteString(operationsHelp)
	case "contrast":
		text.WriteString(contrastHelp)
	case "cases":
		text.WriteString(casesHelp)
	case "measure":
		explainMeasure(&text, topic)
	case "help":
		text.WriteString("Explains one command, or lists all.\n")
	}
	for _, own := range topic.Commands {
		if firstWord(own.Usage) == command {
			fmt.Fprintf(&text, "It %s.\n", own.Says)
			writeTable(&text, own.Options)
			if len(own.Operations) > 0 {
				text.WriteString("\nOperations:\n")
			}
			for _, operation := range own.Operations {
				explainOperation(&text, operation)
			}
		}
	}
	return text.String(), nil
}

// refuseCommand refuses a command that the topic does not have.
func refuseCommand(topic *Topic, command string) error {
	var names []string
	for _, row := range listRows(topic) {
		names = append(names, firstWord(row[0]))
	}
	meant := ";"
	if name := findNearest(command, names); name != "" {
		meant = fmt.Sprintf(`, did you mean "%s"?`, name)
	}
	return Usage(`unknown command %s%s try "%s --help"`, Quote(command), meant, topic.Name)
}

func explainReplay(text *strings.Builder, topic *Topic) {
	if topic.Replay == nil {
		fmt.Fprintln(text, topic.NoScripts)
		return
	}
	fmt.Fprintf(text, `Performs a script and prints its output. Both languages print the same bytes.

Lines:
  - A line is UTF-8 and has at most %d bytes, its comment included, its end
    not.
  - A line feed ends a line; the last line needs none. One carriage return at the
    end of a line belongs to that end, any other one is part of a word.
  - "#" starts a comment anywhere, even within a word. A line without a word does
    nothing, and counts as a line.
  - Spaces and tabs separate words, nothing else does. The first word is the
    operation, the others are its operands, exactly as many as it has.

Operands:
  whole   digits and nothing else, such as 7 or 007: +7 is refused
  signed  digits, with "+" or "-" before them or without: +7 is taken
  id      digits and nothing else, for something that is alive
  name    ASCII letters, digits, "_" and "-"

Refused lines:
  The first line that cannot be performed ends the script. What was printed before it
  stays, "error: line N: REASON" goes to standard error, and the exit code is 2.
  A line is checked in this order: its length, UTF-8, the operation, the number
  of operands, each operand from left to right (type, then range), settling, what
  the operation itself demands. A reason quotes a word: \" and \\ stand for a
  quote and a backslash, \xNN for a byte that is not printable ASCII, and of more
  than %[2]d bytes the first %[2]d are shown.

Bounds:
  A script holds at most %[3]d objects and %[4]d bytes at a time.
`, MaxLine, shown, MaxObjects, MaxBytes)
	for _, operation := range topic.Operations {
		if operation.Part == PartSettles {
			fmt.Fprintf(text, `  What was released still counts until "%[1]s".

Settling:
  Rust frees at once what a script releases, Go at a later collection. "%[1]s"
  waits until all of it is freed. After an operation that releases, an operation
  that needs "%[1]s" is refused until "%[1]s" is performed.
`, operation.Word)
			break
		}
	}
	fmt.Fprintf(text, traceHelp, maxReported, maxLinked)
	fmt.Fprintf(text, `
Batch:
  With --batch the input is many scripts: for each a line "script LENGTH", then
  LENGTH bytes, at most %d. The output is for each script a line
  "result CODE STDOUT STDERR": its exit code, then the lengths of its standard
  output and standard error, which follow.

Operations:
`, maxScript)
	for _, operation := range topic.Operations {
		explainOperation(text, operation)
	}
}

// explainOperation shows an operation with the limits of its operands.
func explainOperation(text *strings.Builder, operation Operation) {
	fmt.Fprintf(text, "  %s\n      %s\n", operation.Usage(), operation.Says)
	for _, operand := range operation.Operands {
		kind, unit := string(operand.Kind)+" from", ""
		if operand.Kind == KindName {
			kind, unit = "name of", " bytes"
		}
		fmt.Fprintf(text, "      %s: %s %d to %d%s\n", operand.Name, kind, operand.Min, operand.Max, unit)
	}
	if operation.Part != "" && operation.Part != PartNone {
		fmt.Fprintf(text, "      %s\n", operation.Part)
	}
}

func explainMeasure(text *strings.Builder, topic *Topic) {
	fmt.Fprintf(text, `Measures one case and prints one JSON object a line: the case with its answer,
each sample, the figures of the runtime, those of the process.

  --scale N    size of the work; 1 or more
  --samples K  number of samples, from 1 to %d; by default %d
  --count      report the answer and the frees of each sample, to check its work

Cases:
`, maxSamples, usualSamples)
	for _, c := range topic.Cases {
		fmt.Fprintf(text, "  %s\n      %s\n      in %s, by default at scale %d, at most at %d\n",
			c.Name, c.Says, c.Unit, c.Scale, c.Max)
	}
}

func writeTable(text *strings.Builder, rows [][2]string) {
	widest := 0
	for _, row := range rows {
		widest = max(widest, len(row[0]))
	}
	for _, row := range rows {
		fmt.Fprintf(text, "  %-*s  %s\n", widest, row[0], row[1])
	}
}
