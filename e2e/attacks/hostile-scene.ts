import { createClient } from "@hufu/sdk"
import { expect } from "vitest"
import { fullContent } from "../console/registry-scene.ts"
import { done, usualTools } from "../invariants/scripted-upstream.ts"
import type { World } from "../invariants/world.ts"
import { hostileName, hostileTexts } from "./hostile-texts.ts"

/** A node in which every text that an agent, a tool server or a host controls is hostile. */
export interface HostileScene {
  /** What waits, with every text among its arguments. */
  readonly hold: string
  /** Everything that waits or waited, questions of the tool server among it. */
  readonly holds: readonly string[]
  /** The action whose tool has a hostile name. */
  readonly named: string
  /** An action that was performed, with hostile arguments and a hostile answer. */
  readonly performed: string
  readonly task: string
  readonly mandate: string
  /** Every page of the console that shows some of it, by a name. */
  readonly pages: Readonly<Record<string, string>>
}

const everything = Object.values(hostileTexts).join("\n")
const text = { type: "string" }
const question = (id: string, params: object) => ({
  jsonrpc: "2.0",
  id,
  method: "elicitation/create",
  params,
})

/** What leads nowhere, with a name that the page or the node may repeat; the node takes what has a dot for a file. */
const unknownName = encodeURIComponent(hostileName.replaceAll(/[./]/g, "|"))
const unknown = (before: string, after = "") => ({
  [`${before}…${after}`]: `/${before}${unknownName}${after}`,
})

/** A registration in which every text that may be free is one, and a change of it that waits for review. */
async function registered(world: World, agent: string): Promise<string> {
  const { markup, template, markdown, url, button } = hostileTexts
  const line = [markup, template, url].join(" ").slice(0, 200).trim()
  const prose = [markup, template, markdown, url, button].join("\n").slice(0, 4000).trim()
  const content = {
    name: "com.example/hostile",
    title: line,
    description: prose,
    version: "1.0.0",
    developer: { kind: "organisation", name: line, department: line, filing: line.slice(0, 100).trim() },
    contact: { name: line.slice(0, 100).trim() },
    interfaces: [{ protocol: "a2a", binding: "jsonrpc", url: "https://evil.example/a2a" }],
    skills: [
      {
        id: "x",
        name: line,
        description: prose.slice(0, 2000).trim(),
        tags: [line.slice(0, 60).trim()],
        examples: [line],
      },
    ],
    tags: [line.slice(0, 60).trim()],
    queries: [line, button.replaceAll("\n", " ")],
    data: [{ kind: "public", purpose: line, sharedWith: line }],
    certifications: [{ kind: "certificate", scheme: line, number: line, issuer: line }],
    deployments: [{ how: "cloud", region: line.slice(0, 100).trim(), operator: line }],
  }
  const { registration } = await world.person.registration.claim({ content, agent })
  const ref = { registration: registration.id }
  await world.person.registration.submit(ref)
  await world.person.registration.approve(ref)
  await world.person.registration.change({ ...ref, content: { ...content, description: `${prose}!` } })
  await world.person.registration.submit(ref)
  return registration.id
}

