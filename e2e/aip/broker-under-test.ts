import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loopback } from "@hufu/server/http/testing/loopback"
import { accepts } from "../process/start-listener.ts"

const server = "/usr/lib/rabbitmq/bin/rabbitmq-server"
const host = "127.0.0.1"

/** Why there is no broker to test with; undefined where there is one. */
export const noBroker: string | undefined = !existsSync(server)
  ? "RabbitMQ is not installed here (`apt-get install rabbitmq-server`), so that nothing is tested of groups"
  : loopback === host
    ? undefined
    : "RabbitMQ's own network is of IPv4, which this machine does not have, so that nothing is tested of groups"

export interface BrokerPorts {
  readonly amqp: number
  readonly amqps: number
  readonly management: number
  readonly distribution: number
  readonly names: number
}

export interface BrokerOptions {
  readonly ports: BrokerPorts
  /** Where it asks what is allowed: its paths begin so. */
  readonly auth: string
  /** By which it is known, and who vouches for those that come by certificate. PEM. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca: string }
}

/** A real RabbitMQ in a folder of its own, which its restarts share. */
export interface BrokerUnderTest {
  /** Kills it, as a loss of power would. */
  kill(): Promise<void>
  start(): Promise<void>
  logText(): string
  close(): Promise<void>
}

/** Ports that were free a moment ago. */
export async function freePorts(): Promise<BrokerPorts> {
  const all = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const held = createServer().listen(0, host)
      await once(held, "listening")
      return held
    }),
  )
  // They listen on TCP.
  const ports = all.map((held) => (held.address() as AddressInfo).port)
  await Promise.all(all.map((held) => new Promise((resolve) => held.close(resolve))))
  const [amqp = 0, amqps = 0, management = 0, distribution = 0, names = 0] = ports
  return { amqp, amqps, management, distribution, names }
}

export async function openBroker({ ports, auth, tls }: BrokerOptions): Promise<BrokerUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), "hufu-broker-"))
  const file = async (name: string, text: string) => {
    const path = join(folder, name)
    await writeFile(path, text, { mode: 0o600 })
    return path
  }
  const lines = [
    `listeners.tcp.1 = ${host}:${ports.amqp}`,
    "default_vhost = acps",
    "auth_backends.1 = http",
    "auth_http.http_method = post",
    ...["user", "vhost", "resource", "topic"].map((each) => `auth_http.${each}_path = ${auth}/${each}`),
    "auth_mechanisms.1 = PLAIN",
    "auth_mechanisms.2 = EXTERNAL",
    `management.tcp.ip = ${host}`,
    `management.tcp.port = ${ports.management}`,
    "log.console = false",
    "log.file.level = info",
    // So few messages need none of what else it would prepare.
    "collect_statistics_interval = 60000",
  ]
  if (tls !== undefined)
    lines.push(
      `listeners.ssl.1 = ${host}:${ports.amqps}`,
      `ssl_options.certfile = ${await file("cert.pem", tls.cert)}`,
      `ssl_options.keyfile = ${await file("key.pem", tls.key)}`,
      `ssl_options.cacertfile = ${await file("ca.pem", tls.ca)}`,
      "ssl_options.versions.1 = tlsv1.3",
      "ssl_options.verify = verify_peer",
      "ssl_options.fail_if_no_peer_cert = false",
      "ssl_cert_login_from = common_name",
    )
  await file("rabbitmq.conf", `${lines.join("\n")}\n`)
  await file("plugins", "[rabbitmq_auth_backend_http,rabbitmq_auth_mechanism_ssl,rabbitmq_management].\n")
  const env = {
    ...process.env,
    HOME: folder,
    ERL_EPMD_PORT: String(ports.names),
    ERL_EPMD_ADDRESS: host,
    RABBITMQ_NODENAME: `hufu-${ports.amqp}@localhost`,
    RABBITMQ_DIST_PORT: String(ports.distribution),
    RABBITMQ_MNESIA_BASE: join(folder, "data"),
    RABBITMQ_LOG_BASE: join(folder, "log"),
    RABBITMQ_LOGS: join(folder, "broker.log"),
    RABBITMQ_CONFIG_FILE: join(folder, "rabbitmq.conf"),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, "plugins"),
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    // The Erlang VM takes the place of the script, so that it can be ended by its id.
    RUNNING_UNDER_SYSTEMD: "true",
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbwt none",
  }
  // Its own names daemon, which otherwise stays when it ends.
  const names = spawn("epmd", ["-port", String(ports.names), "-address", host], { env, stdio: "ignore" })
  let broker: ChildProcess | undefined

  async function start(): Promise<void> {
    const child = spawn(server, [], { env, stdio: "ignore" })
    broker = child
    for (const end = performance.now() + 60_000; ;) {
      if (child.exitCode !== null || performance.now() > end)
        throw new Error(`RabbitMQ did not start: ${logText().slice(-2000)}`)
      if (await accepts(ports.amqp, host)) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  async function kill(): Promise<void> {
    const child = broker
    broker = undefined
    if (child === undefined || child.exitCode !== null) return
    child.kill("SIGKILL")
    await once(child, "exit")
  }

  function logText(): string {
    return spawnSync("cat", [join(folder, "broker.log")], { encoding: "utf8" }).stdout
  }

  const opened: BrokerUnderTest = {
    kill,
    start,
    logText,
    async close() {
      await kill()
      names.kill("SIGKILL")
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
  try {
    await start()
    return opened
  } catch (error) {
    await opened.close()
    throw error
  }
}
