import { createHash, type KeyObject } from "node:crypto"
import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { seal, unseal } from "../../ledger/sealed-box.ts"
import { version } from "../../version.ts"
import { cedarVersion } from "./cedar.ts"
import type { RuleSource } from "./load.ts"
import type { ParsedRule } from "./parse-rules.ts"
import { ruleSchema } from "./schema.ts"

/** To be raised whenever what is parsed or refused changes without Hufu's or Cedar's version. */
const revision = 3
const nonceBytes = 12
const mostBytes = 64 * 1024 * 1024

/** Rules that passed every check once, so that a start need not check the same texts again. */
export interface CheckedRules {
  find(sources: readonly RuleSource[]): readonly ParsedRule[] | undefined
  keep(sources: readonly RuleSource[], rules: readonly ParsedRule[]): void
}

/**
 * Keeps checked rules in a file, encrypted and authenticated.
 *
 * UNTRUSTED: whoever can write the file can put another one there. INVARIANT: only the holder of the key can make one that opens,
 * and one that opens says for which texts, and by which program, its rules were checked; else they are checked anew.
 */
export function checkedRules(file: string, key: KeyObject): CheckedRules {
  return {
    find(sources) {
      try {
        const stat = lstatSync(file)
        if (!stat.isFile() || stat.size > mostBytes) return undefined
        const bytes = readFileSync(file)
        const sealed = { nonce: bytes.subarray(0, nonceBytes), body: bytes.subarray(nonceBytes) }
        // The tag says that `keep` wrote it, from rules.
        return JSON.parse(unseal(key, nameFor(sources), sealed).toString("utf8")) as ParsedRule[]
      } catch {
        return undefined
      }
    },
    keep(sources, rules) {
      const { nonce, body } = seal(key, nameFor(sources), Buffer.from(JSON.stringify(rules)))
      if (nonce.length + body.length > mostBytes) return
      try {
        writeFileSync(`${file}.new`, Buffer.concat([nonce, body]), { mode: 0o600 })
        renameSync(`${file}.new`, file)
      } catch {
        // Without it the next start checks them again; a disk that is full is for the store to tell of.
        rmSync(`${file}.new`, { force: true })
      }
    },
  }
}

/** For which texts rules were checked, and by which program. */
export function nameFor(sources: readonly RuleSource[]): string {
  const texts = sources.map(({ layer, name, text, facts = null }) => [layer, name, text, facts])
  const checkedBy = [revision, version, cedarVersion, ruleSchema]
  return `hufu-checked-rules/1\0${createHash("sha256")
    .update(JSON.stringify([checkedBy, texts]))
    .digest("hex")}`
}
