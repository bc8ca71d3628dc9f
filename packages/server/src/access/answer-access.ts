import { asFailure, Failure } from "@hufu/core/failure"
import type { JsonObject, JsonValue } from "@hufu/core/json/json-value"
import type { Verdict } from "@hufu/core/policy/verdict"
import { z } from "zod"
import type { OperationContext } from "../operation/context.ts"
import { mayLook } from "../operation/context.ts"
import type { Operations } from "../operation/operations.ts"
import {
  type AccessDecision,
  AccessRequest,
  AccessRequests,
  ActionSearch,
  ResourceSearch,
  SubjectSearch,
} from "./access-request.ts"
import type { AccessRules } from "./access-rules.ts"

export interface AccessParts {
  /** The operator's own rules; without them only agents and tools are known. */
  readonly rules: AccessRules | undefined
  readonly explain: Operations["decision.explain"]
  /** The agent of this id or name. */
  readonly agentOf: (ref: string) => { readonly id: string } | undefined
}

/** Answers of the AuthZEN 1.0 Authorization API, by the decisions of this node. UNTRUSTED: every body. */
export interface AccessAnswers {
  evaluation(body: JsonValue, context: OperationContext): Promise<AccessDecision>
  evaluations(
    body: JsonValue,
    context: OperationContext,
  ): Promise<AccessDecision | { evaluations: AccessDecision[] }>
  search(kind: SearchKind, body: JsonValue, context: OperationContext): Promise<{ results: JsonObject[] }>
}

export type SearchKind = "subject" | "resource" | "action"

/** The action and the types of the node's own decisions: an agent that calls a tool. */
const own = { action: "tools/call", subject: "agent", resource: "tool" }

export function accessAnswers({ rules, explain, agentOf }: AccessParts): AccessAnswers {
  async function decide(request: AccessRequest, context: OperationContext): Promise<AccessDecision> {
    const isOwn = request.subject.type === own.subject
    admit(context, isOwn ? agentOf(request.subject.id)?.id : undefined, isOwn)
    try {
      return isOwn ? await decideOwn(request, context) : decideByRules(request)
    } catch (error) {
      const failure = asFailure(error)
      // What nobody knows, or does not have its type, is denied; whatever else went wrong is no answer.
      if (failure.code === "not_found" || failure.code === "invalid_input") return refusal(failure)
      throw error
    }
  }

  async function decideOwn(request: AccessRequest, context: OperationContext): Promise<AccessDecision> {
    const { subject, action, resource } = request
    const slash = resource.id.indexOf("/")
    if (action.name !== own.action || resource.type !== own.resource || slash < 1)
      throw new Failure(
        "not_found",
        "ask whether an `agent` may do `tools/call` to a `tool` with the id `server/tool`",
      )
    const args = z.record(z.string(), z.json()).optional().safeParse(action.properties?.["arguments"])
    if (!args.success) throw new Failure("invalid_input", "give `action.properties.arguments` as an object")
    const { verdict, reasons, policy, redacts } = await explain(
      {
        agent: subject.id,
        server: resource.id.slice(0, slash),
        tool: resource.id.slice(slash + 1),
        arguments: args.data ?? {},
      },
      context,
    )
    if (redacts.length === 0) return { decision: verdict === "allow", context: { verdict, policy, reasons } }
    // Whoever asks here takes nothing out of results; Hufu's own doors do.
    return { decision: false, context: { verdict, policy, reasons, redacts } }
  }

  function decideByRules(request: AccessRequest): AccessDecision {
    if (rules === undefined)
      throw new Failure(
        "not_found",
        "only agents and tools are known here: `access` in the configuration adds others",
      )
    return decisionOf(rules.decide(request))
  }

  async function evaluations(body: JsonValue, context: OperationContext) {
    const batch = read(AccessRequests, body)
    if (batch.evaluations === undefined || batch.evaluations.length === 0)
      return decide(read(AccessRequest, body), context)
    const { subject, action, resource, context: circumstances, options } = batch
    const stopAt = { execute_all: undefined, deny_on_first_deny: false, permit_on_first_permit: true }[
      options?.evaluations_semantic ?? "execute_all"
    ]
    const answers: AccessDecision[] = []
    for (const evaluation of batch.evaluations) {
      const request = AccessRequest.safeParse({
        subject,
        action,
        resource,
        context: circumstances,
        ...evaluation,
      })
      const answer = request.success
        ? await decide(request.data, context)
        : refusal(unreadable(request.error))
      answers.push(answer)
      if (answer.decision === stopAt) break
    }
    return { evaluations: answers }
  }

  /** Only what is known is found, and nothing of what is not known is allowed anything. */
  async function search(
    kind: SearchKind,
    body: JsonValue,
    context: OperationContext,
  ): Promise<{ results: JsonObject[] }> {
    if (kind === "subject") {
      const { subject, ...rest } = read(SubjectSearch, body)
      if (!isKnown(rest.resource)) return admitted(context, [])
      return admitted(
        context,
        named(subject.type).filter((id) => allows({ ...rest, subject: { ...subject, id } })),
        (id) => ({ type: subject.type, id }),
      )
    }
    if (kind === "resource") {
      const { resource, ...rest } = read(ResourceSearch, body)
      if (!isKnown(rest.subject)) return admitted(context, [])
      return admitted(
        context,
        named(resource.type).filter((id) => allows({ ...rest, resource: { ...resource, id } })),
        (id) => ({ type: resource.type, id }),
      )
    }
    const request = read(ActionSearch, body)
    if (!isKnown(request.subject) || !isKnown(request.resource)) return admitted(context, [])
    const names = rules?.schema.actionsFor(request.subject.type, request.resource.type) ?? []
    return admitted(
      context,
      names.filter((name) => allows({ ...request, action: { name } })),
      (name) => ({ name }),
    )
  }

  function named(type: string): readonly string[] {
    return rules?.known(type) ?? []
  }

  function isKnown({ type, id }: { readonly type: string; readonly id: string }): boolean {
    return named(type).includes(id)
  }

  function allows(request: AccessRequest): boolean {
    try {
      return decideByRules(request).decision
    } catch (error) {
      const { code } = asFailure(error)
      if (code === "not_found" || code === "invalid_input") return false
      throw error
    }
  }

  return {
    async evaluation(body, context) {
      return decide(read(AccessRequest, body), context)
    },
    evaluations,
    search,
  }
}

