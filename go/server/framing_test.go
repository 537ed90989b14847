package server

import (
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"
)

// handedOn returns what a connection hands on of these pieces, which come one after the other.
func handedOn(t *testing.T, pieces ...string) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client, err := net.Dial("tcp4", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	connection := limitConn(server.(*net.TCPConn), time.Hour, make(chan struct{}, 1))
	defer server.Close()
	var all strings.Builder
	for _, piece := range pieces {
		io.WriteString(client, piece)
	}
	client.(*net.TCPConn).CloseWrite()
	io.Copy(&all, struct{ io.Reader }{connection})
	return all.String()
}

const (
	sizedTest   = "POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\n\n\r\n\r\n"
	chunksTest  = "5;a=b\r\n\r\n\r\n0\r\n0 ;c\r\nD: e\r\nF: g\r\n\r\n"
	chunkedTest = "POST / HTTP/1.1\nTransfer-Encoding: chunked\n\n" + chunksTest
	bothTest    = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
)

// ends returns where a request ends together with one of these pieces.
func ends(pieces ...string) []int {
	var f framing
	var held []byte
	var ends []int
	taken := 0
	for _, piece := range pieces {
		held = append(held, piece...)
		count := f.take(held)
		held = held[count:]
		taken += count
		if f.part == blankPart {
			ends = append(ends, taken)
		}
	}
	return ends
}

func TestARequestEndsAtTheSameByteHoweverItComes(t *testing.T) {
	requests := []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n", sizedTest, chunkedTest, chunkedTest, sizedTest,
	}
	all := "\r\n\n" + strings.Join(requests, "")
	for cut := range len(all) {
		got := ends(all[:cut], all[cut:])
		if len(got) == 0 || got[len(got)-1] != len(all) {
			t.Errorf("cut at %d: %v, want %d at last", cut, got, len(all))
		}
	}
	want := []int{1, 2, 3} // behind empty lines no request has begun
	for _, request := range requests {
		want = append(want, want[len(want)-1]+len(request))
	}
	if got := ends(strings.Split(all, "")...); !slices.Equal(got, want) {
		t.Errorf("byte by byte: %v, want %v", got, want)
	}
}

func TestBothLengthsEndTheConnection(t *testing.T) {
	before := sizedTest + chunkedTest
	marked := strings.TrimSuffix(bothTest, "\r\n") + closing + "\r\n"
	for name, test := range map[string][2]string{
		"one length":      {before + chunkedTest, before + chunkedTest},
		"both lengths":    {before + bothTest + chunksTest, before + marked + chunksTest},
		"a body with one": {before + "POST / HTTP/1.1\r\nContent-Length: 22\r\n\r\nTransfer-Encoding: a\r\n", ""},
		"chunks in HTTP/1.0": {
			"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
			"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + closing + "\r\n",
		},
		"a length on two lines": {
			"POST / HTTP/1.1\r\nContent-Length:\r\n 5\r\n\r\n",
			"POST / HTTP/1.1\r\nContent-Length:\r\n\x005\r\n\r\n",
		},
	} {
		want := test[1]
		if want == "" {
			want = test[0]
		}
		for cut := 0; cut < len(test[0]); cut += 7 {
			if got := handedOn(t, test[0][:cut], test[0][cut:]); got != want {
				t.Fatalf("%s, cut at %d: %q, want %q", name, cut, got, want)
			}
		}
	}
}
