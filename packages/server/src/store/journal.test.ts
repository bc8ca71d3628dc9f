import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { frameHeadBytes, Journal, readJournal } from "./journal.ts"

const firstPlace = 4096
const wholeSize = 8 * 1024 * 1024

let folder: string
let file: string
let id: string
let journal: Journal
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hufu-journal-"))
  file = join(folder, "hufu.journal")
  id = Journal.create(file)
  journal = Journal.open(file)
})
afterEach(() => {
  journal.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A frame with room for its head; no byte of the payload is zero, as in a file that was never written. */
function frame(number: number, length = 37): Buffer {
  return Buffer.concat([Buffer.alloc(frameHeadBytes), Buffer.alloc(length, 0x40 + number)])
}

async function write(from: number, to: number, length?: number): Promise<void> {
  for (let number = from; number <= to; number += 1) await journal.write(number, frame(number, length))
}

const numbers = (after: number): number[] => readJournal(file, id, after).map((each) => each.number)
const placeOf = (nth: number, length = 37): number =>
  firstPlace + nth * Math.ceil((frameHeadBytes + length) / 16) * 16

function overwrite(at: number, bytes: Uint8Array): void {
  const fd = openSync(file, "r+")
  writeSync(fd, bytes, 0, bytes.length, at)
  closeSync(fd)
}

function bytesAt(at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  const fd = openSync(file, "r")
  readSync(fd, bytes, 0, length, at)
  closeSync(fd)
  return bytes
}

const refused = (said: string) =>
  expect.objectContaining({
    code: "ledger_ambiguous",
    message: expect.stringContaining(said) as string,
  }) as Error

function refusal(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}

test("what was written comes back in order, without what the database has", async () => {
  await write(1, 5)
  expect(readJournal(file, id, 0).map(({ payload }) => payload.toString())).toEqual(
    [1, 2, 3, 4, 5].map((number) => String.fromCharCode(0x40 + number).repeat(37)),
  )
  expect(numbers(3)).toEqual([4, 5])
  expect(numbers(5)).toEqual([])
  expect(numbers(9)).toEqual([])
})

test("a last frame of which only a part was written is as if it had never been", async () => {
  await write(1, 3)
  const at = placeOf(2)
  const whole = bytesAt(at, frameHeadBytes + 37)
  for (let kept = 0; kept < whole.length; kept += 1) {
    overwrite(at, Buffer.concat([whole.subarray(0, kept), Buffer.alloc(whole.length - kept)]))
    expect(numbers(0), `${kept} bytes`).toEqual([1, 2])
  }
  overwrite(at, whole)
  expect(numbers(0)).toEqual([1, 2, 3])
})

test("a frame torn over older ones at any byte gives nothing of either", async () => {
  await write(1, 6)
  const old = bytesAt(firstPlace, 6 * 64)
  journal.restart()
  await write(8, 8, 150)
  const torn = bytesAt(firstPlace, frameHeadBytes + 150)
  for (let kept = 0; kept < torn.length; kept += 1) {
    overwrite(firstPlace, Buffer.concat([torn.subarray(0, kept), old.subarray(kept)]))
    expect(numbers(7), `${kept} bytes`).toEqual([])
  }
  overwrite(firstPlace, Buffer.concat([torn, old.subarray(torn.length)]))
  expect(numbers(7)).toEqual([8])
})

test("older frames are not taken for newer ones, also where they stand in line", async () => {
  await write(1, 5)
  journal.restart()
  expect(numbers(6)).toEqual([])
  await write(7, 8)
  expect(numbers(6)).toEqual([7, 8])
  expect(numbers(8)).toEqual([])
})

test("a single bit that differs is never passed over in silence before the last frame", async () => {
  await write(1, 4)
  const end = placeOf(4)
  // Every fifth bit of the heads, and every 29th of the rest.
  for (let bit = 0; bit < (end - firstPlace) * 8; bit += 1) {
    const at = firstPlace + (bit >> 3)
    const within = (at - firstPlace) % 64
    if (bit % (within < frameHeadBytes ? 5 : 29) !== 0) continue
    const [byte = 0] = bytesAt(at, 1)
    overwrite(at, Buffer.of(byte ^ (1 << (bit & 7))))
    const read = refusal(() => numbers(0))
    if (within >= frameHeadBytes + 37) expect(read).toEqual([1, 2, 3, 4])
    else if (at >= placeOf(3)) expect(read).toEqual([1, 2, 3])
    else expect(read, `bit ${bit}`).toEqual(refused("goes on from batch"))
    overwrite(at, Buffer.of(byte))
  }
  expect(numbers(0)).toEqual([1, 2, 3, 4])
}, 60_000)

test("damage to what the database has already hurts nobody", async () => {
  await write(1, 3)
  overwrite(placeOf(1), Buffer.alloc(16, 0xff))
  expect(numbers(3)).toEqual([])
  expect(numbers(2)).toEqual([3])
  expect(refusal(() => numbers(1))).toEqual(refused("goes on from batch"))
})

test("a gap between frames refuses", async () => {
  await write(1, 2)
  await write(4, 4)
  for (const after of [0, 1, 2]) expect(refusal(() => numbers(after))).toEqual(refused("goes on from batch"))
  expect(numbers(3)).toEqual([4])
  expect(numbers(4)).toEqual([])
})

test("a database that ends before the first frame is refused", async () => {
  await write(1, 5)
  journal.restart()
  await write(7, 7)
  expect(refusal(() => numbers(5))).toEqual(refused("goes on from batch 7"))
  expect(numbers(6)).toEqual([7])
})

test("another journal, none, or one that is not whole is refused", async () => {
  await write(1, 2)
  expect(refusal(() => readJournal(file, id.replace(/./, "x"), 0))).toEqual(refused("is not the journal"))
  for (const size of [0, 100, placeOf(1), wholeSize - 1, wholeSize + 1]) {
    truncateSync(file, size)
    expect(
      refusal(() => numbers(0)),
      `${size} bytes`,
    ).toEqual(refused("was cut"))
    expect(Journal.startOf(file)).toBeUndefined()
  }
  truncateSync(file, wholeSize)
  expect(refusal(() => numbers(0))).toEqual(refused("is not the journal"))
  rmSync(file)
  expect(refusal(() => numbers(0))).toEqual(refused("missing"))
})

/** Writes frames until one has no room, and returns the number of the last. */
async function fill(from: number, length: number): Promise<number> {
  let number = from
  while (journal.fits(frame(number, length))) await write(number, number++, length)
  return number - 1
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i)

test("at the end it goes on from the start, over what was released and nothing else", async () => {
  const length = 100_000
  const first = await fill(1, length)
  expect(first).toBeGreaterThan(50)
  for (const released of [30, 55, 80, 81, 130]) {
    journal.release(released)
    const last = await fill(Math.max(released, ...numbers(released)) + 1, length)
    expect(last).toBeGreaterThan(released + 50)
    expect(numbers(released)).toEqual(range(released + 1, last))
    expect(refusal(() => numbers(released - 10))).toEqual(refused("goes on from batch"))
  }
  expect(journal.heldBytes).toBeGreaterThan(wholeSize * 0.9)
})

test("a frame torn anywhere while it goes on from the start leaves all before it", async () => {
  const length = 100_000
  const first = await fill(1, length)
  journal.release(40)
  const old = bytesAt(firstPlace, 3 * length)
  await write(first + 1, first + 1, length)
  const torn = bytesAt(firstPlace, frameHeadBytes + length)
  for (let kept = 0; kept < torn.length; kept += kept < 64 ? 1 : 9_973) {
    overwrite(firstPlace, Buffer.concat([torn.subarray(0, kept), old.subarray(kept)]))
    expect(numbers(40), `${kept} bytes`).toEqual(range(41, first))
  }
})

test("damage on either side of the place where it went on from the start refuses", async () => {
  const length = 100_000
  const first = await fill(1, length)
  journal.release(40)
  await write(first + 1, first + 5, length)
  expect(numbers(40)).toEqual(range(41, first + 5))
  for (const place of [
    placeOf(0, length),
    placeOf(3, length),
    placeOf(40, length),
    placeOf(first - 1, length),
  ]) {
    const [byte = 0] = bytesAt(place + 50, 1)
    overwrite(place + 50, Buffer.of(byte ^ 1))
    expect(
      refusal(() => numbers(40)),
      `${place}`,
    ).toEqual(refused("goes on from batch"))
    overwrite(place + 50, Buffer.of(byte))
  }
})

test("what looks like a frame within another is none", async () => {
  const inner = frame(2)
  await journal.write(2, inner)
  const copy = bytesAt(firstPlace, inner.length)
  journal.restart()
  const outer = Buffer.concat([Buffer.alloc(frameHeadBytes), copy, Buffer.alloc(32, 1)])
  await journal.write(1, outer)
  expect(numbers(0)).toEqual([1])
})

test("nothing is written over frames that are held", async () => {
  const last = await fill(1, 100_000)
  await expect(journal.write(last + 1, frame(last + 1, 100_000))).rejects.toThrow("no room")
  expect(numbers(0)).toEqual(range(1, last))
  journal.release(last)
  expect(journal.heldBytes).toBe(0)
})

test("the file keeps its size, is filled to the end, and takes nothing beyond", async () => {
  const length = 100_000
  let number = 0
  while (journal.fits(frame(number + 1, length))) await write((number += 1), number, length)
  const last = frame(number + 1, wholeSize - placeOf(number, length) - frameHeadBytes)
  expect(journal.fits(last)).toBe(true)
  await journal.write(number + 1, last)
  expect(journal.fits(frame(number + 2, 1))).toBe(false)
  expect(numbers(0)).toEqual(Array.from({ length: number + 1 }, (_, i) => i + 1))
  expect(statSync(file).size).toBe(wholeSize)
})

test("what the file begins with is known without reading it", async () => {
  expect(Journal.startOf(file)).toEqual({ id, number: 0 })
  await write(5, 6)
  expect(Journal.startOf(file)).toEqual({ id, number: 5 })
  expect(Journal.startOf(`${file}.other`)).toBeUndefined()
})

test.skipIf(process.platform === "win32")(
  "it is closed to other accounts, also after somebody opened it",
  () => {
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o644)
    Journal.open(file).close()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  },
)

test.skipIf(process.platform !== "linux")("what could not be made leaves nothing behind", () => {
  const nowhere = join(folder, "none", "hufu.journal")
  expect(() => Journal.create(nowhere)).toThrow("ENOENT")
  expect(() => Journal.create("/proc/self/hufu.journal")).toThrow()
})
