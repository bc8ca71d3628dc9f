/** Why everything of an agent ends now; the reason of an abort signal. */
export class StopReason extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = "StopReason"
  }
}

/** The client went away or took its request back; nobody waits for a response. */
export class ClientGone extends Error {
  constructor() {
    super("the client has gone away")
    this.name = "ClientGone"
  }
}

/** The reason of a signal that stops an action, as a client is told it. */
export function stopReasonOf(signal: AbortSignal): StopReason {
  return new StopReason(signal.reason instanceof Error ? signal.reason.message : "stopped")
}

/** The same signal, with a reason that a client can be told. */
export function stopSignal(signal: AbortSignal): AbortSignal {
  const stop = new AbortController()
  const halt = () => stop.abort(stopReasonOf(signal))
  if (signal.aborted) halt()
  else signal.addEventListener("abort", halt, { once: true })
  return stop.signal
}
