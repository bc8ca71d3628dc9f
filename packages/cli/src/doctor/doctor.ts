import { existsSync } from "node:fs"
import type { Language } from "@hufu/core/words"
import type { Invocation } from "../command/command.ts"
import { exitCodes } from "../exit-code.ts"
import { printJson, printLines } from "../terminal/print.ts"
import { checkBypasses } from "./bypass-check.ts"
import { checkClock } from "./clock-check.ts"
import { checkDurability, checkRoom } from "./disk-checks.ts"
import { type Examination, examine } from "./examination.ts"
import { fault, type Finding, type FindingState, warning } from "./finding.ts"
import { checkGuards } from "./guard-check.ts"
import { checkKeys } from "./key-check.ts"
import { checkLedger } from "./ledger-check.ts"
import { checkNode, checkRuntime } from "./node-checks.ts"
import { checkPermissions } from "./permission-check.ts"
import { checkPort } from "./port-check.ts"
import { checkRecords } from "./records-check.ts"
import { checkRules } from "./rules-check.ts"
import { checkSandbox } from "./sandbox-check.ts"
import { checkUpstreams } from "./upstream-check.ts"
import { checkWitnesses } from "./witness-check.ts"

type Check = (of: Examination) => Finding[] | Promise<Finding[]>

const checks: Readonly<Record<string, Check>> = {
  node: checkNode,
  guards: checkGuards,
  runtime: () => checkRuntime(),
  clock: checkClock,
  disk: checkRoom,
  durability: checkDurability,
  permissions: checkPermissions,
  port: checkPort,
  rules: checkRules,
  keys: checkKeys,
  ledger: checkLedger,
  records: checkRecords,
  witnesses: checkWitnesses,
  sandbox: checkSandbox,
  upstream: checkUpstreams,
  bypass: () => checkBypasses(),
}

/** What only a data folder that is there can be asked. */
const ofTheFolder = new Set(["disk", "durability", "permissions", "keys"])

const marks: Record<FindingState, Record<Language, string>> = {
  ok: { en: "✓ ok  ", zh: "✓ 正常" },
  warn: { en: "! warn", zh: "! 注意" },
  fail: { en: "✗ fail", zh: "✗ 故障" },
}

/** `hufu doctor`: looks at everything that a node needs, also when it is down; exit code 1 when something is broken. */
export async function doctor({ dataFolder, json, language }: Invocation): Promise<number> {
  const findings = await examine(dataFolder, allFindings)
  const ok = findings.every(({ state }) => state !== "fail")
  if (json) printJson({ ok, dataFolder, findings })
  else {
    printLines(language === "zh" ? `数据目录：${dataFolder}` : `Data folder: ${dataFolder}`)
    printLines(...findings.flatMap((finding) => linesOf(finding, language)))
  }
  return ok ? exitCodes.ok : exitCodes.failed
}

async function allFindings(of: Examination): Promise<Finding[]> {
  const isThere = existsSync(of.dataFolder)
  const findings: Finding[] = isThere ? [] : [noFolder()]
  for (const [name, check] of Object.entries(checks))
    if (isThere || !ofTheFolder.has(name)) findings.push(...(await tried(name, check, of)))
  return findings
}

function noFolder(): Finding {
  return warning("folder", {
    en: "The data folder is not there yet: the first start makes it",
    zh: "数据目录尚不存在：首次启动时创建",
  })
}

async function tried(name: string, check: Check, of: Examination): Promise<Finding[]> {
  try {
    return await check(of)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [
      fault(
        name,
        { en: `This could not be checked: ${why}`, zh: `无法检查：${why}` },
        { en: "mend that, then run hufu doctor again", zh: "排除后再次运行 hufu doctor" },
      ),
    ]
  }
}

function linesOf(finding: Finding, language: Language): string[] {
  const head = `${marks[finding.state][language]}  ${finding.check}: ${finding[language]}`
  return finding.do ? [head, `          → ${finding.do[language]}`] : [head]
}
