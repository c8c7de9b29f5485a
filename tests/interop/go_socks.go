// Standard input and output through a proxy, by golang.org/x/net/proxy.
//
//	go_socks connect 5 PROXY_PORT HOST PORT [USER PASSWORD]
//
// The stream is carried until both sides have ended. With TIME_LIMIT in the environment, a connection takes at most so
// many seconds.
package main

import (
	"context"
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

func main() {
	words := os.Args[3:]
	var auth *proxy.Auth
	if len(words) == 5 {
		auth = &proxy.Auth{User: words[3], Password: words[4]}
	}
	dialer, err := proxy.SOCKS5("tcp", net.JoinHostPort("127.0.0.1", words[0]), auth, proxy.Direct)
	fail(err)
	limited := context.Background()
	if seconds, _ := strconv.Atoi(os.Getenv("TIME_LIMIT")); seconds > 0 {
		limited, _ = context.WithTimeout(limited, time.Duration(seconds)*time.Second)
	}
	s, err := dialer.(proxy.ContextDialer).DialContext(limited, "tcp", net.JoinHostPort(words[1], words[2]))
	fail(err)
	go func() {
		io.Copy(s, os.Stdin)
		s.(interface{ CloseWrite() error }).CloseWrite()
	}()
	_, err = io.Copy(os.Stdout, s)
	fail(err)
}
