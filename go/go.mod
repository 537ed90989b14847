// The name is reserved by RFC 2606: nobody imports these packages from outside.
module memory.example/pairs

go 1.26.0

require (
	github.com/HdrHistogram/hdrhistogram-go v1.4.0
	golang.org/x/sys v0.49.0
)
