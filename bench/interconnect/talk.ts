import { randomUUID } from "node:crypto"

/** The protocols between agents that are measured. */
export const protocols = ["a2a", "aip"] as const
export type Protocol = (typeof protocols)[number]

/** What an agent asks of a partner of the bench, and how what it answers is read. */
export interface Talk {
  /** Headers beside those of JSON. */
  readonly headers: Readonly<Record<string, string>>
  /** The requests of one piece of work, one after another, each with what its answer has to hold. */
  work(text: string): readonly { readonly body: string; readonly holds: string }[]
  /** The request of a stream with so many events, and of taking what it delivered, where the protocol has that. */
  stream(events: number, everyMs: number): { readonly body: string; readonly take?: string }
  /** Whether an event of a stream is the last that counts. */
  isLast(event: string): boolean
}

/** As the partner of the bench understands it: so many events, one after so many ms. */
export const streamText = (events: number, everyMs: number) => `stream ${events} ${everyMs}`
/** What a streamed event says: its number and when it was said, in ms. */
export const eventText = /event (\d+) at ([\d.]+)/

/** @param senderId the identity code of the asking agent, which AIP wants */
export function talkOf(protocol: Protocol, senderId: string): Talk {
  return protocol === "a2a" ? a2a : aip(senderId)
}

const a2a: Talk = {
  headers: { "a2a-version": "1.0" },
  work: (text) => [{ body: a2aBody("SendMessage", text), holds: "TASK_STATE_COMPLETED" }],
  stream: (events, everyMs) => ({ body: a2aBody("SendStreamingMessage", streamText(events, everyMs)) }),
  isLast: (event) => event.includes("TASK_STATE_COMPLETED"),
}

function a2aBody(method: string, text: string): string {
  const message = { messageId: randomUUID(), role: "ROLE_USER", parts: [{ text }] }
  return JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { message } })
}

/** A task of AIP is started, and what was delivered is taken. */
function aip(senderId: string): Talk {
  function command(name: string, taskId: string, text?: string) {
    return {
      type: "task-command",
      id: randomUUID(),
      sentAt: new Date().toISOString(),
      senderRole: "leader",
      senderId,
      command: name,
      taskId,
      sessionId: "bench",
      ...(text === undefined ? {} : { dataItems: [{ type: "text", text }] }),
    }
  }
  const rpc = (of: object) =>
    JSON.stringify({ jsonrpc: "2.0", id: 1, method: "rpc", params: { command: of } })
  return {
    headers: {},
    work(text) {
      const task = randomUUID()
      return [
        { body: rpc(command("start", task, text)), holds: '"awaiting-completion"' },
        { body: rpc(command("complete", task)), holds: '"completed"' },
      ]
    },
    stream(events, everyMs) {
      const task = randomUUID()
      const message = command("start", task, streamText(events, everyMs))
      return {
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "stream", params: { message } }),
        take: rpc(command("complete", task)),
      }
    },
    isLast: (event) => event.includes('"awaiting-completion"'),
  }
}
