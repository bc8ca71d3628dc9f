import { existsSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { z } from "zod"
import { definitionDigest, readDefinition } from "@hufu/core/profile/definition"
import type { Effect } from "@hufu/core/words"
import { profileAutomatically } from "./automatic.ts"
import { isConsequential, moreCautious } from "./effect-caution.ts"

const data = fileURLToPath(new URL("../../../../../../shared/data/", import.meta.url))
const missing = existsSync(data) ? undefined : "the tool lists of ../shared/data are not here"

const read = <T>(path: string, schema: z.ZodType<T>): T =>
  schema.parse(JSON.parse(readFileSync(`${data}${path}`, "utf8")))

function effectOf(name: string, description: string, properties: object): Effect {
  const definition = readDefinition({ name, description, inputSchema: { type: "object", properties } })
  return profileAutomatically(definition, definitionDigest(definition)).effect
}

/** Our own reading of AgentDojo's banking and slack tools (MIT). */
const agentDojo: Readonly<Record<string, Effect>> = {
  get_iban: "read",
  send_money: "pay",
  schedule_transaction: "pay",
  update_scheduled_transaction: "pay",
  get_balance: "read",
  get_most_recent_transactions: "read",
  get_scheduled_transactions: "read",
  read_file: "read",
  get_user_info: "read",
  update_password: "write",
  update_user_info: "write",
  get_channels: "read",
  add_user_to_channel: "write",
  read_channel_messages: "read",
  read_inbox: "read",
  send_direct_message: "send",
  send_channel_message: "send",
  get_users_in_channel: "read",
  invite_user_to_slack: "send",
  remove_user_from_slack: "delete",
  get_webpage: "send",
  post_webpage: "publish",
}

describe("the automatic profiler on tools that others wrote", () => {
  it("never takes a tool of AgentDojo for less than it is", (test) => {
    test.skip(missing !== undefined, missing)
    const schema = z.object({
      tools: z.array(
        z.object({
          name: z.string(),
          description: z.string(),
          parameters: z.object({ properties: z.record(z.string(), z.json()) }),
        }),
      ),
    })
    const tools = ["banking", "slack"].flatMap((suite) => read(`agentdojo/${suite}.suite.json`, schema).tools)
    expect(tools).toHaveLength(Object.keys(agentDojo).length)
    for (const tool of tools) {
      expect(`${tool.name} ${effectOf(tool.name, tool.description, tool.parameters.properties)}`).toBe(
        `${tool.name} ${agentDojo[tool.name]}`,
      )
    }
  })

  it("never takes a writing tool of tau2 for a reading one", (test) => {
    test.skip(missing !== undefined, missing)
    const schema = z.object({
      tools: z.array(
        z.object({
          name: z.string(),
          type: z.string(),
          doc: z.string(),
          params: z.record(z.string(), z.json()),
        }),
      ),
    })
    const { tools } = read("tau2/airline.json", schema)
    const found = tools.map((tool) => ({
      name: tool.name,
      type: tool.type,
      effect: effectOf(
        tool.name,
        tool.doc,
        Object.fromEntries(Object.keys(tool.params).map((name) => [name, {}])),
      ),
    }))
    expect(found.filter(({ type, effect }) => type === "write" && !isConsequential(effect))).toEqual([])
    expect(found.filter(({ type, effect }) => type === "read" && isConsequential(effect))).toEqual([])
  })

  it("never takes a harmful tool of InjecAgent for a reading one, and seldom the reverse", (test) => {
    test.skip(missing !== undefined, missing)
    const parameter = z.object({ name: z.string(), type: z.string(), description: z.string() })
    const schema = z.object({
      attacker_cases_dh: z.array(z.object({ "Attacker Tools": z.array(z.string()) })),
      user_cases: z.array(z.object({ "User Tool": z.string() })),
      tools: z.array(
        z.object({
          tools: z.array(z.object({ name: z.string(), summary: z.string(), parameters: z.array(parameter) })),
        }),
      ),
    })
    const corpus = read("injecagent/injecagent.json", schema)
    const tools = corpus.tools.flatMap((kit) => kit.tools)
    expect(tools).toHaveLength(330)
    const effects = new Map(
      tools.map((tool) => [
        tool.name,
        effectOf(
          tool.name,
          tool.summary,
          Object.fromEntries(
            tool.parameters.map(({ name, type, description }) => [
              name,
              { type: type === "array" ? "string" : type, description },
            ]),
          ),
        ),
      ]),
    )
    // The last tool of each direct-harm case does the harm.
    const harmful = new Set(corpus.attacker_cases_dh.map((one) => one["Attacker Tools"].at(-1) ?? ""))
    expect([...harmful].filter((name) => !isConsequential(effects.get(name) ?? "read"))).toEqual([])
    const asked = corpus.user_cases.map((one) => one["User Tool"])
    expect(asked.filter((name) => isConsequential(effects.get(name) ?? "read")).length).toBeLessThanOrEqual(4)
    // A word in a name that always has a consequence leaves no room for less.
    for (const [name, effect] of effects) {
      if (/Delete|Remove|Cancel|Revoke/.test(name)) expect(moreCautious(effect, "delete"), name).toBe(effect)
      if (/Send|Share|Invite/.test(name) && !/Get|Search/.test(name))
        expect(moreCautious(effect, "send"), name).toBe(effect)
      if (/Pay|Transfer|Withdraw|Deposit|Trade/.test(name) && !/Get|Search|View|Payee|Retrieve/.test(name))
        expect(effect, name).toBe("pay")
    }
  })
})
