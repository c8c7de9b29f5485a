// Standard input and output through a proxy, by golang.org/x/net/proxy.
//
//	go_socks connect 5 PROXY_PORT HOST PORT [USER PASSWORD]
//
// The stream is carried until both sides have ended. With TIME_LIMIT in the environment, a connection takes at most so
// many seconds.
package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/net/proxy"
)

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Connects to the proxy, and gives it the time to answer.
type limited struct{}

func (limited) Dial(network, address string) (net.Conn, error) {
	s, err := net.Dial(network, address)
	if seconds, _ := strconv.Atoi(os.Getenv("TIME_LIMIT")); err == nil && seconds > 0 {
		s.SetDeadline(time.Now().Add(time.Duration(seconds) * time.Second))
	}
	return s, err
}

func main() {
	words := os.Args[3:]
	var auth *proxy.Auth
	if len(words) == 5 {
		auth = &proxy.Auth{User: words[3], Password: words[4]}
	}
	dialer, err := proxy.SOCKS5("tcp", net.JoinHostPort("127.0.0.1", words[0]), auth, limited{})
	fail(err)
	s, err := dialer.Dial("tcp", net.JoinHostPort(words[1], words[2]))
	fail(err)
	s.SetDeadline(time.Time{})
	go func() {
		io.Copy(s, os.Stdin)
		s.(interface{ CloseWrite() error }).CloseWrite()
	}()
	_, err = io.Copy(os.Stdout, s)
	fail(err)
}
