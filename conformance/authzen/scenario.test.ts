import { fileURLToPath } from "node:url"
import type { Output } from "@hufu/core/contract/contract"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { z } from "zod"
import { enrolPerson, type NodeUnderTest, startNode } from "../../e2e/node-under-test.ts"
import { request } from "./request.ts"
import { type Case, cases } from "./scenario.ts"

/** A name that a proxy with TLS would serve: the node believes its own configuration, and no header. */
const origin = "https://pdp.example"
const fixture = (name: string) => fileURLToPath(new URL(`fixture/${name}`, import.meta.url))

let node: NodeUnderTest
let hook: string
let agentCredential: string
beforeAll(async () => {
  const access = {
    schema: fixture("access.cedarschema"),
    rules: [fixture("access.cedar")],
    entities: fixture("entities.json"),
  }
  node = await startNode({ config: { origin, access } })
  await enrolPerson(node)
  await node.api("POST", "/v1/agents", { name: "ann" })
  await node.api("POST", "/v1/agents", { name: "ben" })
  const issue = async (kind: string) =>
    ((await node.api("POST", "/v1/agents/ann/credentials", { kind })) as Output<"credential.issue">)
      .credential
  hook = await issue("hook")
  agentCredential = await issue("agent")
}, 60_000)
afterAll(() => node.dispose())

interface Given {
  readonly contentType?: string | undefined
  readonly headers?: Readonly<Record<string, string>>
  readonly credential?: string | undefined
}

function send(
  path: string,
  body: unknown,
  { contentType = "application/json", headers = {}, credential = hook }: Given = {},
) {
  return request(node.url, path, {
    method: "POST",
    headers: {
      host: "pdp.example",
      "content-type": contentType,
      ...(credential === "" ? {} : { authorization: `Bearer ${credential}` }),
      ...headers,
    },
    body: typeof body === "string" ? body : JSON.stringify(body),
  })
}

const Decision = z.object({ decision: z.boolean(), context: z.record(z.string(), z.json()).optional() })
const Decisions = z.object({ evaluations: z.array(Decision) })
const Results = z.object({
  results: z.array(
    z.union([z.strictObject({ type: z.string(), id: z.string() }), z.strictObject({ name: z.string() })]),
  ),
})

function namesOf(body: unknown): string[] {
  return Results.parse(body).results.map((found) => ("id" in found ? found.id : found.name))
}

describe("the AuthZEN 1.0 certification scenario", () => {
  test.each(cases.map((each) => [each.id, each] as const))("%s", async (_id, each: Case) => {
    const answer = await send(each.path, each.body, { contentType: each.contentType })
    expect(answer.status).toBe(each.status ?? 200)
    if (each.status !== undefined) return
    expect(answer.headers["content-type"]).toMatch(/^application\/json/)
    if (each.decision !== undefined) expect(Decision.parse(answer.json()).decision).toBe(each.decision)
    if (each.decisions !== undefined) {
      const { evaluations } = Decisions.parse(answer.json())
      expect(evaluations).toHaveLength(each.decisions.length)
      for (const [at, wanted] of each.decisions.entries())
        if (wanted !== undefined) expect(evaluations[at]?.decision).toBe(wanted)
    }
    if (each.results === undefined) return
    const names = namesOf(answer.json())
    expect(names).toEqual(each.results.length === 0 ? [] : expect.arrayContaining([...each.results]))
    const { subject, resource } = z.object({ subject: z.unknown(), resource: z.unknown() }).parse(each.body)
    const sought = z.object({ type: z.string() }).parse(each.path.endsWith("/resource") ? resource : subject)
    for (const found of Results.parse(answer.json()).results)
      if ("type" in found) expect(found.type).toBe(sought.type)
    const same = cases.find(({ id }) => id === each.sameAs)
    if (same) expect(names).toEqual(namesOf((await send(same.path, same.body)).json()))
  })

  const plain = cases[0]?.body

  test("2.5 an X-Request-ID comes back as it was, also with an error; without one there is no fault", async () => {
    const headers = { "x-request-id": "bfe9eb29-ab87-4ca3-be83-a1d5d8305716" }
    for (const body of [plain, "{"])
      expect((await send("/access/v1/evaluation", body, { headers })).headers["x-request-id"]).toBe(
        headers["x-request-id"],
      )
    expect((await send("/access/v1/evaluation", plain)).status).toBe(200)
  })

  test("2.6 the same question has the same answer, again and again", async () => {
    for (let n = 0; n < 5; n += 1)
      expect(Decision.parse((await send("/access/v1/evaluation", plain)).json()).decision).toBe(true)
  })

  test("6 the metadata names the base and every endpoint, over HTTPS where the node is reached so", async () => {
    const answer = await request(node.url, "/.well-known/authzen-configuration", {
      method: "GET",
      headers: { host: "pdp.example" },
    })
    expect(answer.status).toBe(200)
    expect(answer.headers["content-type"]).toMatch(/^application\/json/)
    expect(answer.json()).toEqual({
      policy_decision_point: origin,
      access_evaluation_endpoint: `${origin}/access/v1/evaluation`,
      access_evaluations_endpoint: `${origin}/access/v1/evaluations`,
      search_subject_endpoint: `${origin}/access/v1/search/subject`,
      search_resource_endpoint: `${origin}/access/v1/search/resource`,
      search_action_endpoint: `${origin}/access/v1/search/action`,
    })
  })
})

