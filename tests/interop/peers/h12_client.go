// Standard input and output through a proxy, by h12.io/socks.
//
//	h12_client URI HOST:PORT
//
// URI is one of this library, such as socks5://USER:PASSWORD@127.0.0.1:1080?timeout=5s.
package main

import (
	"fmt"
	"io"
	"os"

	"h12.io/socks"
)

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	s, err := socks.Dial(os.Args[1])("tcp", os.Args[2])
	fail(err)
	go func() {
		io.Copy(s, os.Stdin)
		s.(interface{ CloseWrite() error }).CloseWrite()
	}()
	_, err = io.Copy(os.Stdout, s)
	fail(err)
}
