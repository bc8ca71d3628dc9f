import type { IncomingMessage, ServerResponse } from "node:http"
import { groupIdShape } from "@hufu/core/aip/group-names"
import { asFailure, Failure } from "@hufu/core/failure"
import { formatAic, parseAic } from "@hufu/core/identity/aic"
import type { JsonObject } from "@hufu/core/json/json-value"
import { timingSafeEqual } from "node:crypto"
import type { HttpDoor } from "../../../http/listen.ts"
import type { Governor } from "../../governor.ts"
import type { Identified } from "../../identify-agent.ts"
import { guardRequest } from "../../mcp/http-guard.ts"
import { requireScope } from "../../require-scope.ts"
import type { Groups } from "./groups.ts"
import { decideMq, type MqKnowledge, type MqQuestion } from "./mq-decision.ts"
import type { MqUsers } from "./mq-users.ts"

export interface MqAuthParts {
  readonly groups: Groups
  readonly users: MqUsers
  readonly governor: Pick<Governor, "standing" | "visible">
  readonly identify: (request: IncomingMessage) => Identified
  /** The code of an agent, where it has one. */
  readonly aicOf: (agent: string) => string | undefined
  readonly mayWriteTo: MqKnowledge["mayWriteTo"]
  readonly secret: string
  /** Writes down what was refused, by fixed words and names. */
  readonly refused: (user: string, what: JsonObject & { readonly reason: string }) => void
  readonly config: { readonly node: string; readonly hosts: readonly string[] }
}

export const mqAuthBase = "/mq-auth/"
const maxFormBytes = 16 * 1024
const question = /^\/mq-auth\/([A-Za-z0-9_-]{1,128})\/(user|vhost|resource|topic)$/
const groupAddress =
  /^\/mq-auth\/groups\/([0-9A-Za-z.]{1,64})\/([^/]{1,200})(?:\/members\/([0-9A-Za-z.]{1,64})(\/connection)?)?$/

/**
 * The decisions of mq-auth (ACPs 07 §7): whatever the broker asks before it lets anybody do anything, and who is in a group, for its leader.
 * The broker shows a secret; a leader is who its certificate or credential says.
 */
