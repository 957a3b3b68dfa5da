// Command service stands in for any service. It takes the arguments of hashicorp/http-echo, answers every path with its
// text, and misbehaves as it is told: by flags at its start, by requests later.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

var (
	listen     = flag.String("listen", ":5678", "address of HTTP; gRPC's health check is answered there too")
	listenTCP  = flag.String("listen-tcp", "", "address that takes TCP connections and says the text")
	text       = flag.String("text", "", "answer to every path that has no other")
	startAfter = flag.Duration("start-after", 0, "listen only then")
	work       = flag.Duration("work", 0, "listen on no port: handle messages, each for so long, until SIGTERM")
	endAfter   = flag.Duration("end-after", 0, "end with 1 after that")
	exit       = flag.Int("exit", 0, "end at once with this code")
	unhealthy  = flag.Bool("unhealthy", false, "answer 503 to every path until a request of /heal")
	ignoreTerm = flag.Bool("ignore-term", false, "do not end on SIGTERM")
	get        = flag.String("get", "", "print the answer of this URL and end")
	put        = flag.String("put", "", "write the text into this file and end")
	read       = flag.String("read", "", "print this file and end")
	remove     = flag.String("remove", "", "remove this file and end")
	show       = flag.Bool("show", false, "print what /show answers and end")
	broken     atomic.Bool
)

func main() {
	flag.Parse()
	switch {
	case *get != "":
		os.Exit(fetch(*get))
	case *put != "":
		end(os.WriteFile(*put, []byte(*text), 0o644))
	case *read != "":
		content, err := os.ReadFile(*read)
		fmt.Print(string(content))
		end(err)
	case *remove != "":
		end(os.Remove(*remove))
	case *show:
		fmt.Println(seen())
	case *exit != 0:
		log.Printf("ending with %d, as told", *exit)
		os.Exit(*exit)
	case *endAfter != 0:
		time.Sleep(*endAfter)
		log.Print("can't go on")
		os.Exit(1)
	case *work != 0:
		handle()
	default:
		serve()
	}
}

// handle takes one message after the other, as a worker does; that in hand is finished after SIGTERM.
func handle() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	for {
		log.Printf("a message takes %s", *work)
		done := time.After(*work)
		select {
		case <-done:
		case <-told:
			log.Print("SIGTERM")
			<-done
			log.Print("ended after the message in hand")
			return
		}
	}
}

// end ends with the words of the error, if there is one.
func end(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func serve() {
	time.Sleep(*startAfter)
	broken.Store(*unhealthy)
	server := &http.Server{Addr: *listen, Handler: http.HandlerFunc(answer), Protocols: new(http.Protocols)}
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	if *listenTCP != "" {
		go acceptTCP()
	}
	told, ended := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(told, syscall.SIGTERM)
	go func() {
		for range told {
			log.Print("SIGTERM")
			if !*ignoreTerm {
				break
			}
		}
		if err := server.Shutdown(context.Background()); err != nil {
			log.Print(err)
		}
		close(ended)
	}()
	log.Printf("listening on %s", *listen)
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	<-ended
	log.Print("ended after the last request")
}

func acceptTCP() {
	listener, err := net.Listen("tcp", *listenTCP)
	if err != nil {
		log.Fatal(err)
	}
	for {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		fmt.Fprintln(connection, *text)
		connection.Close()
	}
}

func answer(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.URL.Query().Get("n"))
	switch r.URL.Path {
	case "/grpc.health.v1.Health/Check":
		checkHealth(w)
	case "/heal":
		broken.Store(false)
	case "/break":
		broken.Store(true)
	case "/exit":
		log.Printf("ending with %d, as told", number)
		os.Exit(number)
	case "/wait": // n seconds before the answer
		log.Printf("a request waits %d s", number)
		time.Sleep(time.Duration(number) * time.Second)
		fmt.Fprintln(w, *text)
	case "/burn": // the processor, for n seconds
		for end := time.Now().Add(time.Duration(number) * time.Second); time.Now().Before(end); {
		}
	case "/hog": // n MiB of memory
		hogged := make([]byte, number<<20)
		for i := 0; i < len(hogged); i += 4096 {
			hogged[i] = 1
		}
		fmt.Fprintln(w, len(hogged))
	case "/show":
		fmt.Fprintln(w, seen())
	default:
		if broken.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		fmt.Fprintln(w, *text)
	}
}

// checkHealth answers a call of gRPC: a message of five bytes of header and one field, SERVING or NOT_SERVING.
func checkHealth(w http.ResponseWriter) {
	status := byte(1)
	if broken.Load() {
		status = 2
	}
	w.Header().Set("Content-Type", "application/grpc")
	w.Header().Set("Trailer", "Grpc-Status")
	_, _ = w.Write([]byte{0, 0, 0, 0, 2, 8, status})
	w.Header().Set("Grpc-Status", "0")
}

// seen is what a program sees in its container, as JSON.
func seen() string {
	environment := map[string]string{}
	for _, one := range os.Environ() {
		name, value, _ := strings.Cut(one, "=")
		environment[name] = value
	}
	writable := map[string]bool{}
	for _, folder := range []string{"/", "/tmp", os.Getenv("HOME")} {
		file, err := os.CreateTemp(folder, "")
		if writable[folder] = err == nil; err == nil {
			file.Close()
			os.Remove(file.Name())
		}
	}
	groups, _ := os.Getgroups()
	status, _ := os.ReadFile("/proc/self/status")
	kernel := map[string]string{}
	for _, line := range strings.Split(string(status), "\n") {
		name, value, _ := strings.Cut(line, ":")
		kernel[name] = strings.TrimSpace(value)
	}
	result, _ := json.Marshal(map[string]any{
		"arguments": os.Args, "environment": environment, "writable": writable,
		"user": os.Getuid(), "group": os.Getgid(), "groups": groups,
		"capabilities": kernel["CapBnd"], "noNewPrivileges": kernel["NoNewPrivs"], "seccomp": kernel["Seccomp"],
	})
	return string(result)
}

func fetch(url string) int {
	client := http.Client{Timeout: 10 * time.Second}
	got, err := client.Get(url)
	if err != nil {
		log.Print(err)
		return 1
	}
	defer got.Body.Close()
	_, _ = io.Copy(os.Stdout, got.Body)
	return 0
}
