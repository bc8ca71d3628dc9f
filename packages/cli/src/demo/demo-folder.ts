import { lstat, mkdir, mkdtemp, readdir, readFile, realpath, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { Failure } from "@hufu/core/failure"
import { isJsonObject } from "@hufu/core/json/json-value"
import { parseStrict } from "@hufu/core/json/strict-parse"

/** The one folder in which a demo keeps everything, and what is where in it. */
export interface DemoFolder {
  readonly path: string
  /** The demo's own node. */
  readonly dataFolder: string
  /** What the filesystem server may reach. */
  readonly documents: string
  /** Where the memory server keeps what it remembers. */
  readonly memory: string
  readonly receipts: string
}

const prefix = "hufu-demo-"
const recordName = "hufu-demo.json"
const maxRecordBytes = 16 * 1024

/** Makes a new demo folder, for this user alone, and records in it that it is one. */
export async function makeDemoFolder(at?: string): Promise<DemoFolder> {
  const path = await realpath(at === undefined ? await mkdtemp(join(tmpdir(), prefix)) : await makeNew(at))
  await writeFile(join(path, recordName), `${JSON.stringify(await recordOf(path))}\n`, { mode: 0o600 })
  const folder = partsOf(path)
  for (const each of [folder.dataFolder, folder.documents, folder.receipts])
    await mkdir(each, { mode: 0o700 })
  return folder
}

/** The demo folder at a path; refuses one that a demo did not make, so that removing it removes nothing else. */
export async function openDemoFolder(path: string): Promise<DemoFolder> {
  const whole = resolve(path)
  if (!(await isDemoFolder(whole)))
    throw new Failure(
      "forbidden",
      `\`${whole}\` was not made by \`hufu demo\`, so nothing in it is removed: give the folder that the demo named`,
    )
  return partsOf(whole)
}

/** Every demo folder of this user in the system's temporary folder. */
export async function findDemoFolders(within: string = tmpdir()): Promise<DemoFolder[]> {
  const parent = await realpath(within)
  const named = (await readdir(parent)).filter((name) => name.startsWith(prefix)).sort()
  const paths = named.map((name) => join(parent, name))
  const made = await Promise.all(paths.map(isDemoFolder))
  return paths.filter((_, at) => made[at] === true).map(partsOf)
}

async function makeNew(at: string): Promise<string> {
  try {
    await mkdir(at, { mode: 0o700 })
    return at
  } catch (cause) {
    throw new Failure(
      "already_exists",
      `the demo cannot make the folder \`${at}\`: name one that does not exist yet, in a folder that does`,
      { cause },
    )
  }
}

const partsOf = (path: string): DemoFolder => ({
  path,
  dataFolder: join(path, "data"),
  documents: join(path, "documents"),
  memory: join(path, "memory.jsonl"),
  receipts: join(path, "receipts"),
})

/** Names this very folder: a copy of the record in another folder fits nothing. */
async function recordOf(path: string) {
  const { dev, ino } = await lstat(path, { bigint: true })
  return { hufuDemo: 1, path, device: String(dev), file: String(ino) }
}

async function isDemoFolder(path: string): Promise<boolean> {
  try {
    const found = await lstat(path)
    if (!found.isDirectory() || !isPrivate(found)) return false
    const file = join(path, recordName)
    const record = await lstat(file)
    if (!record.isFile() || record.size > maxRecordBytes || !isPrivate(record)) return false
    const said = parseStrict(await readFile(file, "utf8"))
    const expected = Object.entries(await recordOf(path))
    return isJsonObject(said) && expected.every(([name, value]) => said[name] === value)
  } catch {
    return false
  }
}

/** Only this user can have made it, and nobody else can write into it. */
function isPrivate({ uid, mode }: { uid: number; mode: number }): boolean {
  return process.platform === "win32" || (uid === process.getuid?.() && (mode & 0o077) === 0)
}