export function createMqAuthDoor(parts: MqAuthParts): HttpDoor {
  const { groups, users, governor } = parts
  const known: MqKnowledge = {
    isNode: (user) => users.isNode(user),
    isLive: (user) => users.isLive(user),
    mayWriteTo: parts.mayWriteTo,
    ...groups.known,
  }

  async function decide(req: IncomingMessage, about: string): Promise<"deny" | `allow${string}`> {
    const form = await readForm(req)
    const user = form?.get("username")
    if (form === undefined || user === undefined) return "deny"
    if (about === "user") {
      const admitted = users.admit(user, form.get("password"))
      if (!("refused" in admitted)) return ["allow", ...admitted.tags].join(" ") as `allow${string}`
      parts.refused(user, { reason: admitted.refused, about })
      return "deny"
    }
    const asked = questionOf(about, user, form)
    if (asked === undefined) return "deny"
    const reason = decideMq(asked, known)
    if (reason === undefined) return "allow"
    parts.refused(user, { reason, ...asked })
    return "deny"
  }

  /** What the leader of a group changes by HTTP, as the reference's own service has it. */
  async function change(req: IncomingMessage, res: ServerResponse, path: string): Promise<void> {
    guardRequest(req, parts.config)
    const { caller } = parts.identify(req)
    governor.standing(caller)
    requireScope(caller, "send")
    const [, first = "", groupId = "", second, connection] = groupAddress.exec(path) ?? []
    const leader = codeIn(first)
    if (leader === undefined) throw misfit("INVALID_LEADER_AIC", "the leader's code is none")
    if (!groupIdShape.test(groupId))
      throw misfit("INVALID_GROUP_ID", "a group is called by at most 128 letters, digits and hyphens")
    if (parts.aicOf(caller.agent) !== leader)
      throw new Failure("forbidden", "only its leader says who is in a group", {
        extra: { mq: "LEADER_AIC_MISMATCH" },
      })
    if (second === undefined) {
      only(req, "DELETE")
      await groups.dissolve(caller, { leader, groupId })
      return void res.writeHead(204).end()
    }
    const member = codeIn(second)
    if (member === undefined) throw misfit("INVALID_MEMBER_AIC", "the member's code is none")
    const of = { leader, groupId, member }
    if (connection !== undefined) {
      only(req, "DELETE")
      await groups.disconnect(of)
    } else {
      only(req, "PUT", "DELETE")
      const changed = await (req.method === "PUT" ? groups.invite(caller, of) : groups.leave(caller, of))
      if (changed.kind !== "done") {
        const { code, hold, reasons } = changed
        return answer(res, 403, {
          code: changed.kind === "held" ? "APPROVAL_REQUIRED" : "INVITATION_REFUSED",
          message: reasons[0]?.en ?? code,
          hufu: {
            code,
            ...(hold === undefined ? {} : { hold }),
            reasons: reasons.map(({ rule, en, zh }) => ({ rule, en, zh })),
          },
        })
      }
    }
    res.writeHead(204).end()
    return undefined
  }

  return {
    takes: (path) => path.startsWith(mqAuthBase),
    handle(req, res) {
      res.on("error", () => {})
      const path = (req.url ?? "").split("?", 1)[0] ?? ""
      const [, secret = "", about = ""] = question.exec(path) ?? []
      const isBroker = about !== "" && isSame(secret, parts.secret) && req.method === "POST"
      const work = isBroker
        ? decide(req, about).then(
            (said) => void res.writeHead(200, { "content-type": "text/plain" }).end(said),
          )
        : groupAddress.test(path)
          ? change(req, res, path)
          : Promise.reject(new Failure("not_found", "there is nothing at this address"))
      work.catch((error: unknown) => {
        // INVARIANT: what cannot be decided is not allowed.
        if (res.headersSent) return void res.destroy()
        if (isBroker) {
          parts.refused("", { reason: asFailure(error).code, about })
          return void res.writeHead(200, { "content-type": "text/plain" }).end("deny")
        }
        const failure = asFailure(error)
        const { mq } = failure.extra
        const code =
          typeof mq === "string"
            ? mq
            : failure.status === 401
              ? "CLIENT_CERTIFICATE_REQUIRED"
              : failure.code.toUpperCase()
        return answer(res, typeof mq === "string" && mq.startsWith("INVALID_") ? 422 : failure.status, {
          code,
          message: failure.message,
        })
      })
    },
  }
}

function answer(res: ServerResponse, status: number, error: JsonObject): void {
  const body = JSON.stringify({ error })
  // What was not read of the request would be taken for the next one.
  const closing = res.req.complete ? {} : { connection: "close" }
  res
    .writeHead(status, { ...closing, "content-type": "application/json", "cache-control": "no-store" })
    .end(body)
}

function only(req: IncomingMessage, ...methods: readonly string[]): void {
  if (!methods.includes(req.method ?? ""))
    throw new Failure("method_not_allowed", `this address takes ${methods.join(" and ")}`)
}

function misfit(mq: string, sentence: string): Failure {
  return new Failure("invalid_input", sentence, { extra: { mq } })
}

function codeIn(text: string): string | undefined {
  const aic = parseAic(text)
  return aic && formatAic(aic)
}

/** Of members that come twice nobody knows which counts. */
async function readForm(req: IncomingMessage): Promise<Map<string, string> | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of req) {
    // A request of node:http gives bytes.
    chunks.push(chunk as Buffer)
    size += chunks.at(-1)?.length ?? 0
    if (size > maxFormBytes) return undefined
  }
  const form = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(Buffer.concat(chunks).toString("utf8"))) {
    if (form.has(name)) return undefined
    form.set(name, value)
  }
  return form
}

function questionOf(about: string, user: string, form: ReadonlyMap<string, string>): MqQuestion | undefined {
  const of = (name: string) => form.get(name) ?? ""
  const vhost = of("vhost")
  const [name, permission] = [of("name"), of("permission")]
  if (about === "vhost") return { about, user, vhost }
  if (about === "resource") return { about, user, vhost, resource: of("resource"), name, permission }
  return about === "topic"
    ? { about, user, vhost, name, permission, routingKey: of("routing_key") }
    : undefined
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
