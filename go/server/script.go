// Twin: crates/server/src/script.rs

package server

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"time"

	"memory.example/pairs/pair"
)

// longest is the longest body that a script sends, twice what the server takes.
const longest = 2 * Payload

// Operations are the operations of scripts.
var Operations = []pair.Operation{
	{
		Word:     "get",
		Operands: []pair.Operand{pair.Name("PATH", 64)},
		Says:     "asks for /PATH, index for / itself, and prints the answer",
	},
	{
		Word:     "head",
		Operands: []pair.Operand{pair.Name("PATH", 64)},
		Says:     "asks for /PATH without the body",
	},
	{
		Word:     "post",
		Operands: []pair.Operand{pair.Name("PATH", 64), pair.Whole("BYTES", 0, longest)},
		Says:     "sends a body and its length to /PATH",
	},
	{
		Word:     "chunked",
		Operands: []pair.Operand{pair.Name("PATH", 64), pair.Whole("BYTES", 0, longest)},
		Says:     "sends a body in chunks, without its length, to /PATH",
	},
	{
		Word:     "ask",
		Operands: []pair.Operand{pair.Name("METHOD", 16), pair.Name("PATH", 64)},
		Says:     "asks for /PATH by any method",
	},
	{
		Word:     "reuse",
		Operands: []pair.Operand{pair.Name("PATH", 64), pair.Whole("TIMES", 1, 200)},
		Says:     "asks for /PATH again and again over one connection",
	},
	{
		Word:     "together",
		Operands: []pair.Operand{pair.Name("PATH", 64), pair.Whole("CLIENTS", 1, 50)},
		Says:     "asks for /PATH over many connections at the same time",
	},
	{
		Word:     "begin",
		Operands: []pair.Operand{pair.Whole("BYTES", 1, Payload)},
		Says:     "sends the head of a request to / and waits until the server wants the body",
	},
	{
		Word: "finish",
		Says: "sends the body and prints the answer",
	},
	{
		Word: "requests",
		Says: "prints how many requests have touched their memory",
	},
	{
		Word: "stop",
		Says: "stops the server, which still answers what was begun",
	},
	{
		Word: "start",
		Says: "starts a new server on the same port",
	},
}

// free is loopback, on a port that the system chooses. On Linux the address is this process's own, so
// that nobody takes a port between two servers of a script.
var free = func() netip.AddrPort {
	own := [4]byte{127, 0, 0, 1}
	if runtime.GOOS == "linux" {
		binary.BigEndian.PutUint32(own[:], 127<<24|uint32(os.Getpid()))
	}
	return netip.AddrPortFrom(netip.AddrFrom4(own), 0)
}()

// Demo prints what the section shows.
func Demo(out *pair.Out) error {
	server, err := start(free, 4, UsualLimits())
	if err != nil {
		return err
	}
	for _, asked := range []struct {
		method, path string
		request      []byte
	}{
		{"GET", "/", head("GET", "/", "")},
		{"GET", "/health", head("GET", "/health", "")},
		{"GET", "/stats", head("GET", "/stats", "")},
		{"GET", "/nowhere", head("GET", "/nowhere", "")},
		{"DELETE", "/", head("DELETE", "/", "")},
		{"POST", "/", sized("/", Payload)},
		{"POST", "/", sized("/", Payload+1)},
	} {
		answer, err := ask(server.address, asked.method, asked.request)
		if err != nil {
			return err
		}
		out.Line("%s %s: %s", asked.method, asked.path, answer.text())
	}
	count, err := requests(server.address)
	if err != nil {
		return err
	}
	out.Line("requests that touched their memory: %d", count)
	if err := server.end(); err != nil {
		return err
	}
	out.Line("stopped")
	return nil
}

// Replay performs a script.
func Replay(script *pair.Script, out *pair.Out) error {
	site := &play{address: free}
	for {
		line, err := script.ReadLine()
		if err == nil && line != nil {
			err = site.perform(script, line, out)
			if err == nil {
				err = site.report(script)
			}
		}
		if line == nil || err != nil {
			if ended := site.end(); err == nil {
				err = ended
			}
			return err
		}
	}
}

// play has a server that is started when the first line needs it.
type play struct {
	server  *running
	address netip.AddrPort
	stopped bool
	begun   *client
	bytes   int
}

func (p *play) perform(script *pair.Script, line *pair.Line, out *pair.Out) error {
	switch line.Word {
	case "finish":
		return p.finish(script, out)
	case "start":
		return p.start(script, out)
	}
	if err := p.listen(script); err != nil {
		return err
	}
	show := func(method string, request []byte) error {
		answer, err := ask(p.address, method, request)
		if err == nil {
			out.Line("%s", answer.text())
		}
		return err
	}
	switch line.Word {
	case "get":
		return show("GET", head("GET", path(line.Name(0)), ""))
	case "head":
		return show("HEAD", head("HEAD", path(line.Name(0)), ""))
	case "post":
		return show("POST", sized(path(line.Name(0)), line.Whole(1)))
	case "chunked":
		return show("POST", chunked(path(line.Name(0)), line.Whole(1)))
	case "ask":
		return show(line.Name(0), head(line.Name(0), path(line.Name(1)), ""))
	case "reuse":
		return reuse(p.address, path(line.Name(0)), line.Whole(1), out)
	case "together":
		return together(p.address, path(line.Name(0)), line.Whole(1), out)
	case "begin":
		return p.begin(script, line.Whole(0), out)
	case "requests":
		count, err := requests(p.address)
		if err == nil {
			out.Line("requests %d", count)
		}
		return err
	case "stop":
		return p.stop(out)
	}
	return script.Unknown(line.Word)
}

