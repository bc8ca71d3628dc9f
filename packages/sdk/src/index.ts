export {
  createClient,
  type Caller,
  type Client,
  type ClientOptions,
  type Follower,
  type Nouns,
} from "./create-client.ts"
export { events, type EventsOptions, type Followed } from "./events.ts"
export { readProblem } from "./read-problem.ts"
export {
  fetchStream,
  fetchTransport,
  type Received,
  type Sent,
  type Streamed,
  type StreamTransport,
  type Transport,
} from "./transport.ts"
export { Failure, failureCodes, isFailure, type FailureCode } from "@hufu/core/failure"
