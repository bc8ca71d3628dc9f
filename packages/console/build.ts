import { createHash } from "node:crypto"
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { brotliCompress, constants, gzip } from "node:zlib"

const here = fileURLToPath(new URL(".", import.meta.url))
const dist = join(here, "dist")
/** Says which sources it was built from. */
const builtFrom = ".built-from"
/** Everything that ends up in the page. */
const sources = [
  "index.html",
  "vite.config.ts",
  "build.ts",
  "public",
  "src",
  "../core/src",
  "../sdk/src",
  "../../package-lock.json",
]
const worthCompressing = /\.(?:html|js|css|svg|json)$/

/** Builds `dist/` unless it was built from exactly these sources. */
async function buildConsole(): Promise<void> {
  const from = await digestOfSources()
  if ((await readFile(join(dist, builtFrom), "utf8").catch(() => "")) === from) return
  const begun = performance.now()
  process.stderr.write("building the console, once after each change of its sources …\n")
  // Elsewhere, then moved: a node that serves `dist` while it is rebuilt never sends half of it.
  const made = join(here, ".hufu", `build-${process.pid}`)
  // Whoever calls may be in a test or in development; what is served never is.
  process.env["NODE_ENV"] = "production"
  const { build } = await import("vite")
  await build({
    configFile: join(here, "vite.config.ts"),
    logLevel: "warn",
    build: { outDir: made, emptyOutDir: true },
  })
  await Promise.all((await filesIn(made)).filter((file) => worthCompressing.test(file)).map(compress))
  await writeFile(join(made, builtFrom), from)
  await rm(dist, { recursive: true, force: true })
  await rename(made, dist)
  process.stderr.write(`built the console in ${((performance.now() - begun) / 1000).toFixed(1)} s\n`)
}

async function digestOfSources(): Promise<string> {
  const hash = createHash("sha256")
  const files = (await Promise.all(sources.map((source) => filesIn(join(here, source))))).flat()
  for (const file of files.filter((file) => !/\.test\.tsx?$/.test(file)).sort()) {
    const bytes = await readFile(file)
    hash.update(`${relative(here, file).replaceAll("\\", "/")}\n${bytes.length}\n`).update(bytes)
  }
  return hash.digest("hex")
}

async function filesIn(path: string): Promise<string[]> {
  const isFolder = await readdir(path, { withFileTypes: true, recursive: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOTDIR") return undefined
      throw error
    },
  )
  if (!isFolder) return [path]
  return isFolder.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function compress(file: string): Promise<void> {
  const bytes = await readFile(file)
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    promisify(gzip)(bytes, { level: 9 }),
  ])
  await Promise.all([writeFile(`${file}.br`, br), writeFile(`${file}.gz`, gz)])
}

try {
  await buildConsole()
} catch (error) {
  process.stderr.write(
    `the console could not be built: ${error instanceof Error ? error.message : String(error)}\n`,
  )
  process.exitCode = 1
}
