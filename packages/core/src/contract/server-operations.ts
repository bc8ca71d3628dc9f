import { z } from "zod"
import { Name } from "../id.ts"
import { Digest } from "./digest.ts"
import { operation, type Operation } from "./operation.ts"
import { ServerRecord, ToolRecord } from "./records.ts"
import { AgentRef, ServerRef } from "./refs.ts"
import { list, nothing } from "./shapes.ts"

/** Tool servers and the profiles of their tools. */
export const serverOperations = {
  "server.add": operation({
    method: "POST",
    path: "/v1/servers",
    scope: "person",
    input: z.object({
      name: Name,
      url: z.url({ protocol: /^https?$/ }).max(2000),
      headers: z.record(z.string().max(100), z.string().max(4000)).default({}),
      demo: z.boolean().default(false),
      /** What it speaks: `a2a` and `aip` for an agent elsewhere, a partner. */
      protocol: z.enum(["mcp", "a2a", "aip"]).default("mcp"),
      /**
       * The identity code (AIC) of a partner: then nobody else answers for it; of a tool server: then what it says of its version is compared
       * with what is registered under that code here.
       */
      aic: z.string().max(64).optional(),
      /** The agent of this node that answers there, instead of its code: then it may act under what it is asked. */
      agent: AgentRef.optional(),
    }),
    output: ServerRecord,
    en: "Register a tool server, or an agent elsewhere (a partner), that is reached over HTTP",
    zh: "登记通过 HTTP 访问的工具服务器，或他处的智能体（协作方）",
    command: { name: "server add", positional: ["name"] },
  }),
  "server.command": operation({
    method: "POST",
    path: "/v1/servers:command",
    scope: "person",
    socketOnly: true,
    input: z.object({
      name: Name,
      command: z.array(z.string().max(4000)).min(1).max(256),
      environment: z.record(z.string().max(200), z.string().max(32_000)).default({}),
      folder: z.string().max(4000),
      demo: z.boolean().default(false),
    }),
    output: ServerRecord,
    en: "Register a tool server that is a command; never over HTTP",
    zh: "登记以命令启动的工具服务器（不可经 HTTP）",
    command: { name: "server command", positional: ["name"] },
  }),
  "server.list": operation({
    method: "GET",
    path: "/v1/servers",
    scope: "local",
    input: nothing,
    output: list(ServerRecord),
    en: "List the tool servers",
    zh: "列出工具服务器",
    command: { name: "server list" },
  }),
  "server.remove": operation({
    method: "DELETE",
    path: "/v1/servers/{server}",
    scope: "local",
    input: z.object({ server: ServerRef }),
    output: ServerRecord,
    en: "Remove a tool server and close its connections",
    zh: "移除工具服务器并关闭其连接",
    command: { name: "server remove", positional: ["server"] },
  }),
  "tool.list": operation({
    method: "GET",
    path: "/v1/servers/{server}/tools",
    scope: "local",
    input: z.object({ server: ServerRef }),
    output: list(ToolRecord),
    en: "List the tool profiles of a server, with what changed",
    zh: "列出服务器的工具画像及变化",
    command: { name: "tool list", positional: ["server"] },
  }),
  "tool.confirm": operation({
    method: "POST",
    path: "/v1/servers/{server}/tools/{tool}:confirm",
    scope: "person",
    input: z.object({
      server: ServerRef,
      tool: z.string().min(1).max(128),
      definition: Digest,
      profile: z.json().optional(),
    }),
    output: ToolRecord,
    en: "Confirm a tool's profile, or set your own, for exactly this definition",
    zh: "确认工具画像或设为自定义，仅对当前定义有效",
    command: { name: "tool confirm", positional: ["server", "tool"] },
  }),
} as const satisfies Record<string, Operation>
