import { createHash } from "node:crypto"
import { Failure } from "@hufu/core/failure"
import { z } from "zod"
import { textsIn } from "../content/texts-in.ts"

/** A2A 1.0 §4.1 in ProtoJSON; members that are not looked at pass. */
const Id = z.string().max(256)
const Part = z.looseObject({
  text: z.string().optional(),
  raw: z.string().optional(),
  url: z.string().max(65_536).optional(),
  data: z.json().optional(),
})
/** Counted before any is looked at. */
const Parts = z.array(z.unknown()).max(10_000).pipe(z.array(Part))
const Message = z.looseObject({
  messageId: Id.min(1),
  contextId: Id.optional(),
  taskId: Id.optional(),
  role: z.enum(["ROLE_USER", "ROLE_AGENT"]),
  parts: Parts,
})
const Status = z.looseObject({ state: z.string().max(64), message: Message.optional() })
const Artifact = z.looseObject({ artifactId: Id, parts: Parts })
const Task = z.looseObject({
  id: Id.min(1),
  contextId: Id.optional(),
  status: Status,
  artifacts: z.array(Artifact).max(1000).optional(),
})
const StatusUpdate = z.looseObject({ taskId: Id, contextId: Id, status: Status })
const ArtifactUpdate = z.looseObject({ taskId: Id, contextId: Id, artifact: Artifact })

type Part = z.infer<typeof Part>

/** AIP (ACPs 07) says the same in other words: a leader speaks for the person, a partner is the agent. */
const DataItem = z.looseObject({
  type: z.enum(["text", "file", "data"]),
  text: z.string().optional(),
  uri: z.string().max(65_536).optional(),
  bytes: z.string().optional(),
  data: z.json().optional(),
})
const DataItems = z.array(z.unknown()).max(10_000).pipe(z.array(DataItem))
const AipSaid = z.looseObject({
  type: z.enum(["task-command", "task-result", "task-status-update", "product-chunk"]),
  id: Id.min(1),
  senderRole: z.enum(["leader", "partner"]),
  sessionId: Id.optional(),
  taskId: Id.optional(),
  dataItems: DataItems.optional(),
  status: z.looseObject({ dataItems: DataItems.optional() }).optional(),
  products: z
    .array(z.looseObject({ dataItems: DataItems }))
    .max(1000)
    .optional(),
  product: z.looseObject({ dataItems: DataItems }).optional(),
})

/** What was said, whatever object of A2A or AIP carries it. */
export interface SaidMessage {
  /** Which of its kind it is: the same twice is a repetition. */
  readonly id: string
  readonly contextId: string
  readonly taskId: string
  readonly role: "user" | "agent"
  readonly texts: readonly string[]
  readonly parts: readonly ("text" | "data" | "file")[]
  /** SHA-256 of what its parts hold, in order. */
  readonly digest: string
  /** There is more in it than was read. */
  readonly isCut: boolean
}

const mostParts = 1000
const mostTexts = 2000
const longestTexts = 65_536

/**
 * Reads a message, a task, or an update of one.
 *
 * UNTRUSTED: so many parts, and so long a text, are read; the digest is of all of it.
 */
export function readMessage(given: unknown): SaidMessage {
  try {
    return readAny(given)
  } catch (error) {
    // What is nested deeper than the stack is no message.
    if (error instanceof RangeError) throw misfit("message")
    throw error
  }
}

function readAny(given: unknown): SaidMessage {
  const aip = AipSaid.safeParse(given)
  if (aip.success) return aipSaid(aip.data)
  const message = Message.safeParse(given)
  if (message.success) return messageSaid(message.data)
  const task = Task.safeParse(given)
  if (task.success) {
    const { id, contextId, status, artifacts = [] } = task.data
    return taskSaid(status, artifacts, { taskId: id, contextId })
  }
  const status = StatusUpdate.safeParse(given)
  if (status.success) return taskSaid(status.data.status, [], status.data)
  const artifact = ArtifactUpdate.safeParse(given)
  if (artifact.success) return taskSaid(undefined, [artifact.data.artifact], artifact.data)
  const [issue] = message.error.issues
  throw misfit(issue?.path.join(".") || "message")
}

function misfit(place: string): Failure {
  return new Failure(
    "invalid_input",
    `give a message, a task or an update of one as A2A 1.0 or AIP has them: \`${place.slice(0, 80)}\` does not fit`,
  )
}

function messageSaid({ messageId, contextId, taskId, role, parts }: z.infer<typeof Message>): SaidMessage {
  const side = role === "ROLE_USER" ? "user" : "agent"
  return {
    id: `${side}/${messageId}`,
    role: side,
    contextId: contextId ?? "",
    taskId: taskId ?? "",
    ...read(parts),
  }
}

function aipSaid({
  id,
  senderRole,
  sessionId = "",
  taskId = "",
  ...said
}: z.infer<typeof AipSaid>): SaidMessage {
  const role = senderRole === "leader" ? "user" : "agent"
  const items = [
    ...(said.dataItems ?? []),
    ...(said.status?.dataItems ?? []),
    ...[...(said.products ?? []), ...(said.product ? [said.product] : [])].flatMap((each) => each.dataItems),
  ]
  const parts = items.map(({ type, text, uri, bytes, data }): Part => {
    if (type === "text") return { text }
    return type === "data" ? { data } : { url: uri, raw: bytes }
  })
  return { id: `${role}/${id}`, role, contextId: sessionId, taskId, ...read(parts) }
}

/** A task speaks for its agent; of its history, which was said before, nothing is read again. */
function taskSaid(
  status: z.infer<typeof Status> | undefined,
  artifacts: readonly z.infer<typeof Artifact>[],
  { taskId, contextId = "" }: { taskId: string; contextId?: string | undefined },
): SaidMessage {
  const parts = [...(status?.message?.parts ?? []), ...artifacts.flatMap((each) => each.parts)]
  const said = read(parts)
  const about = [taskId, status?.state ?? "", status?.message?.messageId ?? "", said.digest]
  const id = createHash("sha256").update(JSON.stringify(about)).digest("base64url")
  return { id: `task/${id}`, role: "agent", contextId, taskId, ...said }
}

function read(parts: readonly Part[]): Pick<SaidMessage, "texts" | "parts" | "digest" | "isCut"> {
  const hash = createHash("sha256")
  const kinds = new Set<SaidMessage["parts"][number]>()
  const texts: string[] = []
  let left = longestTexts
  let isCut = parts.length > mostParts

  function take(text: string): void {
    if (texts.length >= mostTexts || left <= 0) isCut ||= text !== ""
    else {
      if (text.length > left) isCut = true
      texts.push(text.slice(0, left))
      left -= text.length
    }
  }

  for (const [at, part] of parts.entries()) {
    const { text, raw, url, data } = part
    hash.update(JSON.stringify([text ?? null, raw ?? null, url ?? null, data === undefined ? null : [data]]))
    if (at >= mostParts) continue
    if (text !== undefined) kinds.add("text")
    if (raw !== undefined || url !== undefined) kinds.add("file")
    if (text !== undefined) take(text)
    if (data !== undefined) {
      kinds.add("data")
      for (const each of textsIn(data)) take(each)
    }
  }
  return { texts, parts: [...kinds], digest: hash.digest("hex"), isCut }
}
