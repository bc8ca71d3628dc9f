// Loaded into a process with `--import`: writes every attempt to reach or look up something, as one JSON line, before it is made.
import dgram from "node:dgram"
import dns from "node:dns"
import { appendFileSync } from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import net from "node:net"

const file = process.env.HUFU_TEST_ATTEMPTS

function record(by, to) {
  if (file !== undefined)
    appendFileSync(file, `${JSON.stringify({ pid: process.pid, by, to: String(to) })}\n`)
}

/** Has a method say where it is going before it goes. */
function watch(object, name, by, where) {
  const original = object[name]
  object[name] = function watched(...args) {
    const to = where(args)
    if (to !== undefined) record(by, to)
    return original.apply(this, args)
  }
}

// Every way to a TCP connection in Node ends here, that of fetch and undici too.
watch(net.Socket.prototype, "connect", "tcp", ([first, second]) => {
  const options = Array.isArray(first) ? first[0] : first
  if (typeof options === "string" || options?.path) return undefined // a local socket
  if (typeof options === "object") return options.host ?? "localhost"
  return typeof second === "string" ? second : "localhost"
})
watch(dgram.Socket.prototype, "connect", "udp", ([, host]) => (typeof host === "string" ? host : "localhost"))
watch(
  dgram.Socket.prototype,
  "send",
  "udp",
  (args) => args.slice(1).find((arg) => typeof arg === "string") ?? "localhost",
)
for (const each of [dns, dns.promises, dns.Resolver.prototype, dns.promises.Resolver.prototype])
  for (const name of Object.getOwnPropertyNames(each))
    if (/^(lookup|resolve|reverse)/.test(name) && typeof each[name] === "function")
      watch(each, name, "dns", ([host]) => host)
syncBuiltinESMExports()
record("start", "")
