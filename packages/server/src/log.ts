import { existsSync, readdirSync, truncateSync } from "node:fs"
import { join } from "node:path"
import { type DestinationStream, type Logger, pino } from "pino"
import type { Config } from "./config.ts"
import { openRollingLog } from "./rolling-log.ts"

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

/** Logs into `logs` in the data folder, rotated by size, old files deleted. */
export function openLogger(
  dataDir: string,
  { level, megabytes, files }: Config["log"],
): { logger: Logger; close(): void } {
  const stream = openRollingLog(join(dataDir, "logs"), { bytes: megabytes * 1024 * 1024, files })
  return { logger: loggerTo(stream, level), close: () => stream.end() }
}

/** Empties the log files of a data folder: of free text nobody can tell whose it is, so all of it goes when a subject is erased. */
export async function emptyLogs(dataDir: string, logger: Logger): Promise<void> {
  // What is on its way to a file would come after.
  await new Promise<void>((resolve) => logger.flush(() => resolve()))
  const folder = join(dataDir, "logs")
  if (!existsSync(folder)) return
  for (const { name } of readdirSync(folder, { withFileTypes: true }).filter((file) => file.isFile()))
    truncateSync(join(folder, name))
}

/** A logger without secrets, to any stream. */
export function loggerTo(stream: DestinationStream, level: Config["log"]["level"]): Logger {
  return pino(
    { level, redact: { paths: secretPaths, censor: "[secret]" }, base: { pid: process.pid } },
    stream,
  )
}
