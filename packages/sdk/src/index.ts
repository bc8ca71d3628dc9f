export {
  clientOf,
  type Caller,
  type Client,
  type ClientOptions,
  type Follower,
  type Nouns,
} from "./client-of.ts"
export { createClient } from "./create-client.ts"
export { events } from "./events.ts"
export { eventsOf, type EventsOptions, type Followed } from "./events-of.ts"
export type { Operations, Route } from "./operations.ts"
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
