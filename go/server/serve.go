// Twin: crates/server/src/serve.rs

package server

import (
	"cmp"
	"context"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"memory.example/pairs/pair"
)

// Commands are those that only this topic has.
var Commands = []pair.Command{{
	Usage: "serve [OPTION]...",
	Says:  "serves until SIGTERM or SIGINT",
	Options: [][2]string{
		{"--listen ADDRESS", "where, usually 127.0.0.1:8080"},
		{"--workers N", "1 to 64 workers, usually 4"},
		{"--head-limit MS", "how long a request's head may take, usually 5000"},
		{"--body-limit MS", "how long its body may take, usually 30000"},
		{"--idle-limit MS", "how long a connection may idle, usually 60000"},
		{"--connections N", "how many connections there may be, usually 16384"},
		{"--live-objects N", "long-lived objects in memory, usually 0"},
		{"--payload BYTES", "what a request touches, usually 1048576"},
		{"--pooled", "takes that memory from a pool, and clears it"},
		{"--pooled-uncleared", "takes it from a pool, and leaves it as it is"},
		{"--mixed N", "takes either at random; /times reports the last N requests"},
		{"--probe", "measures how late a thread wakes"},
	},
	Run: command,
}}

// flagNames are the options with a value that belong to no experiment.
var flagNames = []string{
	"--listen",
	"--workers",
	"--head-limit",
	"--body-limit",
	"--idle-limit",
	"--connections",
}

func command(arguments []string, out *pair.Out) error {
	names := slices.Concat(flagNames, experimentFlags)
	flags, err := pair.ParseFlags(arguments, names, experimentSwitches)
	if err != nil {
		return err
	}
	if err := flags.AtMost(0); err != nil {
		return err
	}
	workers, err := flags.Number("--workers", 1, 64, 4)
	if err != nil {
		return err
	}
	text, given := flags.Get("--listen")
	if !given {
		text = "127.0.0.1:8080"
	}
	// An address of digits: names and zones are read differently in the two languages.
	address, err := netip.ParseAddrPort(text)
	if err != nil || strings.Contains(text, "%") {
		return pair.Usage("--listen: %s is not an address like 127.0.0.1:8080", pair.Quote(text))
	}
	limits, err := readLimits(flags)
	if err != nil {
		return err
	}
	// Who reads the address finds the long-lived objects built.
	experiment, err := newExperiment(flags)
	if err != nil {
		return err
	}
	if err := reserveDescriptors(); err != nil {
		return pair.Failed("cannot serve with %d workers: %s", workers, pair.Reason(err))
	}
	// Who reads the address may already send a signal.
	stop, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	listener, err := listen(address)
	if err != nil {
		return pair.Failed("cannot listen on %s: %s", address, pair.Reason(err))
	}
	out.Line("%s", listener.Addr())
	if err := out.Finish(); err != nil {
		return err
	}
	return Serve(stop, listener, workers, limits, experiment.routes(newSite()))
}

func readLimits(flags *pair.Flags) (Limits, error) {
	limits := UsualLimits()
	var wrong error
	read := func(flag string, limit *time.Duration) {
		milliseconds, err := flags.Number(flag, 1, 3_600_000, int(limit.Milliseconds()))
		*limit = time.Duration(milliseconds) * time.Millisecond
		wrong = cmp.Or(wrong, err)
	}
	read("--head-limit", &limits.Head)
	read("--body-limit", &limits.Body)
	read("--idle-limit", &limits.Idle)
	connections, err := flags.Number("--connections", 1, 1_000_000, limits.Connections)
	limits.Connections = connections
	return limits, cmp.Or(wrong, err)
}

// ownDescriptors is how many descriptors a server has, whatever its workers: listener, event loop, what
// wakes that, and one for a connection.
const ownDescriptors = 4

// reserveDescriptors fails where there are not as many descriptors as a server needs: Go's runtime ends
// with a trace where one is missing.
func reserveDescriptors() error {
	for range ownDescriptors {
		descriptor, err := syscall.Open(os.DevNull, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer syscall.Close(descriptor)
	}
	return nil
}

// listen binds to exactly this address: "tcp" would take 0.0.0.0 for both families.
func listen(address netip.AddrPort) (net.Listener, error) {
	network := "tcp"
	if address.Addr().Is4() {
		network = "tcp4"
	}
	return net.ListenTCP(network, net.TCPAddrFromAddrPort(address))
}

// running is a server on loopback, in a goroutine of its own.
type running struct {
	// address is where it listens.
	address netip.AddrPort
	// stop tells the server to stop, and does not wait.
	stop context.CancelFunc
	done chan error
}

func start(address netip.AddrPort, workers int, limits Limits) (*running, error) {
	if err := reserveDescriptors(); err != nil {
		return nil, err
	}
	listener, err := listen(address)
	if err != nil {
		return nil, err
	}
	told, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- Serve(told, listener, workers, limits, Routes(newSite())) }()
	return &running{listener.Addr().(*net.TCPAddr).AddrPort(), stop, done}, nil
}

// end stops the server and waits until every request has its answer.
func (r *running) end() error {
	r.stop()
	return <-r.done
}

func newSite() *Site {
	return &Site{Measure: figures}
}

func figures(requests int) Figures {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return Figures{
		Requests:          requests,
		Threads:           threads(),
		AllocatedBytes:    int(stats.TotalAlloc),
		FreedBytes:        int(stats.TotalAlloc - stats.HeapAlloc),
		Collections:       int(stats.NumGC),
		PausedNanoseconds: int(stats.PauseTotalNs),
	}
}
