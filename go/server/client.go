// Twin: crates/server/src/client.rs

package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"memory.example/pairs/pair"
)

// limit is how long an answer may take.
const limit = 20 * time.Second

// client is one connection to the server.
type client struct {
	stream *net.TCPConn
	reader *bufio.Reader
}

// answer is what the server answered.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func connect(address netip.AddrPort) (*client, error) {
	stream, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(address))
	if err != nil {
		return nil, err
	}
	if err := stream.SetDeadline(time.Now().Add(limit)); err != nil {
		stream.Close()
		return nil, err
	}
	return &client{stream, bufio.NewReader(stream)}, nil
}

// send sends what the server will take: it may refuse a body before all of it is sent.
func (c *client) send(request []byte) {
	c.stream.Write(request)
}

// receive reads the answer to a request of this method.
func (c *client) receive(method string) (*answer, error) {
	response, err := http.ReadResponse(c.reader, &http.Request{Method: method})
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return &answer{response.StatusCode, response.Header, body}, err
}

// closeWrite says that nothing more will be sent.
func (c *client) closeWrite() {
	c.stream.CloseWrite()
}

// close sends nothing more, and waits until the server has closed the connection.
func (c *client) close() {
	defer c.stream.Close()
	c.closeWrite()
	io.Copy(io.Discard, c.reader)
}

// json returns the figures of a JSON body, or nil.
func (a *answer) json() map[string]int {
	var figures map[string]int
	if json.Unmarshal(a.body, &figures) != nil {
		return nil
	}
	return figures
}

// text returns what both languages answer alike: of figures only their names.
func (a *answer) text() string {
	kind := a.header.Get("Content-Type")
	if kind == "" {
		kind = "no type"
	}
	body := pair.Quote(string(a.body))
	if figures := a.json(); figures != nil {
		body = strings.Join(slices.Sorted(maps.Keys(figures)), " ")
	}
	text := fmt.Sprintf("%d %s %s", a.status, kind, body)
	if allow := a.header.Get("Allow"); allow != "" {
		text += " allow: " + allow
	}
	return text
}

// head returns the head of a request; each of its fields ends with its line.
func head(method, path, fields string) []byte {
	return fmt.Appendf(nil, "%s %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", method, path, fields)
}

// sized returns a request that tells how long its body is.
func sized(path string, length int) []byte {
	fields := fmt.Sprintf("Content-Length: %d\r\n", length)
	return append(head("POST", path, fields), bytes.Repeat([]byte("x"), length)...)
}

// chunked returns a request whose body comes in chunks, without a length.
func chunked(path string, length int) []byte {
	request := head("POST", path, "Transfer-Encoding: chunked\r\n")
	for chunk := range slices.Chunk(bytes.Repeat([]byte("x"), length), 64<<10) {
		request = fmt.Appendf(request, "%x\r\n%s\r\n", len(chunk), chunk)
	}
	return append(request, "0\r\n\r\n"...)
}

// ask sends a request over a connection of its own and reads the answer.
func ask(address netip.AddrPort, method string, request []byte) (*answer, error) {
	client, err := connect(address)
	if err != nil {
		return nil, err
	}
	defer client.close()
	client.send(request)
	return client.receive(method)
}
