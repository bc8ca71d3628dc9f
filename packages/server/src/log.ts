import { mkdirSync } from "node:fs"
import { join } from "node:path"
import { type DestinationStream, type Logger, pino } from "pino"
import buildRoll from "pino-roll"
import type { Config } from "./config.ts"

/** Members that may hold a secret, wherever they stand; what an agent sends is never logged at all. */
const secretPaths = [
  "secret",
  "credential",
  "token",
  "authorization",
  "headers",
  "environment",
  "env",
  "password",
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/** Logs to `logs/hufu.log` in the data folder, rotated by size, old ones deleted. */
export async function openLogger(
  dataDir: string,
  { level, megabytes, files }: Config["log"],
): Promise<{ logger: Logger; close(): void }> {
  const folder = join(dataDir, "logs")
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stream = await buildRoll({
    file: join(folder, "hufu"),
    extension: ".log",
    size: `${megabytes}m`,
    limit: { count: files },
    mode: 0o600,
  })
  return { logger: loggerTo(stream, level), close: () => stream.end() }
}

/** A logger without secrets, to any stream. */
export function loggerTo(stream: DestinationStream, level: Config["log"]["level"]): Logger {
  return pino(
    { level, redact: { paths: secretPaths, censor: "[secret]" }, base: { pid: process.pid } },
    stream,
  )
}
