import { mkdir, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { compareRuns, countChecks, type Difference } from "./compare-runs.ts"
import { startFixture } from "./fixture-server.ts"
import { startGateway } from "./gateway-under-test.ts"
import { startHeaderShim } from "./header-shim.ts"
import { revisions, runSuite, type Revision, type SuiteRun } from "./run-suite.ts"

type RevisionReport = {
  readonly revision: Revision
  readonly direct: SuiteRun
  readonly through?: SuiteRun
  readonly differences: readonly Difference[]
}

/** Runs one revision directly and, unless told not to, through the gateway; each on a fresh fixture. */
async function runRevision(revision: Revision, isDirectOnly: boolean): Promise<RevisionReport> {
  const direct = await withFixture((url) => runSuite(url, revision))
  if (isDirectOnly) return { revision, direct, differences: [] }
  const through = await withFixture((url) => runThrough(url, revision))
  return { revision, direct, through, differences: compareRuns(direct.checks, through.checks) }
}

async function withFixture<T>(use: (url: string) => Promise<T>): Promise<T> {
  const fixture = await startFixture()
  try {
    return await use(fixture.url)
  } finally {
    await fixture.close()
  }
}

async function runThrough(fixtureUrl: string, revision: Revision): Promise<SuiteRun> {
  const gateway = await startGateway(fixtureUrl)
  try {
    // the suite has no option for a credential, so a shim in front of the gateway adds it
    const shim = await startHeaderShim(gateway.url, gateway.headers ?? {})
    try {
      return await runSuite(shim.url, revision)
    } finally {
      await shim.close()
    }
  } finally {
    await gateway.close()
  }
}

function print({ revision, direct, through, differences }: RevisionReport): void {
  const line = (name: string, { checks, isConformant }: SuiteRun): void => {
    const { passed, warned, failed } = countChecks(checks)
    const verdict = isConformant ? "required scenarios pass" : "REQUIRED SCENARIOS FAIL"
    console.log(
      `${revision}  ${name.padEnd(8)} ${passed} passed  ${warned} warned  ${failed} failed  ${verdict}`,
    )
  }
  line("direct", direct)
  for (const check of direct.checks.filter(({ status }) => status === "FAILURE")) {
    console.log(`  failed directly: ${check.scenario} ${check.id}: ${check.message ?? ""}`)
  }
  if (through) line("through", through)
  for (const { scenario, id, name, isWorse, ...rest } of differences) {
    const how = `${rest.direct} -> ${rest.through}`
    console.log(
      `  ${isWorse ? "worse" : "better"}: ${scenario} ${id} (${name}): ${how} ${rest.message ?? ""}`,
    )
  }
}

function isGood({ direct, differences }: RevisionReport): boolean {
  return direct.isConformant && !differences.some(({ isWorse }) => isWorse)
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { direct: { type: "boolean", default: false }, out: { type: "string", default: "out" } },
  })
  const reports: RevisionReport[] = []
  for (const revision of revisions) {
    const report = await runRevision(revision, values.direct)
    print(report)
    reports.push(report)
  }
  await mkdir(values.out, { recursive: true })
  const file = join(values.out, "conformance-mcp.json")
  await writeFile(file, `${JSON.stringify({ at: new Date().toISOString(), reports }, null, 2)}\n`)
  console.log(`every check is in ${file}`)
  if (!reports.every(isGood)) process.exitCode = 1
}

await main()
