// Command aws is as much of the AWS CLI as the database job calls: `aws rds-data execute-statement`, sent to
// AWS_ENDPOINT_URL, with the words and the exit code of the CLI where AWS refuses.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

var fields = map[string]string{
	"--resource-arn": "resourceArn", "--secret-arn": "secretArn", "--database": "database", "--sql": "sql",
}

func main() {
	if len(os.Args) < 3 || os.Args[1] != "rds-data" || os.Args[2] != "execute-statement" {
		end(252, "aws: error: this image knows rds-data execute-statement only")
	}
	request := map[string]string{}
	for rest := os.Args[3:]; len(rest) > 0; rest = rest[2:] {
		name, known := fields[rest[0]]
		if !known || len(rest) < 2 {
			end(252, "Unknown options: "+strings.Join(rest, " "))
		}
		request[name] = rest[1]
	}
	// The CLI keeps its history and its cache of credentials below HOME.
	if err := os.MkdirAll(filepath.Join(os.Getenv("HOME"), ".aws", "cli", "cache"), 0o700); err != nil {
		end(255, err.Error())
	}
	body, _ := json.Marshal(request)
	call, err := http.NewRequest(http.MethodPost, os.Getenv("AWS_ENDPOINT_URL")+"/Execute", bytes.NewReader(body))
	if err != nil {
		end(255, err.Error())
	}
	call.Header.Set("Content-Type", "application/json")
	call.Header.Set("Authorization", fmt.Sprintf(
		"AWS4-HMAC-SHA256 Credential=emulated/20260101/%s/rds-data/aws4_request, SignedHeaders=host, Signature=none",
		os.Getenv("AWS_REGION")))
	got, err := http.DefaultClient.Do(call)
	if err != nil {
		end(255, fmt.Sprintf("Could not connect to the endpoint URL: %v", err))
	}
	defer got.Body.Close()
	answer, _ := io.ReadAll(got.Body)
	if got.StatusCode != http.StatusOK {
		var refused struct{ Message string }
		_ = json.Unmarshal(answer, &refused)
		end(254, fmt.Sprintf("An error occurred (%s) when calling the ExecuteStatement operation: %s",
			got.Header.Get("x-amzn-ErrorType"), refused.Message))
	}
	fmt.Println(string(answer))
}

func end(code int, words string) {
	fmt.Fprintln(os.Stderr, "\n"+words)
	os.Exit(code)
}