describe("beyond the scenario", () => {
  const question = {
    subject: { type: "user", id: "alice" },
    action: { name: "read" },
    resource: { type: "record", id: "record-1" },
  }

  test("whoever is nobody is refused before anything is read; an agent asks about itself only", async () => {
    for (const path of ["evaluation", "evaluations", "search/subject"]) {
      expect((await send(`/access/v1/${path}`, question, { credential: "" })).status).toBe(401)
      expect((await send(`/access/v1/${path}`, "{", { credential: "" })).status).toBe(401)
      expect((await send(`/access/v1/${path}`, question, { credential: agentCredential })).status).toBe(403)
    }
  })

  test("short circuits end where they say", async () => {
    const ask = async (evaluations_semantic: string) =>
      Decisions.parse(
        (
          await send("/access/v1/evaluations", {
            ...question,
            options: { evaluations_semantic },
            evaluations: [{}, { action: { name: "delete" } }, {}],
          })
        ).json(),
      ).evaluations.map(({ decision }) => decision)
    expect(await ask("execute_all")).toEqual([true, false, true])
    expect(await ask("deny_on_first_deny")).toEqual([true, false])
    expect(await ask("permit_on_first_permit")).toEqual([true])
    expect(
      (
        await send("/access/v1/evaluations", {
          ...question,
          options: { evaluations_semantic: "any" },
          evaluations: [{}],
        })
      ).status,
    ).toBe(400)
  })

  test("what the schema does not foresee, or what does not have its type, is denied", async () => {
    const decide = async (body: unknown) => Decision.parse((await send("/access/v1/evaluation", body)).json())
    const status = (value: unknown) => ({
      ...question,
      resource: { ...question.resource, properties: { status: value } },
    })
    for (const body of [
      { ...question, action: { name: "fly" } },
      { ...question, subject: { type: "spaceship", id: "x" } },
      status(["archived"]),
      status(7),
    ])
      expect(await decide(body)).toMatchObject({ decision: false, context: { error: {} } })
  })

  test("an agent's tool call is decided as the gateway decides it, and about no other agent", async () => {
    const call = (agent: string) => ({
      subject: { type: "agent", id: agent },
      action: { name: "tools/call", properties: { arguments: {} } },
      resource: { type: "tool", id: "demo/send" },
    })
    expect((await send("/access/v1/evaluation", call("ben"))).status).toBe(403)
    const unknown = Decision.parse((await send("/access/v1/evaluation", call("ann"))).json())
    expect(unknown).toMatchObject({ decision: false, context: { error: { code: "not_found" } } })
    await node.api("POST", "/v1/servers", { name: "demo", url: "http://127.0.0.1:9/mcp" })
    const asked = Decision.parse(
      (await send("/access/v1/evaluation", call("ann"), { credential: agentCredential })).json(),
    )
    const explained = (await node.api("POST", "/v1/decisions:explain", {
      agent: "ann",
      server: "demo",
      tool: "send",
    })) as Output<"decision.explain">
    expect(asked.decision).toBe(explained.verdict === "allow")
    expect(asked.context).toMatchObject({ verdict: explained.verdict, policy: explained.policy })
    expect(JSON.stringify(asked.context?.["reasons"])).toBe(JSON.stringify(explained.reasons))
  })
})
