import { z } from "zod"
import { DelegationState } from "../delegation/delegation-state.ts"
import { idSchema } from "../id.ts"
import {
  DelegationDraft,
  DelegationRecord,
  DelegationShown,
  DelegationTrace,
  DelegationTried,
  OfferedTool,
} from "./delegation.ts"
import { operation, type Operation } from "./operation.ts"
import { AgentRef, ServerRef } from "./refs.ts"
import { list, page } from "./shapes.ts"

const ref = { delegation: idSchema("delegation") }

/** What agents ask of each other. */
export const delegationOperations = {
  "delegation.list": operation({
    method: "GET",
    path: "/v1/delegations",
    scope: "local",
    input: z.object({
      agent: AgentRef.optional(),
      /** The name of the partner, or of the tool server. */
      partner: z.string().min(1).max(80).optional(),
      /** One state, or all that are `open`, or all that have `ended`. */
      state: DelegationState.or(z.enum(["open", "ended"])).optional(),
      /** Those of the trace to which this one belongs. */
      root: idSchema("delegation").optional(),
      /** A part of an id or of a name. */
      text: z.string().min(1).max(200).optional(),
      before: idSchema("delegation").optional(),
      ...page,
    }),
    /** `next` is the `before` of the next page; null at the end. */
    output: z.object({ items: z.array(DelegationRecord), next: idSchema("delegation").nullable() }),
    en: "List what agents ask of each other, newest first",
    zh: "列出智能体之间的委派（由新到旧）",
    command: { name: "delegation list" },
  }),
  "delegation.show": operation({
    method: "GET",
    path: "/v1/delegations/{delegation}",
    scope: "local",
    input: z.object(ref),
    output: DelegationShown,
    en: "Show one delegation with what happened to it and what came of it",
    zh: "显示一个委派及其经过与产物",
    command: { name: "delegation show", positional: ["delegation"] },
  }),
  "delegation.trace": operation({
    method: "GET",
    path: "/v1/delegations/{delegation}:trace",
    scope: "local",
    input: z.object(ref),
    output: DelegationTrace,
    en: "Show the trace that a delegation belongs to: who asked whom, who waits for whom, and what was spent",
    zh: "显示委派所属的全部链路：谁委派谁、谁在等待谁、各用去多少额度",
    command: { name: "delegation trace", positional: ["delegation"] },
  }),
  "delegation.cancel": operation({
    method: "POST",
    path: "/v1/delegations/{delegation}:cancel",
    scope: "local",
    input: z.object(ref),
    output: DelegationRecord,
    en: "End a delegation, and tell its partner",
    zh: "取消一个委派，并告知协作方",
    command: { name: "delegation cancel", positional: ["delegation"] },
  }),
  "delegation.tools": operation({
    method: "GET",
    path: "/v1/delegations:tools",
    scope: "local",
    input: z.object({ agent: AgentRef, server: ServerRef }),
    output: list(OfferedTool),
    en: "List the tools of a server as an agent may see them, with what they take",
    zh: "列出智能体可见的服务器工具及其参数",
  }),
  "delegation.preview": operation({
    method: "POST",
    path: "/v1/delegations:preview",
    scope: "local",
    input: DelegationDraft,
    output: DelegationTried,
    en: "Say what would become of a delegation, with nothing sent",
    zh: "说明一个委派将得到何种裁定（不发送）",
  }),
  "delegation.start": operation({
    method: "POST",
    path: "/v1/delegations",
    scope: "person",
    input: DelegationDraft,
    output: DelegationRecord,
    en: "Ask a partner as one of your agents, within what that agent may do; the evidence says that it was you",
    zh: "以您的某个智能体的身份提出委派，不超出其权限；证据中注明由您发起",
  }),
} as const satisfies Record<string, Operation>
