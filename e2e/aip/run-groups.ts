import { randomUUID } from "node:crypto"
import { mkdir, writeFile } from "node:fs/promises"
import { runChecks } from "../../conformance/aip/check.ts"
import { groupChecks } from "../../conformance/aip/group-checks.ts"
import { type GroupLeader, openGroupLeader } from "../../conformance/aip/group-leader.ts"
import { openLeader } from "../../conformance/aip/leader.ts"
import { noBroker } from "./broker-under-test.ts"
import { openSecondPartner } from "./second-partner.ts"
import { openWorldWithBroker } from "./world-with-broker.ts"

// Every check of groups through a real node at a real RabbitMQ: with a partner that speaks AIP and with a tool server, by credential and by
// certificate. Then the broker, and then the node, is killed while partners work.

if (noBroker !== undefined) throw new Error(noBroker)
const tasks = 20
const world = await openWorldWithBroker()
const reports: object[] = []
let isGood = true
try {
  for (const name of ["helper", "tools"] as const)
    for (const by of ["credential", "certificate"] as const) {
      const leader = await openGroupLeader(await world.target(name, by))
      const begun = performance.now()
      const all = await runChecks(groupChecks, leader)
      await leader.close()
      const of = (outcome: string) => all.filter((each) => each.outcome === outcome)
      const took = ((performance.now() - begun) / 1000).toFixed(1)
      console.log(
        `${name} by ${by}: ${of("passed").length} passed, ${of("failed").length} failed, ${of("not reached").length} not reached, ${took} s`,
      )
      for (const { id, outcome, why } of all)
        if (outcome !== "passed") console.log(`  ${outcome}: ${id}: ${why}`)
      isGood &&= of("failed").length === 0
      reports.push({ name, by, all })
    }
  const { node, broker } = world
  isGood =
    (await survives(
      "the broker",
      () => broker.kill(),
      () => broker.start(),
    )) && isGood
  isGood =
    (await survives(
      "the node",
      () => node.kill9(),
      () => node.restart(),
    )) && isGood
  isGood = (await leads()) && isGood
} finally {
  await world.close()
}

/** The same of groups that Hufu leads, with a partner that is at the broker itself. */
async function leads(): Promise<boolean> {
  const { node, broker } = world
  const second = await openSecondPartner(world)
  const { aic: senderId, headers } = second.captain
  const target = {
    senderId,
    headers,
    partnerAic: second.aic,
    bindsIdentity: true,
    script: {},
    patienceMs: 30_000,
  }
  const open = () => openLeader({ ...target, base: `${node.url}/aip/second` })
  let isRight = true
  for (const what of ["the broker", "the node"] as const) {
    const group = `led-${what.replace(" ", "-")}`
    const invited = await fetch(`${node.url}/v1/groups/${group}/members`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ server: "second" }),
    })
    if (!invited.ok) throw new Error(`the second was not invited: ${await invited.text()}`)
    let leader = open()
    const names = Array.from({ length: tasks }, () => leader.newTask())
    const before = second.heard.length
    for (const task of names)
      await leader.rpc(task, "start", { groupId: group, dataItems: [{ type: "text", text: "work" }] })
    for (const task of names) await leader.until(task, ["working"])
    const theirs = second.scripted.tasks().slice(-tasks)
    if (what === "the broker") {
      await broker.kill()
      await saysSo({ direct: leader }, names)
    } else await node.kill9()
    await leader.close()
    for (const { id } of theirs) second.scripted.go(id, "deliver")
    if (what === "the broker") await broker.start()
    else await node.restart()
    await world.settled()
    leader = open()
    let delivered = 0
    for (const task of names) {
      const { products = [] } = await leader.until(task, ["awaiting-completion"])
      delivered += products.length
      await leader.rpc(task, "complete", { groupId: group })
      await leader.until(task, ["completed"])
    }
    await leader.close()
    const starts = second.heard.slice(before).filter((each) => each["command"] === "start").length
    console.log(
      `Hufu leading, ${what} killed: ${delivered} of ${tasks} delivered, ${starts} started at the partner`,
    )
    isRight &&= delivered === tasks && starts === tasks
  }
  for (const { id, what } of second.missteps) console.log(`  ${id}: ${what}`)
  isRight &&= second.missteps.length === 0
  await second.close()
  return isRight
}

/**
 * Tasks that are under way when something is killed end as they would have, each once: nothing is lost and nothing done twice. What the
 * leader says while it is away waits for it.
 */
async function survives(
  what: string,
  kill: () => Promise<void>,
  start: () => Promise<unknown>,
): Promise<boolean> {
  const { partner, node } = world
  const before = partner.seen.length
  let leader = await openGroupLeader(await world.target("helper", "credential"))
  const group = await leader.newGroup()
  await group.joinByRequest()
  await group.status(({ connected }) => connected)
  const names = Array.from({ length: tasks }, () => randomUUID())
  for (const task of names)
    await group.command(task, "start", { dataItems: [{ type: "text", text: "work" }] })
  for (const task of names) await group.result(task, "working")
  const theirs = partner
    .tasks()
    .slice(-tasks)
    .map(({ id }) => id)
  await kill()
  if (what === "the broker") await saysSo(leader, names)
  await leader.close()
  for (const id of theirs) partner.go(id, "deliver")
  await start()
  await world.settled()
  leader = await openGroupLeader(await world.target("helper", "credential"))
  const again = await leader.rejoin(group)
  const delivered = new Set<string>()
  for (const task of names) {
    const { products = [], id } = await again.result(task, "awaiting-completion")
    if (products.length === 1) delivered.add(id)
    await again.command(task, "complete")
    await again.result(task, "completed")
  }
  await leader.close()
  const starts = partner.seen
    .slice(before)
    .filter(({ body }) => JSON.stringify(body).includes('"command":"start"'))
  const isRight = delivered.size === tasks && starts.length === tasks && node.ended() === undefined
  console.log(
    `${what} killed: ${delivered.size} of ${tasks} delivered, ${starts.length} started at the partner`,
  )
  return isRight
}

/** Whoever asks for a task while the broker is away is told that it is. */
async function saysSo({ direct }: Pick<GroupLeader, "direct">, names: readonly string[]): Promise<void> {
  for (const task of names)
    for (let tries = 0; ; tries++) {
      const { status } = await direct.rpc(task, "get")
      if (JSON.stringify(status).includes("group/broker-away")) break
      if (tries > 200) throw new Error("a task does not say that the broker is away")
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  console.log(`each of ${names.length} tasks says that its broker is away`)
}

await mkdir("out", { recursive: true })
await writeFile("out/conformance-aip-groups.json", `${JSON.stringify(reports, null, 2)}\n`)
if (!isGood) process.exitCode = 1
