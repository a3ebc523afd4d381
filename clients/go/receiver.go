// Receives webhooks signed as Standard Webhooks 1.0.0 say. Standard library only.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

const tolerance = 5 * time.Minute

var (
	key  []byte
	mu   sync.Mutex
	seen = map[string]bool{} // A real receiver keeps these in its database.
)

// isSigned tells whether the request comes from whoever knows the secret, and is not old.
func isSigned(header http.Header, body []byte) bool {
	id, timestamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || time.Since(time.Unix(seconds, 0)).Abs() > tolerance {
		return false
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", id, timestamp)
	mac.Write(body)
	expected := []byte("v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	for _, given := range strings.Split(header.Get("webhook-signature"), " ") {
		if hmac.Equal([]byte(given), expected) {
			return true
		}
	}
	return false
}

func isRepeat(id string) bool {
	mu.Lock()
	defer mu.Unlock()
	known := seen[id]
	seen[id] = true
	return known
}

func receive(answer http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil || !isSigned(request.Header, body) {
		answer.WriteHeader(http.StatusUnauthorized)
		fmt.Println("refused")
		return
	}
	id := request.Header.Get("webhook-id")
	answer.WriteHeader(http.StatusNoContent)
	if isRepeat(id) {
		fmt.Println("repeat", id)
		return
	}
	var event struct{ Type string }
	if err := json.Unmarshal(body, &event); err != nil {
		log.Print(err)
	}
	fmt.Println("verified", id, event.Type)
}

func main() {
	var err error
	if key, err = base64.StdEncoding.DecodeString(strings.TrimPrefix(os.Getenv("SECRET"), "whsec_")); err != nil {
		log.Fatal("SECRET is not whsec_ and base64: ", err)
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "9000"
	}
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("listening on", listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, http.HandlerFunc(receive)))
}
