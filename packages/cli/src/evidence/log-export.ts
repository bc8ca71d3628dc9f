import { toBase64 } from "@hufu/core/evidence/base64"
import type { BundleHead, BundleLine } from "@hufu/core/evidence/bundle-file"
import { encodeEntry } from "@hufu/core/evidence/encode-entry"
import { Entry } from "@hufu/core/evidence/entry"
import { parseVkey } from "@hufu/core/evidence/vkey"
import { Failure } from "@hufu/core/failure"
import { escapeHidden } from "@hufu/core/profile/visible-text"
import type { Client } from "@hufu/sdk"
import { textFlag, textFlags } from "../arguments/flag-value.ts"
import { UsageError } from "../arguments/usage-error.ts"
import type { Invocation } from "../command/command.ts"
import { withNode } from "../connection/with-node.ts"
import { exitCodes } from "../exit-code.ts"
import { asCalled } from "../terminal/called-as.ts"
import { say } from "../terminal/print.ts"
import { csvHead, csvView, type ExportedEntry } from "./csv-view.ts"
import { ocsfView } from "./ocsf-view.ts"
import { showProgress } from "./show-progress.ts"
import { writeOutput } from "./write-output.ts"

/** How many entries are held at once: with all that they disclose, some tens of megabytes at most. */
const page = 200

/** UNTRUSTED: what it discloses may be printed where a terminal would obey it. */
const lineOf = (value: object) => `${escapeHidden(JSON.stringify(value))}\n`

/** How each format writes its first line and each entry. */
const formats = {
  bundle: {
    head: (head: BundleHead) => lineOf(head),
    line: ({ entry, openings }: ExportedEntry) => {
      const line: BundleLine = { entry: toBase64(new TextEncoder().encode(encodeEntry(entry))) }
      return lineOf(openings.length > 0 ? { ...line, openings } : line)
    },
  },
  ocsf: {
    head: () => "",
    line: (exported: ExportedEntry, head: BundleHead) =>
      lineOf(ocsfView(exported, parseVkey(head.logKey).name)),
  },
  csv: { head: () => csvHead, line: csvView },
} as const

/** `hufu log export`: a range of the ledger for an auditor, page by page, so that memory does not grow with it. */
export async function logExport(invocation: Invocation): Promise<number> {
  const { flags, language, positionals } = invocation
  const name = textFlag(flags, "format") ?? "bundle"
  const file = textFlag(flags, "output")
  if (positionals.length > 0)
    throw new UsageError("this takes flags alone: hufu log export --from N --to N -o FILE")
  if (name !== "bundle" && name !== "ocsf" && name !== "csv")
    throw new UsageError("--format is bundle, ocsf or csv")
  const open = textFlags(flags, "open").join(",")
  const from = indexOf(textFlag(flags, "from"), "from") ?? 0
  const to = indexOf(textFlag(flags, "to"), "to")
  const onProgress = showProgress(invocation)
  let count = 0
  await withNode(invocation, async (client) => {
    const head = await client.log.range({ from, ...(to === undefined ? {} : { to }) })
    count = head.to - head.from
    const wanted = { format: formats[name], head, open: open === "" ? undefined : open, onProgress }
    await writeOutput(textsOf(client, wanted), file)
  })
  if (file === undefined) return exitCodes.ok
  const check = name === "bundle" ? asCalled(`\`hufu verify ${file}\``) : undefined
  say(
    language === "zh"
      ? `${count} 个条目已写入 ${file}；${check ? `用 ${check} 校验` : "此为视图，本身不作证明"}`
      : `${count} entries are in ${file}; ${check ? `check them with ${check}` : "it is a view, and proves nothing by itself"}`,
  )
  return exitCodes.ok
}

interface Wanted {
  readonly format: (typeof formats)[keyof typeof formats]
  readonly head: BundleHead
  readonly open: string | undefined
  readonly onProgress: (done: number, of: number) => void
}

async function* textsOf(client: Client, { format, head, open, onProgress }: Wanted): AsyncGenerator<string> {
  const { from, to } = head
  yield format.head(head)
  for (let at = from; at < to;) {
    const limit = Math.min(page, to - at)
    const { items } = await client.log.entries({ from: at, limit, ...(open === undefined ? {} : { open }) })
    if (items.length === 0)
      throw new Failure("ledger_ambiguous", "the ledger ends before its range: run `hufu log verify`")
    for (const { index, hash, entry, openings = [] } of items)
      yield format.line({ index, hash, entry: Entry.parse(entry), openings }, head)
    at += items.length
    onProgress(at - from, to - from)
  }
}

function indexOf(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined
  if (/^(?:0|[1-9]\d{0,14})$/.test(text)) return Number(text)
  throw new UsageError(`--${flag} takes the index of an entry: \`hufu log entries\` shows them`)
}
