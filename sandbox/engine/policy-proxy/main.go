// Command policy-proxy runs a policy pack, which its arguments start, behind Pulumi's own proxy.
//
// A pack written in Python reads stack, project and configuration from its environment when it
// starts, while the engine tells them in a call to a pack that runs. Pulumi's language hosts put
// this proxy between the two, and so does the sandbox's.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	sdk "github.com/pulumi/pulumi/sdk/v3"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func main() {
	if err := serve(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// serve passes calls on to the pack that command starts.
func serve(ctx context.Context, command []string) error {
	proxy, stdout, err := sdk.NewPolicyProxy(ctx, os.Stdout)
	if err != nil {
		return err
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return err
	}
	known, err := environment(stack)
	if err != nil {
		return err
	}
	pack := exec.Command(command[0], command[1:]...)
	pack.Env = append(os.Environ(), known...)
	pack.Stdout = stdout
	pack.Stderr = os.Stderr
	if err := pack.Start(); err != nil {
		return err
	}
	if err := proxy.Attach(ctx, pack); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	// A pack that ended still has its end to tell, in answers that the proxy alone can give. Who
	// started this process ends it.
	select {}
}

// environment returns what the pack reads of its stack; nothing if there is none, as in a publication.
func environment(stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return nil, nil
	}
	known := []string{
		"PULUMI_PROJECT=" + stack.Project,
		"PULUMI_STACK=" + stack.Stack,
		"PULUMI_DRY_RUN=" + strconv.FormatBool(stack.DryRun),
	}
	if stack.Organization != "" {
		known = append(known, "PULUMI_ORGANIZATION="+stack.Organization)
	}
	if len(stack.Config) == 0 {
		return known, nil
	}
	config, err := json.Marshal(stack.Config)
	return append(known, "PULUMI_CONFIG="+string(config)), err
}
