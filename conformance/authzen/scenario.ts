/** One case of the certification scenario: what is sent where, and what has to come back. */
export interface Case {
  /** The place of the case in the scenario. */
  readonly id: string
  readonly path: string
  /** JSON, or a text that is sent as it is. */
  readonly body: unknown
  readonly status?: number
  readonly decision?: boolean
  readonly decisions?: readonly (boolean | undefined)[]
  /** Ids or names that have to be among the results; none at all for an empty list. */
  readonly results?: readonly string[]
  /** A case of which the results have to be the same. */
  readonly sameAs?: string
  readonly contentType?: string
}

const [alice, bob] = ["alice", "bob"].map((id) => ({ type: "user", id }))
const [read, write] = ["read", "write"].map((name) => ({ name }))
const [first, second] = ["record-1", "record-2"].map((id) => ({ type: "record", id }))
const admin = { ...bob, properties: { role: "admin" } }
const archived = { ...second, properties: { status: "archived" } }
const active = { ...first, properties: { status: "active" } }
const softly = (soft: boolean) => ({ name: "delete", properties: { soft } })
const somewhen = { time: "2025-06-27T18:03-07:00", ip: "192.168.1.1" }

const evaluation = "/access/v1/evaluation"
const evaluations = "/access/v1/evaluations"
const search = (kind: "subject" | "resource" | "action") => `/access/v1/search/${kind}`

const one = (id: string, decision: boolean, body: unknown): Case => ({ id, path: evaluation, body, decision })
const bad = (id: string, body: unknown, path = evaluation, more: Partial<Case> = {}): Case => ({
  id,
  path,
  body,
  status: 400,
  ...more,
})

const basic: readonly Case[] = [
  one("2.2.1", true, { subject: alice, action: read, resource: first }),
  one("1.4 rule 2", true, { subject: alice, action: write, resource: first }),
  one("1.4 rule 3", true, { subject: bob, action: read, resource: first }),
  one("2.2.2", false, { subject: bob, action: write, resource: first }),
  one("2.2.3", true, { subject: alice, action: read, resource: first, context: somewhen }),
  one("2.2.4", false, { subject: alice, action: write, resource: archived }),
  one("2.2.5", true, { subject: admin, action: write, resource: archived }),
  one("2.2.6", true, { subject: alice, action: softly(true), resource: first }),
  one("2.2.7", false, { subject: alice, action: softly(false), resource: first }),
  one("2.2.8", true, {
    subject: { ...alice, properties: { department: "Sales", role: "manager" } },
    action: { ...read, properties: { method: "GET" } },
    resource: { ...first, properties: { status: "active", owner: "bob" } },
  }),
  one("2.2.9", true, {
    subject: alice,
    action: read,
    resource: first,
    foo: "bar",
    futureField: { nested: true },
  }),
  bad("2.4.1 subject", { action: read, resource: first }),
  bad("2.4.1 action", { subject: alice, resource: first }),
  bad("2.4.1 resource", { subject: alice, action: read }),
  bad("2.4.2 subject type", { subject: { id: "alice" }, action: read, resource: first }),
  bad("2.4.2 subject id", { subject: { type: "user" }, action: read, resource: first }),
  bad("2.4.2 action name", { subject: alice, action: {}, resource: first }),
  bad("2.4.2 resource type", { subject: alice, action: read, resource: { id: "record-1" } }),
  bad("2.4.2 resource id", { subject: alice, action: read, resource: { type: "record" } }),
  bad("2.4.3", { subject: alice, action: read, resource: first }, evaluation, { contentType: "text/plain" }),
  bad("2.4.4", '{"subject": {'),
  bad("2.4.5", ""),
  bad("2.4.6 subject", { subject: "alice", action: read, resource: first }),
  bad("2.4.6 action name", { subject: alice, action: { name: 123 }, resource: first }),
]

