import { closeSync, constants, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs"
import { join } from "node:path"
import { Config } from "@hufu/server/config"
import { readRoom, type Room } from "@hufu/server/store/room"
import type { Examination } from "./examination.ts"
import { fault, fine, type Finding, warning } from "./finding.ts"

const mebibyte = 1024 * 1024
const lowBytes = 256 * mebibyte
const nearDays = 30
const dayMs = 86_400_000
const memoryTypes = new Set([0x0102_1994, 0x8584_58f6])
const networkTypes = new Set([0x6969, 0xff53_4d42, 0xfe53_4d42, 0x517b])

/** Room, and when it ends at the pace of the last days. */
export function checkRoom({
  store,
  dataFolder,
  config,
  now,
}: Pick<Examination, "store" | "dataFolder" | "config" | "now">): Finding[] {
  const known = store !== null && !(store instanceof Error)
  const growth = known ? { recent: store.recent, entries: store.entries, now } : { ...young, now }
  const bounds = config instanceof Error ? Config.parse({}).store : config.store
  const room = readRoom(dataFolder, bounds, growth)
  const bound = room.maxBytes === null ? "" : megabytes(room.maxBytes)
  const forecast = forecastOf(room, now)
  const says = {
    en: `${megabytes(room.freeBytes)} MB are free and the data is ${megabytes(room.bytes)} MB${bound && ` of ${bound} MB that it may become`}; ${forecast.en}`,
    zh: `可用 ${megabytes(room.freeBytes)} MB，数据占 ${megabytes(room.bytes)} MB${bound && `（上限 ${bound} MB）`}；${forecast.zh}`,
  }
  const what = {
    en: "make room or raise `store.megabytes`: when the room ends, new actions are refused (`store_full`); reading and stopping go on",
    zh: "腾出空间或提高 `store.megabytes`：空间用尽后拒绝新的行为（`store_full`），读取与停止照常",
  }
  if (room.isFull || room.freeBytes < lowBytes) return [fault("disk", says, what)]
  const isNear = room.fullAt !== null && room.fullAt < now + nearDays * dayMs
  return [isNear ? warning("disk", says, what) : fine("disk", says)]
}

const young = { recent: { days: 0, entries: 0 }, entries: 0 }

function forecastOf({ bytesPerDay, fullAt, isFull }: Room, now: number): { en: string; zh: string } {
  if (isFull) return { en: "new actions are refused", zh: "新的行为被拒绝" }
  if (bytesPerDay === null) return { en: "the ledger is too young for a forecast", zh: "账本尚新，无法预测" }
  const kilobytes = Math.ceil(bytesPerDay / 1024)
  const days = fullAt === null ? Infinity : (fullAt - now) / dayMs
  if (days > 3650)
    return {
      en: `it grows by ${kilobytes} kB a day: room for more than ten years`,
      zh: `每天增长 ${kilobytes} kB，可用十年以上`,
    }
  return {
    en: `it grows by ${kilobytes} kB a day: room for ${Math.floor(days)} days`,
    zh: `每天增长 ${kilobytes} kB，可用 ${Math.floor(days)} 天`,
  }
}

function megabytes(bytes: number): string {
  return (bytes / mebibyte).toFixed(bytes < 10 * mebibyte ? 1 : 0)
}

const samples = 64
/** Faster than any drive that really stores. */
const unbelievableMs = 0.02

/** How long the data folder takes to make a write durable, and whether it can. */
export function checkDurability({ dataFolder }: Pick<Examination, "dataFolder">): Finding[] {
  const { type } = statfsSync(dataFolder)
  if (memoryTypes.has(type))
    return [
      fault(
        "durability",
        { en: "The data folder is in memory: it ends with the machine", zh: "数据目录位于内存中，断电即失" },
        { en: "choose one on a local disk with --data", zh: "用 --data 选择本地磁盘上的目录" },
      ),
    ]
  const times = measureWrites(join(dataFolder, `.write-test-${process.pid}`))
  const p50 = times[Math.floor(samples / 2)] ?? 0
  const p99 = times[Math.floor(samples * 0.99)] ?? 0
  const says = {
    en: `A durable write takes ${p50.toFixed(2)} ms (one in a hundred ${p99.toFixed(2)} ms)`,
    zh: `持久写入耗时 ${p50.toFixed(2)} ms（百分之一为 ${p99.toFixed(2)} ms）`,
  }
  if (networkTypes.has(type))
    return [
      warning(
        "durability",
        { en: `${says.en}, on a network file system`, zh: `${says.zh}，位于网络文件系统` },
        { en: "choose a data folder on a local disk", zh: "将数据目录放在本地磁盘" },
      ),
    ]
  if (p50 >= unbelievableMs) return [fine("durability", says)]
  return [
    warning(
      "durability",
      { en: `${says.en}: no drive is that fast`, zh: `${says.zh}：没有磁盘能这么快` },
      {
        en: "look whether this machine's drive or host answers before it has stored",
        zh: "确认磁盘或宿主机没有在落盘之前就返回",
      },
    ),
  ]
}

function measureWrites(file: string): number[] {
  const block = Buffer.alloc(4096, 1)
  const through = process.platform === "linux" ? constants.O_DSYNC : 0
  const fd = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | through, 0o600)
  try {
    // As the journal does: onto blocks that are there, one write each.
    writeSync(fd, Buffer.alloc(4096 * samples))
    return Array.from({ length: samples }, (_, i) => {
      const from = performance.now()
      writeSync(fd, block, 0, block.length, i * block.length)
      if (through === 0) fdatasyncSync(fd)
      return performance.now() - from
    }).toSorted((a, b) => a - b)
  } finally {
    closeSync(fd)
    rmSync(file, { force: true })
  }
}
