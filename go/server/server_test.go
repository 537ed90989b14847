// Twin: crates/server/tests/server.rs

package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

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

// converse returns all that a server answers to these bytes, which nobody reads before all are sent.
func converse(t *testing.T, limits server.Limits, request string) string {
	t.Helper()
	return converseWith(t, 2, limits, request)
}

func converseWith(t *testing.T, workers int, limits server.Limits, request string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	told, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(told, listener, workers, limits, server.Routes(newSite())) }()
	client, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	client.SetDeadline(time.Now().Add(time.Minute))
	io.WriteString(client, request)
	// A server that closed without waiting has done so by now.
	time.Sleep(600 * time.Millisecond)
	answers, err := io.ReadAll(client)
	if err != nil {
		t.Errorf("no orderly end: %v", err)
	}
	client.Close()
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	return string(answers)
}

// count returns how many answers have this status.
func count(answers, status string) int {
	return strings.Count(answers, "HTTP/1.1 "+status+" ")
}

const health = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n"

func TestARefusalTakesNoAnswerAway(t *testing.T) {
	long := "GET / HTTP/1.1\r\nHost: a\r\nB: " + strings.Repeat("x", 200_000) + "\r\n\r\n"
	// More answers than the client's buffer holds: the system has them when the connection ends.
	answers := converse(t, server.UsualLimits(), strings.Repeat(health, 2000)+long)
	if good, refused := count(answers, "200"), count(answers, "431"); good != 2000 || refused != 1 {
		t.Errorf("%d answers and %d refusals, want 2000 and 1", good, refused)
	}
}

func TestNothingIsAnsweredBehindClose(t *testing.T) {
	closing := strings.Replace(health, "Host: a", "Host: a\r\nConnection: close", 1)
	both := "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n" +
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
	for _, last := range []string{closing, both} {
		if got := count(converse(t, server.UsualLimits(), last+health), "200"); got != 1 {
			t.Errorf("%d answers to %q and one more, want 1", got, last)
		}
	}
}

func TestWhatIsLateIsCutOff(t *testing.T) {
	limits := server.UsualLimits()
	limits.Head = time.Second
	half := health[:len(health)-2]
	if got := count(converse(t, limits, health+half), "200"); got != 1 {
		t.Errorf("%d answers to a request and a half, want 1", got)
	}
	limits = server.UsualLimits()
	limits.Body = time.Second
	body := "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx"
	if got := count(converse(t, limits, body), "408"); got != 1 {
		t.Errorf("%d times 408 for half a body, want 1", got)
	}
}

func TestLimitsThatMakeNoSenseAreThoseThatDo(t *testing.T) {
	none := server.UsualLimits()
	none.Connections = math.MinInt // only here: Rust's numbers have no sign
	const most = math.MaxInt64
	all := server.Limits{Head: most, Body: most, Idle: most, Connections: math.MaxInt}
	closing := strings.Replace(health, "\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1)
	for _, limits := range []server.Limits{none, all} {
		for _, workers := range []int{0, 1} {
			if got := count(converseWith(t, workers, limits, closing), "200"); got != 1 {
				t.Errorf("%d answers within %+v, want 1", got, limits)
			}
		}
	}
	// No time at all is a millisecond: half a head is refused.
	soon := server.Limits{Connections: 1}
	if got := count(converse(t, soon, health[:len(health)-2]), "200"); got != 0 {
		t.Errorf("%d answers to half a head", got)
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
