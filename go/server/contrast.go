// Twin: crates/server/src/contrast.rs

package server

import (
	"fmt"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"memory.example/pairs/pair"
)

// odd are requests that the two parsers, or what stands behind them, answer differently.
var odd = []struct{ name, request string }{
	{"HTTP/1.2", "GET /health HTTP/1.2\r\nHost: a\r\n\r\n"},
	{"HTTP/2.0", "GET /health HTTP/2.0\r\nHost: a\r\n\r\n"},
	{"an empty line first", "\r\nGET /health HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"a field on two lines", "GET /health HTTP/1.1\r\nHost: a\r\nB: c\r\n d\r\n\r\n"},
	{"a blank in Host", "GET /health HTTP/1.1\r\nHost: a b\r\n\r\n"},
	{"an unknown expectation", "GET /health HTTP/1.1\r\nHost: a\r\nExpect: b\r\n\r\n"},
	{"a path without a slash", "GET health HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"a path that goes up", "GET /a/../health HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"a percent sign without digits", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n"},
	{"no path at all", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"},
	{
		"the same length twice",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
	},
	{
		"a length and chunks",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	},
	{"an unknown encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"},
	{"half a line and no more", "GET /hea"},
	{
		"a hundred fields",
		"GET /health HTTP/1.1\r\nHost: a\r\n" + strings.Repeat("B: c\r\n", 100) + "\r\n",
	},
}

// Contrast prints the facts that differ.
func Contrast(facts *pair.Facts) error {
	count := (facts.Count() + 124) / 125
	alone := threads()
	server, err := start(free, count, UsualLimits())
	if err != nil {
		return err
	}
	if _, err := ask(server.address, "GET", head("GET", "/", "")); err != nil {
		return err
	}
	facts.Add(fmt.Sprintf("threads that came with %d workers", count), max(threads()-alone, 0))
	if err := server.end(); err != nil {
		return err
	}

	server, err = start(free, 1, UsualLimits())
	if err != nil {
		return err
	}
	if err := leftovers(facts, count, server.address); err != nil {
		return err
	}
	for _, odd := range odd {
		answer, err := answerTo(server.address, odd.request)
		if err != nil {
			return err
		}
		facts.Add("answer to "+odd.name, answer)
	}
	kept, err := kept(server.address)
	if err != nil {
		return err
	}
	facts.Add("connection behind a body that nobody reads", kept)
	if err := server.end(); err != nil {
		return err
	}
	return late(facts)
}

func kept(address netip.AddrPort) (string, error) {
	client, err := connect(address)
	if err != nil {
		return "", err
	}
	defer client.close()
	client.send(sized("/nowhere", 1))
	if _, err := client.receive("POST"); err != nil {
		return "", err
	}
	client.send(head("GET", "/health", ""))
	if _, err := client.receive("GET"); err != nil {
		return "closed", nil
	}
	return "kept", nil
}

// late tells what becomes of requests that do not go on.
func late(facts *pair.Facts) error {
	const soon = 500 * time.Millisecond
	head, body := UsualLimits(), UsualLimits()
	head.Head, body.Body = soon, soon
	for _, late := range []struct {
		name    string
		limits  Limits
		request string
	}{
		{"half a line and a wait", head, "GET /hea"},
		{
			"a trailer and a wait", body,
			"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nB: c\r\n",
		},
	} {
		server, err := start(free, 1, late.limits)
		if err != nil {
			return err
		}
		client, err := connect(server.address)
		if err != nil {
			return err
		}
		client.send([]byte(late.request))
		facts.Add("answer to "+late.name, client.status())
		client.close()
		if err := server.end(); err != nil {
			return err
		}
	}
	return nil
}

func leftovers(facts *pair.Facts, count int, address netip.AddrPort) error {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	pair.Settle()
	before := pair.HeapNow()
	for range count {
		if _, err := ask(address, "GET", head("GET", "/", "")); err != nil {
			return err
		}
	}
	facts.Add(fmt.Sprintf("MiB that %d requests leave, collection off", count), left(before))
	pair.Settle()
	facts.Add(fmt.Sprintf("MiB that %d requests leave once settled", count), left(before))
	return nil
}

// left returns whole payloads that were asked for and not given back.
func left(before pair.Heap) int {
	heap := pair.HeapNow().Since(before)
	return max(0, heap.Allocated-heap.Freed) / Payload
}

func answerTo(address netip.AddrPort, request string) (string, error) {
	client, err := connect(address)
	if err != nil {
		return "", err
	}
	defer client.close()
	client.send([]byte(request))
	client.closeWrite()
	return client.status(), nil
}

func (c *client) status() string {
	answer, err := c.receive("GET")
	if err != nil {
		return "closed"
	}
	return strconv.Itoa(answer.status)
}
