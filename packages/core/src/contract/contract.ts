import { z } from "zod"
import { WitnessStatus } from "./witness-status.ts"
import { BundleHead } from "../evidence/bundle-file.ts"
import { EntryProof } from "../evidence/entry-proof-file.ts"
import { ReceiptOpening } from "../evidence/receipt-opening.ts"
import { idSchema, Name } from "../id.ts"
import { ErasureReason, ErasureReport } from "./erasure.ts"
import { MandateDraft, Mandate } from "../mandate/mandate.ts"
import { MandatePart } from "../mandate/mandate-part.ts"
import { Ed25519Jwk } from "../token/ed25519-jwk.ts"
import { Effect, Language, OutcomeKind, VerdictKind } from "../words.ts"
import { Noticed } from "./noticed.ts"
import { NodeEvent } from "./node-event.ts"
import { operation, type Operation } from "./operation.ts"
import { AssertionAnswer, BrowserRecord, HoldChoice, PasskeyRecord, RegistrationAnswer } from "./passkey.ts"
import { Chain, HeldMandate, MandateToken, RevokedMandate } from "./passing.ts"
import { ReplayPage } from "./replay.ts"
import { RebuildReport, Run, StateAt } from "./state.ts"
import {
  ActionRecord,
  AddedWords,
  AgentRecord,
  ApprovalRecord,
  CredentialRecord,
  HoldRecord,
  HoldState,
  MandateSaid,
  ReasonRecord,
  RetentionRecord,
  RoomRecord,
  ServerRecord,
  StopReport,
  TaskRecord,
  ToolRecord,
  VersionPart,
  VersionRecord,
} from "./records.ts"

/** An agent or a server may be named by its id or by its name. */
const AgentRef = z.string().min(1).max(80)
const ServerRef = z.string().min(1).max(80)
const Secret = z.string().min(8).max(512)
const Words = z.string().max(4000)
const Arguments = z.record(z.string(), z.json())
const Digest = z.string().regex(/^[0-9a-f]{64}$/)
const nothing = z.object({})
const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) })
const Token = z.object({ token: z.string(), expiresAt: z.int() })
const PasskeyName = z.string().trim().min(1).max(80)
const page = { limit: z.coerce.number().int().min(1).max(1000).default(100) }

/**
 * The one table of what a node can be asked. Routes, validation, OpenAPI, the SDK and the commands are derived from it.
 */
