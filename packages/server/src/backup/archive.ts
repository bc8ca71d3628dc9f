import { createHash, type Hash } from "node:crypto"
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs"
import { Failure } from "@hufu/core/failure"

/** One file of an archive: its name, and where its bytes are. */
export interface Member {
  readonly name: string
  readonly size: number
  readonly offset: number
}

export type Source = { readonly bytes: Uint8Array } | { readonly file: string }

const block = 512
const chunkBytes = 1024 * 1024
const maxMembers = 512
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/

/** Whether a name stands below the folder into which an archive is taken apart. */
export function isMemberName(name: string): boolean {
  return name.length <= 99 && namePattern.test(name)
}

/** Appends one file to a POSIX tar archive (ustar; sizes in base 256 where octal ends). */
export function writeMember(fd: number, name: string, source: Source): void {
  if (!isMemberName(name))
    throw new Failure("invalid_input", `\`${name.slice(0, 99)}\` is no name for a backup`)
  if ("bytes" in source) {
    writeAll(fd, headerOf(name, source.bytes.length))
    writeAll(fd, source.bytes)
    return pad(fd, source.bytes.length)
  }
  const from = openSync(source.file, "r")
  try {
    const { size } = fstatSync(from)
    writeAll(fd, headerOf(name, size))
    eachChunk(from, { offset: 0, size }, (chunk) => writeAll(fd, chunk))
    pad(fd, size)
  } finally {
    closeSync(from)
  }
}

/** Ends an archive. */
export function endArchive(fd: number): void {
  writeAll(fd, Buffer.alloc(2 * block))
}

/** The files of an archive. UNTRUSTED: anything that Hufu would not have written is refused. */
export function readMembers(fd: number): Member[] {
  const { size: end } = fstatSync(fd)
  const members: Member[] = []
  const head = Buffer.alloc(block)
  for (let at = 0; members.length <= maxMembers;) {
    if (readSync(fd, head, 0, block, at) < block) throw damaged("it is cut off")
    if (head.every((byte) => byte === 0)) return members
    const member = memberOf(head, at + block)
    if (members.some(({ name }) => name === member.name)) throw damaged("a file is in it twice")
    at = member.offset + padded(member.size)
    if (at > end) throw damaged("it is cut off")
    members.push(member)
  }
  throw damaged("it has too many files")
}

/** Reads a member's bytes in order. */
export function readMember(fd: number, member: Member, take: (chunk: Buffer) => void): void {
  eachChunk(fd, member, take)
}

/** All bytes of a small member. */
export function memberBytes(fd: number, member: Member, maxBytes: number): Buffer {
  if (member.size > maxBytes) throw damaged(`\`${member.name}\` is too large`)
  const chunks: Buffer[] = []
  eachChunk(fd, member, (chunk) => chunks.push(Buffer.from(chunk)))
  return Buffer.concat(chunks)
}

/** SHA-256 in hex of a member, or of a file. */
export function digestOfMember(fd: number, member: Pick<Member, "offset" | "size">): string {
  const hash: Hash = createHash("sha256")
  eachChunk(fd, member, (chunk) => void hash.update(chunk))
  return hash.digest("hex")
}

function eachChunk(
  fd: number,
  { offset, size }: Pick<Member, "offset" | "size">,
  take: (chunk: Buffer) => void,
): void {
  const buffer = Buffer.alloc(Math.min(chunkBytes, Math.max(size, 1)))
  for (let done = 0; done < size;) {
    const read = readSync(fd, buffer, 0, Math.min(buffer.length, size - done), offset + done)
    if (read === 0) throw damaged("a file in it is cut off")
    take(buffer.subarray(0, read))
    done += read
  }
}

function headerOf(name: string, size: number): Buffer {
  const head = Buffer.alloc(block)
  head.write(name, 0)
  head.write("0000600\0", 100)
  head.write("0000000\0", 108)
  head.write("0000000\0", 116)
  if (size < 8 ** 11) head.write(`${size.toString(8).padStart(11, "0")}\0`, 124)
  else {
    head.writeUInt8(0x80, 124)
    head.writeBigUInt64BE(BigInt(size), 128)
  }
  head.write("00000000000\0", 136)
  head.write("0ustar\u000000", 156)
  head.write(`${sumOf(head).toString(8).padStart(6, "0")}\0 `, 148)
  return head
}

function memberOf(head: Buffer, offset: number): Member {
  const name = textAt(head, 0, 100)
  const size =
    head[124] === 0x80 ? Number(head.readBigUInt64BE(128)) : Number.parseInt(textAt(head, 124, 12), 8)
  const isRegular = head.toString("latin1", 156, 163) === "0ustar\0"
  const isWhole = Number.parseInt(textAt(head, 148, 8), 8) === sumOf(head)
  if (!isRegular || !isWhole || !isMemberName(name) || !Number.isSafeInteger(size) || size < 0)
    throw damaged("it is not a file that `hufu backup` wrote")
  return { name, size, offset }
}

// The checksum is counted as if its own field held spaces.
function sumOf(head: Buffer): number {
  let sum = 0
  for (const [i, byte] of head.entries()) sum += i >= 148 && i < 156 ? 0x20 : byte
  return sum
}

function textAt(head: Buffer, from: number, length: number): string {
  return head.toString("latin1", from, from + length).split("\0")[0] ?? ""
}

function padded(size: number): number {
  return Math.ceil(size / block) * block
}

function pad(fd: number, size: number): void {
  writeAll(fd, Buffer.alloc(padded(size) - size))
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done)
}

function damaged(why: string): Failure {
  return new Failure("invalid_input", `the backup cannot be read: ${why}; take another copy of it`)
}
