import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { z } from "zod"
import { type Checked, runChecks } from "./check.ts"
import { groupChecks } from "./group-checks.ts"
import { startGroupPartner } from "./group-partner.ts"
import { openGroupLeader } from "./group-leader.ts"
import { openLeader } from "./leader.ts"
import { type Misstep, watchLeader } from "./leader-checks.ts"
import { partnerChecks } from "./partner-checks.ts"
import { startScriptedPartner } from "./scripted-partner.ts"
import { outcomes, type Target } from "./target.ts"

const trial = "1.2.156.3088.1.ZZZZZZ.1.1.1.0000"
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sender: { type: "string", default: trial },
    partner: { type: "string" },
    header: { type: "string", multiple: true, default: [] },
    cert: { type: "string" },
    key: { type: "string" },
    ca: { type: "string" },
    script: { type: "string" },
    callback: { type: "string" },
    patience: { type: "string", default: "10" },
    "partner-waits": { type: "string" },
    leader: { type: "boolean", default: false },
    broker: { type: "string" },
    password: { type: "string" },
    acl: { type: "string" },
    "broker-ca": { type: "string" },
    host: { type: "string", default: "localhost" },
    port: { type: "string", default: "0" },
    out: { type: "string", default: "out" },
  },
})

const Script = z.partialRecord(z.enum(outcomes), z.array(z.record(z.string(), z.json())))

async function readTls(): Promise<Target["tls"]> {
  const { cert, key, ca } = values
  if (cert === undefined && key === undefined && ca === undefined) return undefined
  if (cert === undefined || key === undefined || ca === undefined)
    throw new Error("give --cert, --key and --ca together")
  const [certText, keyText, caText] = await Promise.all([cert, key, ca].map((file) => readFile(file, "utf8")))
  return { cert: certText ?? "", key: keyText ?? "", ca: caText ?? "" }
}

async function targetOf(url: string): Promise<Target> {
  const tls = await readTls()
  const headers = Object.fromEntries(
    values.header.map((line) => {
      const [name = "", ...rest] = line.split(":")
      return [name.trim().toLowerCase(), rest.join(":").trim()]
    }),
  )
  const script =
    values.script === undefined ? {} : Script.parse(JSON.parse(await readFile(values.script, "utf8")))
  return {
    base: url.replace(/\/(?:rpc\/?)?$/, ""),
    senderId: values.sender,
    headers,
    ...(tls === undefined ? {} : { tls }),
    ...(values.partner === undefined ? {} : { partnerAic: values.partner }),
    bindsIdentity: tls !== undefined || Object.keys(headers).length > 0,
    script,
    ...(values.callback === undefined ? {} : { callbackHost: values.callback }),
    patienceMs: Number(values.patience) * 1000,
    ...(values["partner-waits"] === undefined
      ? {}
      : { partnerWaitsMs: Number(values["partner-waits"]) * 1000 }),
  }
}

const say = ({ id, outcome, what, why }: Checked) =>
  console.log(`${outcome.padEnd(11)}  ${id.padEnd(28)} ${what}${why === undefined ? "" : `: ${why}`}`)

async function direct(target: Target): Promise<readonly Checked[]> {
  const leader = openLeader(target)
  const all = await runChecks(partnerChecks, leader, say)
  await leader.close()
  return all
}

async function inGroups(target: Target, broker: string): Promise<readonly Checked[]> {
  const { acl, password, partner } = values
  if (acl === undefined || partner === undefined)
    throw new Error(
      "give --acl, where a leader says who is in its groups, and --partner, the code of the partner",
    )
  const { hostname, port, protocol } = new URL(broker)
  const { tls } = target
  if (password === undefined && tls === undefined)
    throw new Error("give --password, or --cert, --key and --ca")
  const ca = values["broker-ca"] === undefined ? tls?.ca : await readFile(values["broker-ca"], "utf8")
  const secured = protocol === "amqps:" && ca !== undefined ? { tls: { key: "", cert: "", ...tls, ca } } : {}
  const leader = await openGroupLeader({
    ...target,
    partnerAic: partner,
    acl,
    broker: {
      hostname,
      port: Number(port || (protocol === "amqps:" ? 5671 : 5672)),
      ...(password === undefined ? {} : { password }),
      ...secured,
    },
  })
  const all = await runChecks(groupChecks, leader, say)
  await leader.close()
  return all
}

async function checkPartner(url: string): Promise<readonly Checked[]> {
  const target = await targetOf(url)
  const all = values.broker === undefined ? await direct(target) : await inGroups(target, values.broker)
  const count = (outcome: Checked["outcome"]) => all.filter((each) => each.outcome === outcome).length
  console.log(`${count("passed")} passed, ${count("failed")} failed, ${count("not reached")} not reached`)
  if (count("failed") > 0) process.exitCode = 1
  return all
}

async function checkLeader(): Promise<readonly Misstep[]> {
  const watch = watchLeader()
  const tls = await readTls()
  const partner = await startScriptedPartner({
    aic: values.partner ?? trial,
    host: values.host,
    port: Number(values.port),
    ...(tls === undefined ? {} : { tls }),
    onSeen(seen) {
      watch.look(seen)
      console.log(`${seen.path} ${JSON.stringify(seen.body).slice(0, 200)}`)
    },
  })
  console.log(`point a leader at ${partner.url}/rpc and press Ctrl-C when it is done`)
  await new Promise((resolve) => process.once("SIGINT", resolve))
  await partner.close()
  for (const { id, source, what } of watch.missteps) console.log(`${id} (${source}): ${what}`)
  const sent = [...watch.counts].map(([name, count]) => `${count} ${name}`).join(", ")
  console.log(`${watch.missteps.length} missteps in ${sent || "nothing"}`)
  if (watch.missteps.length > 0 || watch.counts.size === 0) process.exitCode = 1
  return watch.missteps
}

/** A partner that is at the broker itself. */
async function checkGroupLeader(broker: string): Promise<readonly Misstep[]> {
  const { hostname, port } = new URL(broker)
  const { password, partner: aic } = values
  if (password === undefined || aic === undefined)
    throw new Error("give --partner, the code under which it comes to the broker, and --password")
  const partner = await startGroupPartner({ aic, broker: { hostname, port: Number(port || 5672), password } })
  console.log(
    `have a leader invite ${partner.scripted.url}/rpc into a group, and press Ctrl-C when it is done`,
  )
  await new Promise((resolve) => process.once("SIGINT", resolve))
  await partner.close()
  for (const { id, source, what } of partner.missteps) console.log(`${id} (${source}): ${what}`)
  console.log(`${partner.missteps.length} missteps in ${partner.heard.length} messages`)
  if (partner.missteps.length > 0 || partner.heard.length === 0) process.exitCode = 1
  return partner.missteps
}

const [url] = positionals
if (url === undefined && !values.leader)
  throw new Error("give the address of a partner, or --leader to look at one: see conformance/aip/README.md")
const checksLeader = () => (values.broker === undefined ? checkLeader() : checkGroupLeader(values.broker))
const found = url === undefined ? await checksLeader() : await checkPartner(url)
await mkdir(values.out, { recursive: true })
const file = join(values.out, "conformance-aip.json")
await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), found }, null, 2)}\n`)
console.log(`every check is in ${file}`)
