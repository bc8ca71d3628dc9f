import { readFileSync, writeFileSync } from "node:fs"
import { checkedPlatform } from "@hufu/server/fence/rules/shipped-rules"
import { apiPage } from "./api-page.ts"
import { commandsPage } from "./commands-page.ts"
import { configurationPage } from "./configuration-page.ts"
import { dependenciesPage } from "./dependencies-page.ts"
import { root } from "./documents.ts"
import { errorsPage } from "./errors-page.ts"
import { securityPage } from "./security-page.ts"

const notice = "<!-- Written by docs/generate.ts: change its source and run `node docs/generate.ts`. -->"

/** Every page that is written from the code, by its path, and the platform's rules as the checks leave them. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const pages = {
    "docs/en/api.md": apiPage("en"),
    "docs/zh/api.md": apiPage("zh"),
    "docs/en/commands.md": await commandsPage("en"),
    "docs/zh/commands.md": await commandsPage("zh"),
    "docs/en/configuration.md": configurationPage("en"),
    "docs/zh/configuration.md": configurationPage("zh"),
    "docs/en/dependencies.md": dependenciesPage(root, "en"),
    "docs/zh/dependencies.md": dependenciesPage(root, "zh"),
    "docs/en/errors.md": errorsPage("en"),
    "docs/zh/errors.md": errorsPage("zh"),
    "docs/en/security.md": securityPage("en"),
    "docs/zh/security.md": securityPage("zh"),
  }
  return new Map([
    ...Object.entries(pages).map(([path, text]) => [path, `${notice}\n\n${text}\n`] as const),
    ["packages/server/src/fence/rules/platform.checked.json", checkedPlatform()],
  ])
}

/** The generated pages whose committed text is another. */
export async function stalePages(): Promise<string[]> {
  return [...(await generatedPages())]
    .filter(([path, text]) => readOrNothing(path) !== text)
    .map(([path]) => path)
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, root), "utf8")
  } catch {
    return undefined
  }
}

if (import.meta.main)
  for (const [path, text] of await generatedPages()) writeFileSync(new URL(path, root), text)
