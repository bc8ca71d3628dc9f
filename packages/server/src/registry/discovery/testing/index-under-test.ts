import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openSearchIndex, type SearchIndex } from "../search-index.ts"

/** An index on the real disk, in a folder of its own. */
export interface IndexUnderTest {
  readonly file: string
  index: SearchIndex
  reopen(): void
  remove(): void
}

export function indexUnderTest(): IndexUnderTest {
  const folder = mkdtempSync(join(tmpdir(), "hufu-discovery-"))
  const file = join(folder, "discovery.db")
  const under: IndexUnderTest = {
    file,
    index: openSearchIndex(file),
    reopen() {
      under.index.close()
      under.index = openSearchIndex(file)
    },
    remove() {
      under.index.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  return under
}
