import { existsSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const root = new URL("../../", import.meta.url)
const text = (path: string) => readFileSync(new URL(path, root), "utf8")

const instructions = new Set(
  "FROM WORKDIR COPY RUN ENV USER VOLUME EXPOSE HEALTHCHECK ENTRYPOINT CMD ARG LABEL".split(" "),
)

/** The instructions of a Dockerfile, continued lines joined. */
function instructionsOf(dockerfile: string): string[][] {
  return dockerfile
    .replaceAll(/^\s*#.*\n/gm, "")
    .replaceAll("\\\n", " ")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => line.trim().split(/\s+/))
}

// No engine runs here: this holds what can be held without one.
describe("the container files", () => {
  const lines = instructionsOf(text("deploy/Dockerfile"))

  it("use instructions that there are, and lists that are JSON", () => {
    expect(lines.map(([name = ""]) => name).filter((name) => !instructions.has(name))).toEqual([])
    const lists = lines.flatMap((words) => words.join(" ").match(/\[.*\]$/)?.[0] ?? [])
    expect(lists).toHaveLength(3)
    for (const list of lists) expect(() => JSON.parse(list) as unknown).not.toThrow()
  })

  it("copy only what is in the repository, and start a program that is there", () => {
    const copied = lines
      .filter(([name, first]) => name === "COPY" && !first?.startsWith("--from"))
      .flatMap((words) => words.slice(1, -1))
    expect(copied.filter((path) => !existsSync(new URL(path, root)))).toEqual([])
    const programs = [...text("deploy/Dockerfile").matchAll(/\/hufu\/(packages\/[\w/.-]+)/g)].map(
      ([, path]) => path,
    )
    expect(programs.length).toBeGreaterThan(1)
    for (const path of programs) expect(existsSync(new URL(path ?? "", root))).toBe(true)
  })

  it("keep the data in a volume, run as nobody special, and open the port to this machine alone", () => {
    const compose = text("deploy/compose.yaml")
    expect(compose).not.toContain("\t")
    expect([...compose.matchAll(/- "([^"]*:7180)"/g)].map(([, port]) => port)).toEqual([
      "127.0.0.1:7180:7180",
    ])
    expect(compose).toContain("- data:/data")
    expect(compose).toContain("dockerfile: deploy/Dockerfile")
    expect(lines).toContainEqual(["USER", "node"])
    expect(lines).toContainEqual(["VOLUME", "/data"])
  })
})