// report reports to a trace how many requests have touched their memory, while the server listens.
func (p *play) report(script *pair.Script) error {
	if !script.IsTraced() || p.stopped || p.server == nil {
		return nil
	}
	count, err := requests(p.address)
	script.Figure("requests", int(count))
	return err
}

// listen sees to it that the server listens; it is started if it never was.
func (p *play) listen(script *pair.Script) error {
	if p.stopped {
		return script.Refuse("the server is stopped")
	}
	if p.server != nil {
		return nil
	}
	server, err := start(p.address, 2, UsualLimits())
	if err != nil {
		return err
	}
	p.server, p.address = server, server.address
	return nil
}

func (p *play) begin(script *pair.Script, bytes int, out *pair.Out) error {
	if p.begun != nil {
		return script.Refuse("a request is begun already")
	}
	client, err := connect(p.address)
	if err != nil {
		return err
	}
	p.begun, p.bytes = client, bytes
	client.send(head("POST", "/", fmt.Sprintf("Content-Length: %d\r\nExpect: 100-continue\r\n", bytes)))
	answer, err := client.receive("POST")
	if err != nil {
		return err
	}
	out.Line("begun %d", answer.status)
	return nil
}

func (p *play) finish(script *pair.Script, out *pair.Out) error {
	if p.begun == nil {
		return script.Refuse("no request is begun")
	}
	defer func() { p.begun = nil }()
	defer p.begun.close()
	p.begun.send(make([]byte, p.bytes))
	answer, err := p.begun.receive("POST")
	if err != nil {
		return err
	}
	out.Line("%s", answer.text())
	return nil
}

func (p *play) stop(out *pair.Out) error {
	p.stopped = true
	if p.begun == nil {
		if err := p.end(); err != nil {
			return err
		}
		out.Line("stopped")
		return nil
	}
	p.server.stop()
	for {
		client, err := connect(p.address)
		if err != nil {
			break
		}
		client.close()
		time.Sleep(time.Millisecond)
	}
	out.Line("stopped, but for what was begun")
	return nil
}

func (p *play) start(script *pair.Script, out *pair.Out) error {
	if !p.stopped {
		return script.Refuse("the server is not stopped")
	}
	if p.begun != nil {
		return script.Refuse("a request is begun already")
	}
	if err := p.end(); err != nil {
		return err
	}
	p.stopped = false
	if err := p.listen(script); err != nil {
		return err
	}
	out.Line("started")
	return nil
}

// end stops the server, if there is one, without the request that was begun.
func (p *play) end() error {
	if p.begun != nil {
		p.begun.close()
		p.begun = nil
	}
	if p.server == nil {
		return nil
	}
	server := p.server
	p.server = nil
	return server.end()
}

func path(name string) string {
	if name == "index" {
		return "/"
	}
	return "/" + name
}

func requests(address netip.AddrPort) (int, error) {
	answer, err := ask(address, "GET", head("GET", "/stats", ""))
	if err != nil {
		return 0, err
	}
	return answer.json()["requests"], nil
}

func reuse(address netip.AddrPort, path string, times int, out *pair.Out) error {
	client, err := connect(address)
	if err != nil {
		return err
	}
	defer client.close()
	answers := make([]string, times)
	for i := range answers {
		client.send(head("GET", path, ""))
		answer, err := client.receive("GET")
		if err != nil {
			return err
		}
		answers[i] = answer.text()
	}
	summarize(answers, out)
	return nil
}

func together(address netip.AddrPort, path string, clients int, out *pair.Out) error {
	type result struct {
		text string
		err  error
	}
	results := make(chan result)
	for range clients {
		go func() {
			answer, err := ask(address, "GET", head("GET", path, ""))
			if err != nil {
				results <- result{"", err}
				return
			}
			results <- result{answer.text(), nil}
		}()
	}
	var answers []string
	var failed error
	for range clients {
		result := <-results
		if result.err != nil {
			failed = result.err
		}
		answers = append(answers, result.text)
	}
	if failed == nil {
		summarize(answers, out)
	}
	return failed
}

// summarize tells how often each answer came.
func summarize(answers []string, out *pair.Out) {
	slices.Sort(answers)
	for len(answers) > 0 {
		alike := 1
		for alike < len(answers) && answers[alike] == answers[0] {
			alike++
		}
		out.Line("%d times %s", alike, answers[0])
		answers = answers[alike:]
	}
}
