import { createHash } from "node:crypto"
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { brotliCompressSync, gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type AppUnderTest, openApp } from "../testing/app-under-test.ts"

const snippet = "document.documentElement.dataset.theme = 'dark'"
const page = (title: string) =>
  `<!doctype html><title>${title}</title><script>${snippet}</script><script type="module" src="/assets/main-0a1B2c3D.js"></script>`

let folder = ""
let under: AppUnderTest
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "hufu-console-"))
  under = await openApp({ consoleFolder: join(folder, "dist") })
})
afterAll(async () => {
  await under.close()
  rmSync(folder, { recursive: true, force: true })
})

function put(path: string, content: string | Buffer): void {
  mkdirSync(join(folder, "dist", path, ".."), { recursive: true })
  writeFileSync(join(folder, "dist", path), content)
}

const get = (path: string, headers: Record<string, string> = {}) =>
  under.app.request(path, { headers: { host: "localhost:7180", ...headers } }, { transport: "http" })

describe("before it is built", () => {
  it("the plain pages are there", async () => {
    expect(await (await get("/")).text()).toContain("Hufu is running")
    expect((await get("/assets/main-0a1B2c3D.js")).status).toBe(404)
  })
})

describe("the built console", () => {
  beforeAll(() => {
    put("index.html", page("one"))
    put("assets/main-0a1B2c3D.js", "main()")
    put("assets/main-0a1B2c3D.js.br", brotliCompressSync("main()"))
    put("assets/main-0a1B2c3D.js.gz", gzipSync("main()"))
    put("seal.svg", "<svg/>")
    put("notes.md", "not for anybody")
    writeFileSync(join(folder, "outside.js"), "secret()")
    symlinkSync(join(folder, "outside.js"), join(folder, "dist", "linked.js"))
  })

  it("is served without starting anew, its page under every path that is no file and no API", async () => {
    for (const path of ["/", "/approvals/hld_0123456789", "/actions/act_1/receipt", "/settings?lang=zh"]) {
      const response = await get(path)
      expect(response.headers.get("content-type")).toContain("text/html")
      expect(response.headers.get("cache-control")).toBe("no-store")
      expect(await response.text()).toBe(page("one"))
    }
    expect((await get("/v1/nothing")).status).toBe(404)
    expect(await (await get("/healthz")).json()).toEqual({ ok: true })
    expect(await (await get("/docs")).text()).toContain("RFC 9457")
  })

  it("lets run what it was built with, and nothing else", async () => {
    const policy = (await get("/")).headers.get("content-security-policy")
    const digest = createHash("sha256").update(snippet).digest("base64")
    expect(policy).toBe(
      `default-src 'none'; script-src 'self' 'sha256-${digest}'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`,
    )
    for (const name of ["cross-origin-opener-policy", "cross-origin-resource-policy"])
      expect((await get("/seal.svg")).headers.get(name)).toBe("same-origin")
    expect((await get("/seal.svg")).headers.get("x-content-type-options")).toBe("nosniff")
    expect((await get("/v1/node")).headers.get("content-security-policy")).not.toContain("script-src")
  })

  it("gives a file as the browser takes it, and lets it keep what never changes", async () => {
    const path = "/assets/main-0a1B2c3D.js"
    for (const [accepted, encoding] of [
      ["gzip, deflate, br", "br"],
      ["gzip", "gzip"],
      ["br;q=0, gzip;q=0.5", "gzip"],
      ["", null],
      ["brotli", null],
    ] as const) {
      const response = await get(path, { "accept-encoding": accepted })
      expect(response.headers.get("content-encoding")).toBe(encoding)
      expect(response.headers.get("vary")).toBe("accept-encoding")
      expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable")
      expect(response.headers.get("content-type")).toContain("text/javascript")
    }
    expect(await (await get(path)).text()).toBe("main()")
    expect((await get("/seal.svg")).headers.get("cache-control")).toBe("no-cache")
  })

  it.each([
    "/../outside.js",
    "/..%2foutside.js",
    "/%2e%2e/outside.js",
    "/assets/../../outside.js",
    "/linked.js",
    "/notes.md",
    "/index.html",
    "/assets/main-0a1B2c3D.js.br",
    "/nothing.js",
  ])("has nothing at %s", async (path) => {
    expect((await get(path)).status).toBe(404)
  })

  it("is opened by name: a passkey belongs to one", async () => {
    for (const host of ["127.0.0.1:7180", "[::1]:7180"]) {
      const response = await get("/approvals/x?lang=zh", { host })
      expect(response.status).toBe(302)
      expect(response.headers.get("location")).toBe("http://localhost:7180/approvals/x?lang=zh")
    }
    // What something in front maps to our port stays there.
    expect((await get("/", { host: "127.0.0.1:8080" })).headers.get("location")).toBe(
      "http://localhost:8080/",
    )
    expect((await get("/v1/node", { host: "127.0.0.1:7180" })).status).toBe(401)
  })

  it("is served anew when it is built anew", async () => {
    put("index.html", page("another one"))
    expect(await (await get("/")).text()).toBe(page("another one"))
  })
})
