import type { Output, Request } from "@hufu/core/contract/contract"
import type { ToolProfile } from "@hufu/core/profile/profile"
import type { McpCaller } from "../../e2e/mcp-caller.ts"
import { approve, heldCalls, type NodeUnderTest } from "../../e2e/node-under-test.ts"
import { modernMeta } from "../../e2e/upstream/mcp-message.ts"
import { mandateOfWords } from "./mandate-of-words.ts"
import type { RecordedCall, RecordedRun } from "./read-suites.ts"
import type { RecordedUpstream } from "./recorded-upstream.ts"

/** What became of one call: it went, a person was asked, or it was denied. */
export type Fate = "went" | "asked" | "denied"

export interface ReplayedCall extends RecordedCall {
  readonly fate: Fate
  /** The rules that asked or denied. */
  readonly rules: readonly string[]
}

export interface ReplayStage {
  readonly node: NodeUnderTest
  readonly agent: string
  readonly server: string
  readonly caller: McpCaller
  readonly upstream: RecordedUpstream
  readonly profiles: readonly ToolProfile[]
}

/** A client that can open a page is told at once that a person is asked. */
const meta = {
  ...modernMeta,
  "io.modelcontextprotocol/clientCapabilities": { elicitation: { url: {} } },
}
const verdictKey = "hufu/verdict"

/**
 * Plays one run through the gateway, as a task of its own. The person says yes to what their own task asks, so that it goes on, and
 * nothing to what the attack asks.
 */
export async function replayRun(stage: ReplayStage, run: RecordedRun): Promise<ReplayedCall[]> {
  const { node, agent, server, upstream, profiles } = stage
  upstream.play(run.calls)
  const start = { agent, words: run.prompt } satisfies Request<"task.start">
  const task = (await node.api("POST", "/v1/tasks", start)) as Output<"task.start">
  const mandate = mandateOfWords(run.prompt, { server, task: task.id, now: Date.now(), profiles })
  await node.api("POST", "/v1/mandates", { agent, mandate } satisfies Request<"mandate.grant">)
  const calls: ReplayedCall[] = []
  for (const call of run.calls) calls.push({ ...call, ...(await replayCall(stage, call)) })
  await node.api("POST", `/v1/tasks/${task.id}:end`, {})
  return calls
}

async function replayCall(
  stage: ReplayStage,
  call: RecordedCall,
): Promise<Pick<ReplayedCall, "fate" | "rules">> {
  const before = stage.upstream.reached
  const params = { _meta: meta, name: call.tool, arguments: call.arguments }
  const { message } = await stage.caller.request("tools/call", params)
  const result = message?.result
  if (result === undefined) throw new Error(`the gateway answered ${JSON.stringify(message?.error)}`)
  const went = stage.upstream.reached > before
  if (result["resultType"] === "input_required") {
    if (went) throw new Error("a call that asks has left")
    return {
      fate: "asked",
      rules: await settleQuestion(stage, call, { params, state: result["requestState"] }),
    }
  }
  if (went) return { fate: "went", rules: [] }
  const verdict = (result["_meta"] as Record<string, { reasons?: { rule: string }[] }> | undefined)?.[
    verdictKey
  ]
  return { fate: "denied", rules: (verdict?.reasons ?? []).map(({ rule }) => rule) }
}

async function settleQuestion(
  { node, caller, upstream }: ReplayStage,
  call: RecordedCall,
  { params, state }: { params: object; state: unknown },
): Promise<string[]> {
  const held = (await heldCalls(node)).find((each) => each.state === "waiting")
  if (!held) throw new Error("nothing waits for a person")
  const rules = held.reasons.map(({ rule }) => rule)
  if (call.by === "attack") {
    await node.api("POST", `/v1/holds/${held.id}:refuse`, {})
    return rules
  }
  await approve(node, held)
  const before = upstream.reached
  const answer = { requestState: state, inputResponses: { approval: { action: "accept" } } }
  await caller.request("tools/call", { ...params, ...answer })
  if (upstream.reached === before) throw new Error(`an approved call of ${call.tool} did not leave`)
  return rules
}
