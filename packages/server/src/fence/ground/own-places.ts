import { clientConfigs } from "./client-configs.ts"
import { type PathRules, normalizePath, pathKey } from "./path-readings.ts"
import { type Address, isThisMachine, readAddress } from "./read-address.ts"
import { realPath } from "./real-path.ts"

export interface OwnPlacesOptions extends PathRules {
  readonly dataFolder: string
  /** Further folders of Hufu's own. */
  readonly folders?: readonly string[]
  /** Unix sockets and other single files of Hufu's own outside its data folder. */
  readonly files?: readonly string[]
  /** Where Hufu can be reached: `http://127.0.0.1:7070`, and its public origin if it has one. */
  readonly origins: readonly string[]
  /** Other names and addresses of this machine: its host name and those of its network interfaces. */
  readonly machineNames?: readonly string[]
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/**
 * What no action may have as its target (INVARIANT 12): Hufu's data folder, its sockets, its origin and the
 * configs of clients. Built once; the real paths of these places are looked up then and not for each action.
 */
export interface OwnPlaces {
  readonly rules: PathRules
  isOwnPath(key: string): boolean
  /** The path is a folder somewhere above an own place. */
  containsOwn(key: string): boolean
  /** A relative path could lead to an own place from some folder: it climbs, or begins with a name on the way to one. */
  couldReachOwn(relativeKey: string): boolean
  isOwnAddress(address: Address): boolean
  /** The host is this machine, but whether it is Hufu depends on a port that is told elsewhere. */
  isOwnHost(host: string): boolean
  readonly ports: ReadonlySet<number>
  /** Spellings of own folders and files that a longer text may contain. */
  readonly spellings: readonly string[]
}

/** Builds the set of own places for a node. */
export function ownPlaces(options: OwnPlacesOptions): OwnPlaces {
  const rules: PathRules = { platform: options.platform, home: options.home }
  const separator = options.platform === "win32" ? "\\" : "/"
  const configs = clientConfigs(rules, options.environment)
  const keysOf = (paths: readonly string[]) => [...new Set(paths.flatMap((path) => allKeys(path, rules)))]
  const folders = keysOf([options.dataFolder, ...(options.folders ?? []), ...configs.folders])
  const files = new Set(keysOf([...(options.files ?? []), ...configs.files]))
  const endings = configs.endings.map((ending) => pathKey(ending, rules))
  const above = aboveOf([...folders, ...files], separator)
  const within = folders.map((folder) => `${folder}${separator}`)
  const onTheWay = new Set([...folders, ...files, ...endings].flatMap((key) => key.split(separator)))
  const network = ownNetwork(options)
  return {
    rules,
    isOwnPath: (key) =>
      files.has(key) ||
      folders.includes(key) ||
      within.some((folder) => key.startsWith(folder)) ||
      endings.some((ending) => key.endsWith(ending)),
    containsOwn: (key) => above.has(key),
    couldReachOwn(key) {
      const names = key.split(separator)
      return names.includes("..") || onTheWay.has(names.find((name) => name !== "." && name !== "") ?? "..")
    },
    ...network,
    spellings: keysOf([options.dataFolder, ...(options.folders ?? []), ...(options.files ?? [])]),
  }
}

/** A place has the key of how it is written and of where that leads. */
function allKeys(path: string, rules: PathRules): string[] {
  const written = normalizePath(path, rules)
  const real = realPath(written)
  return [
    pathKey(written, rules),
    ...(real === undefined ? [] : [pathKey(normalizePath(real, rules), rules)]),
  ]
}

function aboveOf(keys: readonly string[], separator: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (const key of keys) {
    for (let at = key.lastIndexOf(separator); at >= 0; at = key.lastIndexOf(separator, at - 1)) {
      found.add(at === 0 ? separator : key.slice(0, at))
      // A drive is written with its separator: `c:\`.
      if (key.slice(0, at).endsWith(":")) found.add(key.slice(0, at + 1))
      if (at === 0) break
    }
  }
  return found
}

function ownNetwork(options: OwnPlacesOptions): Pick<OwnPlaces, "isOwnAddress" | "isOwnHost" | "ports"> {
  const origins = options.origins
    .map((origin) => readAddress(origin))
    .filter((address) => address !== undefined)
  const names = new Set(
    (options.machineNames ?? []).map(
      (name) => readAddress(name.includes(":") ? `[${name}]` : name)?.host ?? name,
    ),
  )
  const isSelf = (host: string) => isThisMachine(host) || names.has(host)
  const localPorts = new Set(origins.filter(({ host }) => isSelf(host)).flatMap(({ port }) => port ?? []))
  return {
    ports: localPorts,
    isOwnHost: isSelf,
    isOwnAddress: ({ host, port }) =>
      origins.some(
        (origin) => origin.host === host && (origin.port === port || (port === undefined && !isSelf(host))),
      ) ||
      (port !== undefined && localPorts.has(port) && isSelf(host)),
  }
}
