// Twin: crates/pair/src/batch.rs

package pair

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
)

// maxScript is the longest script of a batch, in bytes.
const maxScript = 16 << 20

// replayBatch performs many scripts, each by itself.
//
// In comes `script LENGTH` on a line and that many bytes, again and again; out goes
// `result CODE STDOUT STDERR` on a line, then that many bytes of both. Whatever a script does, its
// counted values are freed when it is over.
func replayBatch(topic *Topic, reader *bufio.Reader, traced bool, out *Out) error {
	for {
		header, err := readHeader(reader)
		if err != nil {
			return Usage("cannot read the batch: %s", Reason(err))
		}
		if header == "" {
			return nil
		}
		length, ok := scriptLength(header)
		if !ok {
			return Usage(`batch: %s is not "script LENGTH"`, Quote(strings.TrimRight(header, " \t\n\f\r")))
		}
		text := make([]byte, length)
		if _, err := io.ReadFull(reader, text); err == io.EOF || err == io.ErrUnexpectedEOF {
			return Usage("batch: the last script is cut off")
		} else if err != nil {
			return Usage("cannot read the batch: %s", Reason(err))
		}
		kept, printed := memory()
		ended := perform(topic, bytes.NewReader(text), "the batch", traced, kept)
		if err := kept.Finish(); err != nil {
			return err
		}
		if left := outlive(); left != 0 {
			return Failed("batch: %d values outlive their script", left)
		}
		code, message := 0, ""
		if stop := stopped(ended); stop != nil {
			code, message = stop.Code, stop.Error()
		}
		out.Line("result %d %d %d", code, printed.Len(), len(message))
		out.Write(printed.Bytes())
		out.Write([]byte(message))
		if err := out.Check(); err != nil {
			return err
		}
	}
}

// readHeader reads a line of at most 64 bytes; it is empty at the end of the batch.
func readHeader(reader *bufio.Reader) (string, error) {
	var header []byte
	for len(header) < 64 {
		b, err := reader.ReadByte()
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
		header = append(header, b)
		if b == '\n' {
			break
		}
	}
	return string(header), nil
}

func scriptLength(header string) (int, bool) {
	line, ended := strings.CutSuffix(header, "\n")
	digits, named := strings.CutPrefix(line, "script ")
	if !ended || !named || !allDigits(digits) {
		return 0, false
	}
	length, err := strconv.Atoi(digits)
	return length, err == nil && length <= maxScript
}
