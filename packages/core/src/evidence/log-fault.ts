import type { TileName } from "./tile-path.ts"
import { tilePath } from "./tile-path.ts"

/** What a published log can be found to be instead of what its checkpoint says. INVARIANT: never renamed. */
export type LogFaultId =
  | "no_checkpoint"
  | "malformed_checkpoint"
  | "bad_signature"
  | "unknown_signer"
  | "other_origin"
  | "no_second_signature"
  | "bad_second_signature"
  | "missing_file"
  | "malformed_bundle"
  | "altered_tile"
  | "altered_bundle"
  | "wrong_root"
  | "shorter"
  | "forked"

/** The first place at which a published log is not sound. */
export interface LogFault {
  readonly id: LogFaultId
  /** The file in which it shows, below the log's prefix. */
  readonly file: string
  readonly en: string
  readonly zh: string
}

const checkpoint = "checkpoint"

/** Every fault that reading a published log can find. */
export const logFault = {
  noCheckpoint: () =>
    fault("no_checkpoint", checkpoint, "there is no `checkpoint` here", "此处没有 `checkpoint` 文件"),
  checkpoint: (reason: keyof typeof ofCheckpoint) => {
    const { id, en, zh } = ofCheckpoint[reason]
    return fault(id, checkpoint, en, zh)
  },
  missing: (tile: TileName) =>
    fault("missing_file", tilePath(tile), `\`${tilePath(tile)}\` is missing`, `缺少 \`${tilePath(tile)}\``),
  malformedBundle: (tile: TileName) => {
    const path = tilePath(tile)
    const en = `\`${path}\` is not a bundle of ${tile.width} entries`
    return fault("malformed_bundle", path, en, `\`${path}\` 不是含 ${tile.width} 个条目的条目包`)
  },
  alteredTile: (tile: TileName) => {
    const path = tilePath(tile)
    return fault(
      "altered_tile",
      path,
      `\`${path}\` does not hold the hashes of the entries under it: the tile or its entries were altered`,
      `\`${path}\` 与其下条目的哈希不符：瓦片或条目被改动`,
    )
  },
  alteredBundle: (tile: TileName) => {
    const path = tilePath(tile)
    return fault(
      "altered_bundle",
      path,
      `\`${path}\` does not begin like the larger bundle in its place`,
      `\`${path}\` 与同处更大的条目包开头不一致`,
    )
  },
  wrongRoot: (size: number) =>
    fault(
      "wrong_root",
      checkpoint,
      `the ${size} entries do not have the root that the checkpoint signs`,
      `${size} 个条目的根哈希与检查点所签不符`,
    ),
  shorter: (size: number, kept: number) =>
    fault(
      "shorter",
      checkpoint,
      `the log has ${size} entries, but the checkpoint that you kept was signed over ${kept}: entries were cut off`,
      `日志有 ${size} 个条目，而您保存的检查点签有 ${kept} 个：末尾被截去`,
    ),
  forked: (kept: number) =>
    fault(
      "forked",
      checkpoint,
      `the first ${kept} entries are not those of the checkpoint that you kept: history was rewritten`,
      `前 ${kept} 个条目与您保存的检查点不符：历史被改写`,
    ),
} as const

const ofCheckpoint = {
  malformed: { id: "malformed_checkpoint", en: "the checkpoint is not well formed", zh: "检查点格式有误" },
  bad_signature: {
    id: "bad_signature",
    en: "the checkpoint's signature does not hold: it was altered",
    zh: "检查点签名无效：检查点被改动",
  },
  unknown_signer: {
    id: "unknown_signer",
    en: "the checkpoint is not signed by the key that you trust",
    zh: "检查点不是由您信任的公钥签名",
  },
  other_origin: {
    id: "other_origin",
    en: "the checkpoint is of another log than the key that you trust",
    zh: "检查点属于另一日志，与您信任的公钥不符",
  },
  no_second_signature: {
    id: "no_second_signature",
    en: "the checkpoint lacks the log's second signature, by the ML-DSA-44 key that you trust",
    zh: "检查点缺少账本的第二签名（以您信任的 ML-DSA-44 公钥校验）",
  },
  bad_second_signature: {
    id: "bad_second_signature",
    en: "the log's second signature on the checkpoint, by ML-DSA-44, does not hold: it was altered or forged",
    zh: "检查点上账本的第二签名（ML-DSA-44）无效：被改动或系伪造",
  },
} as const

function fault(id: LogFaultId, file: string, en: string, zh: string): LogFault {
  return { id, file, en, zh }
}