export const contract = {
  "node.status": operation({
    method: "GET",
    path: "/v1/node",
    scope: "local",
    input: nothing,
    output: z.object({
      version: z.string(),
      pid: z.int(),
      url: z.string(),
      dataFolder: z.string(),
      startedAt: z.int(),
      /** A person or the autostart (`hufu serve`), a guard, or a command that needed a node. */
      startedBy: z.enum(["serve", "guard", "command"]),
      /** Null for a node that stays; `endsAt` is null while somebody is connected. */
      idleExit: z.object({ afterSeconds: z.int(), endsAt: z.int().nullable() }).nullable(),
      stopped: z.boolean(),
      personEnrolled: z.boolean(),
      agents: z.int(),
      servers: z.int(),
      waiting: z.int(),
      entries: z.int(),
      rules: Digest,
      witnesses: WitnessStatus,
      room: RoomRecord,
      connections: z.int(),
      inFlight: z.int(),
      /** The guards that are connected, by the Hufu that they are; null of those that do not say it. */
      guards: z.array(
        z.object({ version: z.string().nullable(), count: z.int(), agents: z.array(z.string()) }),
      ),
      scrub: z.object({
        entries: z.int(),
        of: z.int(),
        soundAt: z.int().nullable(),
        fault: z.object({ table: z.string(), row: z.string(), en: z.string(), zh: z.string() }).nullable(),
      }),
      published: z.object({ folder: z.string(), entries: z.int(), fault: z.string().nullable() }).nullable(),
    }),
    en: "Show what the node is and how it is",
    zh: "显示节点状态",
    command: { name: "status" },
  }),
  "retention.show": operation({
    method: "GET",
    path: "/v1/retention",
    scope: "local",
    input: nothing,
    output: RetentionRecord,
    en: "Show how long private content is kept",
    zh: "显示私密内容保留多久",
    command: { name: "retention show" },
  }),
  "retention.set": operation({
    method: "POST",
    path: "/v1/retention",
    scope: "person",
    input: z.object({
      /** After how many days what actions were (tool, arguments, facts, reasons) is erased; 0 keeps it. */
      actions: z.coerce.number().int().min(0).max(36_500).optional(),
      /** After how many days since a task ended all private content of it is erased, its words too; 0 keeps it. */
      tasks: z.coerce.number().int().min(0).max(36_500).optional(),
    }),
    output: RetentionRecord,
    en: "Choose after how many days private content is erased (0 keeps it); every proof stays valid",
    zh: "设定私密内容在多少天后擦除（0 为保留）；所有证明仍然有效",
    command: { name: "retention set" },
  }),
  "session.create": operation({
    method: "POST",
    path: "/v1/sessions",
    scope: "public",
    input: z.object({ secret: Secret }),
    output: Token,
    en: "Sign in with the terminal secret",
    zh: "用终端口令登录",
  }),
  "session.passkey": operation({
    method: "POST",
    path: "/v1/sessions:passkey",
    scope: "public",
    input: z.object({
      response: AssertionAnswer,
      /** What the challenge was asked for: the session then approves this and nothing else. */
      decision: HoldChoice.optional(),
      /** Lets this browser in as well, as a sign-in link does. */
      browser: z.boolean().default(false),
    }),
    output: Token.extend({ browser: Token.nullable() }),
    en: "Sign in with a passkey, or for one decision alone",
    zh: "用通行密钥登录，或仅为一项决定登录",
  }),
  "signin.create": operation({
    method: "POST",
    path: "/v1/sign-in-links",
    scope: "local",
    socketOnly: true,
    input: nothing,
    output: z.object({ url: z.string(), expiresAt: z.int() }),
    en: "Make a link that opens the console in a browser, once, within five minutes",
    zh: "生成在浏览器中打开控制台的一次性链接（五分钟内有效）",
    command: { name: "signin" },
  }),
  "signin.exchange": operation({
    method: "POST",
    path: "/v1/sign-in-links:exchange",
    scope: "public",
    input: z.object({ code: z.string().max(200) }),
    output: Token,
    en: "Let the browser in that opened a sign-in link: it may look and narrow",
    zh: "允许打开登录链接的浏览器进入：可查看、可收窄",
  }),
  "browser.list": operation({
    method: "GET",
    path: "/v1/browsers",
    scope: "local",
    input: nothing,
    output: list(BrowserRecord),
    en: "List the browsers that were let in",
    zh: "列出已允许进入的浏览器",
    command: { name: "browser list" },
  }),
  "browser.revoke": operation({
    method: "POST",
    path: "/v1/browsers/{browser}:revoke",
    scope: "local",
    input: z.object({ browser: idSchema("browser") }),
    output: BrowserRecord,
    en: "Let a browser in no more",
    zh: "不再允许某个浏览器进入",
    command: { name: "browser revoke", positional: ["browser"] },
  }),
  "passkey.options": operation({
    method: "POST",
    path: "/v1/passkeys:options",
    scope: "public",
    input: z.object({
      purpose: z.enum(["register", "signin", "decide"]),
      decision: HoldChoice.optional(),
    }),
    /** `options` is what `navigator.credentials` takes, as JSON. */
    output: z.object({ options: z.record(z.string(), z.json()), expiresAt: z.int() }),
    en: "Ask for a passkey challenge: to make one, to sign in, or for one decision",
    zh: "获取通行密钥质询：用于创建、登录或作出一项决定",
  }),
  "passkey.register": operation({
    method: "POST",
    path: "/v1/passkeys",
    scope: "local",
    input: z.object({ name: PasskeyName, response: RegistrationAnswer }),
    output: Token.extend({ passkey: PasskeyRecord, person: idSchema("person") }),
    en: "Add a passkey; the first one, on a node without a person, makes its owner the person",
    zh: "添加通行密钥；在尚无委托人的节点上，第一把通行密钥的持有人即成为委托人",
  }),
  "passkey.list": operation({
    method: "GET",
    path: "/v1/passkeys",
    scope: "local",
    input: nothing,
    output: list(PasskeyRecord).extend({ secret: z.boolean() }),
    en: "List the passkeys, and say whether there is a terminal secret",
    zh: "列出通行密钥，并说明是否设有终端口令",
    command: { name: "passkey list" },
  }),
  "passkey.rename": operation({
    method: "PUT",
    path: "/v1/passkeys/{passkey}",
    scope: "person",
    input: z.object({ passkey: idSchema("passkey"), name: PasskeyName }),
    output: PasskeyRecord,
    en: "Rename a passkey",
    zh: "重命名通行密钥",
    command: { name: "passkey rename", positional: ["passkey", "name"] },
  }),
  "passkey.remove": operation({
    method: "DELETE",
    path: "/v1/passkeys/{passkey}",
    scope: "person",
    input: z.object({ passkey: idSchema("passkey") }),
    output: PasskeyRecord,
    en: "Remove a passkey; the last proof of the person stays",
    zh: "移除通行密钥；委托人的最后一种证明不可移除",
    command: { name: "passkey remove", positional: ["passkey"] },
  }),
  "person.enrol": operation({
    method: "POST",
    path: "/v1/person",
    scope: "local",
    socketOnly: true,
    input: z.object({ secret: Secret }),
    output: z.object({ person: idSchema("person") }),
    en: "Set the terminal secret, once, on a node that has none",
    zh: "在尚无口令的节点上设置终端口令（仅一次）",
  }),
  "person.change": operation({
    method: "PUT",
    path: "/v1/person",
    scope: "person",
    input: z.object({ secret: Secret }),
    output: z.object({ person: idSchema("person") }),
    en: "Change the terminal secret",
    zh: "更换终端口令",
  }),
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
  "credential.issue": operation({
    method: "POST",
    path: "/v1/agents/{agent}/credentials",
    scope: "person",
    input: z.object({
      agent: AgentRef,
      kind: z.enum(["agent", "hook"]).default("agent"),
      days: z.coerce.number().int().min(1).max(3650).default(90),
    }),
    output: z.object({ credential: z.string(), record: CredentialRecord }),
    en: "Issue a credential and show it once",
    zh: "签发凭证并仅显示一次",
    command: { name: "credential issue", positional: ["agent"] },
  }),
  "credential.revoke": operation({
    method: "POST",
    path: "/v1/credentials/{credential}:revoke",
    scope: "local",
    input: z.object({ credential: idSchema("credential") }),
    output: CredentialRecord,
    en: "Revoke a credential",
    zh: "吊销凭证",
    command: { name: "credential revoke", positional: ["credential"] },
  }),
  "task.start": operation({
    method: "POST",
    path: "/v1/tasks",
    scope: "hook",
    input: z.object({ agent: AgentRef, words: Words.min(1) }),
    output: TaskRecord,
    en: "Start a task for an agent, in your own words",
    zh: "用自己的话为智能体开始一个任务",
    command: { name: "task start", positional: ["agent", "words"] },
  }),
  "task.add": operation({
    method: "POST",
    path: "/v1/tasks/{task}:add-words",
    scope: "hook",
    input: z.object({ task: idSchema("task"), words: Words.min(1) }),
    output: AddedWords,
    en: "Add words of yours to a live task; they are kept with it and widen nothing",
    zh: "为进行中的任务补充您的话；随任务保存，不放宽任何权限",
    command: { name: "task add", positional: ["task", "words"] },
  }),
  "task.list": operation({
    method: "GET",
    path: "/v1/tasks",
    scope: "local",
    input: z.object({ agent: AgentRef.optional(), ...page }),
    output: list(TaskRecord),
    en: "List tasks, newest first",
    zh: "列出任务（由新到旧）",
    command: { name: "task list" },
  }),
  "task.show": operation({
    method: "GET",
    path: "/v1/tasks/{task}",
    scope: "local",
    input: z.object({ task: idSchema("task") }),
    output: z.object({
      task: TaskRecord,
      added: z.array(AddedWords),
      mandates: z.array(Mandate),
      actions: z.array(ActionRecord),
    }),
    en: "Show one task with the words added to it, its mandates and actions",
    zh: "显示一个任务及其补充的话、授权与行为",
    command: { name: "task show", positional: ["task"] },
  }),
  "task.end": operation({
    method: "POST",
    path: "/v1/tasks/{task}:end",
    scope: "local",
    input: z.object({ task: idSchema("task") }),
    output: TaskRecord,
    en: "End a task with the mandates and holds that belong to it",
    zh: "结束任务及其授权与待批",
    command: { name: "task end", positional: ["task"] },
  }),
  "mandate.grant": operation({
    method: "POST",
    path: "/v1/mandates",
    scope: "person",
    input: z.object({ agent: AgentRef, mandate: MandateDraft }),
    output: Mandate,
    en: "Grant a mandate to an agent",
    zh: "向智能体授予授权",
    command: { name: "mandate grant", positional: ["agent"] },
  }),
  "mandate.list": operation({
    method: "GET",
    path: "/v1/mandates",
    scope: "local",
    input: z.object({ agent: AgentRef.optional() }),
    output: list(Mandate),
    en: "List live mandates",
    zh: "列出有效授权",
    command: { name: "mandate list" },
  }),
  "mandate.narrow": operation({
    method: "POST",
    path: "/v1/mandates/{mandate}:narrow",
    scope: "local",
    input: z.object({ mandate: idSchema("mandate"), to: MandateDraft }),
    output: Mandate,
    en: "Narrow a mandate, at once; anything wider is refused with the difference",
    zh: "立即收窄授权；任何放宽都会被拒绝并说明差异",
    command: { name: "mandate narrow", positional: ["mandate"] },
  }),
  "mandate.revoke": operation({
    method: "POST",
    path: "/v1/mandates/{mandate}:revoke",
    scope: "local",
    input: z.object({ mandate: idSchema("mandate") }),
    output: RevokedMandate,
    en: "Revoke a mandate and everything that was passed on from it, at once",
    zh: "立即撤销授权及由其转授的一切",
    command: { name: "mandate revoke", positional: ["mandate"] },
  }),
  "mandate.pass": operation({
    method: "POST",
    path: "/v1/mandates/{mandate}:pass",
    scope: "agent",
    input: z.object({
      mandate: idSchema("mandate"),
      to: AgentRef,
      /** A live task of that agent; its task of this moment when it is left out. */
      task: idSchema("task").optional(),
      part: MandatePart,
    }),
    output: Mandate,
    en: "Pass a part of a mandate on to another agent, for one task; anything wider is refused with the difference",
    zh: "将授权的一部分转授另一智能体用于一项任务；任何放宽都会被拒绝并说明差异",
    command: { name: "mandate pass", positional: ["mandate", "to"] },
  }),
  "mandate.token": operation({
    method: "POST",
    path: "/v1/mandates/{mandate}:token",
    scope: "agent",
    input: z.object({
      mandate: idSchema("mandate"),
      /** Whose signature has to go with each call. */
      key: Ed25519Jwk,
    }),
    output: MandateToken,
    en: "Sign a mandate as a token that others verify without this node, for the holder of a key",
    zh: "将授权签发为他人无须询问本节点即可验证的令牌，供某密钥的持有者使用",
  }),
  "mandate.held": operation({
    method: "GET",
    path: "/v1/mandates:held",
    scope: "agent",
    input: z.object({ agent: AgentRef.optional() }),
    output: list(HeldMandate),
    en: "Show an agent the mandates that it holds for its task of this moment",
    zh: "向智能体显示其当前任务所持的授权",
  }),
  "mandate.chain": operation({
    method: "GET",
    path: "/v1/mandates/{mandate}:chain",
    scope: "local",
    input: z.object({ mandate: idSchema("mandate") }),
    output: Chain,
    en: "Show who passed what of a mandate on to whom, and what of it holds",
    zh: "显示授权由谁转授给谁，以及其中哪些有效",
    command: { name: "mandate chain", positional: ["mandate"] },
  }),
  "mandate.explain": operation({
    method: "GET",
    path: "/v1/mandates/{mandate}:explain",
    scope: "local",
    input: z.object({ mandate: idSchema("mandate") }),
    output: z.object({
      mandate: Mandate,
      en: z.array(z.string()),
      zh: z.array(z.string()),
      spent: z.array(z.object({ grant: z.int(), count: z.int(), amount: z.int() })),
    }),
    en: "Say in plain sentences what a mandate allows and what is spent",
    zh: "用平实的语言说明授权内容与已用额度",
    command: { name: "mandate explain", positional: ["mandate"] },
  }),
  "mandate.preview": operation({
    method: "POST",
    path: "/v1/mandates:preview",
    scope: "local",
    input: z.object({ agent: AgentRef, mandate: MandateDraft, ...page }),
    output: z.object({
      en: z.array(z.string()),
      zh: z.array(z.string()),
      /** Past actions of the agent, newest first, and what this mandate alone would have said of each. */
      items: z.array(z.object({ action: ActionRecord, would: VerdictKind })),
      /** Past actions whose arguments are not kept any more. */
      erased: z.int(),
    }),
    en: "Say what a draft mandate would allow, and of which past actions",
    zh: "说明授权草稿将允许什么，以及会涵盖哪些过往行为",
  }),
  "server.add": operation({
    method: "POST",
    path: "/v1/servers",
    scope: "person",
    input: z.object({
      name: Name,
      url: z.url({ protocol: /^https?$/ }).max(2000),
      headers: z.record(z.string().max(100), z.string().max(4000)).default({}),
      demo: z.boolean().default(false),
    }),
    output: ServerRecord,
    en: "Register a tool server that is reached over HTTP",
    zh: "登记通过 HTTP 访问的工具服务器",
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
  "decision.explain": operation({
    method: "POST",
    path: "/v1/decisions:explain",
    scope: "local",
    input: z.object({
      agent: AgentRef,
      server: ServerRef,
      tool: z.string().min(1).max(128),
      arguments: Arguments.default({}),
      rules: z
        .string()
        .max(256 * 1024)
        .optional(),
    }),
    output: z.object({
      verdict: VerdictKind,
      effect: Effect,
      reasons: z.array(ReasonRecord),
      mandate: idSchema("mandate").nullable(),
      words: z.string().nullable(),
      facts: z.json(),
      policy: Digest,
      visible: z.boolean(),
    }),
    en: "Say what would happen to an action, without doing it",
    zh: "说明某行为将得到何种裁定（不执行）",
    command: { name: "decide", positional: ["agent", "server", "tool"] },
  }),
  "hold.list": operation({
    method: "GET",
    path: "/v1/holds",
    scope: "local",
    input: z.object({ state: HoldState.or(z.literal("all")).default("waiting"), ...page }),
    output: list(HoldRecord),
    en: "List the actions that wait for a person",
    zh: "列出等待批准的行为",
    command: { name: "approvals" },
  }),
  "hold.show": operation({
    method: "GET",
    path: "/v1/holds/{hold}",
    scope: "local",
    input: z.object({ hold: idSchema("hold") }),
    output: HoldRecord,
    en: "Show one waiting action",
    zh: "显示一个待批行为",
    command: { name: "approval show", positional: ["hold"] },
  }),
  "hold.approve": operation({
    method: "POST",
    path: "/v1/holds/{hold}:approve",
    scope: "person",
    input: z.object(HoldChoice.shape),
    output: HoldRecord,
    en: "Approve one action: once, for this task, or until a time; or with narrower arguments",
    zh: "批准一个行为：一次、本任务内或至某时；亦可收窄参数",
    command: { name: "approve", positional: ["hold"] },
  }),
  "hold.refuse": operation({
    method: "POST",
    path: "/v1/holds/{hold}:refuse",
    scope: "local",
    input: z.object({ hold: idSchema("hold"), reason: z.string().max(500).default("") }),
    output: HoldRecord,
    en: "Refuse one action with a reason that the agent can read",
    zh: "拒绝一个行为，并给出智能体可读的理由",
    command: { name: "refuse", positional: ["hold"] },
  }),
  "action.list": operation({
    method: "GET",
    path: "/v1/actions",
    scope: "local",
    input: z.object({
      agent: AgentRef.optional(),
      task: idSchema("task").optional(),
      server: z.string().min(1).max(80).optional(),
      tool: z.string().min(1).max(128).optional(),
      effect: Effect.optional(),
      /** `ask`: it waits for a person, or waited in vain; what was approved is `allow`. */
      verdict: VerdictKind.optional(),
      /** `open`: it was let out, and nobody has said yet how it ended. */
      outcome: OutcomeKind.or(z.literal("open")).optional(),
      since: z.coerce.number().int().nonnegative().optional(),
      /** A part of an id, a name or a rule. */
      text: z.string().min(1).max(200).optional(),
      before: z.coerce.number().int().nonnegative().optional(),
      ...page,
    }),
    /** `next` is the `before` of the next page; null at the end. */
    output: z.object({ items: z.array(ActionRecord), next: z.int().nullable() }),
    en: "List actions, newest first",
    zh: "列出行为（由新到旧）",
    command: { name: "action list" },
  }),
  "action.why": operation({
    method: "GET",
    path: "/v1/actions/{action}:why",
    scope: "local",
    input: z.object({ action: idSchema("action"), language: Language.default("en") }),
    output: z.object({
      action: ActionRecord,
      sentences: z.array(z.string()),
      /** The rules that decided; of what asked first, those that asked. */
      reasons: z.array(ReasonRecord),
      /** What the mandate says that decided; null when none did. */
      mandate: MandateSaid.nullable(),
      /** What a person, or time, decided about it; null when it never asked. */
      approval: ApprovalRecord.nullable(),
      words: z.string().nullable(),
      /** What detectors had noticed when it was decided. */
      noticed: z.array(Noticed),
      arguments: z.json(),
    }),
    en: "Say in plain words why an action was allowed, asked or denied",
    zh: "用平实的语言说明裁定理由",
    command: { name: "why", positional: ["action"] },
  }),
  "action.receipt": operation({
    method: "GET",
    path: "/v1/actions/{action}/receipt",
    scope: "local",
    input: z.object({ action: idSchema("action"), open: z.string().max(400).optional() }),
    output: z.json(),
    en: "Write the receipt of an action",
    zh: "导出行为回执",
    command: { name: "receipt", positional: ["action"] },
  }),
  "action.cose": operation({
    method: "GET",
    path: "/v1/actions/{action}/cose",
    scope: "local",
    input: z.object({ action: idSchema("action") }),
    /** Base64 of a CBOR sequence: each entry's exact bytes and its COSE receipt, in the log's order. */
    output: z.object({ cose: z.string() }),
    en: "Write the receipts of an action in COSE (RFC 9942)",
    zh: "以 COSE（RFC 9942）导出行为回执",
  }),
  "action.replay": operation({
    method: "POST",
    path: "/v1/actions:replay",
    scope: "local",
    input: z.object({
      /** Instead of the files of rules that the configuration names; the platform's own rules and those of packs stay. Left out: the rules in force. */
      rules: z
        .array(z.object({ name: z.string().min(1).max(200), text: z.string().max(256 * 1024) }))
        .max(100)
        .optional(),
      since: z.coerce.number().int().nonnegative().optional(),
      until: z.coerce.number().int().nonnegative().optional(),
      /** Where to go on: the `next` of the page before. */
      from: z.coerce.number().int().nonnegative().default(0),
      /** How many entries of the ledger one page looks at. */
      limit: z.coerce.number().int().min(1).max(1000).default(1000),
    }),
    output: ReplayPage,
    en: "Decide past decisions again under other rules, and say which verdicts would change",
    zh: "以另一套规则重新裁定以往的行为，并指出哪些裁定会改变",
  }),
  "state.rebuild": operation({
    method: "POST",
    path: "/v1/state:rebuild",
    scope: "local",
    input: z.object({ run: z.string().max(80).optional() }),
    /** Null until the last step. */
    output: Run.extend({ report: RebuildReport.nullable() }),
    en: "Make every record again from the ledger, and say where the tables differ; works a second at a time, and goes on with `run`",
    zh: "从账本重建全部记录，指出数据表与之不符之处；每次工作一秒，以 `run` 继续",
  }),
  "state.at": operation({
    method: "POST",
    path: "/v1/state:at",
    scope: "local",
    input: z.object({
      /** A moment, in milliseconds since 1970; or the index of an entry; left out: now. */
      at: z.coerce.number().int().nonnegative().optional(),
      index: z.coerce.number().int().nonnegative().optional(),
      agent: z.string().max(80).optional(),
      run: z.string().max(80).optional(),
    }),
    output: Run.extend({
      state: StateAt.nullable(),
      /** The ledger is not sound. */
      fault: z.object({ en: z.string(), zh: z.string() }).nullable(),
    }),
    en: "Say what was known and in force at a moment, from the ledger alone; works a second at a time, and goes on with `run`",
    zh: "仅凭账本说明某一时刻已知且生效的内容；每次工作一秒，以 `run` 继续",
  }),
  "subject.erase": operation({
    method: "POST",
    path: "/v1/subjects/{subject}:erase",
    scope: "person",
    input: z.object({
      /** The id of an agent, a task, a mandate, a server, a passkey or a browser. */
      subject: z.string().min(1).max(80),
      reason: ErasureReason.default("right"),
    }),
    output: ErasureReport,
    en: "Erase what is kept of a subject, for ever: it is taken out of service, its keys go, and every proof stays valid",
    zh: "永久擦除某主体的内容：先停用，再销毁密钥，所有证明仍然有效",
    command: { name: "erase", positional: ["subject"] },
  }),
  "event.follow": operation({
    method: "GET",
    path: "/v1/events",
    scope: "local",
    stream: true,
    /** The id of the last event that was seen; the header `Last-Event-ID` says the same. */
    input: z.object({ from: z.string().max(100).optional() }),
    output: NodeEvent,
    en: "Follow what happens, from the last event that was seen",
    zh: "跟随所发生的一切，可从最后收到的事件继续",
  }),
  "stop.declare": operation({
    method: "POST",
    path: "/v1/stop",
    scope: "local",
    input: z.object({ reason: z.string().max(500).default("") }),
    output: StopReport,
    en: "Stop every agent at every door, at once",
    zh: "立即停止所有智能体",
  }),
  "stop.lift": operation({
    method: "DELETE",
    path: "/v1/stop",
    scope: "person",
    input: nothing,
    output: z.object({ stopped: z.boolean() }),
    en: "Lift the stop",
    zh: "解除停止",
  }),
  "log.entries": operation({
    method: "GET",
    path: "/v1/log/entries",
    scope: "local",
    input: z.object({
      from: z.coerce.number().int().nonnegative().default(0),
      ...page,
      /** What of each action is disclosed beside its intent, as for a receipt; what is not kept stays closed. */
      open: z.string().max(400).optional(),
    }),
    output: z.object({
      size: z.int(),
      items: z.array(
        z.object({
          index: z.int(),
          entry: z.json(),
          hash: Digest,
          openings: z.array(ReceiptOpening).optional(),
        }),
      ),
    }),
    en: "Read the ledger's entries",
    zh: "读取账本条目",
    command: { name: "log entries" },
  }),
  "log.entry": operation({
    method: "GET",
    path: "/v1/log/entries/{entry}",
    scope: "local",
    /** An index, or a leaf hash in hex. */
    input: z.object({ entry: z.string().regex(/^(?:0|[1-9]\d{0,14}|[0-9a-f]{64})$/) }),
    output: EntryProof,
    en: "Show one entry with its proofs, by its index or its hash",
    zh: "按序号或哈希显示一个条目及其证明",
    command: { name: "log entry", positional: ["entry"] },
  }),
  "log.range": operation({
    method: "GET",
    path: "/v1/log/range",
    scope: "local",
    /** Entries `from` up to but not including `to`; without `to`, all from there on. */
    input: z.object({
      from: z.coerce.number().int().nonnegative().default(0),
      to: z.coerce.number().int().positive().optional(),
    }),
    output: BundleHead,
    en: "Prove a range of entries by one signed checkpoint",
    zh: "以一个签名检查点证明一段条目",
  }),
  "log.checkpoint": operation({
    method: "GET",
    path: "/v1/log/checkpoint",
    scope: "local",
    input: nothing,
    output: z.object({
      checkpoint: z.string(),
      key: z.string(),
      /** The key of the second signature, where the log makes one. */
      mlDsaKey: z.string().nullable(),
      /** The keys of the witnesses that the node asks. */
      witnesses: z.array(z.string()),
    }),
    en: "Show the latest signed checkpoint and the log's public key",
    zh: "显示最新签名检查点与公钥",
    command: { name: "log checkpoint" },
  }),
  "log.verify": operation({
    method: "POST",
    path: "/v1/log:verify",
    scope: "local",
    input: nothing,
    output: z.object({
      ok: z.boolean(),
      entries: z.int(),
      checkpoints: z.int(),
      fault: z.object({ en: z.string(), zh: z.string() }).nullable(),
    }),
    en: "Check every byte of the ledger",
    zh: "逐字节校验账本",
    command: { name: "log verify" },
  }),
  "rules.list": operation({
    method: "GET",
    path: "/v1/rules",
    scope: "local",
    input: nothing,
    output: z.object({
      digest: Digest,
      items: z.array(z.object({ id: z.string(), layer: z.string(), text: z.string() })),
    }),
    en: "Show the rules in force",
    zh: "显示生效规则",
    command: { name: "rules list" },
  }),
  "rules.validate": operation({
    method: "POST",
    path: "/v1/rules:validate",
    scope: "local",
    input: z.object({ text: z.string().max(256 * 1024) }),
    output: z.object({ ok: z.boolean(), faults: z.array(z.string()) }),
    en: "Check rules without loading them",
    zh: "校验规则（不加载）",
    command: { name: "rules validate", positional: ["text"] },
  }),
} as const satisfies Record<string, Operation>

export type Contract = typeof contract
export type OperationId = keyof Contract
/** What is followed; everything else is called. */
export type StreamId = "event.follow"
export type CallId = Exclude<OperationId, StreamId>
export type Input<Id extends OperationId> = z.infer<Contract[Id]["input"]>
/** What a caller may leave out because it has a default. */
export type Request<Id extends OperationId> = z.input<Contract[Id]["input"]>
export type Output<Id extends OperationId> = z.infer<Contract[Id]["output"]>