/** Everything hostile at once: definitions, calls, results, words of a hook and reasons. */
export async function makeHostileScene(world: World): Promise<HostileScene> {
  world.upstream.about = {
    serverInfo: { name: hostileName, title: everything, version: hostileTexts.ansi },
    instructions: everything,
  }
  const agent = await world.agent("reader")
  const mandate = await world.grant(agent, {
    words: everything.slice(0, 4000),
    grants: [
      {
        effects: ["write"],
        tools: ["notes/add_note"],
        limits: [{ argument: "/id", kind: "oneOf", values: ["1", hostileTexts.bidi, hostileTexts.markup] }],
        mode: "auto",
      },
    ],
  })
  const { credential } = await world.person.credential.issue({ agent: agent.id, kind: "hook" })
  const hook = createClient({ url: world.node.url, token: credential })
  const task = await hook.task.start({ agent: agent.id, words: everything.slice(0, 4000) })
  await hook.task.add({ task: task.id, words: hostileTexts.button })
  const hostileTool = {
    name: hostileName,
    title: hostileTexts.heading,
    description: everything,
    inputSchema: {
      type: "object",
      properties: { [hostileName]: { ...text, description: everything, title: hostileTexts.button } },
    },
    annotations: { title: everything, readOnlyHint: true },
  }
  world.upstream.tools = [...usualTools, hostileTool]
  const door = await world.door("legacy", agent)
  await door.list()
  // A definition that changes is shown word by word.
  world.upstream.tools = world.upstream.tools.map((tool) => ({
    ...tool,
    description: `${hostileTexts.button} ${everything.slice(0, 20_000)}`,
  }))
  await door.list()
  // What a tool answers, and what it asks meanwhile.
  const asked = { type: "object", properties: { [hostileName]: { ...text, description: everything } } }
  world.upstream.questions = [
    question("form", { message: everything, requestedSchema: asked }),
    question("page", {
      mode: "url",
      message: hostileTexts.button,
      url: `https://evil.example/${hostileTexts.bidi}`,
      elicitationId: hostileName,
    }),
    { jsonrpc: "2.0", method: "notifications/message", params: { level: "error", data: everything } },
    {
      jsonrpc: "2.0",
      method: "notifications/progress",
      params: { progressToken: 1, progress: 1, message: everything },
    },
  ]
  world.upstream.answer = async () => {
    // What it asks of the person waits for the person, as long as the call goes on.
    await world.upstream.answers(2)
    return { ...done, isError: true, content: [{ type: "text", text: everything }] }
  }
  const write = { id: hostileTexts.bidi, text: everything }
  const { hold: first = "", action: failed = "" } = await door.call("add_note", write)
  await world.approve(first)
  expect(await door.call("add_note", write, { hold: first })).toMatchObject({
    isError: true,
    hold: undefined,
  })
  expect(world.upstream.calls()).toHaveLength(1)
  await door.call("add_note", { id: hostileTexts.markup, text: "x".repeat(1_000_000) })
  world.upstream.questions = []
  world.upstream.answer = () => done
  // What waits, with every text as a name and as a value, and as a target.
  const args = {
    ...hostileTexts,
    to: hostileTexts.bidi,
    [hostileName]: Object.values(hostileTexts),
    nested: { [hostileTexts.markup]: { [hostileTexts.button]: everything } },
  }
  await door.call(hostileName, args)
  const { hold = "" } = await door.call("send_note", args)
  expect(hold).toMatch(/^hld_/)
  const refused = await door.call("delete_note", { id: hostileTexts.button })
  await world.local.hold.refuse({ hold: refused.hold ?? "", reason: everything.slice(0, 500) })
  const registration = await registered(world, agent.id)
  const { items } = await world.local.action.list({ agent: agent.id })
  const named = items.find(({ tool }) => tool === hostileName)
  const questions = items.filter(({ tool }) => tool === "elicitation/create")
  expect(questions.map(({ reason }) => reason)).toEqual(["waiting", "waiting"])
  const [server] = (await world.local.server.list()).items
  const others = await makeHostileRegistrations(world)
  return {
    hold,
    named: named?.id ?? "",
    performed: failed,
    task: task.id,
    mandate: mandate.id,
    holds: [hold, named?.hold ?? "", refused.hold ?? "", ...questions.map((each) => each.hold ?? "")],
    pages: {
      home: "/",
      approvals: "/approvals",
      history: "/approvals?tab=history",
      approval: `/approvals/${hold}`,
      "approval by name": `/approvals/${named?.hold ?? ""}`,
      "question of a server": `/approvals/${questions[0]?.hold ?? ""}`,
      "page of a server": `/approvals/${questions[1]?.hold ?? ""}`,
      "action of a question": `/actions/${questions[0]?.id ?? ""}`,
      refused: `/approvals/${refused.hold ?? ""}`,
      actions: "/actions",
      search: `/actions?q=${encodeURIComponent(`"${hostileTexts.markup.replaceAll('"', "'")}"`)}`,
      action: `/actions/${named?.id ?? ""}`,
      failed: `/actions/${failed}`,
      receipt: `/actions/${named?.id ?? ""}/receipt?open=tool`,
      arguments: `/actions/${named?.id ?? ""}/receipt?open=arguments`,
      facts: `/actions/${named?.id ?? ""}/receipt?open=facts`,
      agents: "/agents",
      agent: `/agents/${agent.id}`,
      tasks: "/tasks",
      task: `/tasks/${task.id}`,
      tools: "/tools",
      server: `/tools/${server?.id ?? ""}`,
      mandates: "/mandates",
      mandate: `/mandates/${mandate.id}`,
      ledger: "/ledger",
      "registered agent": `/registry/${registration}`,
      registry: `/registry?q=${encodeURIComponent("onerror")}`,
      "registry by facet": `/registry?protocol=${encodeURIComponent(hostileTexts.bidi)}&country=%3Cb%3E`,
      registered: `/registry/${others.approved}`,
      registrations: "/registrations",
      registration: `/registrations/${others.waiting}`,
      "registration edited": `/registrations/${others.rejected}?edit=yes`,
      "registration rejected": `/registrations/${others.rejected}`,
      review: "/registrations/review",
      settings: "/settings",
      rules: "/settings/rules",
      grammar: `/actions?q=${encodeURIComponent(`${hostileTexts.bidi}:${hostileTexts.markup} state:${hostileTexts.ansi}`)}`,
      ...unknown("approvals/"),
      ...unknown("approvals?tab="),
      ...unknown("actions/"),
      ...unknown("actions/", "/receipt"),
      ...unknown("agents/"),
      ...unknown("tasks/"),
      ...unknown("tools/"),
      ...unknown("mandates/"),
      ...unknown("registry/"),
      ...unknown("registrations/"),
      ...unknown("mandates/new?agent="),
      ...unknown(""),
    },
  }
}

