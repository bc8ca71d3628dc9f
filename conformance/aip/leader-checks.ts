import { isObject, type JsonMembers, textIn } from "./json.ts"
import type { Seen } from "./scripted-partner.ts"
import { Command } from "./shapes.ts"

/** Something that a leader sent and should not have. */
export interface Misstep {
  readonly id: string
  /** The clause of ACPs-spec-AIP v02.02. */
  readonly source: string
  readonly what: string
}

const methods = new Set([
  "rpc",
  "stream",
  "notification/set",
  "notification/get",
  "notification/delete",
  "notification/start",
  "group",
])
const memberOf: Readonly<Record<string, readonly string[]>> = {
  rpc: ["command"],
  stream: ["message"],
  "notification/start": ["message", "command"],
}

interface KnownTask {
  readonly senderId: string
  readonly sessionId: string
}

/** Looks at everything that a leader sends, one request after another. */
export function watchLeader() {
  const missteps: Misstep[] = []
  const messages = new Map<string, string>()
  const tasks = new Map<string, KnownTask>()
  const counts = new Map<string, number>()
  const misstep = (id: string, source: string, what: string) => void missteps.push({ id, source, what })

  function request({ path, body }: Seen): void {
    const { method, id } = body
    if (method !== path)
      misstep("leader-method", "§6", `method \`${textIn(method)}\` was sent to \`${path}\``)
    if (!methods.has(path)) misstep("leader-path", "§6", `\`${path}\` is not an address of AIP`)
    if (id === undefined || id === null)
      misstep("leader-id", "§5.1", "whoever expects an answer gives a request an id")
  }

  function command(of: JsonMembers, { peer }: Seen): void {
    const read = Command.safeParse(of)
    if (!read.success) {
      const [issue] = read.error.issues
      return misstep(
        "leader-command",
        "§4.3, §4.4",
        `\`${issue?.path.join(".") ?? ""}\` does not fit: ${issue?.message ?? ""}`,
      )
    }
    const { id, senderId, taskId, sessionId = "", command: name } = read.data
    if (peer !== undefined && peer !== senderId)
      misstep("leader-identity", "§6.0", `\`${senderId}\` was sent with the certificate of \`${peer}\``)
    const text = JSON.stringify(of)
    const before = messages.get(id)
    if (before !== undefined && before !== text)
      misstep("leader-message", "§4.3", `two messages have the id \`${id}\``)
    messages.set(id, text)
    const task = tasks.get(taskId)
    if (task === undefined) {
      if (name !== "start" && name !== "get")
        misstep("leader-start", "§4.4", `\`${name}\` came for a task that was not started`)
      tasks.set(taskId, { senderId, sessionId })
      return undefined
    }
    if (task.senderId !== senderId) misstep("leader-task", "§4.5", "a task changed its leader")
    if (task.sessionId !== sessionId) misstep("leader-session", "§4.2", "a task changed its session")
    return undefined
  }

  return {
    missteps,
    /** How many commands of each kind came. */
    counts,
    look(seen: Seen): void {
      request(seen)
      const { params } = seen.body
      const members = memberOf[seen.path]
      if (members === undefined || !isObject(params)) return
      const name = members.find((each) => isObject(params[each]))
      const of = name === undefined ? undefined : params[name]
      if (!isObject(of))
        return misstep("leader-params", "§6", `params of \`${seen.path}\` have no \`${members[0]}\``)
      counts.set(textIn(of["command"]), (counts.get(textIn(of["command"])) ?? 0) + 1)
      return command(of, seen)
    },
  }
}
