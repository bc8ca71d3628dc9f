// Plain JavaScript like all that runs before the rest is loaded.
import { registerHooks } from "node:module"

const packages = new URL("../../", import.meta.url).href

/**
 * Where Hufu's own modules name each other, as their packages' exports say; undefined for all that is not written so.
 * Node looks into a dozen folders for each of seven hundred modules to find the same, which takes a quarter of a start.
 */
export function ownModule(specifier, parent) {
  if (!parent?.startsWith(packages) || parent.includes("/node_modules/")) return undefined
  if (specifier.startsWith(".") && specifier.endsWith(".ts")) return new URL(specifier, parent).href
  const named = /^@hufu\/(core|server)\/([\w/.-]+)$/.exec(specifier)
  return named ? `${packages}${named[1]}/src/${named[2]}.ts` : undefined
}

let isRegistered = false
/** What Node found for a package's name: the same for all of a package that name it, some of which two hundred do. */
const known = new Map()

/** Has the modules that are loaded from now on found so. */
export function findOwnModules() {
  if (isRegistered) return
  isRegistered = true
  registerHooks({
    resolve(specifier, context, next) {
      const url = ownModule(specifier, context.parentURL)
      if (url !== undefined) return { url, format: "module-typescript", shortCircuit: true }
      const from = isPackage(specifier) ? ownPackage(context.parentURL) : undefined
      if (from === undefined) return next(specifier, context)
      const asked = [from, specifier, ...context.conditions].join(" ")
      const found = known.get(asked) ?? next(specifier, context)
      known.set(asked, found)
      return { ...found, shortCircuit: true }
    },
  })
}

function isPackage(specifier) {
  return /^(?:@[\w.-]+\/)?[a-z][\w./-]*$/.test(specifier)
}

/** Whose source a module is: what it names is looked for in the folders above that, whichever of its modules names it. */
function ownPackage(parent) {
  if (!parent?.startsWith(packages)) return undefined
  return /^\w+\/src\/(?!.*\/node_modules\/)/.test(parent.slice(packages.length))
    ? parent.slice(packages.length).split("/")[0]
    : undefined
}
