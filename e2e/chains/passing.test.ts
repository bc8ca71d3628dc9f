import { generateKeyPairSync } from "node:crypto"
import { jwkOf } from "@hufu/core/token/ed25519-jwk"
import { fromBase64Url } from "@hufu/core/evidence/base64"
import { readStatusList, statusFrom } from "@hufu/core/token/status-list"
import { verifyTokenChain } from "@hufu/core/token/verify-chain"
import { expect, test } from "vitest"
import { enrolPerson, startNode } from "../node-under-test.ts"

const issuer = "https://hufu.example"

test(
  "agents pass a mandate on by their own credentials, over the node's API, and its token ends with it",
  { timeout: 120_000 },
  async () => {
    const node = await startNode({ config: { tokens: { issuer } } })
    try {
      const ask = async (method: string, path: string, credential: string, body?: object) => {
        const response = await fetch(`${node.url}${path}`, {
          method,
          headers: { authorization: `Bearer ${credential}`, "content-type": "application/json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        return { status: response.status, body: (await response.json()) as Record<string, never> }
      }
      const agent = async (name: string) => {
        const made = (await node.api("POST", "/v1/agents", { name, credential: true })) as {
          agent: { id: string }
          credential: string
        }
        return { id: made.agent.id, credential: made.credential }
      }
      await enrolPerson(node)
      const [a, b, c] = [await agent("ann"), await agent("ben"), await agent("cy")]
      const grants = [{ effects: ["read"], tools: ["notes/*"], mode: "auto", budget: { count: 10 } }]
      const given = (await node.api("POST", "/v1/mandates", {
        agent: a.id,
        mandate: { words: "look at my notes", grants, otherwise: "deny", until: Date.now() + 3_600_000 },
      })) as { id: string }
      const pass = (id: string, from: { credential: string }, to: { id: string }, count: number) =>
        ask("POST", `/v1/mandates/${id}:pass`, from.credential, {
          to: to.id,
          part: { words: "help me", grants: [{ ...grants[0], budget: { count } }] },
        })
      const held = await ask("GET", "/v1/mandates:held", a.credential)
      expect(held.body).toMatchObject({ items: [{ holds: true, mandate: { id: given.id } }] })
      // Only who holds it, only less of it, and only what an agent may do at all.
      expect(await pass(given.id, b, c, 1)).toMatchObject({ status: 404 })
      // More than it asks the person, who sees how it is more; once they have approved it, the same makes it.
      const more = await pass(given.id, a, b, 11)
      expect(more).toMatchObject({ status: 409, body: { code: "not_narrower", state: "waiting" } })
      const question = String(more.body["hold"])
      const hold = (await node.api("GET", `/v1/holds/${question}`)) as { digest: string; passing: object }
      expect(hold.passing).toMatchObject({
        toName: "ben",
        made: null,
        differences: expect.arrayContaining([
          expect.objectContaining({ en: expect.stringContaining("it takes 11 calls, and 10 are left") }),
        ]),
      })
      const choice = { digest: hold.digest, for: "once" }
      const edited = { ...choice, arguments: { mandate: given.id } }
      await expect(node.api("POST", `/v1/holds/${question}:approve`, edited)).rejects.toThrow("as it is")
      await node.api("POST", `/v1/holds/${question}:approve`, choice)
      const widened = await pass(given.id, a, b, 11)
      expect(widened).toMatchObject({ status: 200, body: { parent: given.id, widened: question } })
      expect(await node.api("GET", `/v1/holds/${question}`)).toMatchObject({
        state: "used",
        passing: { made: widened.body["id"] },
      })
      await node.api("POST", `/v1/mandates/${widened.body["id"]}:revoke`, {})
      expect(await ask("GET", "/v1/mandates", a.credential)).toMatchObject({ status: 401 })
      const passed = await pass(given.id, a, b, 6)
      expect(passed.body).toMatchObject({ parent: given.id, agent: b.id })
      const id = String(passed.body["id"])
      expect(await pass(id, b, a, 1)).toMatchObject({ status: 400 })
      expect(await pass(id, b, c, 6)).toMatchObject({ status: 200 })
      const chain = (await node.cli(["mandate", "chain", id])) as {
        items: { agentName: string; state: string }[]
      }
      expect(chain.items.map(({ agentName, state }) => `${agentName} ${state}`)).toEqual([
        "ann holds",
        "ben holds",
        "cy holds",
      ])

      const { publicKey } = generateKeyPairSync("ed25519")
      const key = jwkOf(fromBase64Url(publicKey.export({ format: "jwk" }).x ?? ""))
      const { body: issued } = await ask("POST", `/v1/mandates/${id}:token`, b.credential, { key })
      const verify = async () => {
        const list = await readStatusList(await (await fetch(`${node.url}/status/mandates`)).text(), {
          uri: `${issuer}/status/mandates`,
          key: issued["key"] ?? key,
        })
        const now = Math.floor(Date.now() / 1000)
        const found = await verifyTokenChain([String(issued["token"])], {
          issuers: new Map([[issuer, issued["key"] ?? key]]),
          now,
          statusOf: statusFrom(list ? [list] : [], now),
        })
        return found.ok ? "ok" : found.fault
      }
      expect(await verify()).toBe("ok")
      expect(await (await fetch(`${node.url}/status/keys`)).json()).toEqual({ keys: [issued["key"]] })
      await node.stop()
      await node.restart()
      const report = await node.api("POST", `/v1/mandates/${given.id}:revoke`, {})
      expect(report).toMatchObject({ id: given.id, below: [id, expect.stringMatching(/^mnd_/)] })
      await expect.poll(verify).toBe("revoked")
      expect((await ask("GET", "/v1/mandates:held", b.credential)).body).toEqual({ items: [] })
    } finally {
      await node.dispose()
    }
  },
)
