import { hash } from "node:crypto"
import { probeFsync } from "../fsync-probe.ts"

/** What this machine could do at most, so that a figure says how far it is from that. */
export interface MachineLimits {
  fsyncP50Ms: number
  fsyncP99Ms: number
  /** Hashes of an inner node of the tree, one after another. */
  nodeHashesPerSecond: number
}

const measuredMs = 300
const nodeBytes = 65

export function probeLimits(folder: string): MachineLimits {
  const { p50Ms, p99Ms } = probeFsync(folder)
  return { fsyncP50Ms: p50Ms, fsyncP99Ms: p99Ms, nodeHashesPerSecond: nodeHashes() }
}

function nodeHashes(): number {
  const node = Buffer.alloc(nodeBytes, 1)
  const startedAt = performance.now()
  let hashes = 0
  while (performance.now() < startedAt + measuredMs) {
    for (let n = 0; n < 1000; n++) hash("sha256", node, "binary")
    hashes += 1000
  }
  return (hashes / (performance.now() - startedAt)) * 1000
}
