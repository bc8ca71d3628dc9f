import { readdir, stat } from "node:fs/promises"
import { join } from "node:path"
import { TILE_WIDTH, tilePath } from "@hufu/core/evidence/tile-path"
import type { LogFiles } from "@hufu/core/evidence/verify-log"
import { Failure } from "@hufu/core/failure"
import { codeOf } from "../../store/secret-file.ts"
import { readBounded } from "./durable-folder.ts"

const timeoutMs = 30_000
const attempts = 3
const pauseMs = 1_000

/** The files of a published log: in a folder, or below an http or https address. */
export async function openLogFiles(place: string): Promise<LogFiles> {
  if (/^https?:\/\//i.test(place)) return webFiles(place)
  const found = await stat(place).catch(() => null)
  if (found?.isDirectory()) return folderFiles(place)
  throw new Failure(
    "not_found",
    `\`${place}\` is no folder: name the folder or the address of a published log`,
  )
}

function folderFiles(folder: string): LogFiles {
  return {
    read: (path, maxBytes) => readBounded(join(folder, path), maxBytes),
    async partials({ level, n }) {
      const whole = tilePath({ level, n, width: TILE_WIDTH })
      const names = await readdir(join(folder, `${whole}.p`)).catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return []
        throw error
      })
      return names.filter((name) => /^[1-9][0-9]{0,2}$/.test(name) && Number(name) < TILE_WIDTH).map(Number)
    },
  }
}

/** UNTRUSTED: what the server answers is bounded in size and time, and it cannot send the reader elsewhere. */
function webFiles(base: string): LogFiles {
  const prefix = base.endsWith("/") ? base : `${base}/`
  if (!URL.canParse(prefix)) throw new Failure("invalid_input", `\`${base}\` is not an address`)
  return { read: (path, maxBytes) => fetchBounded(new URL(path, prefix), maxBytes) }
}

async function fetchBounded(url: URL, maxBytes: number): Promise<Uint8Array | null> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(timeoutMs) })
      if (response.status === 404 || response.status === 410) {
        await response.body?.cancel()
        return null
      }
      if (response.ok) return await readBody(response, maxBytes)
      await response.body?.cancel()
      throw new Error(`the server answered ${response.status}`)
    } catch (cause) {
      if (attempt < attempts) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs * attempt))
        continue
      }
      throw new Failure(
        "upstream_unavailable",
        `\`${url.href}\` could not be fetched: check the address, and that it does not lead elsewhere`,
        { cause },
      )
    }
  }
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    chunks.push(chunk)
    length += chunk.length
    if (length > maxBytes) break
  }
  return Buffer.concat(chunks).subarray(0, maxBytes + 1)
}
