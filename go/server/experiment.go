// Twin: crates/server/src/experiment.rs

package server

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/bits"
	"net/http"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"memory.example/pairs/pair"
)

// experimentFlags are the options with a value.
var experimentFlags = []string{"--live-objects", "--payload", "--mixed"}

// experimentSwitches are the options without one.
var experimentSwitches = []string{"--pooled", "--pooled-uncleared", "--probe"}

// ringLimit is the most requests that can be kept.
const ringLimit = 10_000_000

// experiment is what the options ask for: the same server with long-lived objects beside it, another
// payload, pooled buffers, or fresh and pooled ones by chance.
type experiment struct {
	sessions []*session
	payload  int
	memory   memory
	// ring is nil but where requests have fresh and pooled memory by chance.
	ring  *ring
	pool  sync.Pool
	probe *probe
	// changed is whether a request does anything else than the article's.
	changed bool
}

// memory is where a request's memory comes from.
type memory int

const (
	fresh memory = iota
	pooled
	uncleared
)

// session is a long-lived object: 64 bytes, two of them pointers to earlier ones.
type session struct {
	token     [48]byte
	inviter   *session
	neighbour *session
}

// moreFigures are the runtime's figures, the same names in both languages; null where there is no such
// thing.
type moreFigures struct {
	Figures
	CollectionEnds   [][2]int64 `json:"collection_ends"`
	Drop             [][2]int64 `json:"drop_ns"`
	GCCPU            int64      `json:"gc_cpu_ns"`
	GCIdleCPU        int64      `json:"gc_idle_cpu_ns"`
	HeapGoalBytes    uint64     `json:"heap_goal_bytes"`
	LiveBytes        uint64     `json:"live_bytes"`
	LiveObjects      int        `json:"live_objects"`
	OutsideHeapBytes int        `json:"outside_heap_bytes"`
	Pauses           [][2]int64 `json:"pauses_ns"`
	ProbeLate        [][2]int64 `json:"probe_late_us"`
	ResidentBytes    int        `json:"resident_bytes"`
	TotalCPU         int64      `json:"total_cpu_ns"`
}

// newExperiment reads the options and builds the long-lived objects.
func newExperiment(flags *pair.Flags) (*experiment, error) {
	live, err := flags.Number("--live-objects", 0, 100_000_000, 0)
	if err != nil {
		return nil, err
	}
	payload, err := flags.Number("--payload", 0, 1<<30, Payload)
	if err != nil {
		return nil, err
	}
	kept, err := flags.Number("--mixed", 1, ringLimit, 0)
	if err != nil {
		return nil, err
	}
	asked := &experiment{payload: payload}
	switch [3]bool{flags.Has("--pooled"), flags.Has("--pooled-uncleared"), kept > 0} {
	case [3]bool{}:
	case [3]bool{true, false, false}:
		asked.memory = pooled
	case [3]bool{false, true, false}:
		asked.memory = uncleared
	case [3]bool{false, false, true}:
		asked.ring = newRing(kept)
	default:
		return nil, pair.Usage("choose one of --pooled, --pooled-uncleared and --mixed")
	}
	asked.sessions = newSessions(live)
	// The next question about live values gets what a complete collection leaves.
	runtime.GC()
	asked.changed = live > 0 || payload != Payload || asked.memory != fresh || kept > 0
	if flags.Has("--probe") {
		// What a probe looks at happens in the answer of the experiment.
		asked.changed = true
		asked.probe = &probe{}
		go asked.probe.watch()
	}
	return asked, nil
}

// routes are the article's, with more figures and, where anything is changed, another answer. A second
// ServeMux before the article's would cost each request as much as the first.
func (e *experiment) routes(site *Site) http.Handler {
	others := map[string]http.Handler{"/stats": e.stats(site)}
	if e.changed {
		others["/"] = e.answer(site)
	}
	if e.ring != nil {
		others["/times"] = http.HandlerFunc(e.times)
	}
	articles := Routes(site)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		other, ok := others[r.URL.Path]
		if ok && (r.Method == http.MethodGet || r.Method == http.MethodHead) {
			other.ServeHTTP(w, r)
			return
		}
		articles.ServeHTTP(w, r)
	})
}

// work is what a request does with its memory: its session's token comes first, then all of it is
// touched.
func (e *experiment) work(request int64, data []byte) {
	if len(e.sessions) > 0 {
		session := e.sessions[uint64(request)*7919%uint64(len(e.sessions))]
		if session.neighbour != nil {
			session = session.neighbour
		}
		if session.inviter != nil {
			session = session.inviter
		}
		copy(data, session.token[:])
	}
	Touch(data)
}

func (e *experiment) answer(site *Site) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		e.handle(site.Requests.Add(1) - 1)
		fmt.Fprint(w, "OK")
	}
}

