/**
 * Every script that a page of the console has to have before it can show anything: its entry, and what that imports
 * statically. What is imported later is loaded while something is shown already.
 */
export async function initialScripts(read: (path: string) => Promise<string>): Promise<string[]> {
  const [, entry] = /<script type="module"[^>]* src="([^"]+)"/.exec(await read("/")) ?? []
  if (entry === undefined) throw new Error("the page names no script")
  const found = new Set([entry])
  // A set is walked to its end, and what is added on the way is walked too.
  for (const path of found)
    for (const [, name = ""] of (await read(path)).matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([^"'`]+)["'`]/g))
      found.add(new URL(name, `http://localhost${path}`).pathname)
  return [...found]
}