function admitted(
  context: OperationContext,
  found: readonly string[],
  show: (name: string) => JsonObject = (id) => ({ id }),
): { results: JsonObject[] } {
  admit(context, undefined, false)
  return { results: found.map(show) }
}

/** Refuses whom nobody knows, before anything of the request is read. */
export function refuseNobody(context: OperationContext): void {
  if (!mayLook(context) && context.hook === undefined && context.agent === undefined) throw nobody()
}

function nobody(): Failure {
  return new Failure(
    "unauthenticated",
    "send `Authorization: Bearer …` with a hook's or an agent's credential",
  )
}

/** An agent's credential, or its hook's, asks about that agent; a hook also by the operator's rules; who may look, about everything. */
function admit(context: OperationContext, agent: string | undefined, isOwn: boolean): void {
  if (mayLook(context)) return
  const { hook, agent: credential } = context
  const asking = hook ?? credential
  if (asking === undefined) throw nobody()
  if (isOwn ? asking.agent === agent : hook !== undefined) return
  throw new Failure(
    "forbidden",
    isOwn
      ? "this credential asks about its own agent only"
      : "ask with a hook's credential: an agent's own asks about that agent only",
  )
}

function decisionOf({ verdict, policy, asks, denies, errors }: Verdict): AccessDecision {
  const reasons = [...denies, ...asks].map(({ rule, why }) => ({ rule, ...why }))
  const failed = errors.map(({ rule, message }) => ({ rule, en: message, zh: message }))
  return { decision: verdict === "allow", context: { verdict, policy, reasons: [...reasons, ...failed] } }
}

function refusal({ code, message }: Failure): AccessDecision {
  return { decision: false, context: { error: { code, message } } }
}

function read<Shape extends z.ZodType>(shape: Shape, body: JsonValue): z.output<Shape> {
  const parsed = shape.safeParse(body)
  if (parsed.success) return parsed.data
  throw unreadable(parsed.error)
}

function unreadable(error: z.ZodError): Failure {
  const at = error.issues[0]?.path.join("/").slice(0, 200) || "the request"
  return new Failure("invalid_input", `correct \`${at}\`: give it as the AuthZEN 1.0 Authorization API says`)
}
