// Twin: crates/server/tests/server.rs

package server_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"testing"

	"memory.example/pairs/server"
)

func newSite() *server.Site {
	return &server.Site{Measure: func(requests int) server.Figures {
		return server.Figures{
			Requests:          requests,
			Threads:           1,
			AllocatedBytes:    2,
			FreedBytes:        3,
			Collections:       4,
			PausedNanoseconds: 5,
		}
	}}
}

// answer is status, Content-Type, Allow and body of the answer to one request.
type answer struct {
	status            int
	kind, allow, body string
}

func ask(site *server.Site, method, path, body string) answer {
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	server.Routes(site).ServeHTTP(recorder, request)
	header := recorder.Header()
	return answer{
		recorder.Code,
		header.Get("Content-Type"),
		header.Get("Allow"),
		strings.TrimSpace(recorder.Body.String()),
	}
}

func TestEveryPathAndMethodHasItsAnswer(t *testing.T) {
	const plain = "text/plain; charset=utf-8"
	for _, test := range []struct {
		method, path string
		want         answer
	}{
		{"GET", "/", answer{200, plain, "", "OK"}},
		{"POST", "/", answer{200, plain, "", "OK"}},
		{"GET", "/health", answer{200, plain, "", "OK"}},
		{"GET", "/nowhere", answer{404, plain, "", "404 page not found"}},
		{"DELETE", "/nowhere", answer{404, plain, "", "404 page not found"}},
		{"PUT", "/", answer{405, plain, "GET, HEAD, POST", "Method Not Allowed"}},
		{"POST", "/health", answer{405, plain, "GET, HEAD", "Method Not Allowed"}},
		{"POST", "/stats", answer{405, plain, "GET, HEAD", "Method Not Allowed"}},
	} {
		if got := ask(newSite(), test.method, test.path, ""); got != test.want {
			t.Errorf("%s %s: %v, want %v", test.method, test.path, got, test.want)
		}
	}
}

func TestABodyIsTakenUpToThePayload(t *testing.T) {
	for _, test := range []struct{ bytes, status int }{
		{0, 200}, {1, 200}, {server.Payload, 200}, {server.Payload + 1, 413},
	} {
		got := ask(newSite(), "POST", "/", strings.Repeat("x", test.bytes))
		if got.status != test.status {
			t.Errorf("%d bytes: %d, want %d", test.bytes, got.status, test.status)
		}
	}
}

func TestOnlyWhatTouchedItsMemoryIsCounted(t *testing.T) {
	site := newSite()
	for _, test := range []struct {
		path    string
		counted int64
	}{{"/", 1}, {"/health", 1}, {"/stats", 1}, {"/", 2}} {
		ask(site, "GET", test.path, "")
		if got := site.Requests.Load(); got != test.counted {
			t.Errorf("after %s: %d, want %d", test.path, got, test.counted)
		}
	}
}

func TestStatsTellsEveryFigure(t *testing.T) {
	want := answer{200, "application/json", "", `{"requests":0,"threads":1,"allocated_bytes":2,` +
		`"freed_bytes":3,"collections":4,"paused_nanoseconds":5}`}
	if got := ask(newSite(), "GET", "/stats", ""); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestServeEndsWhenItIsTold(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	told, stop := context.WithCancel(context.Background())
	stop()
	if err := server.Serve(told, listener, 1, server.UsualLimits(), server.Routes(newSite())); err != nil {
		t.Error(err)
	}
}

func TestTouchWritesOneByteInEachCacheLine(t *testing.T) {
	data := bytes.Repeat([]byte{7}, 130)
	server.Touch(data)
	for i, got := range data {
		want := byte(7)
		if i%64 == 0 {
			want = 1
		}
		if got != want {
			t.Errorf("%d: %d, want %d", i, got, want)
		}
	}
}

func ExampleRoutes() {
	site := &server.Site{}
	recorder := httptest.NewRecorder()
	request := httptest.NewRequest("GET", "/", nil)
	server.Routes(site).ServeHTTP(recorder, request)
	fmt.Println(recorder.Code, recorder.Body, site.Requests.Load())
	// Output: 200 OK 1
}
