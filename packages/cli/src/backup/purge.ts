import { lstatSync, readdirSync, rmdirSync, rmSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { Failure } from "@hufu/core/failure"
import { declareWith } from "@hufu/server/authority/declare"
import { openPasskeyRecords } from "@hufu/server/authority/passkeys"
import { openPerson } from "@hufu/server/authority/person"
import { keepEvidence } from "@hufu/server/backup/keep-evidence"
import { systemClock } from "@hufu/server/clock"
import { forgetCheckpoint } from "@hufu/server/keys/checkpoint-memory"
import { removeVaultKey } from "@hufu/server/keys/vault-key"
import { socketPath } from "@hufu/server/local/socket-path"
import { usedDataFolder } from "@hufu/server/store/data-folder"
import { openStore } from "@hufu/server/store/store"
import { pino } from "pino"
import { textFlag } from "../arguments/flag-value.ts"
import type { Invocation } from "../command/command.ts"
import { hasConnected } from "../connect/connect-journal.ts"
import { exitCodes } from "../exit-code.ts"
import { askPassphrase } from "../keys/ask-passphrase.ts"
import { hasService } from "../service/service.ts"
import { asCalled } from "../terminal/called-as.ts"
import { askSecret } from "../terminal/ask-secret.ts"
import { printJson, printLines } from "../terminal/print.ts"

/** Whatever a node, a guard or a command makes in a data folder. */
const ours =
  /^(?:hufu\.(?:db|journal|lock|pid)(?:-wal|-shm|-journal|\.new)?|keys|logs|cache|run|starting|connect|config\.json|rules\.checked(?:\.new)?)$/

/** `hufu purge`: removes what Hufu made, names it first, and keeps the evidence if the person says so. */
export async function purge(invocation: Invocation): Promise<number> {
  const { flags, dataFolder, json, language } = invocation
  const folder = usedDataFolder(dataFolder).path
  const kept = textFlag(flags, "keep-evidence")
  const evidence = kept === undefined ? null : resolve(kept)
  if (evidence !== null && (evidence === folder || evidence.startsWith(join(folder, "/"))))
    throw new Failure("invalid_input", "keep the evidence outside the data folder: choose another folder")
  const names = readdirSync(folder).toSorted()
  const goes = names.filter((name) => ours.test(name))
  const stays = names.filter((name) => !ours.test(name))
  if (!json) announce({ folder, goes, stays, evidence }, language === "zh")
  if (flags["dry-run"] === true) {
    if (json) printJson({ removed: [], would: goes, stays, evidence: null })
    return exitCodes.ok
  }
  if (hasConnected(dataFolder))
    throw new Failure(
      "invalid_input",
      "clients still start their tool servers through this data folder, and only it can put their configs back: run `hufu disconnect --all` first",
    )
  if (hasService(dataFolder))
    throw new Failure(
      "invalid_input",
      "the autostart would make a new node here at the next session: run `hufu service remove` first",
    )
  const ledgerOrigin = await prove(invocation)
  const entries = evidence === null ? null : (await keepEvidence(dataFolder, evidence)).size
  await forgetCheckpoint(usedDataFolder(dataFolder), ledgerOrigin)
  await removeVaultKey(usedDataFolder(dataFolder))
  const socketFolder = dirname(socketPath(folder))
  // Looking made files of its own beside the database. The keys go first: what is left after an interruption opens no more.
  const removed = readdirSync(folder).filter((name) => ours.test(name))
  const keysFirst = removed.toSorted((a, b) => Number(b === "keys") - Number(a === "keys"))
  for (const name of keysFirst) rmSync(join(folder, name), { recursive: true, force: true })
  if (process.platform !== "win32" && !socketFolder.startsWith(folder))
    rmSync(socketFolder, { recursive: true, force: true })
  if (stays.length === 0 && !lstatSync(folder).isSymbolicLink()) rmdirSync(folder)
  if (json) printJson({ removed: removed.toSorted(), stays, evidence, entries })
  else printLines(...left({ folder, stays, evidence }, language === "zh").map(asCalled))
  return exitCodes.ok
}

interface Plan {
  readonly folder: string
  readonly goes: readonly string[]
  readonly stays: readonly string[]
  readonly evidence: string | null
}

function announce({ folder, goes, stays, evidence }: Plan, chinese: boolean): void {
  const say = (en: string, zh: string) => printLines(chinese ? zh : en)
  say(`These will be removed from ${folder}:`, `将从 ${folder} 删除：`)
  printLines(...goes.map((name) => `  ${name}`))
  if (stays.length > 0) {
    say("These are not Hufu's and stay:", "以下文件不属于虎符，予以保留：")
    printLines(...stays.map((name) => `  ${name}`))
  }
  if (evidence === null) say("No evidence is kept.", "不保留证据。")
  else say(`Ledger, checkpoint and public key go to ${evidence}.`, `账本、检查点与公钥将写入 ${evidence}。`)
}

/** What is still there afterwards. */
function left({ folder, stays, evidence }: Omit<Plan, "goes">, chinese: boolean): string[] {
  const gone = stays.length === 0
  if (chinese)
    return [
      gone ? `已清除，${folder} 不复存在。` : `已清除，${folder} 中只剩不属于虎符的文件。`,
      evidence === null
        ? "本机上没有留下该节点的其他数据；您自己制作的备份、导出与所发布的账本除外。"
        : `证据在 ${evidence}；无需节点即可校验：\`hufu log check ${evidence}\``,
    ]
  return [
    gone ? `It is purged: ${folder} is gone.` : `It is purged: ${folder} holds only what is not Hufu's.`,
    evidence === null
      ? "Nothing else of this node is left here, but backups, exports and a published log, if you made any."
      : `The evidence is in ${evidence}; it is checked without a node: \`hufu log check ${evidence}\``,
  ]
}

/** The person's secret, checked on the store itself: no node may run meanwhile. Returns whose ledger it is. */
async function prove(invocation: Invocation): Promise<string> {
  const store = await openStore({
    dataDir: invocation.dataFolder,
    clock: systemClock,
    logger: pino({ level: "silent" }),
    passphrase: () => askPassphrase({ language: invocation.language, flags: {} }),
  })
  try {
    const passkeys = openPasskeyRecords(store).size
    const declare = declareWith(store.vault)
    const person = await openPerson(store, systemClock, declare, { passkeys: () => passkeys })
    if (person.enrolled && !person.hasSecret)
      throw new Failure(
        "not_enrolled",
        "only a passkey proves the person here, which a terminal cannot ask for: remove the data folder by hand",
      )
    // Nobody is enrolled, so there is nobody whose word it would take.
    if (person.enrolled) await person.signIn(await askSecret(invocation), "socket")
    return store.ledger.origin
  } finally {
    await store.close()
  }
}
