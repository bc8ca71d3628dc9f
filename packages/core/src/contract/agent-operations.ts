import { z } from "zod"
import { Name } from "../id.ts"
import { Mandate } from "../mandate/mandate.ts"
import { operation, type Operation } from "./operation.ts"
import {
  AgentRecord,
  CredentialRecord,
  StopReport,
  TaskRecord,
  VersionPart,
  VersionRecord,
} from "./records.ts"
import { AgentRef } from "./refs.ts"
import { list, nothing } from "./shapes.ts"

/** Agents and their versions. */
export const agentOperations = {
  "agent.create": operation({
    method: "POST",
    path: "/v1/agents",
    scope: "person",
    input: z.object({
      name: Name,
      credential: z.boolean().default(true),
      days: z.coerce.number().int().min(1).max(3650).default(90),
      demo: z.boolean().default(false),
    }),
    output: z.object({ agent: AgentRecord, credential: z.string().nullable() }),
    en: "Create an agent and show its credential once",
    zh: "创建智能体并仅显示一次其凭证",
    command: { name: "agent create", positional: ["name"] },
  }),
  "agent.list": operation({
    method: "GET",
    path: "/v1/agents",
    scope: "local",
    input: nothing,
    output: list(AgentRecord),
    en: "List the agents",
    zh: "列出智能体",
    command: { name: "agent list" },
  }),
  "agent.show": operation({
    method: "GET",
    path: "/v1/agents/{agent}",
    scope: "local",
    input: z.object({ agent: AgentRef }),
    output: z.object({
      agent: AgentRecord,
      versions: z.array(VersionRecord),
      credentials: z.array(CredentialRecord),
      mandates: z.array(Mandate),
      task: TaskRecord,
    }),
    en: "Show one agent with its versions, credentials, mandates and task",
    zh: "显示一个智能体及其版本、凭证、授权与任务",
    command: { name: "agent show", positional: ["agent"] },
  }),
  "agent.suspend": operation({
    method: "POST",
    path: "/v1/agents/{agent}:suspend",
    scope: "local",
    input: z.object({ agent: AgentRef, reason: z.string().max(500).default("") }),
    output: StopReport,
    en: "Suspend an agent at every door, at once",
    zh: "立即在所有入口暂停一个智能体",
    command: { name: "agent suspend", positional: ["agent"] },
  }),
  "agent.resume": operation({
    method: "POST",
    path: "/v1/agents/{agent}:resume",
    scope: "person",
    input: z.object({ agent: AgentRef }),
    output: AgentRecord,
    en: "Let a suspended agent act again",
    zh: "恢复被暂停的智能体",
    command: { name: "agent resume", positional: ["agent"] },
  }),
  "agent.revoke": operation({
    method: "POST",
    path: "/v1/agents/{agent}:revoke",
    scope: "local",
    input: z.object({ agent: AgentRef, reason: z.string().max(500).default("") }),
    output: StopReport,
    en: "Take an agent out of service for good",
    zh: "永久停用一个智能体",
    command: { name: "agent revoke", positional: ["agent"] },
  }),
  "version.declare": operation({
    method: "POST",
    path: "/v1/agents/{agent}/versions",
    scope: "person",
    input: z.object({
      agent: AgentRef,
      label: z.string().max(100),
      parts: z
        .object({ model: VersionPart, prompt: VersionPart, tools: VersionPart, code: VersionPart })
        .partial()
        .default({}),
    }),
    output: VersionRecord,
    en: "Declare a new version of an agent; credentials of the version before stop working",
    zh: "声明智能体的新版本；旧版本的凭证随即失效",
    command: { name: "version declare", positional: ["agent"] },
  }),
} as const satisfies Record<string, Operation>
