import { contract, type OperationId } from "@hufu/core/contract/contract"
import type { Operation } from "@hufu/core/contract/operation"

/** A row of the contract as a route. */
export interface Route {
  readonly id: OperationId
  readonly operation: Operation
  match(path: string): Readonly<Record<string, string>> | undefined
}

/** Every row of the contract. More literal paths come first, so that `/v1/agents/{agent}:suspend` wins over `/v1/agents/{agent}`. */
export const routes: readonly Route[] = Object.entries(contract)
  // The keys of the contract are its operation ids.
  .map(([id, operation]) => ({ id: id as OperationId, operation, ...matcher(operation.path) }))
  .sort((a, b) => b.literals - a.literals)

/** What to do with a method and a path: a route with its parameters, or which methods the path would take. */
export function findRoute(
  method: string,
  path: string,
): { route: Route; parameters: Readonly<Record<string, string>> } | { allowed: string[] } {
  const allowed: string[] = []
  for (const route of routes) {
    const parameters = route.match(path)
    if (!parameters) continue
    if (route.operation.method === method) return { route, parameters }
    allowed.push(route.operation.method)
  }
  return { allowed }
}

function matcher(template: string): { match: Route["match"]; literals: number } {
  const names: string[] = []
  const source = template.replace(/[.*+?^$()|[\]\\]/g, "\\$&").replace(/\{(\w+)\}/g, (_all, name: string) => {
    names.push(name)
    return "([^/]{1,400}?)"
  })
  const pattern = new RegExp(`^${source}$`)
  return {
    literals: template.replace(/\{\w+\}/g, "").length,
    match(path) {
      const found = pattern.exec(path)
      if (!found) return undefined
      try {
        return Object.fromEntries(names.map((name, i) => [name, decodeURIComponent(found[i + 1] ?? "")]))
      } catch {
        return undefined
      }
    },
  }
}