func (e *experiment) handle(request int64) {
	if e.ring == nil {
		e.spend(e.memory, request)
		return
	}
	e.ring.time(func(isPooled bool) {
		memory := fresh
		if isPooled {
			memory = pooled
		}
		e.spend(memory, request)
	})
}

// spend takes a request's memory, works on it, and releases it.
func (e *experiment) spend(memory memory, request int64) {
	if memory == fresh {
		e.work(request, make([]byte, e.payload))
		return
	}
	buffer, ok := e.pool.Get().(*[]byte)
	if !ok {
		data := make([]byte, e.payload)
		buffer = &data
	} else if memory == pooled {
		clear(*buffer)
	}
	e.work(request, *buffer)
	e.pool.Put(buffer)
}

func (e *experiment) times(w http.ResponseWriter, _ *http.Request) {
	// A ring of numbers is never refused, and too large for net/http to tell its length by itself.
	text, _ := json.Marshal(e.ring.times())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	w.Write(text)
}

func (e *experiment) stats(site *Site) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		samples := []metrics.Sample{
			{Name: "/cpu/classes/gc/total:cpu-seconds"},
			{Name: "/gc/heap/goal:bytes"},
			{Name: "/gc/heap/live:bytes"},
			{Name: "/sched/pauses/total/gc:seconds"},
			{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"},
			{Name: "/cpu/classes/total:cpu-seconds"},
			{Name: "/cpu/classes/idle:cpu-seconds"},
		}
		metrics.Read(samples)
		// CPU times are those of the last collection.
		seconds := func(place int) float64 { return samples[place].Value.Float64() }
		figures := moreFigures{
			Figures:          site.Measure(int(site.Requests.Load())),
			GCCPU:            int64(seconds(0) * 1e9),
			GCIdleCPU:        int64(seconds(4) * 1e9),
			HeapGoalBytes:    samples[1].Value.Uint64(),
			LiveBytes:        samples[2].Value.Uint64(),
			LiveObjects:      len(e.sessions),
			OutsideHeapBytes: pair.OutsideHeap(),
			Pauses:           pauses(samples[3].Value.Float64Histogram()),
			ResidentBytes:    status("VmRSS:") * 1024,
			TotalCPU:         int64((seconds(5) - seconds(6)) * 1e9),
		}
		if e.probe != nil {
			figures.ProbeLate = e.probe.pairs()
			figures.CollectionEnds = collectionEnds()
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(figures)
	}
}

// collectionEnds returns when the last collections ended: pairs of their number and nanoseconds since
// 1970. The runtime remembers 256.
func collectionEnds() [][2]int64 {
	var stats debug.GCStats
	debug.ReadGCStats(&stats)
	pairs := [][2]int64{}
	for back, end := range stats.PauseEnd {
		pairs = append(pairs, [2]int64{stats.NumGC - int64(back), end.UnixNano()})
	}
	return pairs
}

// pauses returns pairs of nanoseconds, the upper end of a bucket, and how often.
func pauses(histogram *metrics.Float64Histogram) [][2]int64 {
	pairs := [][2]int64{}
	for i, count := range histogram.Counts {
		end := histogram.Buckets[i+1]
		if math.IsInf(end, 1) {
			end = histogram.Buckets[i]
		}
		if count > 0 {
			pairs = append(pairs, [2]int64{int64(end * 1e9), int64(count)})
		}
	}
	return pairs
}

// newSessions returns objects that point to two earlier ones each, one of them anywhere.
func newSessions(count int) []*session {
	sessions := make([]*session, count)
	random := uint64(1)
	for number := range sessions {
		random = random*6_364_136_223_846_793_005 + 1_442_695_040_888_963_407
		earlier := (random >> 33) % uint64(max(number, 1))
		sessions[number] = &session{
			inviter:   sessions[number/2],
			neighbour: sessions[earlier],
		}
		binary.LittleEndian.PutUint64(sessions[number].token[:], random)
	}
	return sessions
}

// probe is how late a goroutine came that wanted to sleep for a millisecond: how often, by powers of
// two.
type probe [32]atomic.Int64

func (p *probe) record(late time.Duration) {
	length := bits.Len64(uint64(max(0, late.Microseconds())))
	p[min(length, len(p)-1)].Add(1)
}

// pairs returns pairs of microseconds that it was less late than, and how often.
func (p *probe) pairs() [][2]int64 {
	pairs := [][2]int64{}
	for length := range p {
		if count := p[length].Load(); count > 0 {
			pairs = append(pairs, [2]int64{1 << length, count})
		}
	}
	return pairs
}

// watch sleeps and wakes among the requests.
func (p *probe) watch() {
	const pause = time.Millisecond
	for {
		begun := time.Now()
		time.Sleep(pause)
		p.record(time.Since(begun) - pause)
	}
}
