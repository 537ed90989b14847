// The name is reserved by RFC 2606: nobody imports these packages from outside.
module memory.example/pairs

go 1.26
