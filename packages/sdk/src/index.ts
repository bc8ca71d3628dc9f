export { createClient, type Caller, type Client, type ClientOptions, type Nouns } from "./create-client.ts"
export { fetchTransport, type Received, type Sent, type Transport } from "./transport.ts"
export { Failure, failureCodes, isFailure, type FailureCode } from "@hufu/core/failure"
