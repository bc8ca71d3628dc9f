import { type JsoncNode, nodeAt } from "./scan-jsonc.ts"

/** One tool server in a client's config. */
export interface PlacedEntry {
  /** The keys that lead to it. */
  readonly pointer: readonly string[]
  readonly key: string
  readonly node: JsoncNode
  /** The project for which it stands in a config of the user's. */
  readonly project: string | undefined
}

/** Every tool server in a config, in the order of the text. `*` in a container is every key. */
export function serverEntries(
  root: JsoncNode | undefined,
  containers: readonly (readonly string[])[],
): PlacedEntry[] {
  const found = containers
    .flatMap((container) => pathsOf(root, container))
    .flatMap((path) => {
      const node = nodeAt(root, path)
      if (node?.kind !== "object") return []
      const project = path[0] === "projects" ? path[1] : undefined
      return node.members.map(({ key, value }) => ({ pointer: [...path, key], key, node: value, project }))
    })
  return found.toSorted((a, b) => a.node.start - b.node.start)
}

function pathsOf(root: JsoncNode | undefined, container: readonly string[]): string[][] {
  return container.reduce<string[][]>(
    (paths, step) =>
      paths.flatMap((path) => {
        if (step !== "*") return [[...path, step]]
        const node = nodeAt(root, path)
        return node?.kind === "object" ? node.members.map(({ key }) => [...path, key]) : []
      }),
    [[]],
  )
}