/** Registrations that say what is hostile wherever a registration takes it, and a reason of their reviewer's. */
async function makeHostileRegistrations({ person }: World) {
  const { markup, template, button, unbroken } = hostileTexts
  const line = (max: number) => `${markup} ${unbroken}`.slice(0, max)
  const prose = `${markup}\n${template}\n${button}\n${unbroken}`
  const claim = async (name: string) =>
    (
      await person.registration.claim({
        content: fullContent(name, {
          title: line(200),
          description: prose.slice(0, 4000),
          version: "W".repeat(64),
          developer: { kind: "person", name: line(200), department: line(200) },
          contact: { name: line(100), url: "https://evil.example/approve" },
          website: "https://evil.example/<b>".replace("<b>", "%3Cb%3E"),
          skills: [
            {
              id: "a".repeat(128),
              name: line(200),
              description: prose.slice(0, 4000),
              tags: [line(64)],
              examples: [prose.slice(0, 1000)],
            },
          ],
          queries: [line(300)],
          deployments: [{ how: "edge", region: line(200), operator: line(200) }],
          data: [{ kind: "minors", purpose: prose.slice(0, 1000), sharedWith: prose.slice(0, 1000) }],
          certifications: [{ kind: "test", scheme: line(200), number: line(200), issuer: line(200) }],
          interfaces: [
            {
              protocol: "a2a",
              binding: "jsonrpc",
              url: `https://evil.example/${"w".repeat(1900)}`,
              version: line(40),
            },
          ],
        }),
      })
    ).registration.id
  const submitted = async (name: string) => {
    const registration = await claim(name)
    await person.registration.submit({ registration })
    return registration
  }
  const approved = await submitted("com.example/scripted")
  await person.registration.approve({ registration: approved })
  const rejected = await submitted("com.example/scripted-too")
  await person.registration.reject({ registration: rejected, reason: everything.slice(0, 2000) })
  return { approved, rejected, waiting: await submitted("com.example/5cripted") }
}
