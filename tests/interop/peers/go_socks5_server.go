// A server by github.com/armon/go-socks5.
//
//	go_socks5_server ADDRESS [USER PASSWORD]
package main

import (
	"os"

	"github.com/armon/go-socks5"
)

func main() {
	config := &socks5.Config{}
	if len(os.Args) == 4 {
		config.Credentials = socks5.StaticCredentials{os.Args[2]: os.Args[3]}
	}
	server, err := socks5.New(config)
	if err != nil {
		panic(err)
	}
	panic(server.ListenAndServe("tcp", os.Args[1]))
}
