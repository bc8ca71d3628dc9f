import { lstatSync, readdirSync } from "node:fs"
import { join } from "node:path"
import type { Examination } from "./examination.ts"
import { both, fault, fine, type Finding, warning } from "./finding.ts"

const maxFiles = 20_000

/** Whether the folder, and everything in it, is this account's alone. */
export function checkPermissions({ dataFolder }: Pick<Examination, "dataFolder">): Finding[] {
  // Windows guards files by access lists that they inherit from the user's own folder; they are not read here.
  if (process.platform === "win32") return []
  const found = walk(dataFolder)
  const mine = process.getuid?.()
  const foreign = found.find(({ uid }) => uid !== mine)
  const open = found.filter((each) => !each.isLink && (each.mode & forbidden(each.path, dataFolder)) !== 0)
  const guarded = [dataFolder, join(dataFolder, "keys")]
  const bad = open.find(({ path }) => guarded.some((each) => path === each) || isKey(path, dataFolder))
  if (foreign !== undefined)
    return [
      fault(
        "permissions",
        {
          en: `\`${foreign.path}\` belongs to another account`,
          zh: `\`${foreign.path}\` 属于其他账户`,
        },
        both(`chown -R "$USER" "${dataFolder}"`),
      ),
    ]
  const mend = both(`chmod -R go-rwx "${dataFolder}"`)
  if (bad !== undefined)
    return [
      fault(
        "permissions",
        {
          en: `\`${bad.path}\` is open to other accounts`,
          zh: `\`${bad.path}\` 对其他账户开放`,
        },
        mend,
      ),
    ]
  if (open.length > 0)
    return [
      warning(
        "permissions",
        {
          en: `${open.length} files in the data folder are open to others (\`${open[0]?.path ?? ""}\`); only the folder's own mode protects them`,
          zh: `数据目录中有 ${open.length} 个文件权限过宽（\`${open[0]?.path ?? ""}\`），仅靠目录权限保护`,
        },
        mend,
      ),
    ]
  return [
    fine("permissions", {
      en: `All ${found.length} files and folders are this account's alone`,
      zh: `全部 ${found.length} 个文件与目录仅本账户可访问`,
    }),
  ]
}

// Compiled modules are no secret, and Node makes them with the usual mode; nobody else may change them.
function forbidden(path: string, dataFolder: string): number {
  return path.startsWith(join(dataFolder, "cache")) ? 0o022 : 0o077
}

function isKey(path: string, dataFolder: string): boolean {
  return path.startsWith(join(dataFolder, "keys/"))
}

interface Found {
  readonly path: string
  readonly mode: number
  readonly uid: number
  readonly isLink: boolean
}

function walk(root: string): Found[] {
  const found: Found[] = []
  const waiting = [root]
  for (let path = waiting.pop(); path !== undefined && found.length < maxFiles; path = waiting.pop()) {
    // A file may go while we look.
    const stat = lstatSync(path, { throwIfNoEntry: false })
    if (stat === undefined) continue
    found.push({ path, mode: stat.mode, uid: stat.uid, isLink: stat.isSymbolicLink() })
    if (stat.isDirectory()) waiting.push(...readdirSync(path).map((name) => join(path, name)))
  }
  return found
}