const batch = (id: string, decisions: readonly (boolean | undefined)[], body: unknown): Case => ({
  id,
  path: evaluations,
  body,
  decisions,
})
const batches: readonly Case[] = [
  batch("3.2.1", [true, undefined], {
    subject: alice,
    action: read,
    evaluations: [{ resource: first }, { resource: second }],
  }),
  batch("3.2.2", [true, false], {
    subject: bob,
    resource: first,
    evaluations: [{ action: read }, { action: write }],
  }),
  batch("3.2.3", [true, false], {
    subject: alice,
    action: write,
    evaluations: [{ resource: active }, { resource: archived }],
  }),
  batch("3.2.4", [false, true], {
    action: write,
    resource: archived,
    evaluations: [{ subject: alice }, { subject: admin }],
  }),
  batch("3.2.5", [true, false], {
    evaluations: [
      { subject: alice, action: read, resource: first },
      { subject: bob, action: write, resource: first },
    ],
  }),
  batch("3.2.6", [true, undefined], {
    subject: alice,
    action: read,
    context: { time: somewhen.time },
    evaluations: [
      { resource: first },
      { resource: second, context: { time: "2025-06-27T19:00-07:00", source: "batch-override" } },
    ],
  }),
  batch("3.2.7", [true, false], {
    subject: alice,
    action: write,
    resource: active,
    evaluations: [{}, { resource: archived }],
  }),
  batch("3.4.1", [true, false], {
    subject: alice,
    action: read,
    options: { evaluations_semantic: "execute_all" },
    evaluations: [{ resource: first }, {}],
  }),
  { ...one("3.4.2", true, { subject: alice, action: read, resource: first }), path: evaluations },
  {
    ...one("3.4.3", true, { subject: alice, action: read, resource: first, evaluations: [] }),
    path: evaluations,
  },
]

const find = (
  id: string,
  kind: "subject" | "resource" | "action",
  body: unknown,
  results: readonly string[],
  sameAs?: string,
): Case => ({
  id,
  path: search(kind),
  body,
  results,
  ...(sameAs === undefined ? {} : { sameAs }),
})
const users = { type: "user" }
const records = { type: "record" }
const searches: readonly Case[] = [
  find("4.2.1", "subject", { subject: users, action: read, resource: first }, ["alice", "bob"]),
  find(
    "4.2.2",
    "subject",
    { subject: users, action: read, resource: first, context: somewhen },
    ["alice", "bob"],
    "4.2.1",
  ),
  find("4.2.3", "subject", { subject: alice, action: read, resource: first }, ["alice", "bob"], "4.2.1"),
  find("4.2.4", "subject", { subject: users, action: write, resource: archived }, ["bob"]),
  find("4.3.1", "resource", { subject: alice, action: read, resource: records }, ["record-1"]),
  find(
    "4.3.2",
    "resource",
    { subject: alice, action: read, resource: records, context: somewhen },
    ["record-1"],
    "4.3.1",
  ),
  find("4.3.3", "resource", { subject: alice, action: read, resource: first }, ["record-1"], "4.3.1"),
  find("4.3.4", "resource", { subject: admin, action: write, resource: records }, ["record-2"]),
  find("4.4.1", "action", { subject: alice, resource: first }, ["read", "write"]),
  find("4.4.2", "action", { subject: alice, resource: first, context: somewhen }, ["read", "write"], "4.4.1"),
  find("4.4.3", "action", { subject: admin, resource: archived }, ["write"]),
  find("4.5.1", "subject", { subject: users, action: read, resource: first, page: { limit: 1 } }, [
    "alice",
    "bob",
  ]),
  find("4.6.1 action", "action", { subject: { type: "user", id: "nonexistent-user" }, resource: first }, []),
  find(
    "4.6.1 resource",
    "resource",
    { subject: { type: "user", id: "nonexistent-user" }, action: read, resource: records },
    [],
  ),
  find(
    "4.6.1 subject",
    "subject",
    { subject: users, action: read, resource: { type: "record", id: "none" } },
    [],
  ),
  find("4.6.2 subject", "subject", { subject: { type: "spaceship" }, action: read, resource: first }, []),
  find("4.6.2 resource", "resource", { subject: alice, action: read, resource: { type: "spaceship" } }, []),
  find("4.6.2 action", "action", { subject: { type: "spaceship", id: "x" }, resource: first }, []),
  bad("4.7.1 subject", { subject: users, resource: first }, search("subject")),
  bad("4.7.1 resource", { action: read, resource: records }, search("resource")),
  bad("4.7.1 action", { subject: alice }, search("action")),
  bad("4.7.2 subject", { subject: users, action: read, resource: records }, search("subject")),
  bad("4.7.2 resource", { subject: users, action: read, resource: records }, search("resource")),
  bad("4.7.2 action", { subject: users, resource: first }, search("action")),
]

/** Every case of the scenario but those about headers, repetition and the metadata, which are in the test itself. */
export const cases: readonly Case[] = [...basic, ...batches, ...searches]
