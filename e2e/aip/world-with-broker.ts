import { randomBytes } from "node:crypto"
import { opensslFolder } from "@hufu/server/identity/testing/openssl"
import type { ChannelModel } from "amqplib"
import { connection, type GroupTarget } from "../../conformance/aip/group-leader.ts"
import { freePorts, openBroker } from "./broker-under-test.ts"
import { openNodeOfAgents } from "./node-of-agents.ts"

export type WorldWithBroker = Awaited<ReturnType<typeof openWorldWithBroker>>

/** A node whose agents work in groups at a real RabbitMQ, by TLS. */
export async function openWorldWithBroker() {
  const ports = await freePorts()
  const files = opensslFolder()
  const opened: { close(): unknown }[] = [{ close: () => files.remove() }]
  const close = async () => {
    for (const each of opened.splice(0).toReversed()) await each.close()
  }
  files.run(
    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem",
  )
  const read = (name: string) => files.run(`pkey -in ${name}`).out
  const key = read("key.pem")
  const cert = files.run("x509 -in cert.pem").out
  const secret = randomBytes(24).toString("base64url")
  try {
    const world = await openNodeOfAgents({
      broker: {
        url: `amqps://localhost:${ports.amqps}`,
        secret,
        ca: files.file("roots.pem", cert),
        management: `http://127.0.0.1:${ports.management}`,
      },
    })
    opened.push(world)
    const { node, credential, tls } = world
    const roots = await (await fetch(`${node.url}/acps-atr-v2/ca/trust-bundle`)).text()
    const broker = await openBroker({
      ports,
      auth: `${node.url}/mq-auth/${secret}`,
      tls: { cert, key, ca: roots },
    })
    opened.push(broker)

    async function target(name: "helper" | "tools", by: "credential" | "certificate"): Promise<GroupTarget> {
      const of = await world.target(name, by)
      return {
        ...of,
        partnerAic: of.partnerAic ?? "",
        patienceMs: 20_000,
        acl: by === "credential" ? `${node.url}/mq-auth` : `${new URL(of.base).origin}/mq-auth`,
        broker:
          by === "credential"
            ? { hostname: "127.0.0.1", port: ports.amqp, password: credential }
            : { hostname: "localhost", port: ports.amqps, tls: { key: tls.key, cert: tls.cert, ca: cert } },
      }
    }
    /** Until the node is at the broker, which it made its exchange known to. */
    async function settled(): Promise<void> {
      const model = await connection(await target("helper", "credential"))
      try {
        for (const end = performance.now() + 30_000; ;) {
          if (await hasInboxes(model)) return
          if (performance.now() > end) throw new Error("the node is not at the broker")
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
      } finally {
        await model.close()
      }
    }
    await settled()
    return {
      ...world,
      broker,
      settled,
      ports,
      target,
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function hasInboxes(model: ChannelModel): Promise<boolean> {
  const channel = await model.createChannel()
  channel.on("error", () => {})
  try {
    await channel.checkExchange("inbox.topic")
    await channel.close()
    return true
  } catch {
    return false
  }
}
