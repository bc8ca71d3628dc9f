import { createHash } from "node:crypto"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { extname, join, relative, sep } from "node:path"

/** A file of the built console, as it is and as it was compressed when it was built. */
export interface ConsoleFile {
  readonly type: string
  readonly bytes: Buffer
  readonly brotli: Buffer | undefined
  readonly gzip: Buffer | undefined
  /** Its name holds its digest: it never changes. */
  readonly isHashed: boolean
}

export interface ConsolePage extends ConsoleFile {
  readonly contentSecurityPolicy: string
}

/** The built console. INVARIANT: only what was found in its folder is served, by its exact name; no path is resolved. */
export interface ConsoleFiles {
  /** The one page; undefined while nothing is built. */
  page(): ConsolePage | undefined
  file(path: string): ConsoleFile | undefined
}

interface Built {
  readonly page: ConsolePage
  readonly files: ReadonlyMap<string, ConsoleFile>
  readonly stamp: string
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".wasm": "application/wasm",
  ".txt": "text/plain; charset=utf-8",
}
const hashed = /^\/assets\/.+-[\w-]{8}\.\w+$/
const maxFiles = 4000

/** @param folder where `index.html` is, once the console is built; it may be built while the node runs */
export function openConsoleFiles(folder: string): ConsoleFiles {
  let built: Built | undefined
  const current = () => {
    const stamp = stampOf(join(folder, "index.html"))
    if (stamp !== built?.stamp) built = stamp === undefined ? undefined : readBuilt(folder, stamp)
    return built
  }
  return {
    page: () => current()?.page,
    file: (path) => current()?.files.get(path),
  }
}

function readBuilt(folder: string, stamp: string): Built | undefined {
  const found = new Map<string, Buffer>()
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || found.size >= maxFiles) continue
    const path = join(entry.parentPath, entry.name)
    found.set(`/${relative(folder, path).split(sep).join("/")}`, readFileSync(path))
  }
  const files = new Map<string, ConsoleFile>()
  for (const [path, bytes] of found) {
    const type = types[extname(path)]
    if (type === undefined) continue
    const [brotli, gzip] = [found.get(`${path}.br`), found.get(`${path}.gz`)]
    files.set(path, { type, bytes, brotli, gzip, isHashed: hashed.test(path) })
  }
  const page = files.get("/index.html")
  files.delete("/index.html")
  return (
    page && { page: { ...page, contentSecurityPolicy: policyOf(page.bytes.toString("utf8")) }, files, stamp }
  )
}

/** No script but ours: the files of this origin, and what stands in the built page itself, by its digest. */
function policyOf(html: string): string {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc\s*=)[^>]*>([\s\S]*?)<\/script>/gi)]
  const digests = inline.map(
    ([, code = ""]) => `'sha256-${createHash("sha256").update(code).digest("base64")}'`,
  )
  return [
    "default-src 'none'",
    ["script-src 'self'", ...digests].join(" "),
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ")
}

function stampOf(file: string): string | undefined {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat?.isFile() ? `${stat.mtimeMs}/${stat.size}/${stat.ino}` : undefined
}
